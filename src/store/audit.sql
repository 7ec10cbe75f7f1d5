-- SPDX-License-Identifier: MIT
-- name: audit_head
SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1

-- name: audit_put
INSERT INTO audit (seq, at, actor, via, address, action, object, decision,
	reason, detail, request_id, prev, hash)
VALUES ($seq, $at, $actor, $via, $address, $action, $object, $decision,
	$reason, $detail, $request_id, $prev, $hash)

-- name: audit_walk
-- In the order of the chain.
SELECT seq, at, actor, via, address, action, object, decision, reason,
	detail, request_id, prev, hash
FROM audit WHERE seq BETWEEN $from AND $to ORDER BY seq

-- name: audit_hash
SELECT hash FROM audit WHERE seq = $seq
