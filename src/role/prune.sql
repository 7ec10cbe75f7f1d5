-- SPDX-License-Identifier: MIT

-- name: prune_next
SELECT id, ended_at, log_bytes,
	status IN ('queued', 'starting', 'running') AS live
FROM attempt WHERE id > $after ORDER BY id LIMIT $limit;
