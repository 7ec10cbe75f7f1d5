-- SPDX-License-Identifier: MIT

-- name: search_forget_ticket
DELETE FROM ticket_words WHERE rowid = $id;

-- name: search_learn_ticket
INSERT INTO ticket_words (rowid, title, description)
SELECT id, title, description FROM ticket WHERE id = $id;

-- name: search_forget_comment
DELETE FROM comment_words WHERE rowid = $id;

-- name: search_learn_comment
INSERT INTO comment_words (rowid, body)
SELECT id, body FROM ticket_entry
WHERE id = $id AND kind = 'comment' AND removed_at = 0;
