-- SPDX-License-Identifier: MIT
-- Tickets that people open themselves, and all that hangs on a ticket.

-- What a ticket without a task is over: nothing.
INSERT INTO plan (hash, body, created_at) VALUES ('', '{}', 0);

-- What the rights on tickets depend on, each once: the tickets that somebody
-- may see are found in SQL by the short list of scopes that access.h allows.
CREATE TABLE ticket_scope (
	id @id,
	team TEXT NOT NULL,
	environment TEXT NOT NULL,
	name TEXT NOT NULL,
	UNIQUE (team, environment, name)
) @strict;
INSERT INTO ticket_scope (team, environment, name)
SELECT DISTINCT team, environment,
	CASE WHEN request <> '' THEN request ELSE task END FROM ticket;

ALTER TABLE ticket ADD COLUMN scope_id INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN priority_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN points INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN assignee TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN epic TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN labels TEXT NOT NULL DEFAULT '[]';
ALTER TABLE ticket ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
ALTER TABLE ticket ADD COLUMN quick_fix INTEGER NOT NULL DEFAULT 0;
UPDATE ticket SET scope_id = (SELECT s.id FROM ticket_scope AS s
	WHERE s.team = ticket.team AND s.environment = ticket.environment
	AND s.name = CASE WHEN ticket.request <> '' THEN ticket.request
		ELSE ticket.task END);
UPDATE ticket SET outcome = CASE status WHEN 'done' THEN 'done'
	WHEN 'declined' THEN 'declined' ELSE 'dropped' END
WHERE status IN ('done', 'declined', 'cancelled');
CREATE INDEX ticket_by_scope ON ticket (scope_id, id);
CREATE INDEX ticket_by_assignee ON ticket (assignee, id)
	WHERE assignee <> '';
CREATE INDEX ticket_by_epic ON ticket (epic, id) WHERE epic <> '';
CREATE INDEX ticket_by_project ON ticket (project, id);

-- The labels of ticket.labels, to be found by.
CREATE TABLE ticket_label (
	ticket_id INTEGER NOT NULL REFERENCES ticket (id),
	label TEXT NOT NULL,
	PRIMARY KEY (ticket_id, label)
) @strict;
CREATE INDEX ticket_label_by_label ON ticket_label (label, ticket_id);

-- from blocks, duplicates, relates to or was spun off from to.
CREATE TABLE ticket_link (
	id @id,
	from_id INTEGER NOT NULL REFERENCES ticket (id),
	to_id INTEGER NOT NULL REFERENCES ticket (id),
	kind TEXT NOT NULL,
	created_by TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	UNIQUE (from_id, to_id, kind)
) @strict;
CREATE INDEX ticket_link_to ON ticket_link (to_id, kind);

-- Who hears of what happens; off: who said no, and is not added again unless
-- they ask.
CREATE TABLE ticket_watcher (
	ticket_id INTEGER NOT NULL REFERENCES ticket (id),
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	off INTEGER NOT NULL,
	since_at INTEGER NOT NULL,
	PRIMARY KEY (ticket_id, person)
) @strict;
CREATE INDEX ticket_watcher_by_person ON ticket_watcher (person, ticket_id);
INSERT INTO ticket_watcher (ticket_id, person, why, off, since_at)
SELECT id, requester, 'requester', 0, created_at FROM ticket;

-- A comment can be edited and removed; what it said before stays here.
ALTER TABLE ticket_entry ADD COLUMN edited_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ticket_entry ADD COLUMN removed_at INTEGER NOT NULL DEFAULT 0;
CREATE TABLE ticket_entry_before (
	id @id,
	entry_id INTEGER NOT NULL REFERENCES ticket_entry (id),
	actor TEXT NOT NULL,
	at INTEGER NOT NULL,
	body TEXT NOT NULL
) @strict;
CREATE INDEX ticket_entry_before_by_entry ON ticket_entry_before
	(entry_id, id);
