-- SPDX-License-Identifier: MIT

-- name: glass_is_open
SELECT 1 FROM glass
WHERE person = $person AND closed_at = 0 AND until_at > $now LIMIT 1;

-- name: glass_insert
INSERT INTO glass (person, reason, ticket, opened_at, until_at, closed_at,
	closed_by, reviewed_at, reviewed_by, note, reminded_at)
VALUES ($person, $reason, $ticket, $opened_at, $until_at, $closed_at,
	$closed_by, $reviewed_at, $reviewed_by, $note, $reminded_at);

-- name: glass_update
UPDATE glass SET closed_at = $closed_at, closed_by = $closed_by,
	reviewed_at = $reviewed_at, reviewed_by = $reviewed_by, note = $note,
	reminded_at = $reminded_at
WHERE id = $id;

-- name: glass_get
SELECT * FROM glass WHERE id = $id;

-- name: glass_list
SELECT * FROM glass
WHERE id < $below AND ($person = '' OR person = $person)
	AND ($due = 0 OR reviewed_at = 0)
ORDER BY id DESC LIMIT $limit;

-- name: glass_over
-- Open, and their time has come.
SELECT * FROM glass WHERE closed_at = 0 AND until_at <= $now LIMIT 100;

-- name: glass_next_over
SELECT MIN(until_at) AS at FROM glass WHERE closed_at = 0;

-- name: glass_unreviewed
SELECT * FROM glass WHERE reviewed_at = 0 ORDER BY id LIMIT 100;

-- name: glass_code_void
UPDATE glass_code SET used_at = $now WHERE used_at = 0;

-- name: glass_code_insert
INSERT INTO glass_code (hash, made_by, made_at, used_at)
VALUES ($hash, $made_by, $now, 0);

-- name: glass_code_any
SELECT 1 FROM glass_code WHERE used_at = 0 LIMIT 1;

-- name: glass_code_use
UPDATE glass_code SET used_at = $now WHERE hash = $hash AND used_at = 0;
