-- SPDX-License-Identifier: MIT

-- name: audit_seal_put
INSERT INTO audit_segment (no, first, last, from_at, to_at, bytes, at, hash,
	sha256, prev, seal)
VALUES ($no, $first, $last, $from_at, $to_at, $bytes, $at, $hash, $sha256,
	$prev, $seal);

-- name: audit_seal_from
SELECT no, first, last, from_at, to_at, bytes, at, hash, sha256, prev, seal
FROM audit_segment WHERE no >= $no ORDER BY no;

-- name: audit_seal_before
SELECT no, first, last, from_at, to_at, bytes, at, hash, sha256, prev, seal
FROM audit_segment WHERE no < $no ORDER BY no DESC;

-- name: audit_seal_last
SELECT no, first, last, from_at, to_at, bytes, at, hash, sha256, prev, seal
FROM audit_segment ORDER BY no DESC LIMIT 1;

-- name: audit_seal_time
SELECT at FROM audit WHERE seq = $seq;

-- name: audit_seal_told
SELECT 1 FROM audit
WHERE object = $object AND action = 'audit.sealed' LIMIT 1;

-- name: audit_count
-- By the smallest index: it does not read the events.
SELECT COUNT(*) FROM audit;
