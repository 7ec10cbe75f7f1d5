-- SPDX-License-Identifier: MIT
-- What the rights on a run depend on, as of tickets; and the ways from a person
-- to the runs they may see, so that a list of few among many is found at once.

INSERT INTO ticket_scope (team, environment, name)
SELECT DISTINCT team, environment, task FROM run WHERE true
ON CONFLICT DO NOTHING;

ALTER TABLE run ADD COLUMN scope_id INTEGER NOT NULL DEFAULT 0;
UPDATE run SET scope_id = (SELECT s.id FROM ticket_scope AS s
	WHERE s.team = run.team AND s.environment = run.environment
	AND s.name = run.task);
CREATE INDEX run_by_scope ON run (scope_id, id);
CREATE INDEX run_by_requester ON run (requester, id);
CREATE INDEX run_by_ticket ON run (ticket_id) WHERE ticket_id <> 0;
CREATE INDEX run_watcher_by_person ON run_watcher (person, run_id)
	WHERE detached = 0;
