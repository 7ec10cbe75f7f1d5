/* SPDX-License-Identifier: MIT */
#include "base/plant.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/move.h"
#include "resource/run/run.h"
#include "resource/search/search.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"

static void
edit_decref(void *json)
{
	json_decref(json);
}

/* "size changed 10 → 500, environment dev → prod" */
static const char *
edit_difference(struct cx *cx, const struct ticket *t,
    const struct prepared *p)
{
	json_t *before = json_loads(t->params, 0, NULL);
	json_t *old, *new;
	struct buf text = { .data = NULL };
	const char *result;

	arena_cleanup(cx->arena, edit_decref, before);
	old = sealed_to_hmac(cx->site, before);
	new = sealed_to_hmac(cx->site, p->params);
	arena_cleanup(cx->arena, edit_decref, old);
	arena_cleanup(cx->arena, edit_decref, new);
	for (const struct schema *f = p->ask->task->params->fields;
	     f->name != NULL; f++) {
		json_t *a = json_object_get(old, f->name);
		json_t *b = json_object_get(new, f->name);

		if (a == b || (a != NULL && b != NULL && json_equal(a, b)))
			continue;
		if ((f->flags & F_SECRET) != 0)
			buf_printf(&text, "%s`%s` changed (secret)",
			    text.len > 0 ? ", " : "", f->name);
		else
			buf_printf(&text, "%s`%s` changed %s → %s",
			    text.len > 0 ? ", " : "", f->name,
			    a == NULL ? "nothing"
				      : json_canonical(cx->arena, a),
			    b == NULL ? "nothing"
				      : json_canonical(cx->arena, b));
	}
	if (!streq(t->environment, p->ask->environment->name))
		buf_printf(&text, "%senvironment changed %s → %s",
		    text.len > 0 ? ", " : "", t->environment,
		    p->ask->environment->name);
	result = text.len > 0 ? arena_str(cx->arena, buf_str(&text)) : NULL;
	buf_finish(&text);
	return result;
}

/* What it asks for with the changes in it, plain and checked. */
static bool
edit_params(struct cx *cx, const struct ticket *t, const json_t *changes,
    struct problems *problems, json_t **ret, struct err *e)
{
	json_t *stored = json_loads(t->params, 0, NULL);
	json_t *plain = sealed_to_plain(cx->site, stored, e);
	const struct task *task = platform_task(cx->platform, t->task);

	json_decref(stored);
	if (plain == NULL)
		return false;
	arena_cleanup(cx->arena, edit_decref, plain);
	if (changes != NULL)
		json_object_update(plain, (json_t *)(uintptr_t)changes);
	if (task == NULL)
		return err_set(e, ERR_CONFLICT, "ticket.definition",
		    "task '%s' is no longer in the folder", t->task);
	return ask_params(cx, task, plain, problems, ret, e);
}

static bool
edit_allowed(const struct ticket *t, struct err *e)
{
	static const char *const early[] = { "open", "waiting_approval",
		"declined", "failed" };

	for (size_t i = 0; i < ARRAY_SIZE(early); i++)
		if (streq(t->status, early[i]))
			return true;
	err_set(e, ERR_CONFLICT, "ticket.closed",
	    "%s is %s: what it asks for cannot be changed any more", t->key,
	    t->status);
	return err_hint(e, "make another request");
}

/* What an undo takes away is what was made, and nothing else. */
static bool
edit_is_ask(struct cx *cx, const struct ticket *t, const struct run *run,
    struct err *e)
{
	const struct run *of;

	if (run == NULL || run->undo_of == 0)
		return true;
	of = run_by_id(cx, run->undo_of);
	err_set(e, ERR_CONFLICT, "ticket.undo",
	    "%s undoes %s: what it asks for cannot be changed", t->key,
	    of == NULL ? "a run" : of->key);
	return of == NULL ? false : err_hint(e, "slipway undo %s", of->key);
}

static void
edit_title(struct cx *cx, struct ticket *t, const char *title)
{
	if (title == NULL || streq(title, t->title))
		return;
	ticket_note(cx, t, "edit",
	    arena_printf(cx->arena, "title changed: %s", title), NULL);
	audit(cx, "ticket.edited", t->key, "done", "title", NULL);
	t->title = title;
}

bool
ticket_edit(struct cx *cx, struct ticket *t, const char *title,
    const char *environment, const json_t *params,
    struct problems *problems, struct err *e)
{
	struct run *old = run_by_id(cx, t->run_id);
	json_t *wanted = NULL;
	struct prepared p;
	struct ask ask;
	const char *difference, *withdrawn;
	bool lost = false;
	struct run *run;

	if (!edit_allowed(t, e) || !edit_is_ask(cx, t, old, e) ||
	    !edit_params(cx, t, params, problems, &wanted, e) ||
	    !ticket_prepare(cx, t,
		environment == NULL ? t->environment : environment, wanted,
		&ask, &p, e))
		return false;
	edit_title(cx, t, title);
	difference = edit_difference(cx, t, &p);
	if (difference == NULL && !streq(t->status, "declined")) {
		move_save_ticket(cx, t);
		search_learn_ticket(cx, t->id);
		return true;
	}
	if (difference == NULL)
		difference = "asked for again";
	withdrawn = arena_printf(cx->arena, "approval withdrawn: %s",
	    difference);
	if (!PLANTED("votes-kept-on-edit"))
		lost = approval_void(cx, t, withdrawn);
	ticket_note(cx, t, "edit", lost ? withdrawn : difference,
	    arena_printf(cx->arena,
		"{\"old_plan\":\"%s\",\"new_plan\":\"%s\"}", t->plan_hash,
		p.plan_hash));
	audit(cx, "ticket.edited", t->key, "done", difference, NULL);

	t->last_editor = actor_name(cx->actor);
	if (cx->actor->person != NULL)
		ticket_author_add(cx, t, cx->actor->person, "edited it");
	t->environment = ask.environment->name;
	t->params = json_canonical(cx->arena, p.params);
	t->plan_hash = p.plan_hash;
	t->resolution = "";
	t->run_id = 0;
	if (!PLANTED("edit-tells-old-run"))
		move_save_ticket(cx, t); /* so that the old run tells it nothing */
	search_learn_ticket(cx, t->id);
	if (old != NULL)
		run_cancel(cx, old, "the request was edited");
	run = ask_write_run(cx, &p, t,
	    p.nrules > 0 ? "waiting_approval" : "queued", "");
	ticket_asked(cx, t, run, p.rules, p.nrules, &p.notes);
	run_settle(cx, run);
	return true;
}
