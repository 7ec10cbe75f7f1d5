-- SPDX-License-Identifier: MIT

-- name: project_count
-- One number further, starting with 1.
INSERT INTO project_counter (project, last) VALUES ($project, 1)
ON CONFLICT (project) DO UPDATE SET last = last + 1;

-- name: project_last
SELECT last FROM project_counter WHERE project = $project;

-- name: ticket_insert
INSERT INTO ticket (key, project, kind, title, status, priority, requester,
	last_editor, request, task, team, environment, params, plan_hash,
	run_id, resolution, created_at, updated_at, closed_at, scope_id,
	description, priority_reason, points, assignee, epic, labels, due_at,
	outcome, quick_fix, merged_into)
VALUES ($key, $project, $kind, $title, $status, $priority, $requester,
	$last_editor, $request, $task, $team, $environment, $params,
	$plan_hash, $run_id, $resolution, $created_at, $updated_at,
	$closed_at, $scope_id, $description, $priority_reason, $points,
	$assignee, $epic, $labels, $due_at, $outcome, $quick_fix,
	$merged_into);

-- name: ticket_author_add
INSERT INTO ticket_author (ticket_id, person, why, since_at)
VALUES ($ticket_id, $person, $why, $since_at) ON CONFLICT DO NOTHING;

-- name: ticket_authors_merge
INSERT INTO ticket_author (ticket_id, person, why, since_at)
SELECT $into_id, person, why || $why, $since_at FROM ticket_author
WHERE ticket_id = $from_id
ON CONFLICT DO NOTHING;

-- name: comment_count
SELECT COUNT(*) AS n FROM ticket_entry
WHERE ticket_id = $ticket_id AND kind = 'comment' AND removed_at = 0;

-- name: ticket_authors
SELECT person, why FROM ticket_author WHERE ticket_id = $ticket_id
ORDER BY since_at, person;

-- name: ticket_get
SELECT * FROM ticket WHERE id = $id;

-- name: ticket_get_by_key
SELECT * FROM ticket WHERE key = upper($key);

-- name: ticket_list
-- Those that the actor may see (sight.h) and that may wait for somebody; $asked
-- names them as needs do.
SELECT * FROM ticket WHERE id < $before
	AND ($status IS NULL OR status = $status)
	AND ($requester IS NULL OR requester = $requester)
	AND ($kind IS NULL OR kind = $kind)
	AND ($project IS NULL OR project = $project)
	AND ($priority IS NULL OR priority = $priority)
	AND ($assignee IS NULL OR assignee = $assignee)
	AND ($epic IS NULL OR epic = $epic)
	AND ($label IS NULL OR EXISTS (SELECT 1 FROM ticket_label
		WHERE ticket_id = ticket.id AND label = $label))
	AND ($watcher IS NULL OR EXISTS (SELECT 1 FROM ticket_watcher
		WHERE ticket_id = ticket.id AND person = $watcher
		AND off = 0))
	AND ($asked IS NULL OR (status IN ('waiting_approval', 'in_progress')
		AND EXISTS (SELECT 1 FROM need WHERE ticket_id = ticket.id
			AND status = 'open' AND EXISTS (
				SELECT 1 FROM json_each($asked) AS a
				WHERE instr(eligible, a.value) > 0))))
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
	OR (scope_id IN (SELECT value FROM json_each($reach))
		AND (requester IN (SELECT value FROM json_each($peers))
		OR assignee IN (SELECT value FROM json_each($mine))
		OR ticket.id IN (SELECT need_person.ticket_id
			FROM json_each($me) AS m JOIN need_person
			ON need_person.person = m.value ->> 'name'
			JOIN ticket AS asked
			ON asked.id = need_person.ticket_id
			WHERE m.value ->> 'project' IN ('', asked.project)
			AND m.value ->> 'environment'
				IN ('', asked.environment)))))
ORDER BY id DESC;

-- name: ticket_entry_insert
INSERT INTO ticket_entry (ticket_id, at, actor, kind, body, detail)
VALUES ($ticket_id, $at, $actor, $kind, $body, $detail);

-- name: ticket_entries
SELECT * FROM ticket_entry WHERE ticket_id = $ticket_id ORDER BY id;

-- name: ticket_labels_clear
DELETE FROM ticket_label WHERE ticket_id = $ticket_id;

-- name: ticket_label_insert
INSERT INTO ticket_label (ticket_id, label) VALUES ($ticket_id, $label);

-- name: watcher_add
-- By itself: who said no stays off.
INSERT INTO ticket_watcher (ticket_id, person, why, off, since_at)
VALUES ($ticket_id, $person, $why, $off, $since_at)
ON CONFLICT (ticket_id, person) DO NOTHING;

-- name: watcher_ask
INSERT INTO ticket_watcher (ticket_id, person, why, off, since_at)
VALUES ($ticket_id, $person, $why, $off, $since_at)
ON CONFLICT (ticket_id, person) DO UPDATE SET off = 0;

-- name: watcher_off
INSERT INTO ticket_watcher (ticket_id, person, why, off, since_at)
VALUES ($ticket_id, $person, $why, $off, $since_at)
ON CONFLICT (ticket_id, person) DO UPDATE SET off = 1;

-- name: watcher_count
SELECT COUNT(*) AS n FROM ticket_watcher
WHERE ticket_id = $ticket_id AND off = 0;

-- name: watchers
SELECT * FROM ticket_watcher WHERE ticket_id = $ticket_id AND off = 0
ORDER BY person;

-- name: link_get
SELECT id FROM ticket_link
WHERE from_id = $from_id AND to_id = $to_id AND kind = $kind;

-- name: link_insert
INSERT INTO ticket_link (from_id, to_id, kind, created_by, created_at)
VALUES ($from_id, $to_id, $kind, $created_by, $created_at);

-- name: link_remove
DELETE FROM ticket_link
WHERE from_id = $from_id AND to_id = $to_id AND kind = $kind;

-- name: link_blocked
SELECT to_id FROM ticket_link WHERE from_id = $from_id AND kind = 'blocks';

-- name: link_count
SELECT COUNT(*) AS n FROM ticket_link WHERE from_id = $id OR to_id = $id;

-- name: links
SELECT * FROM ticket_link WHERE from_id = $id OR to_id = $id ORDER BY id;

-- name: comment_get
SELECT * FROM ticket_entry
WHERE id = $id AND ticket_id = $ticket_id AND kind = 'comment';

-- name: comment_keep
-- What it says now, before it says something else.
INSERT INTO ticket_entry_before (entry_id, actor, at, body)
VALUES ($entry_id, $actor, $at, $body);

-- name: comment_update
UPDATE ticket_entry SET body = $body, edited_at = $edited_at,
	removed_at = $removed_at
WHERE id = $id;

-- name: comment_before
SELECT at, body FROM ticket_entry_before WHERE entry_id = $entry_id
ORDER BY id;

-- name: bulk_last_entry
SELECT MAX(id) AS id FROM ticket_entry WHERE ticket_id = $ticket_id;

-- name: bulk_entries
-- What was said of it since.
SELECT kind, body FROM ticket_entry
WHERE ticket_id = $ticket_id AND id > $since ORDER BY id;
