-- SPDX-License-Identifier: MIT
-- A foreach may have thousands of children, each with an approval of its own.
CREATE INDEX need_by_step ON need (step_id, id) WHERE step_id <> 0;
