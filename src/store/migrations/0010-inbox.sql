-- SPDX-License-Identifier: MIT
-- What waits for people, and how they want to hear of it.

-- One open row per person, kind and subject: what comes again counts up.
-- tell_at: when the hooks are to be told; 0: they were, or are not to be.
CREATE TABLE inbox (
	id @id,
	person TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	text TEXT NOT NULL,
	count INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	read_at INTEGER NOT NULL,
	done_at INTEGER NOT NULL,
	tell_at INTEGER NOT NULL,
	tries INTEGER NOT NULL
) @strict;
CREATE UNIQUE INDEX inbox_open ON inbox (person, kind, subject)
	WHERE done_at = 0;
CREATE INDEX inbox_by_person ON inbox (person, id);
CREATE INDEX inbox_by_subject ON inbox (subject, kind) WHERE done_at = 0;
CREATE INDEX inbox_to_tell ON inbox (tell_at) WHERE tell_at <> 0;

CREATE TABLE inbox_preference (
	person TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	digest_at INTEGER NOT NULL
) @strict;
