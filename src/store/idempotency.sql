-- SPDX-License-Identifier: MIT
-- name: idempotency_find
-- What was answered under this key, unless it is too old to count.
SELECT route, request_hash, status, body, secret FROM idempotency
WHERE actor = $actor AND key = $key AND expires_ms > $now

-- name: idempotency_put
-- Replaces only what has expired: a living key was found before.
INSERT INTO idempotency (actor, key, route, request_hash, status, body,
	secret, expires_ms)
VALUES ($actor, $key, $route, $request_hash, $status, $body, $secret, $expires)
ON CONFLICT (actor, key) DO UPDATE SET
	route = excluded.route, request_hash = excluded.request_hash,
	status = excluded.status, body = excluded.body,
	secret = excluded.secret, expires_ms = excluded.expires_ms

-- name: idempotency_prune
-- In small bites, for it runs in a batch that people wait for.
DELETE FROM idempotency WHERE (actor, key) IN (
	SELECT actor, key FROM idempotency WHERE expires_ms <= $now
	ORDER BY expires_ms LIMIT $limit)

-- name: idempotency_next
-- When the oldest one expires.
SELECT min(expires_ms) AS expires_ms FROM idempotency
