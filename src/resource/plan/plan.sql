-- SPDX-License-Identifier: MIT

-- name: plan_insert
INSERT INTO plan (hash, body, created_at) VALUES ($hash, $body, $created_at)
ON CONFLICT DO NOTHING;

-- name: plan_get
SELECT hash, body, created_at FROM plan WHERE hash = $hash;

-- name: closure_insert
INSERT INTO closure (hash, body) VALUES ($hash, $body) ON CONFLICT DO NOTHING;

-- name: closure_get
SELECT body FROM closure WHERE hash = $hash;

-- name: definition_insert
INSERT INTO definition (hash, kind, name, body)
VALUES ($hash, $kind, $name, $body) ON CONFLICT DO NOTHING;

-- name: definition_get
SELECT kind, name, body FROM definition WHERE hash = $hash;
