-- SPDX-License-Identifier: MIT

-- name: attempt_live
SELECT * FROM attempt WHERE status IN ('starting', 'running') ORDER BY id;

-- name: attempt_insert
INSERT INTO attempt (step_id, run_id, no, kind, token, epoch, boot_id, status,
	code, signal, detail, layers, started_at, ended_at, duration_ms,
	log_bytes, log_dropped)
VALUES ($step_id, $run_id, $no, $kind, $token, $epoch, $boot_id, $status,
	-1, 0, '', 0, $started_at, 0, 0, 0, 0);

-- name: step_startable
SELECT * FROM step WHERE status IN ('check', 'ready') AND held = 0
ORDER BY priority DESC, id LIMIT $limit;

-- name: step_same_active
-- An equal step of another run that is being done now.
SELECT step.id AS id, run.key AS run_key FROM step
JOIN run ON run.id = step.run_id
WHERE step.ident = $ident AND step.run_id <> $run_id
	AND step.definition = $definition
	AND (step.status = 'checking' OR step.status = 'running'
		OR step.status = 'verifying')
	AND run.status = 'running' LIMIT 1;

-- name: step_parked_on
-- The step that they waited for is over.
UPDATE step SET held = 0
WHERE shares = $id AND shares <> 0 AND status = 'ready';

-- name: step_parked_on_limits
UPDATE step SET held = 0, shares = 0 WHERE id IN (
	SELECT id FROM step
	WHERE shares = -1 AND shares <> 0 AND status = 'ready'
	ORDER BY priority DESC, id LIMIT 64);

-- name: step_retry_due
SELECT * FROM step WHERE status = 'retry' AND due_at <= $now
ORDER BY due_at LIMIT 256;

-- name: step_retry_next
SELECT MIN(due_at) AS at FROM step WHERE status = 'retry';
