-- SPDX-License-Identifier: MIT

-- name: undo_edges
SELECT from_step, to_step FROM step JOIN edge ON edge.to_step = step.id
WHERE step.run_id = $run_id;

-- name: undo_runs
-- The newest first; what was only planned does not count.
SELECT * FROM run WHERE undo_of = $run_id AND undo_of <> 0 AND dry = 0
ORDER BY id DESC;

-- name: undo_done
-- Steps of the run that are undone, and by which run.
SELECT DISTINCT undoing.of_step, run.key FROM run
JOIN step ON step.run_id = run.id
JOIN undoing ON undoing.step_id = step.id
WHERE run.undo_of = $run_id AND run.undo_of <> 0 AND run.id <> $but
	AND step.status IN ('succeeded', 'skipped')
ORDER BY undoing.of_step;

-- name: undoing_insert
INSERT INTO undoing (step_id, of_step) VALUES ($step_id, $of_step)
ON CONFLICT DO NOTHING;

-- name: undoing_of_step
SELECT step.id, step.task FROM undoing
JOIN step ON step.id = undoing.of_step
WHERE undoing.step_id = $step_id ORDER BY step.id;
