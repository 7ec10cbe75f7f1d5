-- SPDX-License-Identifier: MIT
-- name: metrics_runs
SELECT status, count(*) AS n FROM run GROUP BY status

-- name: metrics_tickets
SELECT status, count(*) AS n FROM ticket GROUP BY status

-- name: metrics_attempts
-- Those that live, by their index.
SELECT count(*) AS n FROM attempt WHERE status IN ('starting', 'running')

-- name: metrics_pauses
SELECT kind, count(*) AS n FROM pause GROUP BY kind
