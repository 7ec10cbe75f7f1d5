-- SPDX-License-Identifier: MIT

-- name: search_project
-- Has the project a ticket that the actor sees (sight.h)?
SELECT 1 FROM ticket WHERE project = $project
	AND ($all = 1 OR scope_id IN (SELECT value FROM json_each($seen))
	OR (scope_id IN (SELECT value FROM json_each($reach))
		AND (requester IN (SELECT value FROM json_each($peers))
		OR assignee IN (SELECT value FROM json_each($mine))
		OR ticket.id IN (SELECT need_person.ticket_id
			FROM json_each($me) AS m JOIN need_person
			ON need_person.person = m.value ->> 'name'
			JOIN ticket AS asked
			ON asked.id = need_person.ticket_id
			WHERE m.value ->> 'project' IN ('', asked.project)
			AND m.value ->> 'environment'
				IN ('', asked.environment)))))
LIMIT 1;

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

-- name: search_forget_all_comments
DELETE FROM comment_words WHERE rowid IN (SELECT id FROM ticket_entry
	WHERE ticket_id = $id AND kind = 'comment');
