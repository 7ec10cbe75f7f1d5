-- SPDX-License-Identifier: MIT

-- name: sight_scopes
-- All that rights on tickets and runs depend on, each once.
SELECT id, team, environment, name FROM ticket_scope;
