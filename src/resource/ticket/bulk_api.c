/* SPDX-License-Identifier: MIT */
#include "resource/ticket/bulk_api.h"

#include "resource/audit.h"
#include "resource/search/search.h"
#include "resource/ticket/work.h"
#include "spec/bulk.h"
#include "store/record.h"

static const char *const bulk_changes[] = { "priority", "why", "points",
	"label", "unlabel", "assignee", "epic", "due" };

struct bulk {
	struct cx *cx;
	const json_t *body;
	const char *move; /* or NULL */
	bool fields, yes;
};

static int64_t
bulk_last_entry(struct cx *cx, int64_t ticket_id)
{
	struct query *q = query(cx->db, "bulk_last_entry");
	int64_t id = 0;

	bind_int(q, "ticket_id", ticket_id);
	if (query_next(q))
		id = column_int(q, "id");
	query_end(q);
	return id;
}

/* What its history says since: that is what was done. */
static const char *
bulk_what(struct cx *cx, int64_t ticket_id, int64_t since)
{
	struct query *q = query(cx->db, "bulk_entries");
	const char *text = "";

	bind_int(q, "ticket_id", ticket_id);
	bind_int(q, "since", since);
	while (query_next(q))
		text = arena_printf(cx->arena, "%s%s%s%s", text,
		    text[0] != '\0' ? "; " : "",
		    streq(column_text(q, "kind", cx->arena), "status")
			? "moved: "
			: "",
		    column_text(q, "body", cx->arena));
	query_end(q);
	return text;
}

static bool
bulk_move(struct bulk *b, struct ticket *t, struct err *e)
{
	const char *note = call_text(b->body, "note");
	json_t *close;
	bool ok;

	if (streq(t->status, b->move) ||
	    (streq(b->move, "dropped") && streq(t->status, "cancelled")))
		return true;
	if (!ticket_may_work(b->cx, t, e))
		return false;
	if (!streq(b->move, "done") && !streq(b->move, "dropped"))
		return ticket_move_by_hand(b->cx, t, b->move, note, e);
	close = json_pack("{s:s, s:s}", "outcome", b->move, "note", note);
	ok = ticket_finish(b->cx, t, close, e);
	json_decref(close);
	return ok;
}

static struct bulk_row
bulk_one(struct bulk *b, int64_t id)
{
	struct cx *cx = b->cx;
	struct ticket *t = ticket_by_id(cx, id);
	const int64_t since = bulk_last_entry(cx, id);
	struct bulk_row row = { .key = t->key, .title = t->title, .code = "",
		.what = "" };
	struct problems problems;
	struct err e;
	bool ok;

	problems_init(&problems, cx->arena);
	db_savepoint(cx->db);
	ok = (!b->fields ||
		 ticket_change(cx, t, b->body, &problems, &e)) &&
	    (b->move == NULL || bulk_move(b, t, &e));
	if (ok)
		row.what = bulk_what(cx, id, since);
	if (!ok) {
		row.result = "refused";
		row.what = arena_strdup(cx->arena, e.message);
		row.code = arena_strdup(cx->arena, e.code);
	} else if (row.what[0] == '\0') {
		row.result = "unchanged";
	} else {
		row.result = b->yes ? "changed" : "would change";
	}
	if (b->yes && streq(row.result, "changed"))
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	return row;
}

static bool
bulk_asked(struct bulk *b, struct err *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(bulk_changes); i++)
		b->fields = b->fields ||
		    json_object_get(b->body, bulk_changes[i]) != NULL;
	b->move = call_text(b->body, "move");
	b->yes = call_bool(b->body, "yes");
	if (b->fields || b->move != NULL)
		return true;
	err_set(e, ERR_INVALID, "bulk.nothing", "nothing is to be changed");
	return err_hint(e, "add --label, --priority, --assignee, --move …");
}

bool
bulk_api_change(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct search what = { .query = call_text(call->body, "query") };
	const size_t limit = (size_t)call_int(call->body, "limit");
	struct bulk b = { .cx = cx, .body = call->body };
	int64_t changed = 0;
	const int64_t *ids;
	size_t n;

	if (!bulk_asked(&b, e) ||
	    !search_find(cx, &what, NULL, limit + 1, &ids, &n, e))
		return false;
	if (n > limit) {
		err_set(e, ERR_CONFLICT, "bulk.many",
		    "the query finds more than %zu tickets", limit);
		return err_hint(e, "a narrower query, or --limit 500");
	}
	list_begin(out);
	for (size_t i = 0; i < n; i++) {
		const struct bulk_row row = bulk_one(&b, ids[i]);

		changed += streq(row.result, "changed");
		json_object_begin(out);
		record_json(out, &bulk_row_schema, &row);
		json_object_end(out);
	}
	list_end(out, NULL);
	if (changed > 0)
		audit(cx, "ticket.bulk", "tickets", "done",
		    arena_printf(cx->arena, "%lld changed by: %s",
			(long long)changed, what.query), NULL);
	return true;
}
