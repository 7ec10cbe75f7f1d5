-- SPDX-License-Identifier: MIT

-- name: grant_use_seen
INSERT INTO grant_use (name, seen_at, used_at) VALUES ($name, $now, 0)
ON CONFLICT (name) DO NOTHING;

-- name: grant_use_put
INSERT INTO grant_use (name, seen_at, used_at) VALUES ($name, $used, $used)
ON CONFLICT (name) DO UPDATE SET used_at = excluded.used_at
WHERE grant_use.used_at < excluded.used_at;

-- name: grant_use_get
SELECT seen_at, used_at FROM grant_use WHERE name = $name;

-- name: review_asked
-- What was really asked for since, each once.
SELECT run.requester AS person, run.team AS team,
	run.environment AS environment, run.task AS task,
	COALESCE(ticket.request, '') AS request, COUNT(*) AS times,
	MAX(run.created_at) AS last_at
FROM run LEFT JOIN ticket ON ticket.id = run.ticket_id
WHERE run.created_at >= $since AND run.schedule = ''
GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 3, 4 LIMIT 5000;

-- name: review_tokens
SELECT * FROM token
WHERE revoked_at = 0 AND expires_at > $now AND created_at <= $before
	AND used_at <= $before
ORDER BY id LIMIT 500;
