-- SPDX-License-Identifier: MIT
-- Each row is something that cannot be: object names it, problem says why.

-- name: fsck_steps_of_runs
SELECT 'step ' || step.id AS object, 'its run ' || step.run_id ||
	' is not there' AS problem
FROM step LEFT JOIN run ON run.id = step.run_id WHERE run.id IS NULL;

-- name: fsck_waiting
SELECT 'step ' || step.id AS object, 'it waits for ' || step.waiting ||
	' of ' || (SELECT COUNT(*) FROM edge WHERE to_step = step.id) ||
	' needs' AS problem
FROM step WHERE step.waiting < 0 OR (step.waiting > 0 AND step.waiting >
	(SELECT COUNT(*) FROM edge WHERE to_step = step.id));

-- name: fsck_edges
SELECT 'edge ' || from_step || ' to ' || to_step AS object,
	'it joins two runs' AS problem
FROM edge JOIN step AS a ON a.id = from_step JOIN step AS b ON b.id = to_step
WHERE a.run_id <> b.run_id OR a.run_id <> edge.run_id;

-- name: fsck_live
SELECT 'attempt ' || attempt.id AS object, 'it is ' || attempt.status ||
	', its step ' || step.id || ' is ' || step.status AS problem
FROM attempt JOIN step ON step.id = attempt.step_id
WHERE attempt.status IN ('starting', 'running')
	AND step.status NOT IN ('checking', 'running', 'verifying');

-- name: fsck_closed
SELECT 'run ' || key AS object, 'it is ' || status ||
	' and still holds its place' AS problem
FROM run WHERE dedupe_key IS NOT NULL
	AND status IN ('succeeded', 'failed', 'cancelled', 'timed_out');

-- name: fsck_votes
SELECT 'vote ' || vote.id AS object, 'it is on another plan than its need'
	AS problem
FROM vote JOIN need ON need.id = vote.need_id
WHERE vote.plan_hash <> need.plan_hash;

-- name: fsck_foreign
PRAGMA foreign_key_check;
