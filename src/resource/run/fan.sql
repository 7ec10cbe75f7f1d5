-- SPDX-License-Identifier: MIT

-- name: fan_known
SELECT id, status FROM step WHERE run_id = $run_id AND ident = $ident;

-- name: fan_count
SELECT COUNT(*) AS n FROM step WHERE run_id = $run_id;

-- name: fan_clear
-- The children of a list that was spread before.
DELETE FROM edge WHERE to_step = $id AND name <> '';

-- name: fan_spread
UPDATE step SET fan = $fan, waiting = $waiting WHERE id = $id;

-- name: fan_outputs
SELECT step.outputs AS outputs FROM edge JOIN step
	ON step.id = edge.from_step
WHERE edge.to_step = $id AND edge.name <> '' ORDER BY edge.name;
