-- SPDX-License-Identifier: MIT
-- Words of tickets and comments.  SQLite's alone: another database has its own
-- index of words behind the same statements (search.sql).
CREATE VIRTUAL TABLE ticket_words USING fts5 (title, description,
	tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO ticket_words (rowid, title, description)
SELECT id, title, description FROM ticket;
CREATE VIRTUAL TABLE comment_words USING fts5 (body,
	tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO comment_words (rowid, body)
SELECT id, body FROM ticket_entry WHERE kind = 'comment' AND removed_at = 0;

CREATE INDEX ticket_by_created ON ticket (created_at);
CREATE INDEX ticket_by_updated ON ticket (updated_at);

-- Queries that people keep: one's own, or a team's.
CREATE TABLE filter (
	id @id,
	owner TEXT NOT NULL,
	team TEXT NOT NULL,
	name TEXT NOT NULL,
	query TEXT NOT NULL,
	doc TEXT NOT NULL,
	updated_by TEXT NOT NULL,
	updated_at INTEGER NOT NULL,
	UNIQUE (owner, team, name)
) @strict;
