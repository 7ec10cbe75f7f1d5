-- SPDX-License-Identifier: MIT
-- The first schema.  Tokens: @id is an integer primary key, @strict ends a
-- table.  All times are UTC milliseconds.  A run's steps have neighbouring
-- ids.

CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) @strict;

-- What runs were made of: bodies by hash, kept for as long as a run names them.
CREATE TABLE definition (
	hash TEXT NOT NULL PRIMARY KEY,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	body TEXT NOT NULL
) @strict;

CREATE TABLE closure (
	hash TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL
) @strict;

CREATE TABLE plan (
	hash TEXT NOT NULL PRIMARY KEY,
	body TEXT NOT NULL,
	created_at INTEGER NOT NULL
) @strict;

CREATE TABLE project_counter (
	project TEXT NOT NULL PRIMARY KEY,
	last INTEGER NOT NULL
) @strict;

CREATE TABLE ticket (
	id @id,
	key TEXT NOT NULL UNIQUE,
	project TEXT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	status TEXT NOT NULL,
	priority TEXT NOT NULL,
	requester TEXT NOT NULL,
	last_editor TEXT NOT NULL,
	request TEXT NOT NULL,
	task TEXT NOT NULL,
	team TEXT NOT NULL,
	environment TEXT NOT NULL,
	params TEXT NOT NULL,
	plan_hash TEXT NOT NULL REFERENCES plan (hash),
	run_id INTEGER NOT NULL,
	resolution TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	closed_at INTEGER NOT NULL
) @strict;
CREATE INDEX ticket_by_status ON ticket (status, id);
CREATE INDEX ticket_by_requester ON ticket (requester, id);
CREATE INDEX ticket_by_run ON ticket (run_id);

-- Comments, and what happened, as people read it.
CREATE TABLE ticket_entry (
	id @id,
	ticket_id INTEGER NOT NULL REFERENCES ticket (id),
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	body TEXT NOT NULL,
	detail TEXT NOT NULL
) @strict;
CREATE INDEX ticket_entry_by_ticket ON ticket_entry (ticket_id, id);

CREATE TABLE need (
	id @id,
	ticket_id INTEGER NOT NULL REFERENCES ticket (id),
	run_id INTEGER NOT NULL,
	step_id INTEGER NOT NULL,
	plan_hash TEXT NOT NULL,
	source TEXT NOT NULL,
	rule TEXT NOT NULL,
	approvers TEXT NOT NULL,
	wanted INTEGER NOT NULL,
	eligible TEXT NOT NULL,
	status TEXT NOT NULL,
	expires_at INTEGER NOT NULL
) @strict;
CREATE INDEX need_by_ticket ON need (ticket_id, id);
CREATE INDEX need_by_run ON need (run_id, id);
CREATE INDEX need_open ON need (expires_at) WHERE status = 'open';

CREATE TABLE vote (
	id @id,
	need_id INTEGER NOT NULL REFERENCES need (id),
	plan_hash TEXT NOT NULL,
	person TEXT NOT NULL,
	decision TEXT NOT NULL,
	note TEXT NOT NULL,
	via TEXT NOT NULL,
	at INTEGER NOT NULL,
	UNIQUE (need_id, person)
) @strict;

CREATE TABLE run (
	id @id,
	key TEXT NOT NULL UNIQUE,
	task TEXT NOT NULL,
	team TEXT NOT NULL,
	environment TEXT NOT NULL,
	params TEXT NOT NULL,
	plan_hash TEXT NOT NULL REFERENCES plan (hash),
	closure_hash TEXT NOT NULL REFERENCES closure (hash),
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	requester TEXT NOT NULL,
	via TEXT NOT NULL,
	ticket_id INTEGER NOT NULL,
	retry_of INTEGER NOT NULL,
	dry INTEGER NOT NULL,
	dedupe_key TEXT,
	priority INTEGER NOT NULL,
	root_step INTEGER NOT NULL,
	open_steps INTEGER NOT NULL,
	failed_steps INTEGER NOT NULL,
	cancel_by TEXT NOT NULL,
	seq INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL
) @strict;
CREATE UNIQUE INDEX run_active ON run (dedupe_key)
	WHERE dedupe_key IS NOT NULL;
CREATE INDEX run_by_status ON run (status, id);
CREATE INDEX run_by_task ON run (task, id);

CREATE TABLE run_watcher (
	run_id INTEGER NOT NULL REFERENCES run (id),
	person TEXT NOT NULL,
	ticket_id INTEGER NOT NULL,
	detached INTEGER NOT NULL,
	PRIMARY KEY (run_id, person, ticket_id)
) @strict;

CREATE TABLE step (
	id @id,
	run_id INTEGER NOT NULL REFERENCES run (id),
	ident TEXT NOT NULL,
	task TEXT NOT NULL,
	definition TEXT NOT NULL,
	params TEXT NOT NULL,
	status TEXT NOT NULL,
	waiting INTEGER NOT NULL,
	held INTEGER NOT NULL,
	shares INTEGER NOT NULL,
	reason TEXT NOT NULL,
	preview TEXT NOT NULL,
	target INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	tries INTEGER NOT NULL,
	outputs TEXT NOT NULL,
	priority INTEGER NOT NULL,
	due_at INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	UNIQUE (run_id, ident)
) @strict;
CREATE INDEX step_ready ON step (priority DESC, id)
	WHERE status IN ('check', 'ready') AND held = 0;
CREATE INDEX step_due ON step (due_at) WHERE status = 'retry';
CREATE INDEX step_by_ident ON step (ident)
	WHERE status IN ('checking', 'running', 'verifying');
CREATE INDEX step_known ON step (ident, id) WHERE status = 'succeeded';
CREATE INDEX step_parked ON step (shares, id) WHERE shares <> 0;
CREATE INDEX step_changed ON step (run_id, seq);
CREATE INDEX step_by_task ON step (task, id) WHERE status = 'succeeded';

-- from is needed by to, under the name that to gives it.
CREATE TABLE edge (
	run_id INTEGER NOT NULL,
	from_step INTEGER NOT NULL REFERENCES step (id),
	to_step INTEGER NOT NULL REFERENCES step (id),
	name TEXT NOT NULL,
	PRIMARY KEY (from_step, to_step, name)
) @strict;
CREATE INDEX edge_to ON edge (to_step);

CREATE TABLE attempt (
	id @id,
	step_id INTEGER NOT NULL REFERENCES step (id),
	run_id INTEGER NOT NULL,
	no INTEGER NOT NULL,
	kind TEXT NOT NULL,
	token INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	boot_id TEXT NOT NULL,
	status TEXT NOT NULL,
	code INTEGER NOT NULL,
	signal INTEGER NOT NULL,
	detail TEXT NOT NULL,
	layers INTEGER NOT NULL,
	started_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	duration_ms INTEGER NOT NULL,
	log_bytes INTEGER NOT NULL,
	log_dropped INTEGER NOT NULL,
	UNIQUE (step_id, no)
) @strict;
CREATE INDEX attempt_by_run ON attempt (run_id, id);
CREATE INDEX attempt_live ON attempt (id)
	WHERE status IN ('starting', 'running');

CREATE TABLE reveal (
	run_id INTEGER NOT NULL,
	step_id INTEGER NOT NULL,
	output TEXT NOT NULL,
	person TEXT NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (step_id, output)
) @strict;

CREATE TABLE token (
	id @id,
	prefix TEXT NOT NULL UNIQUE,
	hash TEXT NOT NULL UNIQUE,
	person TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	environments TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL
) @strict;
CREATE INDEX token_by_person ON token (person, id);

CREATE TABLE secret (
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	sealed TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	removed_at INTEGER NOT NULL,
	PRIMARY KEY (name, version)
) @strict;

CREATE TABLE idempotency (
	actor TEXT NOT NULL,
	key TEXT NOT NULL,
	route TEXT NOT NULL,
	request_hash TEXT NOT NULL,
	status INTEGER NOT NULL,
	body TEXT NOT NULL,
	secret INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (actor, key)
) @strict;
CREATE INDEX idempotency_expired ON idempotency (expires_at);

CREATE TABLE audit (
	seq @id,
	at INTEGER NOT NULL,
	actor TEXT NOT NULL,
	via TEXT NOT NULL,
	address TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	decision TEXT NOT NULL,
	reason TEXT NOT NULL,
	detail TEXT NOT NULL,
	request_id TEXT NOT NULL,
	prev TEXT NOT NULL,
	hash TEXT NOT NULL
) @strict;
CREATE INDEX audit_by_object ON audit (object, seq);
