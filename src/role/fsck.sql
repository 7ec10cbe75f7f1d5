-- SPDX-License-Identifier: MIT
-- Each row is something that cannot be: object names it, problem says why.

-- name: fsck_steps_of_runs
SELECT 'step ' || step.id AS object, 'its run ' || step.run_id ||
	' is not there' AS problem
FROM step LEFT JOIN run ON run.id = step.run_id WHERE run.id IS NULL;

-- name: fsck_waiting
SELECT 'step ' || step.id AS object, 'it waits for ' || step.waiting ||
	' of ' || (SELECT COUNT(*) FROM edge WHERE to_step = step.id) ||
	' needs' AS problem
FROM step WHERE step.waiting < 0 OR (step.waiting > 0 AND step.waiting >
	(SELECT COUNT(*) FROM edge WHERE to_step = step.id));

-- name: fsck_edges
SELECT 'edge ' || from_step || ' to ' || to_step AS object,
	'it joins two runs' AS problem
FROM edge JOIN step AS a ON a.id = from_step JOIN step AS b ON b.id = to_step
WHERE a.run_id <> b.run_id OR a.run_id <> edge.run_id;

-- name: fsck_live
SELECT 'attempt ' || attempt.id AS object, 'it is ' || attempt.status ||
	', its step ' || step.id || ' is ' || step.status AS problem
FROM attempt JOIN step ON step.id = attempt.step_id
WHERE attempt.status IN ('starting', 'running')
	AND step.status NOT IN ('checking', 'running', 'verifying');

-- name: fsck_closed
SELECT 'run ' || key AS object, 'it is ' || status ||
	' and still holds its place' AS problem
FROM run WHERE dedupe_key IS NOT NULL
	AND status IN ('succeeded', 'failed', 'cancelled', 'timed_out');

-- name: fsck_votes
SELECT 'vote ' || vote.id AS object, 'it is on another plan than its need'
	AS problem
FROM vote JOIN need ON need.id = vote.need_id
WHERE vote.plan_hash <> need.plan_hash;

-- name: fsck_foreign
PRAGMA foreign_key_check;

-- name: fsck_ticket_words
SELECT 'ticket ' || ticket.key AS object,
	'a search finds other words than it has' AS problem
FROM ticket LEFT JOIN ticket_words AS w ON w.rowid = ticket.id
WHERE w.rowid IS NULL OR w.title <> ticket.title
	OR w.description <> ticket.description;

-- name: fsck_ticket_words_left
SELECT 'ticket ' || w.rowid AS object,
	'a search finds it, and it is not there' AS problem
FROM ticket_words AS w LEFT JOIN ticket ON ticket.id = w.rowid
WHERE ticket.id IS NULL;

-- name: fsck_comment_words
SELECT 'comment ' || c.id AS object,
	'a search finds other words than it has' AS problem
FROM ticket_entry AS c LEFT JOIN comment_words AS w ON w.rowid = c.id
WHERE c.kind = 'comment' AND c.removed_at = 0
	AND (w.rowid IS NULL OR w.body <> c.body);

-- name: fsck_comment_words_left
SELECT 'comment ' || w.rowid AS object,
	'a search finds it, and it was taken back' AS problem
FROM comment_words AS w LEFT JOIN ticket_entry AS c ON c.id = w.rowid
	AND c.kind = 'comment' AND c.removed_at = 0
WHERE c.id IS NULL;

-- name: fsck_rebuild_ticket_words
-- First the index of what is in the table of words, so that rows can be taken
-- out of one that is damaged.
INSERT INTO ticket_words (ticket_words) VALUES ('rebuild');

-- name: fsck_empty_ticket_words
DELETE FROM ticket_words;

-- name: fsck_fill_ticket_words
INSERT INTO ticket_words (rowid, title, description)
SELECT id, title, description FROM ticket;

-- name: fsck_prove_ticket_words
INSERT INTO ticket_words (ticket_words) VALUES ('integrity-check');

-- name: fsck_rebuild_comment_words
INSERT INTO comment_words (comment_words) VALUES ('rebuild');

-- name: fsck_empty_comment_words
DELETE FROM comment_words;

-- name: fsck_fill_comment_words
INSERT INTO comment_words (rowid, body)
SELECT id, body FROM ticket_entry WHERE kind = 'comment' AND removed_at = 0;

-- name: fsck_prove_comment_words
INSERT INTO comment_words (comment_words) VALUES ('integrity-check');

-- name: fsck_artifacts
SELECT sha256, MIN('R-' || run_id || '/' || step_id || '/' || name) AS object
FROM artifact WHERE removed_at = 0 GROUP BY sha256 ORDER BY MIN(id);

-- name: fsck_run_events
-- What has ended says so in the audit chain.
SELECT 'run ' || key AS object, 'it is ' || status ||
	', and the audit chain says ' || said AS problem
FROM (SELECT key, status, COALESCE((SELECT action FROM audit
		WHERE audit.object = run.key AND action IN ('run.succeeded',
			'run.failed', 'run.cancelled', 'run.timed_out',
			'run.running', 'run.queued')
		ORDER BY seq DESC LIMIT 1), 'nothing') AS said
	FROM run WHERE status IN ('succeeded', 'failed', 'cancelled',
		'timed_out'))
WHERE said <> 'run.' || status;

-- name: fsck_ticket_events
SELECT 'ticket ' || key AS object, 'it is ' || status ||
	', and the audit chain says ' || said AS problem
FROM (SELECT key, status, COALESCE((SELECT action FROM audit
		WHERE audit.object = ticket.key AND action IN ('ticket.done',
			'ticket.declined', 'ticket.cancelled', 'ticket.open',
			'ticket.in_progress', 'ticket.failed',
			'ticket.approved', 'ticket.waiting_approval')
		ORDER BY seq DESC LIMIT 1), 'nothing') AS said
	FROM ticket WHERE status IN ('done', 'declined', 'cancelled'))
WHERE said <> 'ticket.' || status;

-- name: fsck_bodies
-- Their names are the hashes of their bodies.
SELECT 'definition' AS kind, hash, body FROM definition
UNION ALL SELECT 'plan', hash, body FROM plan WHERE hash <> ''
UNION ALL SELECT 'preview', hash, body FROM preview;

-- name: fsck_logs
-- Attempts that are over, whose logs were not removed.
SELECT id, log_bytes FROM attempt WHERE ended_at > 0 AND id > COALESCE(
	(SELECT CAST(value AS INTEGER) FROM meta
		WHERE name = 'logs_pruned_to'), 0)
	AND status IN ('succeeded', 'failed', 'cancelled', 'timed_out')
ORDER BY id;

-- name: fsck_run_plan
-- What was planned is what the run says of itself.
SELECT 'run ' || run.key AS object, 'it is of another plan than it says'
	AS problem
FROM run JOIN plan ON plan.hash = run.plan_hash
WHERE run.plan_hash <> '' AND (plan.body ->> '$.task' <> run.task
	OR plan.body ->> '$.requester' <> run.requester
	OR plan.body ->> '$.environment.name' <> run.environment
	OR plan.body ->> '$.closure' <> run.closure_hash);

-- name: fsck_ticket_plan
SELECT 'ticket ' || ticket.key AS object,
	'it is of another plan than it says' AS problem
FROM ticket JOIN plan ON plan.hash = ticket.plan_hash
WHERE ticket.plan_hash <> '' AND plan.body ->> '$.requester' <>
	ticket.requester;

-- name: fsck_vote_events
-- Who decided what over which hash stands in the chain too.
SELECT 'vote ' || vote.id || ' on ' || ticket.key AS object,
	'it is ' || vote.decision || ' by ' || vote.person ||
	', and the audit chain does not say so' AS problem
FROM vote JOIN need ON need.id = vote.need_id
	JOIN ticket ON ticket.id = need.ticket_id
WHERE NOT EXISTS (SELECT 1 FROM audit WHERE object = ticket.key
	AND action = 'approval.' || vote.decision AND actor = vote.person
	AND at = vote.at AND detail ->> '$.plan_hash' = vote.plan_hash);

-- name: fsck_need_events
SELECT 'approval ' || id AS object, 'it is ' || status ||
	', and the audit chain says ' || told AS problem
FROM (SELECT need.id, need.status, COALESCE((SELECT action FROM audit
		WHERE object = 'need ' || need.id ORDER BY seq DESC LIMIT 1),
		'approval.open') AS told FROM need)
WHERE told <> 'approval.' || status;

-- name: fsck_token_events
SELECT 'token ' || prefix AS object,
	'whose it is, or its name, is not what the audit chain says' AS problem
FROM token WHERE NOT EXISTS (SELECT 1 FROM audit WHERE object = token.prefix
	AND action = 'token.created'
	AND reason = 'for ' || token.person || ': ' || token.name);

-- name: fsck_token_back
SELECT 'token ' || prefix AS object,
	'it works, and the audit chain says that it was revoked' AS problem
FROM token WHERE revoked_at = 0 AND EXISTS (SELECT 1 FROM audit
	WHERE object = token.prefix AND action = 'token.revoked');

-- name: fsck_ahead
-- What attempts left whom the database does not know: it is older than they.
SELECT COALESCE(MAX(id), 0) AS id FROM attempt;
