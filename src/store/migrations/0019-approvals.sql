-- SPDX-License-Identifier: MIT
-- Approvals in full: what a need was asked with, and who stands in for whom.

-- Percent of the people who may decide; 0: wanted says how many.
ALTER TABLE need ADD COLUMN percent INTEGER NOT NULL DEFAULT 0;
-- When it was asked for, and when it was met, voided, declined or expired.
ALTER TABLE need ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE need ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE need ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- How long it counts once it is met (0: as long as the plan), and until when.
ALTER TABLE need ADD COLUMN valid_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE need ADD COLUMN valid_until INTEGER NOT NULL DEFAULT 0;
-- When to remind those who may decide; 0: not, or it was done.
ALTER TABLE need ADD COLUMN remind_at INTEGER NOT NULL DEFAULT 0;
-- What happens when nobody decided: cancel, decline, or whom to ask then; and
-- instead of whom it is asked.
ALTER TABLE need ADD COLUMN when_expired TEXT NOT NULL DEFAULT 'cancel';
ALTER TABLE need ADD COLUMN instead_of TEXT NOT NULL DEFAULT '';
CREATE INDEX need_by_plan ON need (plan_hash);
CREATE INDEX ticket_by_plan ON ticket (plan_hash);
CREATE INDEX need_remind ON need (remind_at)
	WHERE status = 'open' AND remind_at <> 0;
CREATE INDEX need_valid ON need (valid_until)
	WHERE status = 'met' AND valid_until <> 0;

-- For whom the vote is, when a delegate gave it.
ALTER TABLE vote ADD COLUMN for_person TEXT NOT NULL DEFAULT '';

-- Who decides in whose place, where and how long.  '' is everywhere.
CREATE TABLE delegation (
	id @id,
	person TEXT NOT NULL,
	delegate TEXT NOT NULL,
	project TEXT NOT NULL,
	environment TEXT NOT NULL,
	note TEXT NOT NULL,
	from_at INTEGER NOT NULL,
	until_at INTEGER NOT NULL,
	ended_at INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) @strict;
CREATE INDEX delegation_by_delegate ON delegation (delegate, until_at);
CREATE INDEX delegation_by_person ON delegation (person, until_at);

-- Who had a hand in what a ticket asks for, besides who asked for it: editors,
-- and the requesters of tickets that were merged into it.  None decides on it.
CREATE TABLE ticket_author (
	ticket_id INTEGER NOT NULL REFERENCES ticket (id),
	person TEXT NOT NULL,
	why TEXT NOT NULL,
	since_at INTEGER NOT NULL,
	PRIMARY KEY (ticket_id, person)
) @strict;
INSERT INTO ticket_author (ticket_id, person, why, since_at)
SELECT id, last_editor, 'edited it', updated_at FROM ticket
WHERE last_editor <> requester AND last_editor <> '';
ALTER TABLE ticket ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
