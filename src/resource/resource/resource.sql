-- SPDX-License-Identifier: MIT

-- name: resource_next_id
SELECT COALESCE(MAX(id), 0) + 1 AS id FROM resource;

-- name: resource_insert
INSERT INTO resource (key, kind, name, environment, status, reason, team,
	person, scope_id, request, params, outputs, cost, ticket_id, run_id,
	created_at, updated_at, expires_at, stage, due_at, expiry_ticket,
	check_at, check_run, checked_at, missing_ticket, offered_to,
	offered_by, cost_once, cost_month, currency)
VALUES ($key, $kind, $name, $environment, $status, $reason, $team, $person,
	$scope_id, $request, $params, $outputs, $cost, $ticket_id, $run_id,
	$created_at, $updated_at, $expires_at, $stage, $due_at,
	$expiry_ticket, $check_at, $check_run, $checked_at, $missing_ticket,
	$offered_to, $offered_by, $cost_once, $cost_month, $currency);

-- name: resource_update
UPDATE resource SET status = $status, reason = $reason, team = $team,
	person = $person, scope_id = $scope_id, request = $request,
	params = $params, outputs = $outputs, cost = $cost,
	ticket_id = $ticket_id, run_id = $run_id, created_at = $created_at,
	updated_at = $updated_at, expires_at = $expires_at, stage = $stage,
	due_at = $due_at, expiry_ticket = $expiry_ticket,
	check_at = $check_at, check_run = $check_run,
	checked_at = $checked_at, missing_ticket = $missing_ticket,
	offered_to = $offered_to, offered_by = $offered_by,
	cost_once = $cost_once, cost_month = $cost_month, currency = $currency
WHERE id = $id;

-- name: resource_get
SELECT * FROM resource WHERE id = $id;

-- name: resource_same
SELECT * FROM resource
WHERE kind = $kind AND environment = $environment AND name = $name;

-- name: resource_of_run
SELECT * FROM resource WHERE run_id = $run_id AND status <> 'gone';

-- name: resource_get_by_key
-- The condition is that of resource_list.
SELECT * FROM resource WHERE key = upper($key) AND $me IS NOT NULL
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
		OR (scope_id IN (SELECT value FROM json_each($reach))
			AND (person IN (SELECT value FROM json_each($peers))
				OR team || ':duty' IN
					(SELECT value FROM json_each($mine))
				OR offered_to || ':duty' IN
					(SELECT value FROM json_each($mine)))));

-- name: resource_get_by_name
-- The condition is that of resource_list.
SELECT * FROM resource WHERE name = $name
	AND status <> 'gone' AND $me IS NOT NULL
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
		OR (scope_id IN (SELECT value FROM json_each($reach))
			AND (person IN (SELECT value FROM json_each($peers))
				OR team || ':duty' IN
					(SELECT value FROM json_each($mine))
				OR offered_to || ':duty' IN
					(SELECT value FROM json_each($mine)))))
ORDER BY id DESC LIMIT $most;

-- name: resource_list
-- What the actor may see (resource/sight.h), the newest first.
SELECT * FROM resource WHERE id < $before AND $me IS NOT NULL
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
		OR (scope_id IN (SELECT value FROM json_each($reach))
			AND (person IN (SELECT value FROM json_each($peers))
				OR team || ':duty' IN
					(SELECT value FROM json_each($mine))
				OR offered_to || ':duty' IN
					(SELECT value FROM json_each($mine)))))
	AND ($only_mine = 0 OR person = $person OR team || ':duty' IN
		(SELECT value FROM json_each($mine)))
	AND ($team IS NULL OR team = $team)
	AND ($kind IS NULL OR kind = $kind)
	AND ($environment IS NULL OR environment = $environment)
	AND (status = $status OR ($status IS NULL AND status <> 'gone'))
	AND ($ends = 0 OR (expires_at > 0 AND expires_at <= $ends))
ORDER BY id DESC LIMIT $most;

-- name: resource_costs
-- What the actor may see (resource/sight.h), added up.
SELECT CASE $by WHEN 'kind' THEN kind WHEN 'environment' THEN environment
		WHEN 'request' THEN request ELSE team END AS name,
	currency, COUNT(*) AS resources, SUM(cost_once) AS once,
	SUM(cost_month) AS per_month
FROM resource WHERE status IN ('active', 'missing') AND $me IS NOT NULL
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
		OR (scope_id IN (SELECT value FROM json_each($reach))
			AND (person IN (SELECT value FROM json_each($peers))
				OR team || ':duty' IN
					(SELECT value FROM json_each($mine))
				OR offered_to || ':duty' IN
					(SELECT value FROM json_each($mine)))))
	AND ($team IS NULL OR team = $team)
GROUP BY 1, 2 ORDER BY per_month DESC, once DESC, name LIMIT $most;

-- name: resource_due
SELECT * FROM resource WHERE due_at > 0 AND due_at <= $now
ORDER BY due_at, id LIMIT 20;

-- name: resource_next_due
SELECT MIN(due_at) AS at FROM resource WHERE due_at > 0;

-- name: resource_check_due
SELECT * FROM resource WHERE check_at > 0 AND check_at <= $now
	AND check_run = 0 ORDER BY check_at, id LIMIT $most;

-- name: resource_next_check
SELECT MIN(check_at) AS at FROM resource
WHERE check_at > 0 AND check_run = 0;

-- name: resource_checking
SELECT COUNT(*) AS n FROM resource WHERE check_run > 0;

-- name: resource_checked
-- Those whose check is over, and what it found.
SELECT resource.id, COALESCE(step.preview, '') AS found FROM resource
LEFT JOIN run ON run.id = resource.check_run
LEFT JOIN step ON step.id = run.root_step
WHERE resource.check_run > 0 AND (run.id IS NULL OR run.ended_at > 0)
ORDER BY resource.id LIMIT 20;

-- name: discovery_get
SELECT due_at, run_id FROM discovery
WHERE request = $request AND environment = $environment;

-- name: discovery_set
INSERT INTO discovery (request, environment, due_at, run_id, reason)
VALUES ($request, $environment, $due_at, $run_id, $reason)
ON CONFLICT (request, environment) DO UPDATE SET due_at = $due_at,
	run_id = $run_id, reason = $reason;

-- name: discovery_over
-- Those whose run is over, with what it wrote.
SELECT discovery.request, discovery.environment, discovery.due_at,
	run.key, run.status, COALESCE(step.outputs, '{}') AS outputs
FROM discovery LEFT JOIN run ON run.id = discovery.run_id
LEFT JOIN step ON step.id = run.root_step
WHERE discovery.run_id > 0 AND (run.id IS NULL OR run.ended_at > 0)
ORDER BY discovery.request, discovery.environment LIMIT 1;

-- name: resource_orphans
SELECT * FROM resource WHERE status = 'orphan' AND kind = $kind
	AND environment = $environment ORDER BY id;
