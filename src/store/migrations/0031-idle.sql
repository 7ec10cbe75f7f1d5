-- SPDX-License-Identifier: MIT
-- How long nobody went on with a run that was over and was retried.
ALTER TABLE run ADD COLUMN idle_ms INTEGER NOT NULL DEFAULT 0;
