-- SPDX-License-Identifier: MIT
-- Approvals of single steps, in the middle of a run.

-- 0: the rules of its task were not asked with the plan.
ALTER TABLE step ADD COLUMN asked INTEGER NOT NULL DEFAULT 1;
-- What its preview: said last, by hash.
ALTER TABLE step ADD COLUMN preview_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE need ADD COLUMN task TEXT NOT NULL DEFAULT '';
ALTER TABLE need ADD COLUMN preview_hash TEXT NOT NULL DEFAULT '';

CREATE TABLE preview (
	hash TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	created_at INTEGER NOT NULL
) @strict;
