-- SPDX-License-Identifier: MIT
-- Checkpoints of the audit chain; they only grow, as it does.
CREATE TABLE audit_segment (
	no @id,
	first INTEGER NOT NULL,
	last INTEGER NOT NULL,
	from_at INTEGER NOT NULL,
	to_at INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	at INTEGER NOT NULL,
	hash TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	prev TEXT NOT NULL,
	seal TEXT NOT NULL
) @strict;
CREATE TRIGGER audit_segment_no_update BEFORE UPDATE ON audit_segment
BEGIN
	SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
CREATE TRIGGER audit_segment_no_delete BEFORE DELETE ON audit_segment
BEGIN
	SELECT RAISE(ABORT, 'the audit chain is append-only');
END;
