/* SPDX-License-Identifier: MIT */
#include "cli/wait.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/artifact.h"
#include "cli/follow.h"
#include "cli/show.h"
#include "cli/text.h"
#include "spec/catalogue.h"
#include "spec/run.h"
#include "spec/run_plan.h"
#include "spec/ticket.h"

#define WAIT_PLAN_MS INT64_C(12000)
#define WAIT_POLL_MS 400

static void
wait_pause(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* The first looks come quickly: most plans stand at once. */
bool
wait_planned(
    struct session *s, const char *run, json_t **ret_detail, struct err *e)
{
	int64_t end = clock_boot_ms() + WAIT_PLAN_MS;
	long pause = 25;

	for (;;) {
		if (!session_get(s, &op_run_get, run, ret_detail, e))
			return false;
		if (!json_is_true(json_object_get(*ret_detail, "planning")) ||
		    clock_boot_ms() > end)
			return true;
		wait_pause(pause);
		pause = pause * 2 > WAIT_POLL_MS ? WAIT_POLL_MS : pause * 2;
	}
}

/* --- how the person wants to wait --- */

bool
wait_how(const struct args *args, struct wait_how *ret, struct err *e)
{
	const char *within = args_local(args, "within");

	memset(ret, 0, sizeof(*ret));
	ret->log = args_local(args, "follow") != NULL;
	ret->artifacts = args_local(args, "artifacts");
	ret->follow = ret->log || args_local(args, "wait") != NULL ||
		      within != NULL || ret->artifacts != NULL;
	ret->no_wait = args_local(args, "no_wait") != NULL;
	if (ret->follow && ret->no_wait)
		return err_set(e, ERR_SYNTAX, "usage",
		    "--no-wait does not go with --wait, --follow, --within "
		    "or --artifacts");
	if (within == NULL)
		return true;
	if (!schema_duration(within, &ret->within_ms))
		return err_set(e, ERR_SYNTAX, "flag.value",
		    "--within '%s': not a time such as 30s or 10m", within);
	if (ret->within_ms == 0)
		ret->within_ms = 1;
	return true;
}

static const char *
wait_status(const json_t *detail)
{
	const char *status = json_string_value(
	    json_object_get(json_object_get(detail, "run"), "status"));

	return status == NULL ? "" : status;
}

/* Without a word about waiting, a terminal sees the run through unless it
 * first needs other people. */
static bool
wait_wanted(struct session *s, const struct wait_how *how, const json_t *detail)
{
	if (machine_is_final(&run_machine, wait_status(detail)))
		return false;
	if (how->follow)
		return true;
	return !how->no_wait && s->term.out_tty && !s->globals.json &&
	       !s->globals.quiet &&
	       strcmp(wait_status(detail), "waiting_approval") != 0;
}

static int
wait_code(const struct wait_how *how, const char *status)
{
	if (strcmp(status, "waiting_approval") == 0 && !how->no_wait)
		return EXIT_OK;
	return follow_exit(status);
}

/* What came of it, after it was followed; the ticket knows the outputs. */
static void
wait_show_end(struct session *s, const char *run)
{
	json_t *detail;
	struct err ignored;

	if (!session_get(s, &op_run_get, run, &detail, &ignored))
		return;
	if (s->globals.json) {
		session_json(s, detail);
		return;
	}
	session_say(s, "\n");
	show_run_end(s, detail);
	if (strcmp(wait_status(detail), "succeeded") == 0)
		show_outputs(s, run, show_run_outputs(detail));
	else
		show_failure(s, detail);
}

/* What it left, to where it was told; the code of the run stays unless that
 * is not possible. */
static int
wait_leave(struct session *s, const struct wait_how *how, const char *run,
    int code)
{
	struct err e;

	if (how->artifacts == NULL ||
	    artifact_save_run(s, run, how->artifacts, &e))
		return code;
	return session_fail(s, &e);
}

static int
wait_follow(struct session *s, const struct wait_how *how, const char *run,
    int64_t after_attempt)
{
	struct follow_options o = { .run = run,
		.after_attempt = after_attempt,
		.log = how->log,
		.progress = !s->globals.quiet && !s->globals.json,
		.within_ms = how->within_ms,
		.alone = getenv("SLIPWAY_PRIVATE") != NULL };
	bool json = s->globals.json;
	int code;

	session_say(s, "\n");
	fflush(s->out);
	s->globals.json = false;
	if (json)
		o.log = o.progress = false;
	code = follow_run(s, &o);
	s->globals.json = json;
	if (code > EXIT_UNKNOWN)
		return code;
	wait_show_end(s, run);
	return wait_leave(s, how, run, code);
}

/* --- the pages --- */

static void
wait_show_run(struct session *s, const json_t *asked, const json_t *detail,
    const json_t *plan)
{
	struct arena *a = s->arena;
	const json_t *run = json_object_get(detail, "run");
	const char *status = wait_status(detail);

	if (strcmp(status, "succeeded") == 0 &&
	    !json_is_true(json_object_get(run, "dry"))) {
		show_title(s, text_get(a, run, "key"), text_get(a, run, "task"),
		    status);
		show_field(s, "reason", text_get(a, run, "reason"));
		show_steps(s, detail, plan);
		show_outputs(
		    s, text_get(a, run, "key"), show_run_outputs(detail));
		return;
	}
	show_title(s, text_get(a, run, "key"), text_get(a, run, "task"),
	    json_is_true(json_object_get(run, "dry")) ? "" : status);
	show_field(s, "environment", text_get(a, run, "environment"));
	show_params(s, "parameters", json_object_get(run, "params"));
	show_field(s, "cost", text_get(a, asked, "cost"));
	show_field(s, "undoes", text_get(a, detail, "undo_of"));
	show_field(s, "plan", text_hash(a, run, "plan_hash"));
	show_steps(s, detail, plan);
	if (asked != NULL)
		show_needs(s, json_object_get(asked, "needs"));
}

/*
 * The ticket when there is one and it can be read, else the run.  The run is
 * read again after the ticket, lest the page contradict itself.
 */
static void
wait_show_asked(struct session *s, const json_t *asked, const json_t *ticket,
    const json_t *detail)
{
	if (json_is_true(json_object_get(asked, "joined")))
		session_say(s, "the same is running already; you watch %s\n\n",
		    text_get(s->arena, asked, "run"));
	if (ticket != NULL) {
		show_ticket(s, ticket, detail, false);
		return;
	}
	wait_show_run(s, asked, detail, NULL);
	show_warnings(s, json_object_get(asked, "warnings"));
	if (machine_is_final(&run_machine, wait_status(detail)))
		show_failure(s, detail);
}

/* The ticket of an ask, NULL if there is none to be seen. */
static json_t *
wait_ticket_of(struct session *s, const json_t *asked, json_t **detail)
{
	const char *key = json_string_value(json_object_get(asked, "ticket"));
	json_t *ticket, *again;
	struct err ignored;

	if (key == NULL ||
	    !session_get(s, &op_ticket_get, key, &ticket, &ignored))
		return NULL;
	if (session_get(s, &op_run_get, text_get(s->arena, asked, "run"),
		&again, &ignored))
		*detail = again;
	return ticket;
}

static int
wait_dry(struct session *s, const json_t *asked, const json_t *detail)
{
	json_t *plan = NULL;
	struct err ignored;

	if (s->globals.json)
		return session_json(s, detail);
	if (!session_get(s, &op_run_plan, text_get(s->arena, asked, "run"),
		&plan, &ignored))
		plan = NULL;
	wait_show_run(s, asked, detail, plan);
	show_warnings(s, json_object_get(asked, "warnings"));
	if (plan != NULL)
		show_plan_rest(s, plan);
	session_say(s, "\nnothing was started: this was the plan\n");
	return EXIT_OK;
}

int
wait_asked(struct session *s, const struct wait_how *how, const json_t *asked,
    bool dry)
{
	const char *run = text_get(s->arena, asked, "run");
	const char *ticket = text_get(s->arena, asked, "ticket");
	json_t *detail, *page;
	struct err e;

	if (s->globals.json && !how->follow && !dry) {
		session_json(s, asked);
		return wait_code(how, text_get(s->arena, asked, "status"));
	}
	if (!wait_planned(s, run, &detail, &e))
		return session_fail(s, &e);
	if (dry)
		return wait_dry(s, asked, detail);
	if (s->globals.quiet)
		fprintf(s->out, "%s\n", *ticket != '\0' ? ticket : run);
	page = wait_ticket_of(s, asked, &detail);
	wait_show_asked(s, asked, page, detail);
	if (wait_wanted(s, how, detail))
		return wait_follow(s, how, run, 0);
	if (s->globals.json)
		session_json(s, detail);
	if (page != NULL)
		show_ticket_next(s, page);
	else if (!machine_is_final(&run_machine, wait_status(detail)))
		session_say(s, "\nfollow it: slipway follow %s\n", run);
	return wait_leave(s, how, run, wait_code(how, wait_status(detail)));
}

/* The largest number of an attempt there is. */
static int64_t
wait_last_attempt(const json_t *detail)
{
	json_t *step, *attempt;
	int64_t last = 0, id;
	size_t i, k;

	json_array_foreach(json_object_get(detail, "steps"), i, step)
	{
		json_array_foreach(json_object_get(step, "attempts"), k, attempt)
		{
			id = int_get(attempt, "id", 0);
			last = id > last ? id : last;
		}
	}
	return last;
}

/* Which definitions run now, and which did in the run it tries again. */
static const char *
wait_versions(struct session *s, const json_t *detail)
{
	struct arena *a = s->arena;
	const char *now =
	    text_hash(a, json_object_get(detail, "run"), "closure_hash");

	if (json_string_value(json_object_get(detail, "retry_of")) == NULL)
		return arena_printf(a, " with the definitions %s", now);
	return arena_printf(a, " (%s again) with the definitions %s, not %s",
	    text_get(a, detail, "retry_of"), now,
	    text_hash(a, detail, "retry_of_closure"));
}

int
wait_retried(struct session *s, const struct wait_how *how, json_t *detail)
{
	const char *run =
	    text_get(s->arena, json_object_get(detail, "run"), "key");

	if (!wait_wanted(s, how, detail)) {
		show_answer(s, &op_run_retry, detail);
		return wait_code(how, wait_status(detail));
	}
	session_say(s, "retrying %s%s\n", run, wait_versions(s, detail));
	return wait_follow(s, how, run, wait_last_attempt(detail));
}

int
wait_ticket(struct session *s, json_t *detail)
{
	const json_t *ticket = json_object_get(detail, "ticket");
	const char *key = text_get(s->arena, ticket, "key");
	const char *run = json_string_value(json_object_get(detail, "run"));
	json_t *again, *planned;
	struct err e;

	if (s->globals.json || s->globals.quiet || run == NULL ||
	    !wait_planned(s, run, &planned, &e) ||
	    !session_get(s, &op_ticket_get, key, &again, &e))
		return show_answer(s, &op_ticket_edit, detail);
	show_ticket(s, again, planned, true);
	show_ticket_next(s, again);
	return EXIT_OK;
}
