-- SPDX-License-Identifier: MIT
-- name: backup_integrity
PRAGMA integrity_check(1);

-- name: backup_last_attempt
SELECT COALESCE(MAX(id), 0) AS id FROM attempt;

-- name: backup_quick
PRAGMA quick_check(1);
