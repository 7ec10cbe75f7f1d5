-- SPDX-License-Identifier: MIT

-- name: evidence_runs
-- With a project: its tickets, and what its team ran without one.
SELECT run.id, run.key, run.task, run.team, run.environment, run.params,
	run.plan_hash, run.closure_hash, run.status, run.reason, run.requester,
	run.via, run.ticket_id, run.created_at, run.started_at, run.ended_at,
	ticket.key AS ticket, ticket.title, ticket.project
FROM run LEFT JOIN ticket ON ticket.id = run.ticket_id
WHERE run.dry = 0 AND run.started_at > 0
	AND run.started_at BETWEEN $from AND $to
	AND NOT EXISTS (SELECT 1 FROM removed WHERE removed.key = run.key)
	AND (CAST($project AS TEXT) IS NULL OR ticket.project = $project
		OR (ticket.id IS NULL AND run.team = $team))
ORDER BY run.id LIMIT $limit;

-- name: evidence_run
SELECT run.id, run.key, run.task, run.team, run.environment, run.params,
	run.plan_hash, run.closure_hash, run.status, run.reason, run.requester,
	run.via, run.ticket_id, run.created_at, run.started_at, run.ended_at,
	ticket.key AS ticket, ticket.title, ticket.project
FROM run LEFT JOIN ticket ON ticket.id = run.ticket_id
WHERE run.id = $id AND run.dry = 0 AND run.started_at > 0;

-- name: evidence_gone
-- Runs that were removed for their age.
SELECT old_id AS id, key, evidence FROM removed
WHERE kind = 'run' AND evidence <> ''
	AND started_at BETWEEN $from AND $to
	AND (CAST($project AS TEXT) IS NULL OR project = $project
		OR (project = '' AND team = $team))
ORDER BY old_id LIMIT $limit;

-- name: evidence_asked
SELECT seq, detail FROM audit
WHERE object = $run AND action = 'run.asked' ORDER BY seq LIMIT 1;

-- name: evidence_needs
SELECT * FROM need WHERE ticket_id = $ticket_id
	AND (run_id = $run_id OR run_id = 0) ORDER BY id;

-- name: evidence_votes
SELECT * FROM vote WHERE need_id = $need_id ORDER BY id;

-- name: evidence_vote_told
-- Does the chain tell of that decision as well?
SELECT seq FROM audit
WHERE object = (SELECT key FROM ticket WHERE id = $ticket_id)
	AND action = 'approval.' || $decision AND actor = $person AND at = $at
	AND detail ->> '$.plan_hash' = $plan_hash
LIMIT 1;

-- name: evidence_steps
SELECT step.id, step.task, step.definition, step.status, step.reason,
	step.attempts, step.started_at, step.ended_at,
	(SELECT COALESCE(SUM(log_dropped), 0) FROM attempt
		WHERE step_id = step.id) AS dropped
FROM step WHERE step.run_id = $run_id ORDER BY step.id;

-- name: evidence_artifacts
-- Rows stay when the files go.
SELECT name, sha256, size FROM artifact WHERE step_id = $step_id ORDER BY id;

-- name: evidence_notable
SELECT seq, at, actor, action, object, reason FROM audit
WHERE at BETWEEN $from AND $to AND (action LIKE 'glass.%'
	OR action IN ('approval.denied', 'approval.voided', 'server.restored',
		'clock.back', 'step.resolved'))
ORDER BY seq LIMIT $limit;

-- name: evidence_glass
-- Broken in the period, and no second person looked in time.
SELECT id, person, opened_at, reviewed_at, reviewed_by FROM glass
WHERE opened_at BETWEEN $from AND $to AND opened_at <= $now - $within
	AND (reviewed_at = 0 OR reviewed_at > opened_at + $within)
ORDER BY id LIMIT $limit;
