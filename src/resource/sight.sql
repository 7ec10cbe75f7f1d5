-- SPDX-License-Identifier: MIT

-- name: sight_scopes
-- All that rights on tickets and runs depend on, each once.
SELECT id, team, environment, name FROM ticket_scope;

-- name: sight_scope_get
SELECT id FROM ticket_scope
WHERE team = $team AND environment = $environment AND name = $name;

-- name: sight_scope_insert
INSERT INTO ticket_scope (team, environment, name)
VALUES ($team, $environment, $name);
