-- SPDX-License-Identifier: MIT
-- Keys: what a task may be done for only once at a time.

-- Who works on what: one row per environment, task and key, so that there can
-- be no second.  step_id 0: the run, from its start to its end.
CREATE TABLE key_holder (
	lock TEXT NOT NULL PRIMARY KEY,
	run_id INTEGER NOT NULL,
	step_id INTEGER NOT NULL
) @strict;
CREATE INDEX key_holder_by_run ON key_holder (run_id, step_id);
-- The lock of the task that was asked for, or ''.
ALTER TABLE run ADD COLUMN key_lock TEXT NOT NULL DEFAULT '';
CREATE INDEX run_by_key ON run (key_lock, id)
	WHERE key_lock <> '' AND ended_at = 0;
-- 1: it, or a step of it, has a key.
ALTER TABLE run ADD COLUMN keyed INTEGER NOT NULL DEFAULT 0;

-- The foreach that it is a child of, of which so many may run at once; 0: none.
ALTER TABLE step ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN lane_max INTEGER NOT NULL DEFAULT 0;
CREATE INDEX step_lane ON step (lane, status) WHERE lane <> 0;

-- A step waits for its key before it is looked whether its target is there.
DROP INDEX step_wait;
CREATE INDEX step_wait ON step (wait_on, rank, id) WHERE wait_on <> '';
