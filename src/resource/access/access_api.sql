-- SPDX-License-Identifier: MIT
-- name: me_waiting
-- What waits for anybody's decision; whose it is, approval.c says.
SELECT * FROM ticket WHERE status = 'waiting_approval'
ORDER BY id DESC LIMIT 500
