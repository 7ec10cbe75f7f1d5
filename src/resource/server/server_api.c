/* SPDX-License-Identifier: MIT */
#include "resource/server/server_api.h"

#include "base/version.h"
#include "resource/server/server.h"
#include "store/meta.h"

static int64_t
server_live(struct cx *cx)
{
	struct query *q = query(cx->db, "server_live");
	int64_t n = query_next(q) ? column_int_at(q, 0) : 0;

	query_end(q);
	return n;
}

static void
server_running(struct cx *cx, struct json_out *out)
{
	struct query *q = query(cx->db, "server_running");

	json_array_begin(out);
	while (query_next(q)) {
		json_object_begin(out);
		json_kv_str(out, "run", column_text(q, "key", cx->arena));
		json_kv_str(out, "task", column_text(q, "task", cx->arena));
		json_kv_int(out, "attempt", column_int(q, "id"));
		json_kv_str(out, "requester",
		    column_text(q, "requester", cx->arena));
		json_kv_time(out, "started_at", column_int(q, "started_at"));
		json_object_end(out);
	}
	query_end(q);
	json_array_end(out);
}

static void
server_json(struct cx *cx, struct json_out *out)
{
	const struct drain d = server_drain_get(cx);

	json_object_begin(out);
	json_kv_str(out, "version", SLIPWAY_VERSION);
	json_kv_int(out, "schema", meta_get_int(cx->db, "schema", 0));
	json_kv_int(out, "epoch", cx->site->epoch);
	json_kv_bool(out, "draining", d.since != 0);
	json_kv_time(out, "drain_since", d.since);
	json_kv_str(out, "drain_by", d.by == NULL ? "" : d.by);
	json_kv_str(out, "drain_reason", d.reason == NULL ? "" : d.reason);
	json_kv_int(out, "live", server_live(cx));
	json_key(out, "running");
	server_running(cx, out);
	json_object_end(out);
}

bool
server_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)call;
	(void)e;
	server_json(cx, out);
	return true;
}

bool
server_api_drain(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)e;
	server_drain(cx, call_text(call->body, "reason"));
	server_json(cx, out);
	return true;
}

bool
server_api_resume(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)call;
	(void)e;
	server_resume(cx);
	server_json(cx, out);
	return true;
}
