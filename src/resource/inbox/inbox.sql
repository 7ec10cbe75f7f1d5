-- SPDX-License-Identifier: MIT

-- name: inbox_post
-- The same again is one item, unread again.
INSERT INTO inbox (person, kind, subject, text, count, created_at, updated_at,
	read_at, done_at, tell_at, tries, seq)
VALUES ($person, $kind, $subject, $text, $count, $created_at, $updated_at,
	$read_at, $done_at, $tell_at, $tries, $seq)
ON CONFLICT (person, kind, subject) WHERE done_at = 0 DO UPDATE SET
	text = excluded.text, count = inbox.count + 1,
	updated_at = excluded.updated_at, read_at = 0,
	tell_at = excluded.tell_at, tries = 0, seq = excluded.seq;

-- name: inbox_settle
UPDATE inbox SET done_at = $now, tell_at = 0
WHERE subject = $subject AND kind = $kind AND done_at = 0;

-- name: inbox_settle_of
UPDATE inbox SET done_at = $now, tell_at = 0
WHERE subject = $subject AND kind = $kind AND done_at = 0
	AND person = $person;

-- name: inbox_settle_needs
-- Of whom no open need of the ticket asks anything any more.
UPDATE inbox SET done_at = $now, tell_at = 0
WHERE kind = 'approval' AND done_at = 0
	AND subject = (SELECT key FROM ticket WHERE id = $ticket_id)
	AND NOT EXISTS (SELECT 1 FROM need
		WHERE need.ticket_id = $ticket_id AND need.status = 'open'
			AND need.eligible LIKE '%"' || inbox.person || '"%');

-- name: inbox_waiting
SELECT person FROM inbox
WHERE subject = $subject AND kind = $kind AND done_at = 0
	AND person NOT LIKE 'team:%';

-- name: inbox_list
SELECT * FROM inbox
WHERE person = $person AND id < $below
	AND ($kind = '' OR kind = $kind) AND ($all = 1 OR done_at = 0)
ORDER BY id DESC LIMIT $limit;

-- name: inbox_since
SELECT * FROM inbox
WHERE person = $person AND seq > $since
	AND ($kind = '' OR kind = $kind) AND ($all = 1 OR done_at = 0)
ORDER BY seq LIMIT $limit;

-- name: inbox_is_of
SELECT id FROM inbox WHERE id = $id AND person = $person;

-- name: inbox_done
-- One of theirs, or with 0 all.
UPDATE inbox SET done_at = $now, tell_at = 0,
	read_at = CASE WHEN read_at = 0 THEN $now ELSE read_at END
WHERE person = $person AND done_at = 0 AND ($id = 0 OR id = $id);

-- name: inbox_read
UPDATE inbox SET read_at = $now
WHERE person = $person AND read_at = 0 AND ($id = 0 OR id = $id);
