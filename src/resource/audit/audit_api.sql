-- SPDX-License-Identifier: MIT
-- name: audit_list
-- The newest first.
SELECT seq, at, actor, via, address, action, object, decision, reason, detail,
	request_id, prev, hash
FROM audit WHERE seq < $below AND (CAST($actor AS TEXT) IS NULL OR actor = $actor)
ORDER BY seq DESC LIMIT $limit

-- name: audit_list_object
-- The same on one object, by its index.
SELECT seq, at, actor, via, address, action, object, decision, reason, detail,
	request_id, prev, hash
FROM audit WHERE object = $object AND seq < $below
	AND (CAST($actor AS TEXT) IS NULL OR actor = $actor)
ORDER BY seq DESC LIMIT $limit
