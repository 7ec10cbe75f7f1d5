-- SPDX-License-Identifier: MIT

-- name: me_waiting
-- Tickets that wait for a decision of one person: the condition is that of
-- waits.h.
SELECT COUNT(*) AS n FROM ticket WHERE ticket.id IN (
	SELECT need.ticket_id FROM need
	CROSS JOIN json_each($seats) AS seat
	JOIN need_person ON need_person.need_id = need.id
		AND need_person.person = seat.value ->> 'person'
	JOIN ticket AS t ON t.id = need.ticket_id
	WHERE need.status = 'open'
		AND need.approvers = seat.value ->> 'of'
		AND seat.value ->> 'project' IN ('', t.project)
		AND seat.value ->> 'environment' IN ('', t.environment)
		AND (need.step_id <> 0 OR (need.plan_hash = t.plan_hash
			AND t.status = 'waiting_approval'))
		AND NOT EXISTS (
			SELECT 1 FROM json_each(seat.value -> 'kin') AS k
			WHERE k.value IN (t.requester, t.last_editor))
		AND NOT EXISTS (
			SELECT 1 FROM ticket_author
			JOIN json_each(seat.value -> 'kin') AS k
				ON k.value = ticket_author.person
			WHERE ticket_author.ticket_id = t.id)
		AND NOT EXISTS (
			SELECT 1 FROM vote WHERE vote.need_id = need.id
			AND (vote.person = $decider
				OR (seat.value ->> 'stands_in' = 1
				AND seat.value ->> 'person'
					IN (vote.person, vote.for_person)))));
