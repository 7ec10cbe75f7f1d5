/* SPDX-License-Identifier: MIT */
#include "resource/ticket/ticket.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/plant.h"
#include "resource/access/access.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/move.h"
#include "resource/removed/removed.h"
#include "resource/resource/resource.h"
#include "resource/run/run.h"
#include "resource/search/search.h"
#include "resource/sealed.h"
#include "resource/sight.h"
#include "resource/ticket/comment.h"
#include "resource/ticket/work.h"
#include "store/record.h"

/* The environment of an edited ticket is another scope. */
void
ticket_rescope(struct cx *cx, struct ticket *t)
{
	t->scope_id = sight_scope(cx, t->team, t->environment,
	    t->request[0] != '\0' ? t->request : t->task);
}

/* What is not said of a ticket is nothing, and not NULL. */
static void
ticket_defaults(struct ticket *t)
{
	const char **const texts[] = { &t->request, &t->task, &t->environment,
		&t->plan_hash, &t->resolution, &t->description,
		&t->priority_reason, &t->assignee, &t->epic, &t->outcome,
		&t->merged_into };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (*texts[i] == NULL)
			*texts[i] = "";
	if (t->labels == NULL)
		t->labels = "[]";
	if (t->params == NULL)
		t->params = "{}";
}

void
ticket_insert(struct cx *cx, struct ticket *t)
{
	struct query *q = query(cx->db, "project_count");
	int64_t number = 0;

	bind_text(q, "project", t->project);
	query_run(q);
	q = query(cx->db, "project_last");
	bind_text(q, "project", t->project);
	if (query_next(q))
		number = column_int(q, "last");
	query_end(q);

	t->key = arena_printf(cx->arena, "%s-%lld", t->project,
	    (long long)number);
	t->created_at = t->updated_at = cx->now;
	ticket_defaults(t);
	ticket_rescope(cx, t);
	q = query(cx->db, "ticket_insert");
	record_bind(q, &ticket_schema, t);
	query_run(q);
	t->id = db_last_id(cx->db);
	ticket_watch(cx, t, t->requester, "requester");
	search_learn_ticket(cx, t->id);
	audit(cx, "ticket.opened", t->key, "done", t->title,
	    arena_printf(cx->arena, "{\"plan_hash\":\"%s\"}", t->plan_hash));
}

struct ticket *
ticket_by_id(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "ticket_get");
	struct ticket *t = NULL;

	bind_int(q, "id", id);
	if (query_next(q)) {
		t = ARENA_NEW(cx->arena, struct ticket);
		record_read(q, &ticket_schema, t, cx->arena);
	}
	query_end(q);
	return t;
}

bool
ticket_visible(struct cx *cx, const struct ticket *t)
{
	const struct access_target target = ticket_target(t);

	if (access_sees(cx->platform, cx->actor, t->requester, &target))
		return true;
	return cx->actor->person != NULL &&
	    platform_person(cx->platform, cx->actor->person) != NULL &&
	    !platform_person(cx->platform, cx->actor->person)->disabled &&
	    access_token_allows_on(cx->platform, cx->actor, RIGHT_VIEW,
		&target) &&
	    (ticket_is_assigned(cx, t, cx->actor->person) ||
		approval_asked(cx, t, cx->actor->person));
}

/* A run where a ticket is meant has one, perhaps. */
static bool
ticket_absent(struct cx *cx, const char *key, struct err *e)
{
	const struct ticket *t = NULL;
	struct run *run;
	struct err ignored;

	removed_answer(cx, "ticket", key, e);
	if (e->class != ERR_NOT_FOUND)
		return false;
	if (strncasecmp(key, "R-", 2) == 0 && run_by_key(cx, key, &run, &ignored))
		t = ticket_by_id(cx, run->ticket_id);
	if (t != NULL && ticket_visible(cx, t))
		return err_hint(e, "the ticket of %s is %s", key, t->key);
	return false;
}

bool
ticket_by_key(struct cx *cx, const char *key, struct ticket **ret,
    struct err *e)
{
	struct query *q = query(cx->db, "ticket_get_by_key");
	struct ticket *t = NULL;

	bind_text(q, "key", key);
	if (query_next(q)) {
		t = ARENA_NEW(cx->arena, struct ticket);
		record_read(q, &ticket_schema, t, cx->arena);
	}
	query_end(q);
	if (t == NULL || !ticket_visible(cx, t))
		return ticket_absent(cx, key, e);
	*ret = t;
	return true;
}

void
ticket_note(struct cx *cx, const struct ticket *t, const char *kind,
    const char *body, const char *detail)
{
	struct ticket_entry entry = { .ticket_id = t->id, .at = cx->now,
		.actor = actor_name(cx->actor), .kind = kind, .body = body,
		.detail = detail == NULL ? "{}" : detail };
	struct query *q = query(cx->db, "ticket_entry_insert");

	record_bind(q, &ticket_entry_schema, &entry);
	query_run(q);
	if (streq(kind, "comment"))
		search_learn_comment(cx, db_last_id(cx->db));
}

void
ticket_asked(struct cx *cx, struct ticket *t, const struct run *run,
    const struct approval_rule *rules, size_t n,
    const struct approval_notes *notes)
{
	const char *reason = notes->none == NULL
	    ? "no rule asks for an approval"
	    : arena_printf(cx->arena, "no approval by %s", notes->none);

	t->run_id = run->id;
	approval_open(cx, t, rules, n);
	for (size_t i = 0; i < n; i++)
		reason = arena_printf(cx->arena, "%s%s by %s",
		    i == 0 ? "waits for "
			   : arena_printf(cx->arena, "%s and ", reason),
		    rules[i].text, rules[i].source);
	move_ticket(cx, t, n == 0 ? "approved" : "waiting_approval", reason);
}

bool
ticket_prepare(struct cx *cx, const struct ticket *t,
    const char *environment, const json_t *params, struct ask *ask,
    struct prepared *ret, struct err *e)
{
	struct problems problems;
	json_t *stored, *plain;
	bool ok;

	*ask = (struct ask){ .requester = t->requester, .title = t->title };
	ask->task = platform_task(cx->platform, t->task);
	if (t->request[0] != '\0') {
		ask->request = platform_request(cx->platform, t->request);
		if (ask->request != NULL)
			ask->task = ask->request->task;
	}
	if (ask->task == NULL || (t->request[0] != '\0' && !ask->request))
		return err_set(e, ERR_CONFLICT, "ticket.definition",
		    "what %s asked for is no longer in the folder: '%s'",
		    t->key, t->request[0] != '\0' ? t->request : t->task);
	if (!ask_environment(cx, environment, ask->request,
		&ask->environment, e))
		return false;
	problems_init(&problems, cx->arena);
	if (params == NULL) {
		stored = json_loads(t->params, 0, NULL);
		plain = sealed_to_plain(cx->site, stored, e);
		json_decref(stored);
		if (plain == NULL)
			return false;
		ok = ask_params(cx, ask->task, plain, &problems, &stored, e);
		json_decref(plain);
		if (!ok)
			return false;
		ask->params = stored;
	} else
		ask->params = params;
	return ask_prepare(cx, ask, ret, e);
}

/* The rules of today, over what the ticket asks for.  When the folder no
 * longer offers it, today asks for nothing that could be met. */
bool
ticket_rules_today(struct cx *cx, const struct ticket *t,
    struct approval_rule **ret, size_t *ret_n, struct err *e)
{
	const struct run *run = run_by_id(cx, t->run_id);
	struct ask ask;
	struct prepared p;

	if (run != NULL && run->undo_of != 0) {
		if (!ask_undo_again(cx, t, run, &ask, e) ||
		    !ask_prepare(cx, &ask, &p, e))
			return false;
	} else if (!ticket_prepare(cx, t, t->environment, NULL, &ask, &p, e))
		return false;
	*ret = p.rules;
	*ret_n = p.nrules;
	return true;
}

/* Decided already; what is said now and was not said then is a comment. */
static void
ticket_said_again(struct cx *cx, const struct ticket *t, const char *note)
{
	size_t n, k;
	const struct need *needs = approval_needs(cx, t->id, &n);

	for (size_t i = 0; i < n; i++) {
		const struct vote *votes =
		    approval_votes(cx, needs[i].id, &k);

		while (k-- > 0)
			if (streq(votes[k].person, cx->actor->person) &&
			    streq(votes[k].note, note))
				return;
	}
	comment_add(cx, t, note);
}

bool
ticket_decide(struct cx *cx, struct ticket *t, const char *plan_hash,
    bool approve, const char *note, struct err *e)
{
	const struct approval_subject plan = approval_plan(t);
	struct approval_rule *today = NULL;
	size_t ntoday = 0, open = 0;
	bool again = false;
	struct run *run;

	run = run_by_id(cx, t->run_id);
	if (t->run_id == 0)
		return err_set(e, ERR_CONFLICT, "approval.closed",
		    "%s has no plan: nothing waits for a decision", t->key);
	if (run == NULL) {
		db_failed(cx->db, e);
		return false;
	}
	if (run->cancel_by[0] != '\0' &&
	    !machine_is_final(&run_machine, run->status))
		return err_set(e, ERR_CONFLICT, "approval.closed",
		    "%s is being cancelled: nothing waits for a decision",
		    t->key);
	if (!approval_decide(cx, t, plan_hash, approve, note, &again, e))
		return false;
	if (again && note[0] != '\0')
		ticket_said_again(cx, t, note);
	if (again)
		return true;
	if (ticket_step_decided(cx, t, run, plan_hash, approve, note))
		return true;
	if (!approve) {
		approval_void(cx, t, "declined");
		move_ticket(cx, t, "declined",
		    arena_printf(cx->arena, "declined by %s%s%s",
			cx->actor->person, note[0] ? ": " : "", note));
		run_cancel(cx, run,
		    arena_printf(cx->arena, "declined by %s",
			cx->actor->person));
		return true;
	}
	if (!ticket_rules_today(cx, t, &today, &ntoday, e))
		return false;
	if (!approval_complete(cx, t, &plan, today, ntoday, &open))
		return true;
	ASSERT(streq(run->plan_hash, t->plan_hash));
	move_ticket(cx, t, "approved",
	    arena_printf(cx->arena, "approved, the last by %s",
		cx->actor->person));
	run_release(cx, run,
	    arena_printf(cx->arena, "approved, the last by %s",
		cx->actor->person));
	return true;
}

bool
ticket_close(struct cx *cx, struct ticket *t, const char *reason,
    struct err *e)
{
	struct run *run = run_by_id(cx, t->run_id);

	if (machine_find(&ticket_machine, t->status, "cancelled") == NULL)
		return err_set(e, ERR_CONFLICT, "ticket.closed",
		    "%s is %s already", t->key, t->status);
	if (!PLANTED("withdrawn-asks-still"))
		approval_void(cx, t, reason);
	move_ticket(cx, t, "cancelled", reason);
	if (run != NULL)
		run_cancel(cx, run, reason);
	return true;
}

static struct ticket *
ticket_of_run(struct cx *cx, const struct run *run)
{
	struct ticket *t =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);

	/* An older run of an edited ticket has nothing to tell any more. */
	return t != NULL && t->run_id == run->id ? t : NULL;
}

bool
ticket_lets_run(struct cx *cx, const struct run *run, struct err *e)
{
	const struct ticket *t =
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id);

	if (t == NULL)
		return true;
	if (t->run_id != run->id)
		err_set(e, ERR_CONFLICT, "approval.void",
		    "%s does not go on: %s was edited since", run->key,
		    t->key);
	else if (!approval_stands(cx, t, streq(run->status, "running")))
		err_set(e, ERR_CONFLICT, "approval.void",
		    "%s does not go on: nothing approves it any more",
		    run->key);
	else
		return true;
	return err_hint(e, "slipway run retry %s --latest",
	    run->key);
}

void
ticket_run_started(struct cx *cx, const struct run *run)
{
	struct ticket *t = ticket_of_run(cx, run);

	if (t != NULL &&
	    machine_find(&ticket_machine, t->status, "in_progress") != NULL)
		move_ticket(cx, t, "in_progress",
		    arena_printf(cx->arena, "%s runs", run->key));
}

void
ticket_run_ended(struct cx *cx, const struct run *run)
{
	struct ticket *t = ticket_of_run(cx, run);
	const char *to = "failed";
	const char *reason = arena_printf(cx->arena, "%s %s%s%s", run->key,
	    run->status, run->reason[0] ? ": " : "", run->reason);

	if (t == NULL)
		return;
	if (streq(run->status, "succeeded")) {
		to = "done";
		resource_run_ended(cx, run, t);
	} else if (streq(run->status, "cancelled"))
		to = "cancelled";
	if (machine_find(&ticket_machine, t->status, to) == NULL ||
	    PLANTED("ticket-left-open"))
		return;
	if (streq(t->status, "waiting_approval"))
		approval_void(cx, t, reason);
	else
		approval_void_open(cx, t, reason);
	move_ticket(cx, t, to, reason);
}

bool
ticket_was_approved(struct cx *cx, const struct run *run)
{
	const struct ticket *t = ticket_of_run(cx, run);
	size_t n = 0;
	const struct need *needs =
	    t == NULL ? NULL : approval_needs(cx, t->id, &n);

	for (size_t i = 0; i < n; i++)
		if (needs[i].run_id == run->id && needs[i].step_id == 0)
			return true;
	return false;
}

void
ticket_run_voided(struct cx *cx, const struct run *run, const char *reason)
{
	struct ticket *t = ticket_of_run(cx, run);
	struct approval_rule *today = NULL;
	size_t n = 0;
	struct err e;

	if (t == NULL)
		return;
	move_ticket(cx, t, "waiting_approval",
	    arena_printf(cx->arena, "approval withdrawn: %s", reason));
	if (!ticket_rules_today(cx, t, &today, &n, &e))
		ticket_note(cx, t, "status", e.message, NULL);
	approval_ask_again(cx, t, reason, today, n);
}

void
ticket_answered(struct cx *cx, struct ticket *t, const char *reason)
{
	if (t->task[0] == '\0' &&
	    machine_find(&ticket_hand_machine, t->status, "done") != NULL)
		move_ticket(cx, t, "done", reason);
}
