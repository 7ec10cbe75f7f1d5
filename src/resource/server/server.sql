-- SPDX-License-Identifier: MIT
-- name: server_live
SELECT COUNT(*) FROM attempt WHERE status IN ('starting', 'running');

-- name: server_running
-- What a drain waits for, the oldest first.
SELECT attempt.id, attempt.started_at, run.key, run.requester, step.task
FROM attempt JOIN run ON run.id = attempt.run_id
	JOIN step ON step.id = attempt.step_id
WHERE attempt.status IN ('starting', 'running') ORDER BY attempt.id LIMIT 100;
