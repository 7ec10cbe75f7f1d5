-- SPDX-License-Identifier: MIT
-- Runs that undo others, and which step of theirs undoes which.
ALTER TABLE run ADD COLUMN undo_of INTEGER NOT NULL DEFAULT 0;
CREATE INDEX run_by_undo ON run (undo_of, id) WHERE undo_of <> 0;

-- A step may undo several: two tasks may have the same undo.
CREATE TABLE undoing (
	step_id INTEGER NOT NULL REFERENCES step (id),
	of_step INTEGER NOT NULL REFERENCES step (id),
	PRIMARY KEY (step_id, of_step)
) @strict;
CREATE INDEX undoing_of ON undoing (of_step);
