-- SPDX-License-Identifier: MIT
-- A need with foreach: is a step too.  0: a task, 1: its list is not known
-- yet, 2: its children are there.
ALTER TABLE step ADD COLUMN fan INTEGER NOT NULL DEFAULT 0;
