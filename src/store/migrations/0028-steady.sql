-- SPDX-License-Identifier: MIT
-- Lengths by a clock that does not jump (resource/cx.h, site_steady).
ALTER TABLE run ADD COLUMN created_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN queued_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN started_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN ended_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN started_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE step ADD COLUMN ended_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN started_steady INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempt ADD COLUMN ended_steady INTEGER NOT NULL DEFAULT 0;
UPDATE run SET created_steady = created_at, queued_steady = created_at,
	started_steady = started_at, ended_steady = ended_at;
UPDATE step SET started_steady = started_at, ended_steady = ended_at
WHERE started_at > 0 OR ended_at > 0;
UPDATE attempt SET started_steady = started_at, ended_steady = ended_at;
