-- SPDX-License-Identifier: MIT
-- name: meta_exists
-- A database that was never migrated has no tables.
SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'meta'

-- name: meta_get
SELECT value FROM meta WHERE name = $name

-- name: meta_set
INSERT INTO meta (name, value) VALUES ($name, $value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
