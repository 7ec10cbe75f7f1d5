-- SPDX-License-Identifier: MIT

-- name: filter_get
SELECT * FROM filter WHERE owner = $owner AND team = $team AND name = $name;

-- name: filter_count
SELECT COUNT(*) AS n FROM filter;

-- name: filter_count_of
SELECT COUNT(*) AS n FROM filter WHERE owner = $owner AND team = $team;

-- name: filter_list
-- One's own first, then those of any team: whose they are is seen row by row.
SELECT * FROM filter WHERE owner = $owner OR team <> ''
ORDER BY team, name;

-- name: filter_save
INSERT INTO filter (owner, team, name, query, doc, updated_by, updated_at)
VALUES ($owner, $team, $name, $query, $doc, $updated_by, $updated_at)
ON CONFLICT (owner, team, name) DO UPDATE SET query = $query, doc = $doc,
	updated_by = $updated_by, updated_at = $updated_at;

-- name: filter_remove
DELETE FROM filter WHERE id = $id;
