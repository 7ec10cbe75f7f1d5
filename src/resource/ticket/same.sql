-- SPDX-License-Identifier: MIT

-- name: same_latest
SELECT ticket_id FROM ticket_same
WHERE project = $project AND same = $same
ORDER BY ticket_id DESC LIMIT 1;

-- name: same_count
UPDATE ticket_same SET count = count + 1, last_at = $now
WHERE ticket_id = $ticket_id;

-- name: same_begin
INSERT INTO ticket_same (ticket_id, project, same, count, last_at)
VALUES ($ticket_id, $project, $same, 1, $now);

-- name: same_of
SELECT same, count, last_at FROM ticket_same WHERE ticket_id = $ticket_id;
