-- SPDX-License-Identifier: MIT
-- What requests made, and what is known of it.  One row for each thing, also
-- when it is gone and made again: (kind, environment, name) is what it is.
CREATE TABLE resource (
	id @id,
	key TEXT NOT NULL UNIQUE,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	environment TEXT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	team TEXT NOT NULL,
	person TEXT NOT NULL,
	scope_id INTEGER NOT NULL,
	request TEXT NOT NULL,
	params TEXT NOT NULL,
	outputs TEXT NOT NULL,
	cost TEXT NOT NULL,
	ticket_id INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	stage INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	expiry_ticket INTEGER NOT NULL,
	check_at INTEGER NOT NULL,
	check_run INTEGER NOT NULL,
	checked_at INTEGER NOT NULL,
	missing_ticket INTEGER NOT NULL,
	offered_to TEXT NOT NULL,
	offered_by TEXT NOT NULL,
	UNIQUE (kind, environment, name)
) @strict;
CREATE INDEX resource_by_run ON resource (run_id);
CREATE INDEX resource_due ON resource (due_at) WHERE due_at > 0;
CREATE INDEX resource_check ON resource (check_at) WHERE check_at > 0;
CREATE INDEX resource_checking ON resource (check_run) WHERE check_run > 0;
