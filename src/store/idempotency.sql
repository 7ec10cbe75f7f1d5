-- SPDX-License-Identifier: MIT
-- name: idempotency_find
-- What was answered under this key, unless it is too old to count.
SELECT route, request_hash, status, body, secret FROM idempotency
WHERE actor = $actor AND key = $key AND expires_at > $now

-- name: idempotency_put
-- Replaces only what has expired: a living key was found before.
INSERT INTO idempotency (actor, key, route, request_hash, status, body,
	secret, expires_at)
VALUES ($actor, $key, $route, $request_hash, $status, $body, $secret,
	$expires_at)
ON CONFLICT (actor, key) DO UPDATE SET
	route = excluded.route, request_hash = excluded.request_hash,
	status = excluded.status, body = excluded.body,
	secret = excluded.secret, expires_at = excluded.expires_at

-- name: idempotency_prune
-- In small bites, for it runs in a batch that people wait for.
DELETE FROM idempotency WHERE (actor, key) IN (
	SELECT actor, key FROM idempotency WHERE expires_at <= $now
	ORDER BY expires_at LIMIT $limit)

-- name: idempotency_has_expired
SELECT 1 FROM idempotency WHERE expires_at <= $now LIMIT 1

-- name: idempotency_next
-- When the oldest one expires.
SELECT min(expires_at) AS expires_at FROM idempotency
