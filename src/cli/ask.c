/* SPDX-License-Identifier: MIT */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/near.h"
#include "cli/help.h"
#include "cli/show.h"
#include "cli/text.h"
#include "cli/wait.h"
#include "spec/catalogue.h"
#include "spec/ticket.h"
#include "spec/validate.h"

/* --- what was typed --- */

static bool
ask_read(struct session *s, const char *path, size_t limit, struct str *ret,
    struct err *e)
{
	bool ok;
	int fd;

	if (strcmp(path, "-") == 0)
		return term_read_all(
		    s->arena, STDIN_FILENO, limit, "stdin", ret, e);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ENOENT)
			return err_set(e, ERR_NOT_FOUND, "input.file",
			    "read '%s': there is no such file", path);
		return err_sys(e, "read '%s'", path);
	}
	ok = term_read_all(s->arena, fd, limit, path, ret, e);
	close(fd);
	return ok;
}

bool
ask_files(struct session *s, struct args *args, struct err *e)
{
	for (const struct args_file *f = args->files; f != NULL; f = f->next) {
		struct str text;
		json_t *value;

		if (!ask_read(s, f->path, LIMIT_PARAM_BYTES, &text, e))
			return false;
		if (str_ends(text, "\n"))
			text.n--;
		if (!flag_value(f->flag, text, &value, e))
			return false;
		args_put(args, f->flag, value);
	}
	return true;
}

/* Members of `from` that args has not got yet. */
static bool
ask_merge(
    struct args *args, const char *where, const json_t *from, struct err *e)
{
	if (!json_is_object(from))
		return err_set(e, ERR_INVALID, "params.object",
		    "%s: not a JSON object", where);
	json_object_update_missing(args->params, (json_t *)(uintptr_t)from);
	return true;
}

bool
ask_param_file(struct session *s, struct args *args, struct err *e)
{
	const char *path = args_local(args, "param_file");
	struct str text;
	json_t *json;

	if (path == NULL)
		return true;
	if (!ask_read(s, path, LIMIT_BODY_BYTES, &text, e))
		return false;
	json = session_keep(s, json_parse(text, e));
	if (json == NULL)
		return err_wrap(e, "read '%s'", path);
	return ask_merge(args, path, json, e);
}

static bool
ask_unknown(
    struct session *s, const struct form *form, struct str name, struct err *e)
{
	struct near near = near_start(arena_str(s->arena, name));

	for (size_t i = 0; i < form->nflags; i++)
		near_offer(&near, form->flags[i].name);
	err_set(e, ERR_SYNTAX, "flag.unknown", "'%s' has no parameter '%s'",
	    form->name, near.typed);
	if (near.best != NULL)
		return err_hint(e, "did you mean '%s'?", near.best);
	return false;
}

/* Every --param NAME=VALUE. */
static bool
ask_params(struct session *s, const struct form *form, struct args *args,
    struct err *e)
{
	for (const struct args_local *l = args->locals; l != NULL;
	     l = l->next) {
		struct str value, name;
		const struct flag *f;
		json_t *json;

		if (strcmp(l->name, "param") != 0)
			continue;
		name = str_cut(str_of(l->value), '=', &value);
		if (value.p == NULL)
			return err_set(e, ERR_SYNTAX, "flag.value",
			    "--param '%s': write NAME=VALUE", l->value);
		f = form_flag(form, name);
		if (f == NULL)
			return ask_unknown(s, form, name, e);
		if (json_object_get(args->params, f->name) != NULL &&
		    f->schema->kind != SCHEMA_LIST)
			continue;
		if (!flag_value(f, value, &json, e))
			return false;
		args_put(args, f, json);
	}
	return true;
}

bool
ask_collect(struct session *s, const struct form *form, struct args *args,
    struct err *e)
{
	json_t *typed = json_object_get(args->body, "params");

	if (!ask_files(s, args, e) || !ask_params(s, form, args, e))
		return false;
	if (typed != NULL && !ask_merge(args, "--params", typed, e))
		return false;
	return ask_param_file(s, args, e);
}

/* --- what is missing --- */

static const struct schema ask_environment_schema = { .kind = SCHEMA_STRING,
	.doc = "Where" };

/* The required flags that have no value; the environment when it is open. */
static size_t
ask_list_missing(struct session *s, const struct form *form,
    const struct args *args, struct flag **ret)
{
	struct flag *list =
	    arena_array(s->arena, form->nflags + 1, sizeof(*list));
	size_t n = 0;

	for (size_t i = 0; i < form->nflags; i++) {
		const struct flag *f = &form->flags[i];

		if (f->required &&
		    json_object_get(args->params, f->name) == NULL)
			list[n++] = *f;
	}
	if (form->environment_needed &&
	    json_object_get(args->body, "environment") == NULL) {
		struct schema *choice = ARENA_NEW(s->arena, struct schema);

		*choice = ask_environment_schema;
		choice->kind = SCHEMA_CHOICE;
		choice->choices = form->environments;
		list[n++] = (struct flag){ .name = "environment",
			.schema = choice,
			.where = FLAG_BODY,
			.required = true };
	}
	*ret = list;
	return n;
}

/* ": GiB (1 to 500)"; "" when there is nothing to say of it. */
static const char *
ask_about(struct arena *a, const struct flag *f)
{
	const char *doc = f->schema->doc == NULL ? "" : f->schema->doc;
	const char *kind = flag_kind(a, f);

	if (f->secret)
		kind = arena_printf(
		    a, "secret: %s-file FILE", flag_text(a, f->name));
	if (*doc == '\0')
		return *kind == '\0' ? "" : arena_printf(a, ": %s", kind);
	return *kind == '\0' ? arena_printf(a, ": %s", doc)
			     : arena_printf(a, ": %s (%s)", doc, kind);
}

static int
ask_say_missing(struct session *s, const struct form *form,
    const struct flag *list, size_t n)
{
	fprintf(stderr, "slipway: %s '%s': %zu %s missing\n",
	    form->request ? "request" : "run", form->name, n,
	    n == 1 ? "value is" : "values are");
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "  %s%s\n",
		    strcmp(list[i].name, "environment") == 0
			? "--env"
			: flag_text(s->arena, list[i].name),
		    ask_about(s->arena, &list[i]));
	fprintf(stderr, "  hint: slipway %s %s --help\n",
	    form->request ? "request" : "run",
	    text_shell(s->arena, form->name));
	return EXIT_MISSING;
}

/* Ask until the answer is one that the flag takes. */
static bool
ask_one(struct session *s, const struct flag *f, struct args *args)
{
	struct arena *a = s->arena;
	const char *kind = flag_kind(a, f);
	const char *question =
	    arena_printf(a, "%s%s%s%s: ", text_status(a, f->name),
		*kind != '\0' ? " (" : "", kind, *kind != '\0' ? ")" : "");

	if (f->schema->doc != NULL && *f->schema->doc != '\0')
		fprintf(stderr, "%s\n", f->schema->doc);
	for (;;) {
		struct err e;
		char *answer;
		json_t *value;

		if (f->secret ? !term_ask_secret(a, question, &answer, &e)
			      : !term_ask(a, question, &answer))
			return false;
		if (*answer == '\0')
			continue;
		if (flag_value(f, str_of(answer), &value, &e)) {
			args_put(args, f, value);
			return true;
		}
		fprintf(stderr, "  %s%s%s\n", e.message,
		    *e.hint != '\0' ? "; " : "", e.hint);
	}
}

int
ask_missing(struct session *s, const struct form *form, struct args *args)
{
	struct flag *list;
	size_t n = ask_list_missing(s, form, args, &list);

	if (n == 0)
		return EXIT_OK;
	if (!s->term.in_tty || s->globals.json)
		return ask_say_missing(s, form, list, n);
	for (size_t i = 0; i < n; i++) {
		if (!ask_one(s, &list[i], args))
			return ask_say_missing(s, form, list + i, n - i);
	}
	return EXIT_OK;
}

/* --- the ask --- */

/* The name behind `request` or `run`; NULL: help was printed or e is set. */
static const char *
ask_name(struct session *s, const struct usage *u, int argc, char **argv,
    int *ret_code)
{
	const int at = args_first_word(u, argc, argv);
	const struct op *op = u->op;
	struct err e;
	bool request;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0)
			s->globals.help = true;
	}
	if (at >= 0)
		return argv[at];
	if (s->globals.help) {
		*ret_code = help_op(s, op);
		return NULL;
	}
	request = op == &op_request_ask;
	err_set(&e, ERR_SYNTAX, "usage", "%s what: NAME is missing",
	    request ? "request" : "run");
	err_hint(&e, "see what there is: slipway %s",
	    request ? "requests" : "tasks");
	*ret_code = session_fail(s, &e);
	return NULL;
}

int
ask_verb(struct session *s, const struct op *op, int argc, char **argv)
{
	struct usage *u = usage_create(s->arena, op);
	struct form form;
	struct args args;
	struct wait_how how;
	struct err e;
	json_t *asked;
	int code = EXIT_OK;
	const char *name = ask_name(s, u, argc, argv, &code);

	if (name == NULL)
		return code;
	if (!form_find(s, op == &op_request_ask, name, &form, &e))
		return session_fail(s, &e);
	if (s->globals.help) {
		show_form(s, &form);
		return help_ask(s, op);
	}
	usage_add_form(s->arena, u, form.flags, form.nflags);
	if (!args_parse(s->arena, u, argc, argv, &s->globals, &args, &e) ||
	    !wait_how(&args, &how, &e) || !ask_collect(s, &form, &args, &e))
		return session_fail(s, &e);
	code = ask_missing(s, &form, &args);
	if (code != EXIT_OK)
		return code;
	json_object_set(args.body, "params", args.params);
	if (!session_call(s, op, args.path, NULL, args.body, &asked, &e))
		return session_fail(s, &e);
	return wait_asked(s, &how, asked,
	    json_is_true(json_object_get(args.body, "dry_run")));
}

/* --- an edit --- */

/* The form of the ticket's request type or task; nothing is required. */
static bool
ask_ticket_form(
    struct session *s, const char *key, struct form *ret, struct err *e)
{
	json_t *detail;
	const json_t *ticket;
	const char *request;

	if (!session_get(s, &op_ticket_get, key, &detail, e))
		return false;
	ticket = json_object_get(detail, "ticket");
	request = text_get(s->arena, ticket, "request");
	if (*request == '\0' && *text_get(s->arena, ticket, "task") == '\0')
		return true; /* people work on it: there is no form */
	if (!form_find(s, *request != '\0',
		*request != '\0' ? request : text_get(s->arena, ticket, "task"),
		ret, e))
		return false;
	for (size_t i = 0; i < ret->nflags; i++)
		ret->flags[i].required = false;
	return true;
}

int
ask_edit(struct session *s, const struct op *op, int argc, char **argv)
{
	struct usage *u = usage_create(s->arena, op);
	struct form form = { .name = "" };
	struct args args;
	struct err e;
	json_t *answer;

	if (argc > 0 && argv[0][0] != '-') {
		if (!ask_ticket_form(s, argv[0], &form, &e))
			return session_fail(s, &e);
		usage_add_form(s->arena, u, form.flags, form.nflags);
	}
	if (!args_parse(s->arena, u, argc, argv, &s->globals, &args, &e))
		return session_fail(s, &e);
	if (s->globals.help) {
		if (form.nflags > 0)
			show_form(s, &form);
		return help_op(s, op);
	}
	if (!ask_collect(s, &form, &args, &e))
		return session_fail(s, &e);
	json_object_del(args.body, "params");
	if (json_object_size(args.params) > 0)
		json_object_set(args.body, "params", args.params);
	if (json_object_size(args.body) == 0) {
		err_set(&e, ERR_SYNTAX, "usage", "edit %s: nothing to change",
		    args.path[0]);
		err_hint(&e, "say what, e.g. slipway edit %s --title TEXT",
		    args.path[0]);
		return session_fail(s, &e);
	}
	if (!session_call(s, op, args.path, NULL, args.body, &answer, &e))
		return session_fail(s, &e);
	return wait_ticket(s, answer);
}
