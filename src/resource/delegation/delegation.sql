-- SPDX-License-Identifier: MIT

-- name: delegation_insert
INSERT INTO delegation (person, delegate, project, environment, note, from_at,
	until_at, ended_at, created_at)
VALUES ($person, $delegate, $project, $environment, $note, $from_at,
	$until_at, $ended_at, $created_at);

-- name: delegation_get
SELECT * FROM delegation WHERE id = $id;

-- name: delegation_end
UPDATE delegation SET ended_at = $now
WHERE id = $id AND ended_at = 0 AND until_at > $now;

-- name: delegation_in_force
SELECT * FROM delegation WHERE delegate = $who AND from_at <= $now
	AND until_at > $now AND ended_at = 0
	AND ($project IS NULL OR project = '' OR project = $project)
	AND ($environment IS NULL OR environment = ''
		OR environment = $environment)
ORDER BY until_at, id LIMIT 64;

-- name: delegation_of
SELECT * FROM delegation WHERE person = $who AND from_at <= $now
	AND until_at > $now AND ended_at = 0
	AND ($project IS NULL OR project = '' OR project = $project)
	AND ($environment IS NULL OR environment = ''
		OR environment = $environment)
ORDER BY until_at, id LIMIT 64;

-- name: delegation_list
SELECT * FROM delegation WHERE id < $before
	AND ($person IS NULL OR person = $person OR delegate = $person)
	AND ($all = 1 OR (ended_at = 0 AND until_at > $now))
ORDER BY id DESC LIMIT $limit;
