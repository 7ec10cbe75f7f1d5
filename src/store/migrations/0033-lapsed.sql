-- SPDX-License-Identifier: MIT
-- Approvals whose time was over and that nothing waited for any more: what is
-- due next is found without them.
ALTER TABLE need ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0;
DROP INDEX need_valid;
CREATE INDEX need_valid ON need (valid_until)
	WHERE status = 'met' AND valid_until <> 0 AND lapsed = 0;
