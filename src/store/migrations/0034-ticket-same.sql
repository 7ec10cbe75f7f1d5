-- SPDX-License-Identifier: MIT
-- What a ticket is about, in the words of whoever reports it again and again.
CREATE TABLE ticket_same (
	ticket_id INTEGER NOT NULL PRIMARY KEY REFERENCES ticket (id),
	project TEXT NOT NULL,
	same TEXT NOT NULL,
	count INTEGER NOT NULL,
	last_at INTEGER NOT NULL
) @strict;
CREATE INDEX ticket_same_latest ON ticket_same (project, same, ticket_id);
