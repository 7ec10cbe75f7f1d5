/* SPDX-License-Identifier: MIT */
#include "cli/verbs.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/ask.h"
#include "cli/clean.h"
#include "cli/follow.h"
#include "cli/help.h"
#include "cli/show.h"
#include "cli/text.h"
#include "cli/wait.h"
#include "spec/access.h"
#include "spec/csv.h"
#include "spec/resource.h"
#include "spec/results.h"
#include "spec/run.h"
#include "spec/ticket.h"

/* Where a run is wanted and a ticket was named, the run of that ticket. */
static bool
verb_run_of_ticket(
    struct session *s, const struct usage *u, struct args *args, struct err *e)
{
	json_t *detail;
	const char *run;

	if (u->npath == 0 || strcmp(u->path[0], "RUN") != 0 ||
	    strncasecmp(args->path[0], "R-", 2) == 0 ||
	    strchr(args->path[0], '-') == NULL)
		return true;
	if (!session_get(s, &op_ticket_get, args->path[0], &detail, e))
		return false;
	run = json_string_value(json_object_get(detail, "run"));
	if (run == NULL)
		return err_set(e, ERR_NOT_FOUND, "run.none",
		    "ticket '%s' has no run", args->path[0]);
	args->path[0] = arena_strdup(s->arena, run);
	return true;
}

bool
verb_parse(struct session *s, const struct verb *v, int argc, char **argv,
    struct args *args, int *ret_code)
{
	struct usage *u = usage_create(s->arena, v->op);
	struct err e;

	if (v->alias != NULL) {
		u->rest = v->alias->rest;
		u->line = verb_usage(s->arena, v->alias);
	}
	if (!args_parse(s->arena, u, argc, argv, &s->globals, args, &e)) {
		*ret_code = session_fail(s, &e);
		return false;
	}
	if (s->globals.help) {
		*ret_code = help_op(s, v->op);
		return false;
	}
	if (s->globals.csv && !(v->op->flags & OP_LIST)) {
		err_set(&e, ERR_SYNTAX, "usage", "'%s' is no list for --csv",
		    verb_text(s->arena, v->op));
		err_hint(&e, "--json has it whole");
		*ret_code = session_fail(s, &e);
		return false;
	}
	if (!ask_files(s, args, &e) || !verb_run_of_ticket(s, u, args, &e)) {
		*ret_code = session_fail(s, &e);
		return false;
	}
	return true;
}

static bool
verb_call(struct session *s, const struct verb *v, const struct args *args,
    json_t **ret, int *ret_code)
{
	struct err e;

	if (session_call(s, v->op, args->path, args->query,
		v->op->in == NULL ? NULL : args->body, ret, &e))
		return true;
	*ret_code = session_fail(s, &e);
	return false;
}

/* The bytes as they are: for answers that are not JSON. */
static bool
verb_write(void *arg, struct str bytes)
{
	struct session *s = arg;

	return bytes.n == 0 ||
	    fwrite(bytes.p, 1, bytes.n, s->out) == bytes.n;
}

#define CSV_PAGE 500

/* Page after page; one page when the person said how many rows. */
static int
verb_csv(struct session *s, const struct verb *v, struct args *args)
{
	const struct schema *limit = schema_member(
	    &(struct schema){ .fields = v->op->query }, "limit");
	const bool all =
	    limit != NULL && json_object_get(args->query, "limit") == NULL;
	const json_t *next = NULL;
	json_t *answer;
	struct buf rows = { 0 };
	int code = EXIT_OK;
	bool more;

	if (all)
		json_object_set_new(args->query, "limit",
		    json_integer(limit->has_max ? limit->max : CSV_PAGE));
	do {
		if (!verb_call(s, v, args, &answer, &code))
			break;
		if (next == NULL)
			csv_head(&rows, v->op);
		csv_rows(&rows, v->op, json_object_get(answer, "items"),
		    text_lines, s->arena);
		fwrite(rows.data, 1, rows.len, s->out);
		buf_clear(&rows);
		next = json_object_get(answer, "next");
		more = all && (json_is_string(next) || json_is_integer(next));
		if (more)
			json_object_set_new(args->query, "after",
			    json_string(text_value(s->arena, next)));
	} while (more);
	buf_finish(&rows);
	return code;
}

int
verb_plain(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer = NULL;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (s->globals.csv && (v->op->flags & OP_LIST))
		return verb_csv(s, v, &args);
	if (!verb_call(s, v, &args, &answer, &code))
		return code;
	return show_answer(s, v->op, answer);
}

/* A server that cannot do its work says 503 and yet what it lacks. */
int
verb_status(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	struct err e;
	json_t *answer;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (session_get(s, v->op, NULL, &answer, &e))
		return show_answer(s, v->op, answer);
	if (json_object_get(s->problem, "checks") == NULL)
		return session_fail(s, &e);
	show_answer(s, v->op, s->problem);
	return err_class_info(ERR_UNAVAILABLE)->exit;
}

/* --- logs --- */

struct verb_log {
	struct session *session;
	bool raw, any; /* as it is; there was something */
	struct clean clean;
	struct buf out;
};

static bool
verb_log_bytes(void *arg, struct str bytes)
{
	struct verb_log *l = arg;

	l->any = l->any || bytes.n > 0;
	if (l->raw)
		return verb_write(l->session, bytes);
	clean_add(&l->clean, bytes, &l->out);
	if (!verb_write(l->session, buf_str(&l->out)))
		return false;
	buf_clear(&l->out);
	return true;
}

int
verb_raw(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct client *client;
	struct args args;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!session_client(s, &client, &e) ||
	    !client_raw(client, v->op, args.path, args.query, verb_write, s,
		&e))
		return session_fail(s, &e);
	return EXIT_OK;
}

int
verb_log(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct verb_log l = { .session = s };
	struct client *client;
	struct args args;
	struct err e;
	int code = EXIT_OK;
	bool ok;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "follow") != NULL) {
		struct follow_options o = { .run = args.path[0],
			.log = true,
			.step = int_get(args.query, "step", 0) };

		return follow_run(s, &o);
	}
	l.raw = args_local(&args, "raw") != NULL;
	clean_init(&l.clean, s->term.colour);
	ok = session_client(s, &client, &e) &&
	     client_raw(client, v->op, args.path, args.query, verb_log_bytes,
		 &l, &e);
	clean_end(&l.clean, &l.out);
	verb_write(s, buf_str(&l.out));
	buf_finish(&l.out);
	if (!ok)
		return session_fail(s, &e);
	if (!l.any)
		session_note(s, "%s wrote no log%s\n", args.path[0],
		    json_object_size(args.query) > 0 ? " there" : "");
	return EXIT_OK;
}

int
verb_follow(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct follow_options o = { .progress = true, .log = true };
	struct wait_how how;
	struct args args;
	json_t *detail;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!wait_how(&args, &how, &e))
		return session_fail(s, &e);
	o.run = args.path[0];
	o.within_ms = how.within_ms;
	code = follow_run(s, &o);
	if (code > EXIT_UNKNOWN || s->globals.json ||
	    !session_get(s, &op_run_get, o.run, &detail, &e))
		return code;
	session_say(s, "\n");
	show_run_end(s, detail);
	if (code == EXIT_OK)
		show_outputs(s, o.run, show_run_outputs(detail));
	else
		show_failure(s, detail);
	return code;
}

int
verb_retry(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct wait_how how;
	struct args args;
	struct err e;
	json_t *detail;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "latest") != NULL)
		json_object_set_new(args.body, "definition",
		    json_string("latest"));
	else if (args_local(&args, "same") != NULL)
		json_object_set_new(args.body, "definition",
		    json_string("same"));
	if (!wait_how(&args, &how, &e))
		return session_fail(s, &e);
	if (!verb_call(s, v, &args, &detail, &code))
		return code;
	return wait_retried(s, &how, detail);
}

/* Is it among the NAME=VALUE of --set? */
static bool
verb_is_set(const json_t *set, const char *name)
{
	const size_t n = strlen(name);
	json_t *one;
	size_t i;

	json_array_foreach(set, i, one)
	{
		const char *text = json_string_value(one);

		if (text != NULL && strncmp(text, name, n) == 0 &&
		    text[n] == '=')
			return true;
	}
	return false;
}

/* Secrets are not carried over: who sits there is asked for them. */
static bool
verb_again_secrets(struct session *s, struct args *args, struct err *e)
{
	const json_t *set = json_object_get(args->body, "set");
	json_t *inputs, *name, *params = args->params;
	size_t i;

	if (!ask_param_file(s, args, e))
		return false;
	json_object_set(args->body, "params", params);
	if (!s->term.in_tty && json_array_size(set) == 0)
		return true;
	if (!session_get(s, &op_run_inputs, args->path[0], &inputs, e))
		return false;
	json_array_foreach(json_object_get(inputs, "secrets"), i, name)
	{
		const char *prompt = arena_printf(s->arena, "%s: ",
		    text_value(s->arena, name));
		char *typed;

		if (verb_is_set(set, json_string_value(name))) {
			err_set(e, ERR_SYNTAX, "flag.secret", "--set %s: a "
			    "secret is not taken from the command line, where "
			    "others can read it", text_value(s->arena, name));
			return err_hint(e, "a terminal asks for it; elsewhere "
			    "--param-file FILE, a JSON object");
		}
		if (!s->term.in_tty ||
		    json_object_get(params, json_string_value(name)) != NULL)
			continue;
		if (!term_ask_secret(s->arena, prompt, &typed, e))
			return false;
		if (*typed != '\0')
			json_object_set_new(params, json_string_value(name),
			    json_string(typed));
	}
	return true;
}

int
verb_again(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct wait_how how;
	struct args args;
	struct err e;
	json_t *asked;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!wait_how(&args, &how, &e) ||
	    (v->op == &op_run_again && !verb_again_secrets(s, &args, &e)))
		return session_fail(s, &e);
	if (!verb_call(s, v, &args, &asked, &code))
		return code;
	return wait_asked(s, &how, asked,
	    json_is_true(json_object_get(args.body, "dry_run")));
}

/* --- secrets --- */

/* A secret alone on stdout; a terminal sees it without what it would obey. */
static void
verb_print_secret(struct session *s, const json_t *value)
{
	if (s->term.out_tty)
		fputs(text_lines(s->arena, value), s->out);
	else
		fwrite(json_string_value(value), 1, json_string_length(value),
		    s->out);
	fputc('\n', s->out);
}

int
verb_reveal(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code) ||
	    !verb_call(s, v, &args, &answer, &code))
		return code;
	if (s->globals.json)
		return session_json(s, answer);
	verb_print_secret(s, json_object_get(answer, "value"));
	return EXIT_OK;
}

static bool
verb_ask_value(struct session *s, struct args *args, struct err *e)
{
	struct str text;
	char *typed;

	if (json_object_get(args->body, "value") != NULL)
		return true;
	if (s->term.in_tty) {
		if (!term_ask_secret(s->arena, "value: ", &typed, e))
			return false;
		text = str_of(typed);
	} else {
		if (!term_read_all(s->arena, STDIN_FILENO, LIMIT_PARAM_BYTES,
			"stdin", &text, e))
			return false;
		if (str_ends(text, "\n"))
			text.n--;
	}
	if (text.n == 0)
		return err_set(e, ERR_INVALID, "secret.empty",
		    "set secret '%s': the value is empty", args->path[0]);
	if (!str_is_utf8(text))
		return err_set(e, ERR_INVALID, "param.encoding",
		    "set secret '%s': not valid UTF-8", args->path[0]);
	json_object_set_new(args->body, "value", json_stringn(text.p, text.n));
	return true;
}

int
verb_secret_set(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	struct err e;
	json_t *answer;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!verb_ask_value(s, &args, &e))
		return session_fail(s, &e);
	if (!verb_call(s, v, &args, &answer, &code))
		return code;
	if (s->globals.json)
		return session_json(s, answer);
	session_say(s, "%s is set, version %lld\n",
	    text_get(s->arena, answer, "name"),
	    (long long)int_get(answer, "version", 1));
	return EXIT_OK;
}

int
verb_token_create(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct profile saved = { NULL, NULL, NULL };
	struct args args;
	struct err e;
	json_t *answer;
	const char *profile;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code) ||
	    !verb_call(s, v, &args, &answer, &code))
		return code;
	profile = args_local(&args, "save");
	if (profile == NULL && s->globals.json)
		return session_json(s, answer);
	if (profile == NULL) {
		verb_print_secret(s, json_object_get(answer, "token"));
		session_note(s, "%s, until %s; it is not shown again\n",
		    text_get(s->arena, answer, "person"),
		    text_get(s->arena, answer, "expires_at"));
		return EXIT_OK;
	}
	saved.url = session_url(s);
	saved.token = json_string_value(json_object_get(answer, "token"));
	if (!profile_save(profile, &saved, &e))
		return session_fail(s, &e);
	session_say(s, "saved for %s; use it: slipway --as %s whoami\n",
	    text_get(s->arena, answer, "person"),
	    text_shell(s->arena, profile));
	return EXIT_OK;
}

int
verb_show(struct session *s, int argc, char **argv)
{
	struct verb v = { .op = &op_run_get };
	struct err e;
	bool named = false;

	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		if (strncasecmp(argv[i], "RES-", 4) == 0)
			v.op = &op_resource_get;
		else if (strncasecmp(argv[i], "R-", 2) != 0)
			v.op = &op_ticket_get;
		named = true;
		break;
	}
	if (!named && argc == 0) {
		err_set(&e, ERR_SYNTAX, "usage", "show what: KEY is missing");
		err_hint(&e, "e.g. slipway show OPS-1, slipway show R-1; "
			     "see: slipway tickets, slipway runs");
		return session_fail(s, &e);
	}
	return verb_plain(s, &v, argc, argv);
}
