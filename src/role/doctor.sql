-- SPDX-License-Identifier: MIT

-- name: doctor_glass
SELECT id, person, opened_at FROM glass
WHERE reviewed_at = 0 AND opened_at <= $before ORDER BY id LIMIT 20;
