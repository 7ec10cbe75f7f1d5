-- SPDX-License-Identifier: MIT
-- name: follow_version
-- Another one when others have committed since.
PRAGMA data_version

-- name: follow_steps
-- Steps that changed behind a place, in the order of their changes.
SELECT * FROM step
WHERE run_id = $run_id AND (seq > $seq OR (seq = $seq AND id > $id))
ORDER BY seq, id LIMIT $limit

-- name: follow_attempts
-- Commands of a run that began behind a place.
SELECT attempt.id, attempt.step_id, attempt.status, step.task
FROM attempt JOIN step ON step.id = attempt.step_id
WHERE attempt.run_id = $run_id AND attempt.id > $after
	AND attempt.kind = 'run'
ORDER BY attempt.id LIMIT $limit

-- name: follow_attempt
-- One of them again.
SELECT attempt.id, attempt.step_id, attempt.status, step.task
FROM attempt JOIN step ON step.id = attempt.step_id
WHERE attempt.run_id = $run_id AND attempt.id = $id AND attempt.kind = 'run'
