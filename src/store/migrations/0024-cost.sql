-- SPDX-License-Identifier: MIT
-- What a resource costs as numbers, to be added up: hundredths.
ALTER TABLE resource ADD COLUMN cost_once INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource ADD COLUMN cost_month INTEGER NOT NULL DEFAULT 0;
ALTER TABLE resource ADD COLUMN currency TEXT NOT NULL DEFAULT '';
