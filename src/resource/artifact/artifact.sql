-- SPDX-License-Identifier: MIT

-- name: artifact_insert
INSERT INTO artifact (run_id, step_id, name, path, sha256, size, keep,
	created_at, expires_at, removed_at, reason)
VALUES ($run_id, $step_id, $name, $path, $sha256, $size, $keep, $created_at,
	$expires_at, 0, '');

-- name: artifact_remove
UPDATE artifact SET removed_at = $removed_at, reason = $reason WHERE id = $id;

-- name: artifact_adopt
-- What an equal step left counts as this one's.
INSERT INTO artifact (run_id, step_id, name, path, sha256, size, keep,
	created_at, expires_at, removed_at, reason)
SELECT $run_id, $step_id, name, path, sha256, size, keep, created_at,
	expires_at, 0, '' FROM artifact
WHERE step_id = $from AND removed_at = 0;

-- name: artifact_newest
SELECT artifact.*, step.task AS task FROM artifact
JOIN step ON step.id = artifact.step_id
WHERE artifact.step_id = $step_id AND artifact.name = $name
ORDER BY artifact.id DESC LIMIT 1;

-- name: artifact_of_step
SELECT artifact.*, step.task AS task FROM artifact
JOIN step ON step.id = artifact.step_id
WHERE artifact.step_id = $step_id AND artifact.removed_at = 0
ORDER BY artifact.name;

-- name: artifact_of_run
SELECT artifact.*, step.task AS task FROM artifact
JOIN step ON step.id = artifact.step_id
WHERE artifact.run_id = $run_id AND artifact.id > $after
ORDER BY artifact.id LIMIT $limit;

-- name: artifact_of_fan
-- Of each child, in the order of the items.
SELECT step.id AS step, step.task AS task, step.status AS status,
	step.params AS params, artifact.sha256 AS sha256,
	artifact.size AS size
FROM edge JOIN step ON step.id = edge.from_step
LEFT JOIN artifact ON artifact.step_id = step.id AND artifact.name = $name
	AND artifact.removed_at = 0
WHERE edge.to_step = $id AND edge.name <> '' ORDER BY edge.name;

-- name: artifact_known_step
-- The last equal step that succeeded and left something.
SELECT step.id AS id FROM step WHERE ident = $ident
	AND status = 'succeeded' AND step.id <> $id
ORDER BY id DESC LIMIT 1;

-- name: artifact_due
SELECT artifact.*, step.task AS task FROM artifact
JOIN step ON step.id = artifact.step_id
JOIN run ON run.id = artifact.run_id
WHERE artifact.removed_at = 0 AND artifact.expires_at <= $now
	AND run.ended_at <> 0
ORDER BY artifact.expires_at LIMIT $limit;

-- name: artifact_next_due
SELECT MIN(expires_at) AS at FROM artifact
WHERE removed_at = 0 AND expires_at > $now;

-- name: artifact_late
-- Its time is over, its run is not.
SELECT 1 FROM artifact WHERE removed_at = 0 AND expires_at <= $now LIMIT 1;

-- name: artifact_total
SELECT SUM(size) AS bytes FROM artifact WHERE removed_at = 0;

-- name: artifact_oldest
SELECT artifact.*, step.task AS task FROM artifact
JOIN step ON step.id = artifact.step_id
JOIN run ON run.id = artifact.run_id
WHERE artifact.removed_at = 0 AND run.ended_at <> 0
ORDER BY artifact.created_at, artifact.id LIMIT $limit;

-- name: artifact_named
SELECT 1 FROM artifact WHERE sha256 = $sha256 AND removed_at = 0 LIMIT 1;

-- name: artifact_given
-- Steps of a run that began as done have what they left in the run before.
INSERT INTO artifact (run_id, step_id, name, path, sha256, size, keep,
	created_at, expires_at, removed_at, reason)
SELECT step.run_id, step.id, artifact.name, artifact.path, artifact.sha256,
	artifact.size, artifact.keep, artifact.created_at, artifact.expires_at,
	0, ''
FROM artifact
JOIN step AS before ON before.id = artifact.step_id
JOIN step ON step.run_id = $run_id AND step.ident = before.ident
	AND step.status = 'succeeded'
WHERE artifact.run_id = $from AND artifact.removed_at = 0;
