-- SPDX-License-Identifier: MIT

-- name: work_manual
-- Has the run a step that waits for a person?
SELECT 1 FROM step WHERE run_id = $run_id AND status = 'manual' LIMIT 1;

-- name: toil_steps
-- What each step that is over took.
SELECT task, ended_steady - started_steady AS took_ms FROM step
WHERE run_id = $run_id AND ended_at > 0 AND started_at > 0;
