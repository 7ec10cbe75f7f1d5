-- SPDX-License-Identifier: MIT
-- name: secret_newest
-- What counts now in an environment: its own value before that of all.
SELECT name, environment, version, sealed, created_by, created_at, removed_at
FROM secret
WHERE name = $name AND environment IN ('', $environment) AND removed_at = 0
ORDER BY environment = '', version DESC LIMIT 1

-- name: secret_last
-- The highest number ever given, removed ones too: it only grows.
SELECT max(version) AS version FROM secret WHERE name = $name

-- name: secret_insert
INSERT INTO secret (name, environment, version, sealed, created_by, created_at,
	removed_at)
VALUES ($name, $environment, $version, $sealed, $created_by, $created_at, 0)

-- name: secret_forget
-- Values that nobody can ask for any more are not kept.
UPDATE secret SET sealed = ''
WHERE name = $name AND environment = $environment AND version < $version

-- name: secret_remove
UPDATE secret SET sealed = '', removed_at = $now
WHERE name = $name AND environment = $environment AND removed_at = 0

-- name: secret_list
-- The newest version of each.
SELECT name, environment, version, created_by, created_at, removed_at
FROM secret AS s
WHERE removed_at = 0 AND version = (
	SELECT max(version) FROM secret
	WHERE name = s.name AND environment = s.environment)
ORDER BY name, environment
