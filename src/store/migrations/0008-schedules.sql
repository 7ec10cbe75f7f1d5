-- SPDX-License-Identifier: MIT
-- Schedules, pauses, the order of what waits, and what it waits for.

ALTER TABLE run ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN scheduled_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN backfill INTEGER NOT NULL DEFAULT 0;
CREATE INDEX run_by_schedule ON run (schedule, id) WHERE schedule <> '';
CREATE INDEX run_scheduled ON run (schedule, backfill)
	WHERE schedule <> '' AND ended_at = 0;

-- Up to which instant the times of a schedule were looked at; `rule` is when
-- it was due by then: another one begins anew.
CREATE TABLE schedule (
	name TEXT NOT NULL PRIMARY KEY,
	rule TEXT NOT NULL,
	seen_at INTEGER NOT NULL
) @strict;

-- One row per time that was due: it is what makes a time fire once.
CREATE TABLE schedule_time (
	id @id,
	schedule TEXT NOT NULL,
	backfill INTEGER NOT NULL,
	at INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	run_id INTEGER NOT NULL,
	reason TEXT NOT NULL,
	UNIQUE (schedule, backfill, at)
) @strict;
CREATE INDEX schedule_time_waiting ON schedule_time (schedule, backfill, at)
	WHERE outcome = 'waiting';

CREATE TABLE backfill (
	id @id,
	schedule TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	at_once INTEGER NOT NULL,
	requester TEXT NOT NULL,
	status TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL
) @strict;

CREATE TABLE pause (
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	person TEXT NOT NULL,
	reason TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (kind, name)
) @strict;

-- What is ready is served by rank: when it was asked for, less ten minutes
-- for each level of priority.
ALTER TABLE step ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN wait_on TEXT NOT NULL DEFAULT '';
ALTER TABLE step ADD COLUMN wait_amount INTEGER NOT NULL DEFAULT 0;
UPDATE step SET rank = (SELECT created_at FROM run WHERE run.id = step.run_id)
WHERE status IN ('idle', 'check', 'checking', 'waiting', 'ready', 'running',
	'verifying', 'retry', 'approval', 'manual');
DROP INDEX step_ready;
CREATE INDEX step_ready ON step (rank, id)
	WHERE status IN ('check', 'ready') AND held = 0;
CREATE INDEX step_wait ON step (wait_on, rank, id)
	WHERE wait_on <> '' AND status = 'ready';
