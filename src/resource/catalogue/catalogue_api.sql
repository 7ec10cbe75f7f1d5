-- SPDX-License-Identifier: MIT
-- name: catalogue_plan
SELECT hash, body, created_at FROM plan WHERE hash = $hash;

-- name: plan_meant
SELECT hash FROM plan WHERE hash >= $begin AND hash < $begin || 'g' LIMIT 2;

-- name: plan_tickets
-- Whose it is, and those that ask, or asked, for a decision over it.
SELECT ticket_id FROM need WHERE plan_hash = $hash
UNION SELECT id FROM ticket WHERE plan_hash = $hash
ORDER BY ticket_id DESC LIMIT 100;
