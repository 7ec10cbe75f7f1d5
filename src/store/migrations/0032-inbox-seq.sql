-- SPDX-License-Identifier: MIT
-- Which change of which item came last, for those who follow their inbox.
-- What is numbered from now on is beyond every id.
ALTER TABLE inbox ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;
UPDATE inbox SET seq = id;
CREATE INDEX inbox_by_seq ON inbox (person, seq);
