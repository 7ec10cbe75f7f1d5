-- SPDX-License-Identifier: MIT
-- name: catalogue_plan
SELECT hash, body, created_at FROM plan WHERE hash = $hash
