-- SPDX-License-Identifier: MIT
-- When a request type was last looked for by its discover: task, where.
CREATE TABLE discovery (
	request TEXT NOT NULL,
	environment TEXT NOT NULL,
	due_at INTEGER NOT NULL,
	run_id INTEGER NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (request, environment)
) @strict;
