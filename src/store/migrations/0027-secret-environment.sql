-- SPDX-License-Identifier: MIT
-- A value of one environment; '' is that of all others.  Versions grow per
-- name, whatever the environment, so that no two values share a number.
ALTER TABLE secret ADD COLUMN environment TEXT NOT NULL DEFAULT '';
