-- SPDX-License-Identifier: MIT
-- What is left of runs and tickets that were removed for their age.

-- A run: what slipway evidence tells of it.  left_steps: it is still being
-- removed, a piece at a time.
CREATE TABLE removed (
	key TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	old_id INTEGER NOT NULL,
	team TEXT NOT NULL,
	environment TEXT NOT NULL,
	name TEXT NOT NULL,
	project TEXT NOT NULL,
	requester TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	removed_at INTEGER NOT NULL,
	left_steps INTEGER NOT NULL,
	evidence TEXT NOT NULL
) @strict;
CREATE INDEX removed_started ON removed (started_at) WHERE kind = 'run';
CREATE INDEX removed_left ON removed (old_id) WHERE left_steps = 1;

-- The last success of each step, and what it put out.
CREATE TABLE removed_step (
	ident TEXT NOT NULL PRIMARY KEY,
	run_key TEXT NOT NULL,
	ended_at INTEGER NOT NULL,
	outputs TEXT NOT NULL
) @strict;

CREATE INDEX run_by_plan ON run (plan_hash);
CREATE INDEX run_by_retry ON run (retry_of) WHERE retry_of <> 0;
