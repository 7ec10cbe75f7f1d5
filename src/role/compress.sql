-- SPDX-License-Identifier: MIT

-- name: compress_next
SELECT id FROM attempt
WHERE id > $after AND ended_at > 0 AND ended_at <= $before
ORDER BY id LIMIT $limit;

-- name: compress_floor
-- The first that is not over, or not long enough.
SELECT id FROM attempt
WHERE id > $after AND (ended_at = 0 OR ended_at > $before)
ORDER BY id LIMIT 1;
