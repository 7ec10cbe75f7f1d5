-- SPDX-License-Identifier: MIT
-- What cleans up after a step is a step of the same run.

-- 0: work, 1: on_failure, 2: always; `cleans` is the step that it is for.
ALTER TABLE step ADD COLUMN cleanup INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN cleans INTEGER NOT NULL DEFAULT 0;
CREATE INDEX step_by_cleans ON step (cleans, id) WHERE cleans <> 0;
CREATE INDEX step_cleanups ON step (run_id, id) WHERE cleans <> 0;

-- How many of its steps clean up; 1: a person said that they shall not.
ALTER TABLE run ADD COLUMN cleanups INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN cleanups_off INTEGER NOT NULL DEFAULT 0;
