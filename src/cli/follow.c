/* SPDX-License-Identifier: MIT */
#include "cli/follow.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/map.h"
#include "cli/clean.h"
#include "cli/dump.h"
#include "cli/show.h"
#include "cli/text.h"
#include "spec/run.h"
#include "spec/validate.h"

#define FOLLOW_PATIENCE_MS INT64_C(600000)
#define FOLLOW_NAME 32 /* columns for the name of a step */
#define FOLLOW_LINE_BYTES 16384 /* longer lines are shown in pieces */

struct follow_step {
	char name[88]; /* task; with its number when it is not the only one */
	char status[24]; /* last shown */
	bool running, asked; /* waits for a person */
	bool held; /* it was said what it waits for */
	struct clean clean;
	struct buf line;
};

struct follow {
	struct session *session;
	const struct follow_options *options;
	const json_t *known; /* steps when it began, or NULL */
	struct map steps; /* by id as text */
	const struct follow_step *shown; /* whose line was the last */
	unsigned running, asked;
	int width; /* of task names */
	char status[24];
	bool ended, away, left;
};

/* --- leaving early --- */

/*
 * A signal handler has no argument, so that what it is to say and to return
 * waits here.
 */
static struct {
	char text[384];
	volatile sig_atomic_t code;
} follow_goodbye;

static void
follow_leave(int sig)
{
	ssize_t ignored = write(
	    STDERR_FILENO, follow_goodbye.text, strlen(follow_goodbye.text));

	(void)ignored;
	_exit(sig == SIGALRM ? (int)follow_goodbye.code : 128 + sig);
}

static void
follow_arm(const struct follow_options *o, bool on)
{
	struct sigaction act = { .sa_handler = on ? follow_leave : SIG_DFL };
	struct itimerval timer = { 0 };

	snprintf(follow_goodbye.text, sizeof(follow_goodbye.text),
	    "\n%s goes on without you\n  come back: slipway follow %s\n"
	    "  end it:    slipway cancel %s\n",
	    o->run, o->run, o->run);
	follow_goodbye.code = EXIT_LATER;
	sigaction(SIGINT, &act, NULL);
	if (o->within_ms <= 0)
		return;
	sigaction(SIGALRM, &act, NULL);
	if (on) {
		timer.it_value.tv_sec = o->within_ms / 1000;
		timer.it_value.tv_usec = o->within_ms % 1000 * 1000;
	}
	setitimer(ITIMER_REAL, &timer, NULL);
}

int
follow_exit(const char *status)
{
	static const struct {
		const char *status;
		int code;
	} codes[] = {
		{ "failed", EXIT_FAILED },
		{ "waiting_approval", EXIT_WAITING },
		{ "cancelled", EXIT_CANCELLED },
		{ "timed_out", EXIT_TIMED_OUT },
		{ "unknown", EXIT_UNKNOWN },
		{ "unkillable", EXIT_UNKNOWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		if (streq(codes[i].status, status))
			return codes[i].code;
	}
	return EXIT_OK;
}

/* --- steps --- */

/* How many steps of the run are of this task. */
static unsigned
follow_count(const struct follow *f, const char *task)
{
	json_t *step;
	unsigned n = 0;
	size_t i;

	json_array_foreach(f->known, i, step)
	{
		n += !json_is_true(json_object_get(step, "foreach")) &&
		    streq(json_string_value(json_object_get(step, "task")),
			task);
	}
	return n;
}

static const json_t *
follow_known(const struct follow *f, int64_t id)
{
	json_t *step;
	size_t i;

	json_array_foreach(f->known, i, step)
	{
		if (int_get(step, "id", 0) == id)
			return step;
	}
	return NULL;
}

/* What is not known from the beginning is one of many: of a foreach. */
static const char *
follow_name(const struct follow *f, int64_t id, const char *task)
{
	const json_t *step = follow_known(f, id);
	int64_t cleans = int_get(step, "cleans", 0);
	struct arena *a = f->session->arena;

	if (cleans != 0)
		return arena_printf(a, "%s after %s", task,
		    text_get(a, follow_known(f, cleans), "task"));
	if (json_is_true(json_object_get(step, "foreach")))
		return arena_printf(a, "%s, each", task);
	if (f->known != NULL && step != NULL && follow_count(f, task) < 2)
		return task;
	return arena_printf(a, "%s %lld", task, (long long)id);
}

/* Columns of the names that are known before they come. */
static void
follow_know(struct follow *f)
{
	struct session *s = f->session;
	json_t *detail, *step;
	struct err ignored;
	size_t i;

	if (s->globals.json ||
	    !session_get(s, &op_run_get, f->options->run, &detail, &ignored))
		return;
	f->known = json_object_get(detail, "steps");
	json_array_foreach(f->known, i, step)
	{
		size_t n = strlen(follow_name(f, int_get(step, "id", 0),
		    text_get(s->arena, step, "task")));

		if (n > (size_t)f->width && f->width < FOLLOW_NAME)
			f->width = n > FOLLOW_NAME ? FOLLOW_NAME : (int)n;
	}
}

static struct follow_step *
follow_step_of(struct follow *f, int64_t id, const char *task)
{
	char key[24];
	struct follow_step *step;

	snprintf(key, sizeof(key), "%lld", (long long)id);
	step = map_get(&f->steps, key);
	if (step != NULL)
		return step;
	step = calloc(1, sizeof(*step));
	ASSERT(step != NULL);
	snprintf(
	    step->name, sizeof(step->name), "%s", follow_name(f, id, task));
	clean_init(&step->clean, f->session->term.colour);
	map_put(&f->steps, key, step);
	return step;
}

static void
follow_forget(struct follow *f)
{
	const char *key;
	void *value;

	for (size_t i = 0; map_next(&f->steps, &i, &key, &value);) {
		struct follow_step *step = value;

		buf_finish(&step->line);
		free(step);
	}
	map_finish(&f->steps);
}

/* States that pass by too quickly, or say nothing to a person. */
static bool
follow_is_quiet(const char *status)
{
	static const char *const quiet[] = { "check", "checking", "idle",
		"not_needed", "previewing", "ready", "verifying", "waiting" };

	for (size_t i = 0; i < ARRAY_SIZE(quiet); i++) {
		if (strcmp(status, quiet[i]) == 0)
			return true;
	}
	return false;
}

/* The lines of a step's log that are whole; with `all` the rest too. */
static void
follow_lines(struct follow *f, struct follow_step *step, bool all)
{
	FILE *out = f->session->out;
	bool prefix = f->running > 1 ||
		      (f->shown != NULL && f->shown != step);

	while (step->line.len > 0) {
		const char *end = memchr(step->line.data, '\n', step->line.len);
		size_t n = end == NULL ? step->line.len
				       : (size_t)(end - step->line.data);

		if (end == NULL && !all && n < FOLLOW_LINE_BYTES)
			return;
		if (prefix)
			fprintf(out, "%*s %s ", f->width, step->name,
			    f->session->term.utf8 ? "│" : "|");
		fwrite(step->line.data, 1, n, out);
		fputc('\n', out);
		buf_consume(&step->line, n + (end != NULL));
	}
}

static void
follow_step_line(struct follow *f, struct follow_step *step, const json_t *data,
    const char *status)
{
	struct session *s = f->session;
	struct arena *a = s->arena;
	const char *reason = text_get(a, data, "reason");
	const char *took = "", *words;

	if (machine_is_final(&step_machine, status))
		took = text_ms(a, json_object_get(data, "duration_ms"));
	words = text_status(a, status);
	if (strcmp(status, "skipped") == 0 &&
	    (*reason == '\0' || strcmp(reason, "already done") == 0)) {
		words = "already done";
		reason = "";
	} else if (strcmp(status, "manual") == 0) {
		words = "waits for a person";
		reason = "";
	}
	if (*took != '\0')
		words = arena_printf(a, "%-10s %s", words, took);
	fprintf(s->out, "  %s %-*s  %s%s%s\n",
	    session_tone(s, term_status_tone(status),
		term_status_mark(&s->term, status)),
	    f->width, step->name, words, *reason != '\0' ? "  " : "", reason);
}

/* What could start and may not: a limit, a key, a pause. */
static void
follow_held(struct follow *f, struct follow_step *step, const json_t *data,
    const char *status)
{
	struct session *s = f->session;
	const char *reason = text_get(s->arena, data, "reason");
	bool held = strcmp(status, "ready") == 0 && *reason != '\0';

	if (held && !step->held && f->options->progress) {
		fprintf(s->out, "  %s %-*s  %s\n",
		    session_tone(s, TONE_BUSY,
			term_status_mark(&s->term, "check")),
		    f->width, step->name, reason);
		f->shown = step;
	}
	step->held = held;
}

/* How it ends when the person waits no longer. */
static void
follow_code(const struct follow *f)
{
	follow_goodbye.code = strcmp(f->status, "waiting_approval") == 0 ||
				      (f->asked > 0 && f->running == 0)
				  ? EXIT_WAITING
				  : EXIT_LATER;
}

static void
follow_step_event(struct follow *f, const json_t *data)
{
	struct arena *a = f->session->arena;
	const char *status = text_get(a, data, "status");
	struct follow_step *step = follow_step_of(
	    f, int_get(data, "id", 0), text_get(a, data, "task"));
	bool running = strcmp(status, "running") == 0;
	bool asked = strcmp(status, "approval") == 0 ||
		     strcmp(status, "manual") == 0;

	if (strlen(step->name) > (size_t)f->width && f->width < FOLLOW_NAME)
		f->width = (int)strlen(step->name);
	if (!running && step->running)
		follow_lines(f, step, true);
	f->running += (unsigned)running;
	f->running -= (unsigned)step->running;
	step->running = running;
	f->asked += (unsigned)asked;
	f->asked -= (unsigned)step->asked;
	step->asked = asked;
	follow_code(f);
	follow_held(f, step, data, status);
	if (strcmp(step->status, status) == 0)
		return;
	snprintf(step->status, sizeof(step->status), "%s", status);
	if (!f->options->progress || follow_is_quiet(status))
		return;
	follow_step_line(f, step, data, status);
	f->shown = step;
	if (strcmp(status, "manual") == 0)
		show_hand(f->session, f->options->run, data);
}

static void
follow_log_event(struct follow *f, const json_t *data)
{
	int64_t id = int_get(data, "step", 0);
	const json_t *text = json_object_get(data, "text");
	struct follow_step *step;

	if (!f->options->log || !json_is_string(text) ||
	    (f->options->step != 0 && f->options->step != id) ||
	    (f->options->after_attempt > 0 &&
		int_get(data, "attempt", INT64_MAX) <=
		    f->options->after_attempt))
		return;
	step = follow_step_of(f, id, text_get(f->session->arena, data, "task"));
	clean_add(&step->clean,
	    (struct str){ json_string_value(text), json_string_length(text) },
	    &step->line);
	follow_lines(f, step, false);
}

static void
follow_run_event(struct follow *f, const json_t *data)
{
	struct session *s = f->session;
	const char *status = text_get(s->arena, data, "status");
	const char *reason = text_get(s->arena, data, "reason");

	if (strcmp(f->status, status) == 0)
		return;
	snprintf(f->status, sizeof(f->status), "%s", status);
	follow_code(f);
	if (f->options->progress && strcmp(status, "waiting_approval") == 0)
		fprintf(s->out, "%s %s waits for approval%s%s\n",
		    session_tone(
			s, TONE_BUSY, term_status_mark(&s->term, status)),
		    f->options->run, *reason != '\0' ? ": " : "", reason);
}

/* --- nobody else --- */

static const char *
follow_status_of(const json_t *steps, int64_t id)
{
	json_t *step;
	size_t i;

	json_array_foreach(steps, i, step)
	{
		if (int_get(step, "id", 0) == id)
			return json_string_value(
			    json_object_get(step, "status"));
	}
	return NULL;
}

/* It does something, or will without a person: all that it needs is over. */
static bool
follow_moves(const json_t *steps, const json_t *step)
{
	static const char *const moving[] = { "check", "checking", "previewing",
		"ready", "retry", "running", "verifying" };
	const char *status =
	    json_string_value(json_object_get(step, "status"));
	json_t *need;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(moving); i++)
		if (streq(status, moving[i]))
			return true;
	if (!streq(status, "waiting"))
		return false;
	json_array_foreach(json_object_get(step, "needs"), i, need)
	{
		const char *of =
		    follow_status_of(steps, int_get(need, "step", 0));

		if (of != NULL && !machine_is_final(&step_machine, of))
			return false;
	}
	return true;
}

/* The run, over a connection of its own: the other one is busy. */
static bool
follow_look(struct follow *f, json_t **ret)
{
	struct session *s = f->session;
	struct client *busy = s->client;
	struct err ignored;
	bool ok;

	s->client = NULL;
	ok = session_get(s, &op_run_get, f->options->run, ret, &ignored);
	client_destroy(s->client);
	s->client = busy;
	return ok;
}

/* Asked of the server: between two events something may be about to begin. */
static bool
follow_needs_person(struct follow *f)
{
	json_t *detail, *step;
	const json_t *steps;
	size_t i;

	if (!f->options->alone || f->asked == 0 || f->running > 0 ||
	    !follow_look(f, &detail) ||
	    int_get(detail, "more_steps", 0) > 0)
		return false;
	steps = json_object_get(detail, "steps");
	json_array_foreach(steps, i, step)
	{
		if (follow_moves(steps, step))
			return false;
	}
	return true;
}

/* --- the stream --- */

static void
follow_json(struct follow *f, const struct client_event *ev)
{
	json_t *data = json_parse(ev->data, NULL);
	json_t *line = json_pack(
	    "{s:s?,s:s?,s:o?}", "id", ev->id, "event", ev->event, "data", data);

	ASSERT(line != NULL);
	dump_json(f->session->out, line, 0, f->session->term.out_tty);
	fputc('\n', f->session->out);
	json_decref(line);
}

static bool
follow_connection(struct follow *f, const char *event)
{
	if (streq(event, CLIENT_AWAY)) {
		f->away = true;
		session_note(f->session, "the server is away, waiting for it "
					 "…\n");
		return true;
	}
	if (streq(event, CLIENT_BACK)) {
		if (f->away)
			session_note(f->session, "the server is back\n");
		f->away = false;
		return true;
	}
	return false;
}

static bool
follow_event(void *arg, const struct client_event *ev)
{
	struct follow *f = arg;
	json_t *data;

	if (follow_connection(f, ev->event))
		return true;
	data = json_parse(ev->data, NULL);
	if (data == NULL)
		return true;
	if (streq(ev->event, "step"))
		follow_step_event(f, data);
	else if (streq(ev->event, "log") && !f->session->globals.json)
		follow_log_event(f, data);
	else if (streq(ev->event, "run") || streq(ev->event, "end"))
		follow_run_event(f, data);
	f->ended = streq(ev->event, "end");
	f->left = streq(ev->event, "step") && follow_needs_person(f);
	json_decref(data);
	if (f->session->globals.json)
		follow_json(f, ev);
	fflush(f->session->out);
	return !f->ended && !f->left;
}

static void
follow_flush(struct follow *f)
{
	const char *key;
	void *value;

	for (size_t i = 0; map_next(&f->steps, &i, &key, &value);) {
		struct follow_step *step = value;

		clean_end(&step->clean, &step->line);
		follow_lines(f, step, true);
	}
	fflush(f->session->out);
}

/*
 * Lines of events live in the session's arena; a run of many thousand steps
 * costs a few hundred bytes each.
 */
int
follow_run(struct session *s, const struct follow_options *o)
{
	struct follow_options options = *o;
	struct follow f = { .session = s, .options = &options, .width = 4 };
	const char *path[OP_PATH_PARAMS] = { o->run };
	struct client *client;
	struct err e;
	bool ok;

	if (s->globals.json)
		options.progress = options.log = false;
	if (!session_client(s, &client, &e))
		return session_fail(s, &e);
	follow_know(&f);
	follow_arm(&options, true);
	ok = client_stream(client, &op_run_follow, path, NULL,
	    FOLLOW_PATIENCE_MS, follow_event, &f, &e);
	follow_arm(&options, false);
	follow_flush(&f);
	follow_forget(&f);
	if (ok && f.ended)
		return follow_exit(f.status);
	if (ok && f.left) {
		session_note(s, "\n%s waits for a person, and nobody else is "
				"here: it ends with its server\n", o->run);
		return EXIT_WAITING;
	}
	if (ok)
		err_set(&e, ERR_UNAVAILABLE, "stream.ended",
		    "follow %s: the stream ended before the run", o->run);
	if (e.class == ERR_UNAVAILABLE && f.status[0] != '\0')
		err_hint(&e, "the run goes on; come back: slipway follow %s",
		    o->run);
	return session_fail(s, &e);
}
