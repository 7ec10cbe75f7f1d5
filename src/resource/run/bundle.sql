-- SPDX-License-Identifier: MIT

-- name: bundle_definitions
SELECT DISTINCT definition.hash, definition.body FROM step
JOIN definition ON definition.hash = step.definition
WHERE step.run_id = $run_id;

-- name: bundle_definition
SELECT body FROM definition WHERE hash = $hash;

-- name: bundle_steps
SELECT id, ident, task, definition, params, status, reason, preview, fan,
	started_at, ended_at, started_steady, ended_steady
FROM step WHERE run_id = $run_id ORDER BY id;

-- name: bundle_edges
SELECT from_step, to_step, name FROM step JOIN edge ON edge.to_step = step.id
WHERE step.run_id = $run_id
ORDER BY to_step, from_step, name;

-- name: bundle_attempts
SELECT step_id, no, kind, status, code, started_at, ended_at,
	started_steady, ended_steady FROM attempt
WHERE run_id = $run_id ORDER BY id;

-- name: bundle_events
-- By the index of objects, each range on its own.
SELECT seq, at, actor, via, address, action, object, decision, reason, detail,
	request_id, prev, hash
FROM audit WHERE object IN ($run, $ticket)
	OR (object > $run || '/' AND object < $run || '0')
ORDER BY seq;
