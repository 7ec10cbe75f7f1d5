-- SPDX-License-Identifier: MIT
-- name: me_waiting
-- What waits for anybody's decision; whose it is, approval.c says.
SELECT * FROM ticket WHERE status IN ('waiting_approval', 'in_progress')
	AND EXISTS (SELECT 1 FROM need WHERE need.ticket_id = ticket.id
		AND need.status = 'open')
ORDER BY id DESC LIMIT 500
