-- SPDX-License-Identifier: MIT

-- name: doctor_glass
SELECT id, person, opened_at FROM glass
WHERE reviewed_at = 0 AND opened_at <= $before ORDER BY id LIMIT 20;

-- name: doctor_backup
SELECT MAX(ended_at) AS at FROM backup WHERE status = 'done';
