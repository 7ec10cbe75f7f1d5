-- SPDX-License-Identifier: MIT
-- What one may see of what is one's own is told by the index alone.
DROP INDEX ticket_by_requester;
CREATE INDEX ticket_by_requester ON ticket (requester, id, scope_id);
DROP INDEX ticket_by_assignee;
CREATE INDEX ticket_by_assignee ON ticket (assignee, id, scope_id)
	WHERE assignee <> '';
