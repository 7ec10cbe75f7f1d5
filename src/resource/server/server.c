/* SPDX-License-Identifier: MIT */
#include "resource/server/server.h"

#include "resource/audit.h"
#include "store/meta.h"

struct drain
server_drain_get(struct cx *cx)
{
	struct drain d = { .since = meta_get_int(cx->db, "drain_since", 0) };

	if (d.since == 0)
		return d;
	d.by = meta_get(cx->db, "drain_by", cx->arena);
	d.reason = meta_get(cx->db, "drain_reason", cx->arena);
	return d;
}

static void
server_committed_resume(void *site)
{
	((struct site *)site)->draining = false;
}

void
server_drain(struct cx *cx, const char *reason)
{
	if (meta_get_int(cx->db, "drain_since", 0) != 0)
		return;
	meta_set_int(cx->db, "drain_since", cx->now);
	meta_set(cx->db, "drain_by", actor_name(cx->actor));
	meta_set(cx->db, "drain_reason", reason);
	audit(cx, "server.drained", "server", "done", reason, NULL);
	cx->site->draining = true;
}

void
server_resume(struct cx *cx)
{
	if (meta_get_int(cx->db, "drain_since", 0) == 0)
		return;
	meta_set_int(cx->db, "drain_since", 0);
	audit(cx, "server.resumed", "server", "done", NULL, NULL);
	db_after_commit(cx->db, server_committed_resume, cx->site);
}
