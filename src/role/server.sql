-- SPDX-License-Identifier: MIT
-- name: server_active_runs
-- What ends with a local server.
SELECT id FROM run WHERE status IN ('waiting_approval', 'queued', 'running')
