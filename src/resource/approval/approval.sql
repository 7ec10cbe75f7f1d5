-- SPDX-License-Identifier: MIT

-- name: need_insert
INSERT INTO need (ticket_id, run_id, step_id, task, preview_hash,
	plan_hash, source, rule, approvers, wanted, eligible, status, expires_at)
VALUES ($ticket_id, $run_id, $step_id, $task, $preview_hash,
	$plan_hash, $source, $rule, $approvers, $wanted, $eligible, $status,
	$expires_at);

-- name: preview_insert
INSERT INTO preview (hash, body, created_at)
VALUES ($hash, $body, $created_at) ON CONFLICT DO NOTHING;

-- name: preview_get
SELECT body FROM preview WHERE hash = $hash;

-- name: need_of_ticket
SELECT * FROM need WHERE ticket_id = $ticket_id ORDER BY id;

-- name: need_expired
SELECT DISTINCT ticket_id FROM need
WHERE status = 'open' AND expires_at <= $now LIMIT 100;

-- name: need_next_expiry
SELECT MIN(expires_at) AS at FROM need WHERE status = 'open';

-- name: vote_insert
INSERT INTO vote (need_id, plan_hash, person, decision, note, via, at)
VALUES ($need_id, $plan_hash, $person, $decision, $note, $via, $at);

-- name: vote_of_need
SELECT * FROM vote WHERE need_id = $need_id ORDER BY id;

-- name: vote_approvers
-- Who approved the plan, whichever need of the ticket it was said to: a rule
-- that came later need not ask them again.
SELECT DISTINCT vote.person AS person FROM vote
JOIN need ON need.id = vote.need_id
WHERE need.ticket_id = $ticket_id AND vote.plan_hash = $plan_hash
	AND vote.decision = 'approve' AND need.status IN ('open', 'met');
