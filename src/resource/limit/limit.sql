-- SPDX-License-Identifier: MIT

-- name: limit_live
-- What lives, run by run.
SELECT run.key AS key, step.task AS task, step.definition AS definition
FROM attempt JOIN step ON step.id = attempt.step_id
	JOIN run ON run.id = attempt.run_id
WHERE attempt.status IN ('starting', 'running')
ORDER BY +attempt.run_id, attempt.id;

-- name: limit_waiting
SELECT COUNT(*) AS n FROM step
WHERE wait_on = $limit AND wait_on <> '' AND status = 'ready';
