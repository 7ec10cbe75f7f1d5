-- SPDX-License-Identifier: MIT
-- Files that steps left behind; the bytes are in DATA/artifact/SHA256.  A row
-- stays when they go.

CREATE TABLE artifact (
	id @id,
	run_id INTEGER NOT NULL REFERENCES run (id),
	step_id INTEGER NOT NULL REFERENCES step (id),
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size INTEGER NOT NULL,
	keep TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	removed_at INTEGER NOT NULL,
	reason TEXT NOT NULL
) @strict;
CREATE UNIQUE INDEX artifact_live ON artifact (step_id, name)
	WHERE removed_at = 0;
CREATE INDEX artifact_by_step ON artifact (step_id, id);
CREATE INDEX artifact_by_run ON artifact (run_id, id);
CREATE INDEX artifact_by_hash ON artifact (sha256) WHERE removed_at = 0;
CREATE INDEX artifact_due ON artifact (expires_at) WHERE removed_at = 0;
CREATE INDEX artifact_room ON artifact (created_at, size)
	WHERE removed_at = 0;
