-- SPDX-License-Identifier: MIT

-- name: attempt_live
SELECT * FROM attempt WHERE status IN ('starting', 'running') ORDER BY id;

-- name: attempt_insert
INSERT INTO attempt (step_id, run_id, no, kind, token, epoch, boot_id, status,
	code, signal, detail, layers, started_at, ended_at, duration_ms,
	log_bytes, log_dropped, started_steady)
VALUES ($step_id, $run_id, $no, $kind, $token, $epoch, $boot_id, $status,
	-1, 0, '', 0, $started_at, 0, 0, 0, 0,
	$steady);

-- name: step_startable
SELECT * FROM step WHERE status IN ('check', 'ready') AND held = 0
ORDER BY rank, id LIMIT $limit;

-- name: step_same_active
-- An equal step of another run that is being done now.
SELECT step.id AS id, run.key AS run_key FROM step
JOIN run ON run.id = step.run_id
WHERE step.ident = $ident AND step.run_id <> $run_id
	AND step.definition = $definition
	AND run.scheduled_at = $scheduled_at
	AND (step.status = 'checking' OR step.status = 'running'
		OR step.status = 'verifying')
	AND run.status = 'running' LIMIT 1;

-- name: step_parked_on
-- The step that they waited for is over.
UPDATE step SET held = 0
WHERE shares = $id AND shares <> 0 AND status = 'ready';

-- name: step_waited_limit
-- What somebody waits for, one by one.
SELECT wait_on FROM step WHERE wait_on > $after AND wait_on <> ''
	AND status IN ('check', 'ready') ORDER BY wait_on LIMIT 1;

-- name: step_waiters
SELECT id, run_id, rank, wait_amount FROM step
WHERE wait_on = $limit AND wait_on <> '' AND status IN ('check', 'ready')
ORDER BY rank, id LIMIT $count;

-- name: step_unwait
UPDATE step SET held = 0, shares = 0, wait_on = '' WHERE id = $id;

-- name: step_rank_cap
-- The clock went back: what was asked for in the future is asked for now.
UPDATE step SET rank = $now WHERE rank > $now
	AND run_id IN (SELECT id FROM run WHERE status IN ('waiting_approval',
		'queued', 'running') AND created_at > $now);

-- name: step_retry_due
-- By the steady clock.
SELECT * FROM step WHERE status = 'retry' AND due_at <= $now
ORDER BY due_at LIMIT 256;

-- name: step_retry_next
SELECT MIN(due_at) AS at FROM step WHERE status = 'retry';

-- name: step_waits_of_run
SELECT * FROM step WHERE wait_on = $wait_on AND wait_on <> ''
	AND run_id = $run_id AND status IN ('check', 'ready')
ORDER BY id LIMIT 64;

-- name: step_unwait_older
-- Those that saw an older success than this one.
UPDATE step SET held = 0, shares = 0, wait_on = ''
WHERE wait_on = $wait_on AND wait_on <> '' AND wait_amount < $at
	AND status IN ('check', 'ready');

-- name: lane_used
-- How many of a foreach run.
SELECT COUNT(*) AS n FROM step WHERE lane = $lane AND lane <> 0
	AND status IN ('running', 'verifying', 'previewing');
