-- SPDX-License-Identifier: MIT

-- name: run_insert
INSERT INTO run (key, task, team, environment, params, plan_hash,
	closure_hash, status, reason, requester, via, ticket_id, retry_of, dry,
	dedupe_key, priority, root_step, open_steps, failed_steps,
	cleanups, cleanups_off, cancel_by, seq, created_at, started_at,
	ended_at, schedule, scheduled_at, backfill, undo_of, scope_id,
	key_lock, keyed, created_steady, queued_steady, started_steady,
	ended_steady, idle_ms)
VALUES ($key, $task, $team, $environment, $params, $plan_hash,
	$closure_hash, $status, $reason, $requester, $via, $ticket_id,
	$retry_of, $dry, $dedupe_key, $priority, $root_step, $open_steps,
	$failed_steps, $cleanups, $cleanups_off, $cancel_by, $seq, $created_at,
	$started_at, $ended_at, $schedule, $scheduled_at, $backfill, $undo_of,
	$scope_id, $key_lock, $keyed, $created_steady, $queued_steady,
	$started_steady, $ended_steady, $idle_ms);

-- name: run_next_id
SELECT COALESCE(MAX(id), 0) + 1 AS id FROM run;

-- name: run_set_root
UPDATE run SET root_step = $root_step, open_steps = $open_steps,
	cleanups = $cleanups
WHERE id = $id;

-- name: run_set_ticket
-- A step asks for an approval, and the run had nobody to ask.
UPDATE run SET ticket_id = $ticket_id, dedupe_key = NULL WHERE id = $id;

-- name: run_get
SELECT * FROM run WHERE id = $id;

-- name: run_get_by_key
-- One that is being removed for its age is gone for whoever asks.
SELECT * FROM run WHERE key = upper($key) AND NOT EXISTS (SELECT 1
	FROM removed WHERE left_steps = 1 AND old_id = run.id);

-- name: run_get_by_dedupe
SELECT * FROM run WHERE dedupe_key = $dedupe_key;

-- name: run_list
-- Row by row from the newest: the latest runs, for whoever may see most of
-- them.
SELECT * FROM run WHERE id < $before AND id >= $from AND dry = 0
	AND ($status IS NULL OR status = $status)
	AND ($task IS NULL OR task = $task)
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
	OR (scope_id IN (SELECT value FROM json_each($reach))
		AND (requester IN (SELECT value FROM json_each($peers))
		OR EXISTS (SELECT 1 FROM run_watcher WHERE run_id = run.id
			AND person = $person AND detached = 0)))
	OR EXISTS (SELECT 1 FROM ticket WHERE ticket.id = run.ticket_id
		AND (scope_id IN (SELECT value FROM json_each($seen))
		OR (scope_id IN (SELECT value FROM json_each($reach))
			AND (requester IN (SELECT value FROM json_each($peers))
			OR assignee IN (SELECT value FROM json_each($mine))
			OR ticket.id IN (SELECT need_person.ticket_id
				FROM json_each($me) AS m JOIN need_person
				ON need_person.person = m.value ->> 'name'
				JOIN ticket AS asked
				ON asked.id = need_person.ticket_id
				WHERE m.value ->> 'project'
					IN ('', asked.project)
				AND m.value ->> 'environment'
					IN ('', asked.environment)))))))
ORDER BY id DESC;

-- name: run_list_of_status
-- The newest of one status, whoever may see them: by the index of it.
SELECT * FROM run WHERE status = $status AND id < $before AND id >= $from
	AND dry = 0 AND ($task IS NULL OR task = $task)
ORDER BY id DESC;

-- name: run_list_of_task
SELECT * FROM run WHERE task = $task AND id < $before AND id >= $from
	AND dry = 0 AND ($status IS NULL OR status = $status)
ORDER BY id DESC;

-- name: run_list_sparse
-- The same from the person's side, by an index for each way to see a run: for
-- whoever may see few among many.
SELECT * FROM run WHERE id < $before AND dry = 0 AND $all = 0
	AND ($status IS NULL OR status = $status)
	AND ($task IS NULL OR task = $task)
	AND id IN (
	SELECT id FROM run
		WHERE scope_id IN (SELECT value FROM json_each($seen))
	UNION ALL
	SELECT id FROM run
		WHERE requester IN (SELECT value FROM json_each($peers))
		AND +scope_id IN (SELECT value FROM json_each($reach))
	UNION ALL
	SELECT run.id FROM run_watcher JOIN run ON run.id = run_id
		WHERE person = $person AND detached = 0
		AND +scope_id IN (SELECT value FROM json_each($reach))
	UNION ALL
	SELECT id FROM run WHERE ticket_id <> 0 AND ticket_id IN (
		SELECT id FROM ticket
			WHERE scope_id IN (SELECT value FROM json_each($seen))
		UNION ALL
		SELECT id FROM ticket
			WHERE requester IN (SELECT value FROM json_each($peers))
			AND +scope_id IN (SELECT value FROM json_each($reach))
		UNION ALL
		SELECT id FROM ticket WHERE assignee <> ''
			AND assignee IN (SELECT value FROM json_each($mine))
			AND +scope_id IN (SELECT value FROM json_each($reach))
		UNION ALL
		SELECT ticket.id FROM json_each($me) AS m
			JOIN need_person
			ON need_person.person = m.value ->> 'name'
			JOIN ticket ON ticket.id = need_person.ticket_id
			WHERE m.value ->> 'project' IN ('', ticket.project)
			AND m.value ->> 'environment'
				IN ('', ticket.environment)
			AND +scope_id IN (SELECT value FROM json_each($reach))))
ORDER BY id DESC;

-- name: run_ended_of_task
-- The newest first, by the index over task and id.
SELECT status, started_at, created_steady, started_steady, ended_steady,
	idle_ms
FROM run
WHERE task = $task AND dry = 0 AND ended_at > 0 AND undo_of = 0
ORDER BY id DESC LIMIT $most;

-- name: run_watch
INSERT INTO run_watcher (run_id, person, ticket_id, detached)
VALUES ($run_id, $person, $ticket_id, 0)
ON CONFLICT (run_id, person, ticket_id) DO UPDATE SET detached = 0;

-- name: run_watchers
SELECT person FROM run_watcher WHERE run_id = $run_id AND detached = 0
ORDER BY person;

-- name: run_askers
-- Also those who detached: they asked for it all the same.
SELECT person FROM run_watcher WHERE run_id = $run_id ORDER BY person;

-- name: run_unwatch
UPDATE run_watcher SET detached = 1
WHERE run_id = $run_id AND person = $person;

-- name: step_insert
INSERT INTO step (run_id, ident, task, definition, params, status, waiting,
	held, shares, reason, preview, target, asked, preview_hash, attempts,
	tries, outputs, priority, rank, due_at, seq, started_at, ended_at,
	started_steady, ended_steady, fan, cleanup, cleans)
VALUES ($run_id, $ident, $task, $definition, $params, $status, $waiting,
	$held, $shares, $reason, $preview, $target, $asked, $preview_hash,
	$attempts, $tries, $outputs, $priority, $rank, $due_at, $seq,
	$started_at, $ended_at, $started_steady, $ended_steady, $fan,
	$cleanup, $cleans);

-- name: edge_insert
INSERT INTO edge (run_id, from_step, to_step, name)
VALUES ($run_id, $from_step, $to_step, $name);

-- name: step_get
SELECT * FROM step WHERE id = $id;

-- name: step_since
-- In no order: sorting few is dearer here than by whoever asks.
SELECT * FROM step WHERE run_id = $run_id AND seq > $seq;

-- name: step_first
-- Sorts no more than ids.
SELECT * FROM step WHERE id IN (SELECT id FROM step WHERE run_id = $run_id
	ORDER BY id LIMIT $most)
ORDER BY id;

-- name: step_count
SELECT COUNT(*) AS n FROM step WHERE run_id = $run_id;

-- name: step_by_status
SELECT * FROM step WHERE run_id = $run_id AND status = $status ORDER BY id;

-- name: step_dependants
SELECT DISTINCT step.* FROM edge JOIN step ON step.id = edge.to_step
WHERE edge.from_step = $id AND step.status = $status ORDER BY step.id;

-- name: step_dependants_done
-- One more of what they need is done; a step may need it under two names.
UPDATE step SET waiting = waiting - (SELECT COUNT(*) FROM edge
	WHERE edge.from_step = $id AND edge.to_step = step.id)
WHERE id IN (SELECT to_step FROM edge WHERE from_step = $id);

-- name: step_dependants_undone
-- The step is to be done again.
-- A fan among those that need it is spread again: its list may differ.
UPDATE step SET waiting = waiting + (SELECT COUNT(*) FROM edge
	WHERE edge.from_step = $id AND edge.to_step = step.id),
	fan = CASE WHEN fan = 2 THEN 1 ELSE fan END
WHERE id IN (SELECT to_step FROM edge WHERE from_step = $id);

-- name: step_dependants_all
SELECT DISTINCT step.* FROM edge JOIN step ON step.id = edge.to_step
WHERE edge.from_step = $id ORDER BY step.id;

-- name: step_of_task
SELECT * FROM step WHERE run_id = $run_id AND task = $task AND cleans = 0
ORDER BY id LIMIT 2;

-- name: reveal_forget
-- What is made anew may be shown anew; the audit chain keeps who saw the old.
DELETE FROM reveal WHERE step_id = $step_id;

-- name: step_dependants_ready
SELECT DISTINCT step.* FROM edge JOIN step ON step.id = edge.to_step
WHERE edge.from_step = $id AND step.status = 'waiting' AND step.waiting = 0
ORDER BY step.id;

-- name: step_needs
SELECT step.*, edge.name AS edge_name FROM edge
JOIN step ON step.id = edge.from_step
WHERE edge.to_step = $id ORDER BY edge.name, step.id;

-- name: step_needs_idle
SELECT DISTINCT step.* FROM edge JOIN step ON step.id = edge.from_step
WHERE edge.to_step = $id AND step.status = 'idle' ORDER BY step.id;

-- name: step_needs_failed
SELECT step.task FROM edge JOIN step ON step.id = edge.from_step
WHERE edge.to_step = $id AND step.status IN ('failed', 'cancelled',
	'timed_out', 'unknown', 'unkillable', 'blocked') LIMIT 1;

-- name: step_reset
-- Before the first start: everything is to be looked at anew, but for what is
-- being looked for, or shown, right now.
UPDATE step SET status = CASE WHEN status IN ('checking', 'previewing')
		THEN status ELSE 'idle' END, held = 0, reason = '', ended_at = 0,
	ended_steady = 0, wait_on = '',
	seq = $seq, waiting = (SELECT COUNT(*) FROM edge
		JOIN step AS need ON need.id = edge.from_step
		WHERE edge.to_step = step.id AND need.status <> 'succeeded')
WHERE run_id = $run_id AND status <> 'succeeded';

-- name: step_unhold
UPDATE step SET held = 0, reason = '', wait_on = '', seq = $seq
WHERE run_id = $run_id AND held = 1;

-- name: step_hold
-- What cleans up goes on: what it cleans up after was approved.
UPDATE step SET held = 1, seq = $seq
WHERE run_id = $run_id AND status = 'ready' AND cleans = 0;

-- name: step_cancel_cleanups
UPDATE step SET status = 'cancelled', reason = $reason, ended_at = $now,
	ended_steady = $steady, seq = $seq, held = 0, wait_on = ''
WHERE run_id = $run_id AND status IN ('check', 'waiting', 'ready', 'retry',
	'approval', 'manual') AND cleans <> 0;

-- name: step_cancel
UPDATE step SET status = 'cancelled', reason = $reason, ended_at = $now,
	ended_steady = $steady, seq = $seq, held = 0, wait_on = ''
WHERE run_id = $run_id AND status IN ('check', 'waiting', 'ready', 'retry',
	'approval', 'manual') AND cleans = 0;

-- name: step_not_needed
UPDATE step SET status = 'not_needed', seq = $seq, ended_at = $now,
	ended_steady = $steady, reason = CASE WHEN cleans <> 0 THEN 'there is nothing to clean up'
		ELSE 'nothing that runs needs it' END
WHERE run_id = $run_id AND status = 'idle';

-- name: step_idle_again
UPDATE step SET status = 'idle', seq = $seq, ended_at = 0, reason = '',
	ended_steady = 0
WHERE run_id = $run_id AND status = 'not_needed';

-- name: step_counts
-- What cleans up is open as anything else, and no success or failure of the
-- work.
SELECT COALESCE(SUM(CASE WHEN status IN ('check', 'checking', 'waiting',
		'ready', 'previewing', 'running', 'verifying', 'retry',
		'approval', 'manual')
		THEN 1 ELSE 0 END), 0) AS open_steps,
	COALESCE(SUM(CASE WHEN status IN ('check', 'checking', 'waiting',
		'ready', 'previewing', 'running', 'verifying', 'retry',
		'approval', 'manual') AND cleans = 0
		THEN 1 ELSE 0 END), 0) AS open_work,
	COALESCE(SUM(CASE WHEN status IN ('failed', 'timed_out', 'unknown',
		'unkillable') AND cleans = 0 THEN 1 ELSE 0 END), 0)
		AS failed_steps,
	COALESCE(SUM(CASE WHEN status IN ('check', 'checking', 'previewing')
		OR (status = 'ready' AND held = 0 AND cleans = 0)
		THEN 1 ELSE 0 END), 0) AS checks,
	COALESCE(SUM(CASE WHEN status = 'unknown' AND cleans = 0
		THEN 1 ELSE 0 END), 0) AS unknown,
	COALESCE(SUM(CASE WHEN status = 'unkillable' AND cleans = 0
		THEN 1 ELSE 0 END), 0) AS unkillable,
	COALESCE(SUM(CASE WHEN status = 'failed' AND cleans = 0
		THEN 1 ELSE 0 END), 0) AS failed,
	COALESCE(SUM(CASE WHEN status IN ('cancelled', 'blocked')
		AND cleans = 0 THEN 1 ELSE 0 END), 0) AS stopped,
	COALESCE(SUM(CASE WHEN preview <> '' THEN 1 ELSE 0 END), 0)
		AS previewed
FROM step WHERE run_id = $run_id;

-- name: step_first_failed
SELECT * FROM step WHERE run_id = $run_id
	AND status IN ('failed', 'timed_out', 'unknown', 'unkillable')
	AND cleans = 0
ORDER BY id LIMIT 1;

-- name: step_known_outputs
SELECT outputs FROM (SELECT outputs, 0 AS place
	FROM (SELECT outputs FROM step
		WHERE ident = $ident AND status = 'succeeded'
		ORDER BY id DESC LIMIT 1)
	UNION ALL SELECT outputs, 1 FROM removed_step WHERE ident = $ident)
ORDER BY place LIMIT 1;

-- name: step_tasks
SELECT DISTINCT task FROM step WHERE run_id = $run_id LIMIT 1000;

-- name: step_usual
SELECT ended_steady - started_steady AS ms FROM step
WHERE task = $task AND status = 'succeeded' AND started_at > 0
	AND ended_steady >= started_steady
ORDER BY id DESC LIMIT 10;

-- name: step_given
SELECT outputs, ended_at FROM step WHERE run_id = $run_id AND ident = $ident
	AND definition = $definition AND status = 'succeeded' AND cleans = 0;

-- name: attempt_get
SELECT * FROM attempt WHERE id = $id;

-- name: attempt_of_run
SELECT * FROM attempt WHERE run_id = $run_id AND id > $after ORDER BY id;

-- name: attempt_of_step
SELECT * FROM attempt WHERE step_id = $step_id ORDER BY no;

-- name: attempt_live_of_run
-- cleanups: those of what cleans up, or those of the work.
SELECT * FROM attempt WHERE run_id = $run_id
	AND status IN ('starting', 'running')
	AND $cleanups = (SELECT CASE WHEN cleans <> 0 THEN 1 ELSE 0 END
		FROM step WHERE id = attempt.step_id) ORDER BY id;

-- name: reveal_get
SELECT person, at FROM reveal WHERE step_id = $step_id AND output = $output;

-- name: reveal_insert
INSERT INTO reveal (run_id, step_id, output, person, at)
VALUES ($run_id, $step_id, $output, $person, $at);

-- name: cleanup_of_step
-- What cleans up after a step, in its order.
SELECT * FROM step WHERE cleans = $id AND cleans <> 0 ORDER BY id;

-- name: cleanup_arm
-- What they clean up after is run again.
UPDATE step SET status = 'idle', held = 0, shares = 0, reason = '',
	preview = '', tries = 0, outputs = '{}', wait_on = '', due_at = 0,
	started_at = 0, ended_at = 0, started_steady = 0, ended_steady = 0,
	seq = $seq
WHERE cleans = $id AND cleans <> 0 AND status <> 'idle';

-- name: cleanup_of_blocked
SELECT step.id AS id FROM step JOIN step AS owner ON owner.id = step.cleans
WHERE step.run_id = $run_id AND step.cleans <> 0 AND owner.status = 'blocked'
	AND step.status IN ('check', 'checking', 'ready', 'running',
		'verifying', 'retry', 'manual') LIMIT 1;

-- name: cleanup_keyed
-- Steps with a key, or what cleaned up after one that has one.
SELECT * FROM step WHERE run_id = $run_id AND status = $status
	AND EXISTS (SELECT 1 FROM key_holder
		WHERE key_holder.run_id = $run_id
		AND key_holder.step_id IN (step.id, step.cleans)
		AND key_holder.step_id <> 0)
ORDER BY id;

-- name: cleanup_idle_owners
-- Steps of the run that something idle cleans up after.
SELECT DISTINCT owner.* FROM step JOIN step AS owner ON owner.id = step.cleans
WHERE step.run_id = $run_id AND step.cleans <> 0 AND step.status = 'idle'
ORDER BY owner.id;

-- name: cleanup_ran_below
-- Of all that a step needs, was any begun?
WITH RECURSIVE below (id) AS (
	SELECT from_step FROM edge WHERE to_step = $id
	UNION
	SELECT edge.from_step FROM edge JOIN below
		ON edge.to_step = below.id)
SELECT 1 AS one FROM below JOIN step ON step.id = below.id
WHERE step.tries > 0 LIMIT 1;

-- name: key_holder
-- Who has the key.
SELECT key_holder.run_id AS run_id, key_holder.step_id AS step_id,
	run.key AS run_key, run.requester AS requester
FROM key_holder JOIN run ON run.id = key_holder.run_id
WHERE key_holder.lock = $lock;

-- name: key_take
INSERT INTO key_holder (lock, run_id, step_id)
VALUES ($lock, $run_id, $step_id);

-- name: key_leave
DELETE FROM key_holder WHERE run_id = $run_id AND step_id = $step_id
RETURNING lock;

-- name: key_leave_all
DELETE FROM key_holder WHERE run_id = $run_id RETURNING lock;

-- name: key_asked
-- Another run that was asked for with this key and may go on.
SELECT key FROM run WHERE key_lock = $lock AND key_lock <> ''
	AND ended_at = 0 AND status IN ('queued', 'running') AND dry = 0
ORDER BY id LIMIT 1;

-- name: key_waiting_before
-- Older runs that wait for the key.
SELECT DISTINCT run_id FROM step WHERE wait_on = $wait_on AND wait_on <> ''
	AND status IN ('check', 'ready') AND run_id < $run_id
ORDER BY run_id;

-- name: require_last
-- The last success of an equal step, in any run.
SELECT at, run_key FROM (SELECT at, run_key
	FROM (SELECT step.ended_at AS at, run.key AS run_key FROM step
		JOIN run ON run.id = step.run_id
		WHERE step.ident = $ident AND step.status = 'succeeded'
		ORDER BY step.ended_at DESC, step.id DESC LIMIT 1)
	UNION ALL SELECT ended_at, run_key FROM removed_step
		WHERE ident = $ident)
ORDER BY at DESC LIMIT 1;

-- name: lane_set
-- The children of a foreach of which so many run at once; the first counts.
UPDATE step SET lane = $fan, lane_max = $most
WHERE lane = 0 AND id IN (SELECT from_step FROM edge WHERE to_step = $fan);
