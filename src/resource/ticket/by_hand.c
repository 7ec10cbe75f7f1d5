/* SPDX-License-Identifier: MIT */
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/move.h"
#include "resource/ticket/work.h"
#include "spec/validate.h"

struct access_target
ticket_target(const struct ticket *t)
{
	const char *name = t->request[0] != '\0' ? t->request : t->task;

	return (struct access_target){ t->team,
		t->environment[0] != '\0' ? t->environment : NULL,
		name[0] != '\0' ? name : NULL };
}

bool
ticket_is_assigned(struct cx *cx, const struct ticket *t, const char *person)
{
	struct str duty, team = str_cut(str_of(t->assignee), ':', &duty);

	if (person == NULL || t->assignee[0] == '\0')
		return false;
	return streq(t->assignee, person) ||
	    (str_is(duty, "duty") &&
		platform_is_one_of(cx->platform, person,
		    arena_str(cx->arena, team)));
}

bool
ticket_may_work(struct cx *cx, const struct ticket *t, struct err *e)
{
	const struct access_target target = ticket_target(t);

	if (ticket_is_assigned(cx, t, cx->actor->person))
		return access_token_check_on(cx, RIGHT_CANCEL, &target, e);
	return access_check_seen(cx, RIGHT_CANCEL, &target, "ticket", t->key,
	    e);
}

bool
ticket_may_word(struct cx *cx, const struct ticket *t, struct err *e)
{
	const struct access_target target = ticket_target(t);

	if (cx->actor->person != NULL &&
	    streq(cx->actor->person, t->requester))
		return access_token_check_on(cx, RIGHT_REQUEST, &target, e);
	return ticket_may_work(cx, t, e);
}

static const char *
moves_text(struct cx *cx, const struct machine *m, const char *from)
{
	const char *text = NULL;

	for (const struct machine_move *v = m->moves; v->from != NULL; v++)
		if (streq(v->from, from))
			text = text == NULL
			    ? v->to
			    : arena_printf(cx->arena, "%s, %s", text, v->to);
	return text == NULL ? "nowhere" : text;
}

/* It is moved by hand, and there. */
static bool
hand_check(struct cx *cx, const struct ticket *t, const char *to,
    struct err *e)
{
	if (t->task[0] != '\0') {
		err_set(e, ERR_CONFLICT, "ticket.move",
		    "%s is moved by its run, and not by hand: it is %s",
		    t->key, machine_words(cx->arena, t->status));
		return err_hint(e, "slipway ticket moves %s", t->key);
	}
	if (machine_find(&ticket_hand_machine, t->status, to) != NULL)
		return true;
	err_set(e, ERR_CONFLICT, "ticket.move",
	    "%s cannot go from %s to %s: from there it goes to %s", t->key,
	    t->status, to, moves_text(cx, &ticket_hand_machine, t->status));
	return err_hint(e, "slipway ticket moves %s", t->key);
}

bool
ticket_move_by_hand(struct cx *cx, struct ticket *t, const char *to,
    const char *note, struct err *e)
{
	if (!hand_check(cx, t, to, e))
		return false;
	move_ticket(cx, t, to,
	    note[0] != '\0'
		? note
		: machine_find(&ticket_hand_machine, t->status, to)->why);
	return true;
}

/* The ticket of the lasting solution, spun off from t. */
static bool
finish_lasting(struct cx *cx, struct ticket *t, const char *title,
    struct err *e)
{
	struct ticket *lasting = ARENA_NEW(cx->arena, struct ticket);
	const char *kind = streq(t->kind, "incident") ? "operation" : t->kind;

	*lasting = (struct ticket){ .project = t->project, .kind = kind,
		.title = title, .status = "open", .priority = "operational",
		.priority_reason = arena_printf(cx->arena,
		    "the lasting solution of %s", t->key),
		.requester = actor_name(cx->actor),
		.last_editor = actor_name(cx->actor), .team = t->team,
		.description = arena_printf(cx->arena,
		    "%s was only patched: %s", t->key, t->title) };
	ticket_insert(cx, lasting);
	return ticket_link_add(cx, lasting, "spun_off_from", t, e);
}

bool
ticket_finish(struct cx *cx, struct ticket *t, const json_t *body,
    struct err *e)
{
	const char *outcome = call_text(body, "outcome");
	const char *lasting = call_text(body, "lasting");
	const char *no_lasting = call_text(body, "no_lasting");
	const char *note = call_text(body, "note");
	const char *to = streq(outcome, "dropped") ? "cancelled" : "done";
	const bool quick = call_bool(body, "quick_fix") ||
	    streq(outcome, "workaround");

	if (!hand_check(cx, t, to, e))
		return false;
	if (quick && streq(to, "cancelled"))
		return err_set(e, ERR_INVALID, "ticket.outcome",
		    "what is dropped was not fixed, not even quickly");
	if (quick && (lasting == NULL) == (no_lasting == NULL)) {
		err_set(e, ERR_INVALID, "ticket.lasting",
		    "%s is a quick fix: what will last is %s", t->key,
		    lasting == NULL ? "missing" : "said twice");
		return err_hint(e,
		    "--lasting 'TITLE' opens a ticket for it, --no-lasting "
		    "'REASON' says why there is none");
	}
	if (lasting != NULL && !finish_lasting(cx, t, lasting, e))
		return false;
	if (no_lasting != NULL)
		ticket_note(cx, t, "edit",
		    arena_printf(cx->arena, "no lasting solution: %s",
			no_lasting), NULL);
	t->quick_fix = quick;
	t->outcome = quick ? "workaround" : outcome;
	move_ticket(cx, t, to,
	    note[0] != '\0'
		? note
		: machine_find(&ticket_hand_machine, t->status, to)->why);
	return true;
}
