-- SPDX-License-Identifier: MIT
-- name: token_insert
INSERT INTO token (prefix, hash, person, name, role, environments,
	read_only, tasks, projects, operations, created_by, created_at,
	expires_at, used_at, revoked_at)
VALUES ($prefix, $hash, $person, $name, $role, $environments,
	$read_only, $tasks, $projects, $operations, $created_by, $created_at,
	$expires_at, 0, 0)

-- name: token_by_hash
-- Asked with every request that carries a token.
SELECT * FROM token WHERE hash = $hash

-- name: token_by_prefix
SELECT * FROM token WHERE prefix = $prefix

-- name: token_list
-- The newest first, everybody's.
SELECT * FROM token WHERE id < $below ORDER BY id DESC LIMIT $limit

-- name: token_list_of
-- The newest first, of one person.
SELECT * FROM token WHERE person = $person AND id < $below
ORDER BY id DESC LIMIT $limit

-- name: token_revoke
UPDATE token SET revoked_at = $now WHERE id = $id AND revoked_at = 0

-- name: token_used
UPDATE token SET used_at = $now WHERE id = $id AND used_at < $now
