-- SPDX-License-Identifier: MIT

-- name: schedule_get
SELECT rule, seen_at, high_at FROM schedule WHERE name = $name;

-- name: schedule_put
INSERT INTO schedule (name, rule, seen_at, high_at)
VALUES ($name, $rule, $seen_at, $high_at)
ON CONFLICT (name) DO UPDATE SET rule = $rule, seen_at = $seen_at,
	high_at = $high_at;

-- name: schedule_time_insert
-- No row: this time was fired before.
INSERT INTO schedule_time (schedule, backfill, at, outcome, run_id, reason)
VALUES ($schedule, $backfill, $at, $outcome, 0, '')
ON CONFLICT (schedule, backfill, at) DO NOTHING;

-- name: schedule_time_outcome
UPDATE schedule_time SET outcome = $outcome, run_id = $run_id,
	reason = $reason
WHERE schedule = $schedule AND backfill = $backfill AND at = $at;

-- name: schedule_time_drop
UPDATE schedule_time SET outcome = 'dropped', reason = $reason
WHERE schedule = $schedule AND backfill = $backfill
	AND outcome = 'waiting';

-- name: schedule_times
SELECT schedule_time.at AS at, outcome, schedule_time.reason AS reason,
	COALESCE(run.key, '') AS run, COALESCE(run.status, '') AS status
FROM schedule_time LEFT JOIN run ON run.id = schedule_time.run_id
WHERE schedule_time.schedule = $schedule AND schedule_time.backfill = 0
ORDER BY at DESC LIMIT 10;

-- name: schedule_waiting
-- Whose times wait, one by one.
SELECT schedule, backfill FROM schedule_time
WHERE outcome = 'waiting' AND (schedule > $schedule
	OR (schedule = $schedule AND backfill > $backfill))
ORDER BY schedule, backfill LIMIT 1;

-- name: schedule_first_waiting
SELECT at FROM schedule_time
WHERE schedule = $schedule AND backfill = $backfill AND outcome = 'waiting'
ORDER BY at LIMIT 1;

-- name: schedule_active
SELECT COUNT(*) AS n, COALESCE(MAX(key), '') AS key FROM run
WHERE schedule = $schedule AND schedule <> '' AND ended_at = 0
	AND backfill = $backfill AND dry = 0;

-- name: schedule_last_run
SELECT key, status, scheduled_at FROM run
WHERE schedule = $schedule AND schedule <> '' ORDER BY id DESC LIMIT 1;

-- name: schedule_done_at
SELECT key FROM run
WHERE schedule = $schedule AND schedule <> '' AND scheduled_at = $at
	AND status = 'succeeded' LIMIT 1;

-- name: backfill_insert
INSERT INTO backfill (schedule, from_at, until_at, at_once, requester, status,
	created_at, ended_at)
VALUES ($schedule, $from_at, $until_at, $at_once, $requester, 'running',
	$created_at, 0);

-- name: backfill_get
SELECT * FROM backfill WHERE id = $id;

-- name: backfill_list
SELECT * FROM backfill WHERE id < $before ORDER BY id DESC;

-- name: backfill_counts
SELECT COALESCE(SUM(CASE WHEN outcome = 'waiting' THEN 1 ELSE 0 END), 0)
		AS waiting,
	COALESCE(SUM(CASE WHEN run.status = 'succeeded' THEN 1 ELSE 0 END), 0)
		AS succeeded,
	COALESCE(SUM(CASE WHEN run.ended_at = 0 THEN 1 ELSE 0 END), 0)
		AS active,
	COUNT(*) AS total
FROM schedule_time LEFT JOIN run ON run.id = schedule_time.run_id
WHERE schedule_time.schedule = $schedule
	AND schedule_time.backfill = $backfill;

-- name: backfill_end
UPDATE backfill SET status = $status, ended_at = $now
WHERE id = $id AND status = 'running';

-- name: backfill_runs
SELECT id FROM run WHERE schedule = $schedule AND schedule <> ''
	AND ended_at = 0 AND backfill = $backfill ORDER BY id;
