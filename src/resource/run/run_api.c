/* SPDX-License-Identifier: MIT */
#include "resource/run/run_api.h"

#include "resource/access/access.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/run/reveal.h"
#include "resource/run/run.h"
#include "resource/run/run_view.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/sight.h"
#include "resource/ticket/ticket.h"
#include "store/record.h"

/* How many of the latest runs are looked at one by one. */
#define LIST_NEAR 1000

struct page {
	struct json_out *out;
	int64_t limit, n;
	int64_t looked; /* at so many */
	int64_t at;	/* and this one last */
	const char *last, *next; /* keys */
};

static void
page_bind(const struct call *call, struct query *q, int64_t before)
{
	bind_int(q, "before", before);
	bind_text(q, "status", call_text(call->query, "status"));
	bind_text(q, "task", call_text(call->query, "task"));
}

/* What a statement finds, until the page is full or `most` were looked at;
 * true: that was all of it. */
static bool
page_add(struct cx *cx, struct query *q, int64_t most, struct page *p)
{
	bool all = false;

	p->looked = 0;
	while (p->next == NULL && p->looked < most && !all) {
		struct run row;

		all = !query_next(q);
		if (all)
			break;
		record_read(q, &run_schema, &row, cx->arena);
		p->looked++;
		p->at = row.id;
		/* One rule decides; the statement only finds. */
		if (!run_visible(cx, &row))
			continue;
		if (p->n == p->limit) {
			p->next = p->last;
			break;
		}
		p->last = row.key;
		run_view_run(cx, p->out, &row);
		p->n++;
	}
	query_end(q);
	return all;
}

/* Those near; what of them is left to look for ends before *ret_before. */
static bool
page_near(struct cx *cx, const struct call *call, int64_t *before,
    struct page *p)
{
	const char *status = call_text(call->query, "status");
	const char *task = call_text(call->query, "task");
	const bool sees_all = cx->actor->is_engine || cx->actor->is_local ||
	    cx->actor->is_operator;
	/* Most succeed: of them the task leaves fewer. */
	const bool by_task = task != NULL &&
	    (status == NULL || streq(status, "succeeded"));
	const bool by_index = status != NULL || task != NULL;
	const int64_t from = sees_all || by_index || *before < LIST_NEAR
	    ? 0
	    : *before - LIST_NEAR;
	struct query *q = query(cx->db,
	    by_task	      ? "run_list_of_task"
		: by_index ? "run_list_of_status"
			   : "run_list");
	bool all;

	page_bind(call, q, *before);
	bind_int(q, "from", from);
	if (!by_index)
		sight_bind(cx, q);
	all = page_add(cx, q, by_index && !sees_all ? LIST_NEAR : INT64_MAX,
	    p);
	*before = all ? from : p->at;
	return all && from == 0;
}

bool
run_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *after = call_text(call->query, "after");
	struct page p = { .out = out,
		.limit = call_int(call->query, "limit") };
	struct run *last = NULL;
	struct query *q;
	int64_t before;

	if (after != NULL && !run_by_key(cx, after, &last, e))
		return false;
	before = last == NULL ? run_next_id(cx) : last->id;
	list_begin(out);
	if (!page_near(cx, call, &before, &p) && p.next == NULL) {
		q = query(cx->db, "run_list_sparse");
		page_bind(call, q, before);
		sight_bind(cx, q);
		page_add(cx, q, INT64_MAX, &p);
	}
	list_end(out, p.next);
	return true;
}

bool
run_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	run_view_detail(cx, out, run);
	return true;
}

bool
run_allows(struct cx *cx, const struct run *run, enum right right,
    struct err *e)
{
	struct access_target target = { run->team, run->environment,
		run->task };
	const struct ticket *t;

	if (cx->actor->person == NULL ||
	    !streq(cx->actor->person, run->requester))
		return access_check_seen(cx, right, &target, "run", run->key,
		    e);
	if (right == RIGHT_CANCEL)
		return access_token_check_on(cx, right, &target, e);
	t = run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);
	if (t != NULL && t->request[0] != '\0') {
		right = RIGHT_REQUEST;
		target.name = t->request;
	}
	return access_check_seen(cx, right, &target, "run", run->key, e);
}

/* Somebody who only watches goes away; the last one ends the run. */
static bool
run_detach(struct cx *cx, const struct run *run)
{
	struct query *q;
	size_t n;

	if (cx->actor->person == NULL)
		return false;
	q = query(cx->db, "run_unwatch");
	bind_int(q, "run_id", run->id);
	bind_text(q, "person", cx->actor->person);
	if (query_run_count(q) == 0)
		return false;
	(void)run_watchers(cx, run->id, &n);
	return n > 0;
}

/* The work; when only what cleans up is left, that is not meant by it. */
static bool
cancel_work(struct cx *cx, struct run *run, bool everything,
    const char *reason, struct err *e)
{
	if (!run_is_cleaning(cx, run)) {
		run_cancel(cx, run, reason);
		return true;
	}
	if (everything)
		return true;
	err_set(e, ERR_CONFLICT, "run.cleaning",
	    "the work of %s is over, it is being cleaned up after", run->key);
	return err_hint(e, "to end that too: slipway cancel %s --everything",
	    run->key);
}

bool
run_api_cancel(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *reason = call_text(call->body, "reason"), *text;
	const bool everything = call_bool(call->body, "everything");
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	if (machine_is_final(&run_machine, run->status)) {
		err_set(e, ERR_CONFLICT, "run.over", "%s is over: %s",
		    run->key, machine_words(cx->arena, run->status));
		return err_hint(e, streq(run->status, "succeeded")
			? "to take back what it did: slipway undo %s"
			: "its page: slipway show %s", run->key);
	}
	if (!access_token_check_on(cx, RIGHT_CANCEL,
		&(struct access_target){ run->team, run->environment,
		    run->task }, e))
		return false;
	if (run_detach(cx, run)) {
		audit(cx, "run.detached", run->key, "done", reason, NULL);
		run_view_detail(cx, out, run);
		return true;
	}
	if (!run_allows(cx, run, RIGHT_CANCEL, e))
		return false;
	text = arena_printf(cx->arena, "cancelled by %s%s%s",
	    actor_name(cx->actor), reason[0] ? ": " : "", reason);
	if (!cancel_work(cx, run, everything, text, e))
		return false;
	if (everything)
		run_cancel_cleanups(cx, run_by_id(cx, run->id), text);
	run_view_detail(cx, out, run_by_id(cx, run->id));
	return true;
}

/* A new run of the same with today's definitions; it needs new approvals. */
static bool
retry_latest(struct cx *cx, struct run *run, const struct step *from,
    struct run **ret, struct err *e)
{
	json_t *stored, *plain, *params;
	struct problems problems;
	struct asked asked;
	struct ask ask;
	bool ok;

	if (!ask_of_run(cx, run, &ask, e) || !undo_lets_retry(cx, run, e))
		return false;
	ask.retry_of = run->id;
	stored = json_loads(run->params, 0, NULL);
	plain = sealed_to_plain(cx->site, stored, e);
	json_decref(stored);
	if (plain == NULL)
		return false;
	problems_init(&problems, cx->arena);
	ok = ask_params(cx, ask.task, plain, &problems, &params, e);
	json_decref(plain);
	if (!ok)
		return false;
	ask.params = params;
	ask.retry_from = from == NULL ? NULL : from->ident;
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	*ret = asked.run;
	return true;
}

bool
run_api_retry(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *from = call_text(call->body, "from");
	const int64_t number = call_int(call->body, "step");
	struct step *one = NULL;
	struct run *run;
	bool ok;

	if (from == NULL && number != 0)
		from = arena_printf(cx->arena, "%lld", (long long)number);
	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !run_allows(cx, run, RIGHT_RUN, e) ||
	    (from != NULL && !run_step_named(cx, run, from, &one, e)))
		return false;
	if (streq(call_text(call->body, "definition"), "latest"))
		ok = retry_latest(cx, run, one, &run, e);
	else
		ok = run_retry(cx, run, one, e);
	if (!ok)
		return false;
	run_view_detail(cx, out, run_by_id(cx, run->id));
	return true;
}

bool
run_api_reveal(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct run *run;
	struct step *step;
	int64_t step_id = call_int(call->body, "step");

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	step = run_step(cx, step_id == 0 ? run->root_step : step_id);
	if (step == NULL || step->run_id != run->id)
		return call_absent(e, "step",
		    arena_printf(cx->arena, "%lld", (long long)step_id),
		    NULL);
	return run_reveal(cx, run, step, call_text(call->body, "output"), out,
	    e);
}

bool
run_api_resolve(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *outcome = call_text(call->body, "outcome");
	const char *note = call_text(call->body, "note");
	struct run *run;
	struct step *step;

	if (!run_by_key(cx, call->path[0], &run, e) ||
	    !run_allows(cx, run, RIGHT_RUN, e))
		return false;
	step = run_step(cx, call_int(call->body, "step"));
	if (step == NULL || step->run_id != run->id)
		return call_absent(e, "step",
		    arena_printf(cx->arena, "%lld",
			(long long)call_int(call->body, "step")), NULL);
	if (!run_resolve(cx, run, step, outcome, note, e))
		return false;
	run_view_detail(cx, out, run_by_id(cx, run->id));
	return true;
}
