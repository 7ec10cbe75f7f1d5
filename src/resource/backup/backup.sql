-- SPDX-License-Identifier: MIT

-- name: backup_insert
INSERT INTO backup (id, name, status, reason, logs, person, asked_at, ended_at,
	files, bytes, size, sha256, schema, epoch, events, head)
VALUES ($id, $name, $status, $reason, $logs, $person, $asked_at, $ended_at,
	$files, $bytes, $size, $sha256, $schema, $epoch, $events, $head);

-- name: backup_update
UPDATE backup SET status = $status, reason = $reason, ended_at = $ended_at,
	files = $files, bytes = $bytes, size = $size, sha256 = $sha256,
	schema = $schema, epoch = $epoch, events = $events, head = $head
WHERE id = $id;

-- name: backup_open
SELECT * FROM backup WHERE status = 'making';

-- name: backup_last
SELECT id FROM backup ORDER BY id DESC LIMIT 1;

-- name: backup_list
SELECT * FROM backup WHERE id < $below ORDER BY id DESC LIMIT $limit;
