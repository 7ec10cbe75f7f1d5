/* SPDX-License-Identifier: MIT */
#include "resource/ticket/work_api.h"

#include "resource/audit.h"
#include "resource/ticket/comment.h"
#include "resource/ticket/view.h"
#include "resource/ticket/work.h"

bool
ticket_api_create(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;
	bool fresh;

	if (!ticket_open(cx, call->body, &t, &fresh, call->problems, e))
		return false;
	call->status = fresh ? 201 : 200;
	return ticket_detail(cx, out, t);
}

static void
move_decref(void *json)
{
	json_decref(json);
}

/* Where it is over: the same as closing it. */
static bool
move_over(struct cx *cx, struct ticket *t, const char *to, const char *note,
    struct err *e)
{
	json_t *body = json_pack("{s:s, s:s}", "outcome",
	    streq(to, "done") ? "done" : "dropped", "note", note);

	arena_cleanup(cx->arena, move_decref, body); /* t keeps its texts */
	return ticket_finish(cx, t, body, e);
}

bool
ticket_api_move(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *to = call_text(call->body, "to");
	const char *note = call_text(call->body, "note");
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    ticket_may_work(cx, t, e) &&
	    (machine_is_final(&ticket_machine, to)
		    ? move_over(cx, t, to, note, e)
		    : ticket_move_by_hand(cx, t, to, note, e)) &&
	    ticket_detail(cx, out, t);
}

bool
ticket_api_merge(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *from, *into;

	return ticket_by_key(cx, call->path[0], &from, e) &&
	    ticket_may_work(cx, from, e) &&
	    ticket_by_key(cx, call_text(call->body, "into"), &into, e) &&
	    ticket_may_work(cx, into, e) &&
	    ticket_merge(cx, from, into, call_text(call->body, "note"), e) &&
	    ticket_detail(cx, out, from);
}

bool
ticket_api_close(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    ticket_may_work(cx, t, e) &&
	    ticket_finish(cx, t, call->body, e) && ticket_detail(cx, out, t);
}

/* What makes the move: what to type, or the run. */
static const char *
moves_by(struct cx *cx, const struct ticket *t, const char *to)
{
	if (t->task[0] == '\0' && machine_is_final(&ticket_machine, to))
		return arena_printf(cx->arena, "slipway ticket close %s%s",
		    t->key, streq(to, "done") ? "" : " --outcome dropped");
	if (t->task[0] == '\0')
		return arena_printf(cx->arena,
		    "slipway ticket move %s --to %s", t->key, to);
	if (streq(to, "cancelled"))
		return arena_printf(cx->arena, "slipway withdraw %s", t->key);
	if (streq(to, "declined"))
		return arena_printf(cx->arena, "slipway decline %s", t->key);
	return "its run, its approvals, or an edit";
}

bool
ticket_api_moves(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct machine *m;
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e))
		return false;
	m = t->task[0] == '\0' ? &ticket_hand_machine : &ticket_machine;
	list_begin(out);
	for (const struct machine_move *v = m->moves; v->from != NULL; v++) {
		if (!streq(v->from, t->status))
			continue;
		json_object_begin(out);
		json_kv_str(out, "to", v->to);
		json_kv_str(out, "why", v->why);
		json_kv_str(out, "by", moves_by(cx, t, v->to));
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}

static bool
link_call(struct cx *cx, struct call *call, bool add, struct json_out *out,
    struct err *e)
{
	const char *kind = call_text(call->body, "kind");
	struct ticket *t, *other;

	if (!ticket_by_key(cx, call->path[0], &t, e) ||
	    !ticket_may_word(cx, t, e) ||
	    !ticket_by_key(cx, call_text(call->body, "to"), &other, e))
		return false;
	return (add ? ticket_link_add(cx, t, kind, other, e)
		    : ticket_link_remove(cx, t, kind, other, e)) &&
	    ticket_detail(cx, out, t);
}

bool
ticket_api_link(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return link_call(cx, call, true, out, e);
}

bool
ticket_api_unlink(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return link_call(cx, call, false, out, e);
}

static bool
watch_call(struct cx *cx, struct call *call, bool on, struct json_out *out,
    struct err *e)
{
	struct ticket *t;

	if (!ticket_by_key(cx, call->path[0], &t, e))
		return false;
	if (cx->actor->person == NULL)
		return access_operator(e,
		    "the operator is nobody to be told");
	if (on)
		ticket_watch(cx, t, cx->actor->person, "asked");
	else
		ticket_unwatch(cx, t, cx->actor->person);
	audit(cx, on ? "ticket.watched" : "ticket.unwatched", t->key, "done",
	    "", NULL);
	return ticket_detail(cx, out, t);
}

bool
ticket_api_watch(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return watch_call(cx, call, true, out, e);
}

bool
ticket_api_unwatch(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return watch_call(cx, call, false, out, e);
}

bool
ticket_api_edit_comment(struct cx *cx, struct call *call,
    struct json_out *out, struct err *e)
{
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    comment_allowed(cx, t, e) &&
	    comment_edit(cx, t, call->path[1],
		call_text(call->body, "text"), e) &&
	    ticket_detail(cx, out, t);
}

bool
ticket_api_remove_comment(struct cx *cx, struct call *call,
    struct json_out *out, struct err *e)
{
	struct ticket *t;

	return ticket_by_key(cx, call->path[0], &t, e) &&
	    comment_allowed(cx, t, e) &&
	    comment_edit(cx, t, call->path[1], NULL, e) &&
	    ticket_detail(cx, out, t);
}
