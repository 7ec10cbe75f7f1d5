-- SPDX-License-Identifier: MIT

-- name: run_save
-- Without what an index is over: it did not move.
UPDATE run SET reason = $reason, open_steps = $open_steps,
	failed_steps = $failed_steps, cleanups = $cleanups,
	cleanups_off = $cleanups_off, keyed = $keyed, cancel_by = $cancel_by,
	seq = $seq
WHERE id = $id;

-- name: run_update
UPDATE run SET status = $status, reason = $reason, dedupe_key = $dedupe_key,
	open_steps = $open_steps, failed_steps = $failed_steps,
	cleanups = $cleanups, cleanups_off = $cleanups_off, keyed = $keyed,
	cancel_by = $cancel_by, seq = $seq, started_at = $started_at,
	ended_at = $ended_at, queued_steady = $queued_steady,
	started_steady = $started_steady, ended_steady = $ended_steady,
	idle_ms = $idle_ms
WHERE id = $id;

-- name: step_update
-- waiting is left alone: only step_dependants_done counts it down.
UPDATE step SET status = $status, held = $held, shares = $shares,
	wait_on = $wait_on, wait_amount = $wait_amount,
	reason = $reason, preview = $preview,
	preview_hash = $preview_hash, attempts = $attempts,
	tries = $tries, outputs = $outputs, due_at = $due_at, seq = $seq,
	started_at = $started_at, ended_at = $ended_at,
	started_steady = $started_steady, ended_steady = $ended_steady
WHERE id = $id;

-- name: attempt_update
UPDATE attempt SET status = $status, code = $code, signal = $signal,
	detail = $detail, layers = $layers, started_at = $started_at,
	ended_at = $ended_at, ended_steady = $ended_steady,
	duration_ms = $duration_ms,
	log_bytes = $log_bytes, log_dropped = $log_dropped
WHERE id = $id AND token = $token;

-- name: ticket_move
-- What a move changes, and the run that the ticket is about by now: an index
-- costs as much as the row.
UPDATE ticket SET status = $status, run_id = $run_id,
	resolution = $resolution, updated_at = $updated_at,
	closed_at = $closed_at, outcome = $outcome, quick_fix = $quick_fix,
	merged_into = $merged_into
WHERE id = $id;

-- name: ticket_update
UPDATE ticket SET title = $title, status = $status,
	last_editor = $last_editor, environment = $environment,
	params = $params, plan_hash = $plan_hash, run_id = $run_id,
	resolution = $resolution, updated_at = $updated_at,
	closed_at = $closed_at, scope_id = $scope_id,
	description = $description, priority = $priority,
	priority_reason = $priority_reason, points = $points,
	assignee = $assignee, epic = $epic, labels = $labels,
	due_at = $due_at, outcome = $outcome, quick_fix = $quick_fix,
	merged_into = $merged_into
WHERE id = $id;

-- name: need_update
UPDATE need SET status = $status, ended_at = $ended_at, reason = $reason,
	valid_until = $valid_until, remind_at = $remind_at
WHERE id = $id;
