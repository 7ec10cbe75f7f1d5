-- SPDX-License-Identifier: MIT
-- How far tokens reach, when grants were used, and broken glass.

ALTER TABLE token ADD COLUMN read_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN tasks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN projects TEXT NOT NULL DEFAULT '[]';
ALTER TABLE token ADD COLUMN operations TEXT NOT NULL DEFAULT '[]';

-- By what the grant says, whatever line it is on; seen_at is since when.
CREATE TABLE grant_use (
	name TEXT NOT NULL PRIMARY KEY,
	seen_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL
) @strict;

-- Rights that somebody took in an emergency.
CREATE TABLE glass (
	id @id,
	person TEXT NOT NULL,
	reason TEXT NOT NULL,
	ticket TEXT NOT NULL,
	opened_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL,
	closed_by TEXT NOT NULL,
	reviewed_at INTEGER NOT NULL,
	reviewed_by TEXT NOT NULL,
	note TEXT NOT NULL,
	reminded_at INTEGER NOT NULL
) @strict;
CREATE INDEX glass_open ON glass (person, until_at) WHERE closed_at = 0;
CREATE INDEX glass_unreviewed ON glass (id) WHERE reviewed_at = 0;

-- The sealed code: it opens once.
CREATE TABLE glass_code (
	id @id,
	hash TEXT NOT NULL UNIQUE,
	made_by TEXT NOT NULL,
	made_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL
) @strict;
