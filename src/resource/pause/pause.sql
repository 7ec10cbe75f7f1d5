-- SPDX-License-Identifier: MIT

-- name: pause_get
SELECT * FROM pause WHERE kind = $kind AND name = $name;

-- name: pause_list
SELECT * FROM pause ORDER BY kind, name;

-- name: pause_count
SELECT COUNT(*) AS n FROM pause;

-- name: pause_insert
INSERT INTO pause (kind, name, person, reason, at)
VALUES ($kind, $name, $person, $reason, $at);

-- name: pause_delete
DELETE FROM pause WHERE kind = $kind AND name = $name;

-- name: pause_unpark
UPDATE step SET held = 0, shares = 0
WHERE shares = -2 AND shares <> 0 AND status = 'ready';

-- name: pause_schedule_seen
-- The times of the pause are passed over.
UPDATE schedule SET seen_at = $now WHERE name = $name AND seen_at < $now;
