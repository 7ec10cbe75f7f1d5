-- SPDX-License-Identifier: MIT
-- What is not over is little beside what is: searches for it go by this.
CREATE INDEX ticket_not_over ON ticket (id) WHERE outcome = '';
