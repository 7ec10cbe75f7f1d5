/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/run.h"
#include "spec/run_plan.h"
#include "spec/search.h"
#include "spec/ticket.h"

static void
show_votes(struct session *s, const json_t *votes)
{
	struct arena *a = s->arena;
	json_t *vote;
	size_t i;

	json_array_foreach(votes, i, vote)
	{
		bool yes =
		    strcmp(text_get(a, vote, "decision"), "approve") == 0;
		const char *note = text_get(a, vote, "note");

		const char *seat = text_get(a, vote, "for_person");

		session_say(s, "      %s%s%s %s %s%s%s\n",
		    text_get(a, vote, "person"),
		    *seat != '\0' ? " for " : "", seat,
		    session_tone(s, yes ? TONE_GOOD : TONE_BAD,
			yes ? "approved" : "declined"),
		    text_ago(a, json_object_get(vote, "at")),
		    *note != '\0' ? ": " : "", note);
	}
}

/* In the middle of a run: which step, with what, and what it would do. */
static void
show_need_step(struct session *s, const json_t *need)
{
	struct arena *a = s->arena;
	const char *params = text_params(a, json_object_get(need, "params"));
	const char *preview =
	    text_lines(a, json_object_get(need, "preview"));

	session_say(s, "  step %s %s%s%s%s\n", text_get(a, need, "step_id"),
	    text_get(a, need, "task"), *params != '\0' ? " (" : "", params,
	    *params != '\0' ? ")" : "");
	if (*preview != '\0' &&
	    strcmp(text_get(a, need, "status"), "open") == 0) {
		session_say(s, "      would do, by its preview %s:\n",
		    text_hash(a, need, "preview_hash"));
		show_below(s, 8, preview);
	}
}

/* "casey, robin; nora for casey until …; expires …" */
static void
show_need_who(struct session *s, const json_t *need)
{
	struct arena *a = s->arena;
	const char *who = text_get(a, need, "may_decide");
	const char *end = text_ago(a, json_object_get(need, "expires_at"));
	const char *stand_ins = "", *then = text_get(a, need, "when_expired");
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(need, "stand_ins"), i, one)
	    stand_ins = arena_printf(a, "%s; %s for %s", stand_ins,
		text_get(a, one, "person"), text_get(a, one, "stands_in_for"));
	session_say(s, "      may decide: %s%s%s%s%s%s\n",
	    *who != '\0' ? who : "nobody", stand_ins,
	    *end != '\0' ? "; expires " : "", end,
	    strcmp(then, "cancel") == 0 ? "" : ", then: ",
	    strcmp(then, "cancel") == 0 ? "" : then);
}

static void
show_need(struct session *s, const json_t *need)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, need, "status");
	bool open = strcmp(status, "open") == 0;
	const char *until = text_ago(a, json_object_get(need, "valid_until"));

	if (*text_get(a, need, "task") != '\0')
		show_need_step(s, need);
	session_say(s, "  %s %s  %s%s\n",
	    session_tone(s, open ? TONE_BUSY : term_status_tone(status),
		open ? term_status_mark(&s->term, "approval")
		     : term_status_mark(&s->term, status)),
	    text_get(a, need, "rule"),
	    session_tone(s, TONE_DIM, text_get(a, need, "source")),
	    open ? "" : arena_printf(a, "  [%s]", text_status(a, status)));
	if (open)
		show_need_who(s, need);
	else if (*until != '\0')
		session_say(s, "      to begin with: %s\n", until);
	show_votes(s, json_object_get(need, "votes"));
}

/* Void before anybody decided: of an earlier plan, and nobody's business. */
static bool
show_is_void(const json_t *need)
{
	return streq(json_string_value(json_object_get(need, "status")),
		   "void") &&
	       json_array_size(json_object_get(need, "votes")) == 0;
}

void
show_needs(struct session *s, const json_t *needs)
{
	json_t *need;
	size_t i;

	if (json_array_size(needs) == 0)
		return;
	show_section(s, "Approval");
	json_array_foreach(needs, i, need)
	{
		if (!show_is_void(need))
			show_need(s, need);
	}
}

void
show_warnings(struct session *s, const json_t *warnings)
{
	json_t *item;
	size_t i;

	json_array_foreach(warnings, i, item) session_say(s, "%s %s\n",
	    session_tone(s, TONE_BUSY, "warning:"), text_value(s->arena, item));
}

/* What was done: "declined: late" of "declined by casey: late", "approved" of
 * "approved, the last by casey". */
static const char *
show_act(struct arena *a, const char *body, const char *actor)
{
	const char *by = arena_printf(a, " by %s", actor);
	const char *at = strstr(body, by);

	if (at != NULL)
		body = arena_printf(
		    a, "%.*s%s", (int)(at - body), body, at + strlen(by));
	return arena_strndup(a, body, strcspn(body, ","));
}

/*
 * Of two lines by the same person in the same second the one that tells both;
 * NULL: they are two.  What people wrote stands as they wrote it.
 */
static const json_t *
show_one_act(struct session *s, const json_t *x, const json_t *y)
{
	struct arena *a = s->arena;
	const char *body = text_get(a, x, "body");
	const char *other = text_get(a, y, "body");
	const char *actor = text_get(a, x, "actor");
	bool covers = strstr(body, show_act(a, other, actor)) != NULL;
	bool covered = strstr(other, show_act(a, body, actor)) != NULL;

	if (strncmp(text_get(a, x, "at"), text_get(a, y, "at"), 19) != 0 ||
	    strcmp(actor, text_get(a, y, "actor")) != 0 ||
	    strcmp(text_get(a, x, "kind"), "comment") == 0 ||
	    strcmp(text_get(a, y, "kind"), "comment") == 0 ||
	    (!covers && !covered))
		return NULL;
	if (covers && covered)
		return strlen(other) > strlen(body) ? y : x;
	return covers ? x : y;
}

/* A comment has its number, to be changed by. */
static const char *
show_entry_text(struct session *s, const json_t *entry)
{
	struct arena *a = s->arena;
	const char *body = text_lines(a, json_object_get(entry, "body"));

	if (strcmp(text_get(a, entry, "kind"), "link") == 0)
		return text_status(a, body);
	if (strcmp(text_get(a, entry, "kind"), "comment") != 0)
		return body;
	if (*text_get(a, entry, "removed_at") != '\0')
		body = session_tone(s, TONE_DIM, "(taken back)");
	else if (*text_get(a, entry, "edited_at") != '\0')
		body = arena_printf(
		    a, "%s %s", body, session_tone(s, TONE_DIM, "(edited)"));
	return arena_printf(a, "%s %s",
	    session_tone(s, TONE_DIM,
		arena_printf(a, "#%s", text_get(a, entry, "id"))), body);
}

static void
show_entry_line(struct session *s, const json_t *entry)
{
	struct arena *a = s->arena;
	struct str body = str_of(show_entry_text(s, entry));
	const char *at = text_ago(a, json_object_get(entry, "at"));
	const char *actor = text_get(a, entry, "actor");

	do {
		struct str line = str_cut(body, '\n', &body);

		session_say(
		    s, "  %-12s %-10s %.*s\n", at, actor, (int)line.n, line.p);
		at = actor = "";
	} while (body.n > 0);
}

static void
show_history(struct session *s, const json_t *history)
{
	const json_t *last = json_array_get(history, 0);

	if (last == NULL)
		return;
	show_section(s, "History");
	for (size_t i = 1; i < json_array_size(history); i++) {
		const json_t *entry = json_array_get(history, i);
		const json_t *both = show_one_act(s, last, entry);

		if (both == NULL)
			show_entry_line(s, last);
		last = both == NULL ? entry : both;
	}
	show_entry_line(s, last);
}

static bool
show_asks(const json_t *detail)
{
	json_t *need;
	size_t i;

	json_array_foreach(json_object_get(detail, "needs"), i, need)
	{
		if (streq(json_string_value(json_object_get(need, "status")),
			"open"))
			return true;
	}
	return false;
}

void
show_ticket_next(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const json_t *ticket = json_object_get(detail, "ticket");
	const char *key = text_get(a, ticket, "key");
	const char *status = text_get(a, ticket, "status");
	const char *run = text_get(a, detail, "run");

	if (*text_get(a, ticket, "task") == '\0') {
		if (machine_is_final(&ticket_machine, status))
			return;
		show_section(s, "Next");
		if (strcmp(status, "open") == 0)
			show_next(s,
			    arena_printf(a,
				"slipway ticket move %s --to in_progress", key),
			    "to work on it");
		show_next(s, arena_printf(a, "slipway ticket close %s", key),
		    "when it is done");
	} else if (strcmp(status, "waiting_approval") == 0 ||
		   show_asks(detail)) {
		show_section(s, "Next");
		show_next(s, arena_printf(a, "slipway approve %s", key),
		    "for those who may decide");
		show_next(s, arena_printf(a, "slipway follow %s", run),
		    "to see it happen");
	} else if (strcmp(status, "declined") == 0) {
		show_section(s, "Next");
		show_next(s, arena_printf(a, "slipway edit %s", key),
		    "to amend it; it needs a new approval");
	} else if (!machine_is_final(&ticket_machine, status) &&
		   strcmp(status, "failed") != 0 && *run != '\0') {
		show_section(s, "Next");
		show_next(s, arena_printf(a, "slipway follow %s", run),
		    "to see it happen");
	}
}

static void
show_assignee(struct session *s, const json_t *t, const char *on_duty)
{
	const char *who = text_get(s->arena, t, "assignee");

	show_field(s, "assignee",
	    *on_duty == '\0'
		? who
		: arena_printf(s->arena, "%s, now %s", who, on_duty));
}

/* How it ranks and why, whose it is, when it is due. */
static void
show_work(struct session *s, const json_t *t, const char *on_duty)
{
	struct arena *a = s->arena;
	const char *why = text_get(a, t, "priority_reason");
	int64_t points = int_get(t, "points", 0);

	show_field(s, "kind", text_get(a, t, "kind"));
	show_field(s, "priority",
	    arena_printf(a, "%s%s", text_get(a, t, "priority"),
		*why == '\0' ? ""
			     : session_tone(s, TONE_DIM,
				   arena_printf(a, "  by %s", why))));
	if (points != 0)
		show_field(
		    s, "points", arena_printf(a, "%lld", (long long)points));
	show_assignee(s, t, on_duty);
	show_field(s, "epic", text_get(a, t, "epic"));
	show_field(s, "labels", text_get(a, t, "labels"));
	show_field(s, "due", text_ago(a, json_object_get(t, "due_at")));
}

static void
show_watchers(struct session *s, const json_t *watchers)
{
	const char *names = "";
	const json_t *item;
	size_t i;

	json_array_foreach(watchers, i, item) names =
	    arena_printf(s->arena, "%s%s%s", names, i > 0 ? ", " : "",
		text_get(s->arena, item, "person"));
	show_field(s, "watchers", names);
}

static void
show_description(struct session *s, const json_t *t)
{
	const char *text =
	    text_lines(s->arena, json_object_get(t, "description"));

	if (*text == '\0')
		return;
	session_say(s, "\n");
	show_below(s, 2, text);
}

static void
show_links(struct session *s, const json_t *links)
{
	struct arena *a = s->arena;
	const json_t *item;
	size_t i;

	if (json_array_size(links) == 0)
		return;
	show_section(s, "Links");
	json_array_foreach(links, i, item)
	    session_say(s, "  %-16s %s  %s  [%s]\n",
		text_status(a, text_get(a, item, "says")),
		text_get(a, item, "key"), text_get(a, item, "title"),
		text_status(a, text_get(a, item, "status")));
}

/* What belongs to an epic, as far as one sees it. */
static void
show_children(struct session *s, const json_t *t)
{
	struct arena *a = s->arena;
	json_t *query, *answer, *item;
	struct err ignored;
	size_t i;

	if (strcmp(text_get(a, t, "kind"), "epic") != 0)
		return;
	query = json_pack("{s:o, s:i}", "query",
	    json_sprintf("epic = %s ORDER BY key", text_get(a, t, "key")),
	    "limit", 100);
	if (session_call(s, &op_ticket_search, NULL, query, NULL, &answer,
		&ignored) &&
	    json_array_size(json_object_get(answer, "items")) > 0) {
		show_section(s, "Tickets");
		json_array_foreach(json_object_get(answer, "items"), i, item)
		    session_say(s, "  %-8s %s  [%s]\n",
			text_get(a, item, "key"), text_get(a, item, "title"),
			text_status(a, text_get(a, item, "status")));
	}
	json_decref(query);
}

/* To those who decide: what it would do, and how long it takes. */
static void
show_ticket_plan(struct session *s, const json_t *detail, const json_t *run)
{
	json_t *plan = NULL;
	struct err ignored;

	if (strcmp(text_get(s->arena, json_object_get(run, "run"), "status"),
		"waiting_approval") == 0 &&
	    !session_get(s, &op_run_plan, text_get(s->arena, detail, "run"),
		&plan, &ignored))
		plan = NULL;
	show_steps(s, run, plan);
	if (plan != NULL) {
		show_plan_facts(s, plan);
		show_later(s, plan);
	}
}

static void
show_again(struct session *s, const json_t *again)
{
	struct arena *a = s->arena;

	if (!json_is_object(again))
		return;
	show_field(s, "came",
	    arena_printf(a, "%lld times, last %s (%s)",
		(long long)int_get(again, "count", 1),
		text_ago(a, json_object_get(again, "last_at")),
		text_get(a, again, "same")));
}

void
show_ticket(
    struct session *s, const json_t *detail, const json_t *run, bool whole)
{
	struct arena *a = s->arena;
	const json_t *t = json_object_get(detail, "ticket");
	const char *status = text_get(a, t, "status");
	const char *editor = text_get(a, t, "last_editor");

	show_title(s, text_get(a, t, "key"), text_get(a, t, "title"), status);
	show_field(s, "resolution", text_get(a, t, "resolution"));
	if (json_is_true(json_object_get(t, "quick_fix")))
		show_field(s, "outcome", "workaround: patched, not solved");
	show_field(s, "requester",
	    arena_printf(a, "%s, %s", text_get(a, t, "requester"),
		text_ago(a, json_object_get(t, "created_at"))));
	if (strcmp(editor, text_get(a, t, "requester")) != 0)
		show_field(s, "edited by", editor);
	show_work(s, t, text_get(s->arena, detail, "on_duty"));
	show_field(s, "request", text_get(a, t, "request"));
	if (*text_get(a, t, "task") != '\0')
		show_field(s, "task",
		    arena_printf(a, "%s of %s", text_get(a, t, "task"),
			text_get(a, t, "team")));
	else
		show_field(s, "team", text_get(a, t, "team"));
	show_again(s, json_object_get(detail, "again"));
	show_field(s, "environment", text_get(a, t, "environment"));
	show_params(s, "parameters", json_object_get(t, "params"));
	show_field(s, "cost", text_get(a, detail, "cost"));
	show_field(s, "run", text_get(a, detail, "run"));
	show_field(s, "plan", text_hash(a, t, "plan_hash"));
	show_watchers(s, json_object_get(detail, "watchers"));
	show_description(s, t);
	show_links(s, json_object_get(detail, "links"));
	show_children(s, t);
	if (run != NULL)
		show_ticket_plan(s, detail, run);
	show_needs(s, json_object_get(detail, "needs"));
	if (json_array_size(json_object_get(detail, "warnings")) > 0) {
		session_say(s, "\n");
		show_warnings(s, json_object_get(detail, "warnings"));
	}
	show_outputs(
	    s, text_get(a, detail, "run"), json_object_get(detail, "outputs"));
	if (whole)
		show_history(s, json_object_get(detail, "history"));
	if (run == NULL)
		return;
	if (machine_is_final(&run_machine,
		text_get(a, json_object_get(run, "run"), "status")))
		show_failure(s, run);
	else
		show_hands(s, run);
}
