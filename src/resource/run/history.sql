-- SPDX-License-Identifier: MIT

-- name: history_of_task
-- By three indexes: what succeeded, what went wrong, what runs.
SELECT id FROM (
	SELECT * FROM (SELECT id FROM step
		WHERE task = $task AND status = 'succeeded' AND fan = 0
			AND started_at > 0 AND id < $before
		ORDER BY id DESC LIMIT $limit)
	UNION ALL
	SELECT * FROM (SELECT id FROM step
		WHERE task = $task AND status IN ('failed', 'timed_out',
			'cancelled', 'unknown', 'unkillable') AND fan = 0
			AND started_at > 0 AND id < $before
		ORDER BY id DESC LIMIT $limit)
	UNION ALL
	SELECT DISTINCT step.id AS id FROM attempt
	JOIN step ON step.id = attempt.step_id
	WHERE attempt.status IN ('starting', 'running')
		AND step.status IN ('running', 'verifying')
		AND step.task = $task AND step.id < $before
) ORDER BY id DESC LIMIT $limit;

-- name: stats_steps
-- By two indexes: what succeeded, what went wrong.
SELECT succeeded, ms FROM (
	SELECT * FROM (SELECT id, 1 AS succeeded, ended_at - started_at AS ms
		FROM step
		WHERE task = $task AND status = 'succeeded' AND fan = 0
			AND started_at > 0
		ORDER BY id DESC LIMIT $limit)
	UNION ALL
	SELECT * FROM (SELECT id, 0 AS succeeded, ended_at - started_at AS ms
		FROM step
		WHERE task = $task AND status IN ('failed', 'timed_out',
			'cancelled', 'unknown', 'unkillable') AND fan = 0
			AND started_at > 0
		ORDER BY id DESC LIMIT $limit)
) ORDER BY id DESC LIMIT $limit;

-- name: history_of_run
SELECT attempt.*, step.task AS task, step.definition AS definition
FROM attempt JOIN step ON step.id = attempt.step_id
WHERE attempt.run_id = $run_id AND attempt.id > $after
	AND ($step = 0 OR attempt.step_id = $step)
ORDER BY attempt.id LIMIT $limit;

-- name: gantt_count
SELECT COUNT(*) AS n FROM step WHERE run_id = $run_id
	AND status <> 'not_needed' AND status <> 'idle';

-- name: gantt_needs_over
SELECT MAX(step.ended_steady) AS at FROM edge
JOIN step ON step.id = edge.from_step WHERE edge.to_step = $id;

-- name: gantt_was_asked
SELECT 1 FROM need WHERE step_id = $id AND step_id <> 0 LIMIT 1;

-- name: gantt_tasks
SELECT task, SUM(fan = 0) AS steps, MIN(id) AS first,
	SUM(fan = 0 AND status IN ('succeeded', 'skipped')) AS done,
	SUM(fan = 0 AND status IN ('failed', 'timed_out', 'cancelled',
		'unknown', 'unkillable', 'blocked')) AS bad,
	MIN(CASE WHEN started_at > 0 THEN started_steady END) AS began,
	MAX(ended_steady) AS ended,
	SUM(ended_at = 0) AS open
FROM step WHERE run_id = $run_id AND status <> 'not_needed'
	AND status <> 'idle'
GROUP BY task ORDER BY COALESCE(began, 9223372036854775807), first LIMIT 500;
