-- SPDX-License-Identifier: MIT
-- name: secret_newest
-- What counts now.
SELECT name, version, sealed, created_by, created_at, removed_at
FROM secret WHERE name = $name AND removed_at = 0
ORDER BY version DESC LIMIT 1

-- name: secret_last
-- The highest number ever given, removed ones too: it only grows.
SELECT max(version) AS version FROM secret WHERE name = $name

-- name: secret_insert
INSERT INTO secret (name, version, sealed, created_by, created_at, removed_at)
VALUES ($name, $version, $sealed, $created_by, $created_at, 0)

-- name: secret_forget
-- Values that nobody can ask for any more are not kept.
UPDATE secret SET sealed = '' WHERE name = $name AND version < $version

-- name: secret_remove
UPDATE secret SET sealed = '', removed_at = $now
WHERE name = $name AND removed_at = 0

-- name: secret_list
-- The newest version of each.
SELECT name, version, created_by, created_at, removed_at FROM secret AS s
WHERE removed_at = 0 AND version = (
	SELECT max(version) FROM secret WHERE name = s.name)
ORDER BY name
