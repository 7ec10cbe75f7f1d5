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
	outcome, quick_fix)
VALUES ($key, $project, $kind, $title, $status, $priority, $requester,
	$last_editor, $request, $task, $team, $environment, $params,
	$plan_hash, $run_id, $resolution, $created_at, $updated_at,
	$closed_at, $scope_id, $description, $priority_reason, $points,
	$assignee, $epic, $labels, $due_at, $outcome, $quick_fix);

-- name: ticket_scope_get
SELECT id FROM ticket_scope
WHERE team = $team AND environment = $environment AND name = $name;

-- name: ticket_scope_insert
INSERT INTO ticket_scope (team, environment, name)
VALUES ($team, $environment, $name);

-- name: ticket_get
SELECT * FROM ticket WHERE id = $id;

-- name: ticket_get_by_key
SELECT * FROM ticket WHERE key = $key;

-- name: ticket_list
SELECT * FROM ticket WHERE id < $before
	AND ($status IS NULL OR status = $status)
	AND ($requester IS NULL OR requester = $requester)
ORDER BY id DESC;

-- name: ticket_entry_insert
INSERT INTO ticket_entry (ticket_id, at, actor, kind, body, detail)
VALUES ($ticket_id, $at, $actor, $kind, $body, $detail);

-- name: ticket_entries
SELECT * FROM ticket_entry WHERE ticket_id = $ticket_id ORDER BY id;
