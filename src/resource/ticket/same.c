/* SPDX-License-Identifier: MIT */
#include "resource/ticket/same.h"

#include "resource/audit.h"
#include "resource/move.h"
#include "resource/ticket/work.h"

static struct ticket *
same_latest(struct cx *cx, const char *project, const char *same)
{
	struct query *q = query(cx->db, "same_latest");
	int64_t id = 0;

	bind_text(q, "project", project);
	bind_text(q, "same", same);
	if (query_next(q))
		id = column_int_at(q, 0);
	query_end(q);
	return id == 0 ? NULL : ticket_by_id(cx, id);
}

static void
same_count(struct cx *cx, struct ticket *t, int64_t id, const char *same)
{
	struct query *q = query(cx->db, "same_count");

	bind_int(q, "ticket_id", id);
	bind_int(q, "now", cx->now);
	query_run(q);
	move_save_ticket(cx, t);
	audit(cx, "ticket.again", t->key, "done", same, NULL);
}

struct ticket *
same_take(struct cx *cx, const char *project, const char *same,
    int64_t within_ms, struct ticket **ret_before)
{
	struct ticket *t = same_latest(cx, project, same), *into;
	struct err ignored;
	int64_t id;

	*ret_before = t;
	if (t == NULL)
		return NULL;
	id = t->id;
	if (t->merged_into[0] != '\0' &&
	    ticket_by_key(cx, t->merged_into, &into, &ignored))
		t = *ret_before = into;
	if (t->closed_at != 0 && cx->now - t->closed_at >= within_ms)
		return NULL;
	if (t->closed_at != 0 && !streq(t->outcome, "dropped") &&
	    t->task[0] == '\0' &&
	    machine_find(&ticket_hand_machine, t->status, "open") != NULL)
		move_ticket(cx, t, "open", "it came again");
	same_count(cx, t, id, same);
	return t;
}

bool
same_begin(struct cx *cx, const struct ticket *t, const char *same,
    const struct ticket *before, struct err *e)
{
	struct query *q = query(cx->db, "same_begin");

	bind_int(q, "ticket_id", t->id);
	bind_text(q, "project", t->project);
	bind_text(q, "same", same);
	bind_int(q, "now", cx->now);
	query_run(q);
	return before == NULL ||
	    ticket_link_add(cx, t, "relates_to", before, e);
}

struct ticket *
ticket_report(struct cx *cx, struct ticket *t, const char *same)
{
	struct ticket *before = NULL, *there = NULL;
	struct err ignored;

	if (same != NULL)
		there = same_take(cx, t->project, same, 0, &before);
	if (there != NULL)
		return there;
	ticket_insert(cx, t);
	if (same != NULL)
		(void)same_begin(cx, t, same, before, &ignored);
	ticket_tell_assignee(cx, t, "");
	return t;
}

struct ticket *
ticket_reported(struct cx *cx, const char *project, const char *same)
{
	struct ticket *t = same_latest(cx, project, same);

	return t == NULL || t->closed_at != 0 ? NULL : t;
}

void
same_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct query *q = query(cx->db, "same_of");

	bind_int(q, "ticket_id", t->id);
	json_key(out, "again");
	if (query_next(q)) {
		json_object_begin(out);
		json_kv_str(out, "same", column_text(q, "same", cx->arena));
		json_kv_int(out, "count", column_int(q, "count"));
		json_kv_time(out, "last_at", column_int(q, "last_at"));
		json_object_end(out);
	} else {
		json_out_null(out);
	}
	query_end(q);
}
