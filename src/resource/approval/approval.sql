-- SPDX-License-Identifier: MIT

-- name: need_insert
INSERT INTO need (ticket_id, run_id, step_id, task, preview_hash,
	plan_hash, source, rule, approvers, wanted, eligible, status,
	expires_at, percent, asked_at, ended_at, reason, valid_ms,
	valid_until, remind_at, when_expired, instead_of)
VALUES ($ticket_id, $run_id, $step_id, $task, $preview_hash,
	$plan_hash, $source, $rule, $approvers, $wanted, $eligible, $status,
	$expires_at, $percent, $asked_at, $ended_at, $reason, $valid_ms,
	$valid_until, $remind_at, $when_expired, $instead_of);

-- name: preview_insert
INSERT INTO preview (hash, body, created_at)
VALUES ($hash, $body, $created_at) ON CONFLICT DO NOTHING;

-- name: preview_get
SELECT body FROM preview WHERE hash = $hash;

-- name: need_of_ticket
SELECT * FROM need WHERE ticket_id = $ticket_id ORDER BY id;

-- name: need_of_hash
SELECT * FROM need WHERE plan_hash = $hash AND ticket_id = $ticket_id
ORDER BY id;

-- name: need_of_step
SELECT * FROM need WHERE step_id = $step_id AND step_id <> 0 ORDER BY id;

-- name: need_open_of_ticket
SELECT * FROM need WHERE ticket_id = $ticket_id AND status = 'open'
ORDER BY id;

-- name: need_get
SELECT * FROM need WHERE id = $id;

-- name: need_expired_of_ticket
-- Those that are left come with the next turn.
SELECT * FROM need WHERE ticket_id = $ticket_id AND status = 'open'
	AND expires_at <= $now ORDER BY id LIMIT 500;

-- name: need_expired
SELECT DISTINCT ticket_id FROM need
WHERE status = 'open' AND expires_at <= $now LIMIT 100;

-- name: need_remind_due
SELECT * FROM need WHERE status = 'open' AND remind_at <> 0
	AND remind_at <= $now ORDER BY remind_at, id LIMIT 100;

-- name: need_reminded
UPDATE need SET remind_at = 0 WHERE id = $id;

-- name: need_lapsed
-- Each is looked at once: of plans that were approved, and whether they wait
-- to begin.  What a step waits for is looked at when it begins.
SELECT need.id, need.ticket_id, need.step_id = 0
	AND run.status IN ('waiting_approval', 'queued') AS waits
FROM need LEFT JOIN run ON run.id = need.run_id
WHERE need.status = 'met' AND need.valid_until <> 0 AND need.lapsed = 0
	AND need.valid_until <= $now
ORDER BY need.valid_until, need.id LIMIT 100;

-- name: need_lapse
UPDATE need SET lapsed = 1 WHERE id = $id;

-- name: need_next_due
SELECT MIN(at) AS at FROM (
	SELECT MIN(expires_at) AS at FROM need WHERE status = 'open'
	UNION ALL
	SELECT MIN(remind_at) FROM need WHERE status = 'open'
		AND remind_at <> 0
	UNION ALL
	SELECT MIN(valid_until) FROM need WHERE status = 'met'
		AND valid_until <> 0 AND lapsed = 0) AS due;

-- name: vote_insert
INSERT INTO vote (need_id, plan_hash, person, decision, note, via, at,
	for_person)
VALUES ($need_id, $plan_hash, $person, $decision, $note, $via, $at,
	$for_person);

-- name: vote_of_need
SELECT * FROM vote WHERE need_id = $need_id ORDER BY id;

-- name: vote_approvers
-- Who approved the plan, whichever need of the ticket it was said to: a rule
-- that came later need not ask them again.  First those who spoke for
-- themselves: a delegate does not take the place of who decided after all.
SELECT DISTINCT vote.person AS person, vote.for_person AS for_person FROM vote
JOIN need ON need.id = vote.need_id
WHERE need.ticket_id = $ticket_id AND vote.plan_hash = $plan_hash
	AND vote.decision = 'approve' AND need.status IN ('open', 'met')
ORDER BY for_person <> '', person, for_person;
