-- SPDX-License-Identifier: MIT
-- The latest that the clock ever was at a look at the schedule's times: what
-- lies before it was not missed, even when the clock went back meanwhile.

ALTER TABLE schedule ADD COLUMN high_at INTEGER NOT NULL DEFAULT 0;
