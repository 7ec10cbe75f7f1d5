-- SPDX-License-Identifier: MIT
-- Backups that the server was asked for.
CREATE TABLE backup (
	id @id,
	name TEXT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	logs INTEGER NOT NULL,
	person TEXT NOT NULL,
	asked_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	files INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	size INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	schema INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	events INTEGER NOT NULL,
	head TEXT NOT NULL
) @strict;
CREATE UNIQUE INDEX backup_making ON backup (status) WHERE status = 'making';
