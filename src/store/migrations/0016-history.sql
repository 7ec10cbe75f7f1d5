-- SPDX-License-Identifier: MIT
-- The history of a task has what went wrong too; it is little.

CREATE INDEX step_bad_by_task ON step (task, id)
	WHERE status IN ('failed', 'timed_out', 'cancelled', 'unknown',
		'unkillable');
