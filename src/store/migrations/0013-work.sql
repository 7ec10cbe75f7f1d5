-- SPDX-License-Identifier: MIT
-- What people look at tickets by: who was asked, what is not over, what ended.

-- The people of need.eligible, each to be found by.
CREATE TABLE need_person (
	person TEXT NOT NULL,
	ticket_id INTEGER NOT NULL,
	need_id INTEGER NOT NULL REFERENCES need (id),
	PRIMARY KEY (person, ticket_id, need_id)
) @strict;
CREATE INDEX need_person_by_need ON need_person (need_id);
INSERT INTO need_person (person, ticket_id, need_id)
SELECT DISTINCT e.value, need.ticket_id, need.id
FROM need, json_each(need.eligible) AS e;
CREATE TRIGGER need_person_new AFTER INSERT ON need
BEGIN
	INSERT INTO need_person (person, ticket_id, need_id)
	SELECT DISTINCT value, NEW.ticket_id, NEW.id
	FROM json_each(NEW.eligible);
END;
CREATE TRIGGER need_person_change AFTER UPDATE OF eligible ON need
BEGIN
	DELETE FROM need_person WHERE need_id = NEW.id;
	INSERT INTO need_person (person, ticket_id, need_id)
	SELECT DISTINCT value, NEW.ticket_id, NEW.id
	FROM json_each(NEW.eligible);
END;

CREATE INDEX ticket_unresolved ON ticket (created_at)
	WHERE status NOT IN ('done', 'declined', 'cancelled');
CREATE INDEX ticket_by_closed ON ticket (closed_at) WHERE closed_at > 0;
CREATE INDEX step_by_hand ON step (run_id) WHERE status = 'manual';
