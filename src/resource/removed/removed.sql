-- SPDX-License-Identifier: MIT

-- name: removed_runs_due
-- Those that may go: the list, and with $last = $after + 1 the look right before
-- one goes, by its indexes.  The newest run, step and attempt stay, so that no
-- number is given twice.
SELECT run.id, run.key, run.task, run.team, run.environment, run.requester,
	run.started_at, run.status,
	COALESCE((SELECT project FROM ticket WHERE id = run.ticket_id), '')
		AS project
FROM run WHERE run.id > $after AND run.id <= $last
	AND run.ended_at > 0 AND run.ended_at <= $before
	AND run.id < (SELECT MAX(id) FROM run)
	AND NOT EXISTS (SELECT 1 FROM step WHERE step.run_id = run.id
		AND step.id = (SELECT MAX(id) FROM step))
	AND NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.run_id = run.id
		AND attempt.id = (SELECT MAX(id) FROM attempt))
	AND run.status IN ('succeeded', 'failed', 'cancelled', 'timed_out')
	AND NOT EXISTS (SELECT 1 FROM ticket
		WHERE ticket.run_id = run.id AND ticket.outcome = '')
	AND NOT EXISTS (SELECT 1 FROM ticket
		WHERE ticket.id = run.ticket_id AND ticket.outcome = '')
	AND NOT EXISTS (SELECT 1 FROM resource
		WHERE resource.run_id = run.id)
	AND NOT EXISTS (SELECT 1 FROM resource
		WHERE resource.check_run = run.id AND resource.check_run > 0)
	AND NOT EXISTS (SELECT 1 FROM artifact
		WHERE artifact.run_id = run.id AND removed_at = 0)
	AND NOT EXISTS (SELECT 1 FROM attempt
		WHERE attempt.run_id = run.id AND attempt.id > $logs_to)
	AND NOT EXISTS (SELECT 1 FROM run AS later
		WHERE later.undo_of = run.id AND later.undo_of <> 0)
	AND NOT EXISTS (SELECT 1 FROM run AS later
		WHERE later.retry_of = run.id AND later.retry_of <> 0)
	AND NOT EXISTS (SELECT 1 FROM key_holder
		WHERE key_holder.run_id = run.id)
	AND NOT EXISTS (SELECT 1 FROM step AS mine JOIN step AS other
		ON other.shares = mine.id AND other.shares <> 0
		WHERE mine.run_id = run.id)
ORDER BY run.id LIMIT $limit;

-- name: removed_run_left
-- One that is being removed goes on, whatever refers to it now.
SELECT old_id FROM removed WHERE left_steps = 1 AND old_id > $after
ORDER BY old_id LIMIT $limit;

-- name: removed_get
SELECT * FROM removed WHERE key = upper($key);

-- name: removed_by_id
SELECT key FROM removed WHERE left_steps = 1 AND old_id = $id;

-- name: removed_insert
INSERT INTO removed (key, kind, old_id, team, environment, name, project,
	requester, started_at, removed_at, left_steps, evidence)
VALUES ($key, $kind, $old_id, $team, $environment, $name, $project,
	$requester, $started_at, $removed_at, $left_steps, $evidence);

-- name: removed_done
UPDATE removed SET left_steps = 0 WHERE key = $key;

-- name: removed_steps
SELECT id FROM step WHERE run_id = $id ORDER BY id LIMIT $limit;

-- name: removed_learn
INSERT INTO removed_step (ident, run_key, ended_at, outputs)
SELECT step.ident, run.key, step.ended_at, step.outputs
FROM step JOIN run ON run.id = step.run_id
WHERE step.id IN (SELECT value FROM json_each($ids))
	AND step.status = 'succeeded'
ON CONFLICT (ident) DO UPDATE SET run_key = excluded.run_key,
	ended_at = excluded.ended_at, outputs = excluded.outputs
WHERE excluded.ended_at >= removed_step.ended_at;

-- name: removed_undoing
DELETE FROM undoing WHERE step_id IN (SELECT value FROM json_each($ids))
	OR of_step IN (SELECT value FROM json_each($ids));

-- name: removed_edges_from
DELETE FROM edge WHERE from_step IN (SELECT value FROM json_each($ids));

-- name: removed_edges_to
DELETE FROM edge WHERE to_step IN (SELECT value FROM json_each($ids));

-- name: removed_reveals
DELETE FROM reveal WHERE step_id IN (SELECT value FROM json_each($ids));

-- name: removed_attempts
DELETE FROM attempt WHERE step_id IN (SELECT value FROM json_each($ids));

-- name: removed_artifacts
DELETE FROM artifact WHERE step_id IN (SELECT value FROM json_each($ids));

-- name: removed_steps_go
DELETE FROM step WHERE id IN (SELECT value FROM json_each($ids));

-- name: removed_watchers
DELETE FROM run_watcher WHERE run_id = $id;

-- name: removed_ticket_runs
-- Tickets that show it.
SELECT id FROM ticket WHERE run_id = $id;

-- name: removed_ticket_forgets
UPDATE ticket SET run_id = 0 WHERE run_id = $id;

-- name: removed_run_goes
DELETE FROM run WHERE id = $id;

-- name: removed_plan_goes
-- Plans belong to one asker: nobody else has it, as a rule.
DELETE FROM plan WHERE hash = $hash AND hash <> ''
	AND NOT EXISTS (SELECT 1 FROM run WHERE plan_hash = $hash)
	AND NOT EXISTS (SELECT 1 FROM ticket WHERE plan_hash = $hash)
	AND NOT EXISTS (SELECT 1 FROM need WHERE plan_hash = $hash);

-- name: removed_tickets_due
-- The same of tickets.
SELECT ticket.id FROM ticket WHERE ticket.id > $after AND ticket.id <= $last
	AND ticket.outcome <> '' AND ticket.closed_at > 0
	AND ticket.closed_at <= $before AND ticket.run_id = 0
	AND ticket.id < (SELECT MAX(id) FROM ticket)
	AND NOT EXISTS (SELECT 1 FROM run WHERE run.ticket_id = ticket.id
		AND run.ticket_id <> 0)
	AND ticket.id NOT IN (SELECT ticket_id FROM resource
		UNION SELECT expiry_ticket FROM resource
		UNION SELECT missing_ticket FROM resource)
	AND ticket.key NOT IN (SELECT ticket FROM glass)
	AND NOT EXISTS (SELECT 1 FROM ticket AS child
		WHERE child.epic = ticket.key AND child.epic <> ''
		AND child.outcome = '')
	AND NOT EXISTS (SELECT 1 FROM ticket_link AS l JOIN ticket AS other
		ON other.id = l.to_id
		WHERE l.from_id = ticket.id AND other.outcome = '')
	AND NOT EXISTS (SELECT 1 FROM ticket_link AS l JOIN ticket AS other
		ON other.id = l.from_id
		WHERE l.to_id = ticket.id AND other.outcome = '')
ORDER BY ticket.id LIMIT $limit;

-- name: removed_links
SELECT CASE WHEN from_id = $id THEN to_id ELSE from_id END AS other
FROM ticket_link WHERE from_id = $id OR to_id = $id;

-- name: removed_comments
SELECT id FROM ticket_entry WHERE ticket_id = $id AND kind = 'comment';

-- name: removed_link_rows
DELETE FROM ticket_link WHERE from_id = $id OR to_id = $id;

-- name: removed_same_rows
DELETE FROM ticket_same WHERE ticket_id = $id;

-- name: removed_label_rows
DELETE FROM ticket_label WHERE ticket_id = $id;

-- name: removed_watcher_rows
DELETE FROM ticket_watcher WHERE ticket_id = $id;

-- name: removed_author_rows
DELETE FROM ticket_author WHERE ticket_id = $id;

-- name: removed_before_rows
DELETE FROM ticket_entry_before WHERE entry_id IN
	(SELECT id FROM ticket_entry WHERE ticket_id = $id);

-- name: removed_entry_rows
DELETE FROM ticket_entry WHERE ticket_id = $id;

-- name: removed_vote_rows
DELETE FROM vote WHERE need_id IN
	(SELECT id FROM need WHERE ticket_id = $id);

-- name: removed_asked_rows
DELETE FROM need_person WHERE need_id IN
	(SELECT id FROM need WHERE ticket_id = $id);

-- name: removed_need_rows
DELETE FROM need WHERE ticket_id = $id;

-- name: removed_ticket_row
DELETE FROM ticket WHERE id = $id;

-- name: removed_inbox
UPDATE inbox SET done_at = $now WHERE subject = $key AND done_at = 0;
