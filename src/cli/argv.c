/* SPDX-License-Identifier: MIT */
#include "cli/argv.h"

#include <ctype.h>
#include <string.h>

#include "base/near.h"
#include "cli/local.h"

static struct flag *
usage_push(struct arena *a, struct usage *u)
{
	struct flag *grown = arena_array(a, u->nflags + 1, sizeof(*grown));

	if (u->nflags > 0)
		memcpy(grown, u->flags, u->nflags * sizeof(*grown));
	u->flags = grown;
	return &u->flags[u->nflags++];
}

/* Underscores for dashes: the name of the field. */
static const char *
usage_field_name(struct arena *a, struct str text)
{
	char *name = arena_str(a, text);

	for (char *p = name; *p != '\0'; p++) {
		if (*p == '-')
			*p = '_';
	}
	return name;
}

static void
usage_flag(struct arena *a, struct usage *u, struct str token, bool required)
{
	struct flag *f = usage_push(a, u);
	struct schema query = { .fields = u->op->query };

	f->name = usage_field_name(a, (struct str){ token.p + 2, token.n - 2 });
	f->required = required;
	f->where = FLAG_BODY;
	f->schema = schema_member(u->op->in, f->name);
	if (f->schema == NULL) {
		f->where = FLAG_QUERY;
		f->schema = schema_member(&query, f->name);
	}
	ASSERT(f->schema != NULL);
	f->secret = (f->schema->flags & F_SECRET) != 0;
}

static void
usage_token(struct arena *a, struct usage *u, struct str token)
{
	bool optional = str_starts(token, "[");

	if (optional)
		token = (struct str){ token.p + 1, token.n - 1 };
	if (str_ends(token, "]"))
		token.n--;
	if (str_starts(token, "--")) {
		usage_flag(a, u, token, !optional);
	} else if (u->nflags > 0) {
		u->flags[u->nflags - 1].hold = arena_str(a, token);
	} else if (isupper((unsigned char)token.p[0])) {
		ASSERT(u->npath < OP_PATH_PARAMS);
		u->path[u->npath++] = arena_str(a, token);
	} else {
		ASSERT(u->nwords < USAGE_WORDS);
		u->words[u->nwords++] = arena_str(a, token);
	}
}

struct usage *
usage_create(struct arena *a, const struct op *op)
{
	struct usage *u = ARENA_NEW(a, struct usage);
	struct str left = str_of(op->cli);

	u->op = op;
	while (left.n > 0) {
		struct str token = str_cut(left, ' ', &left);

		if (token.n > 0)
			usage_token(a, u, token);
	}
	for (const struct local *l = locals; l->op != NULL; l++) {
		if (strcmp(l->op, op->name) == 0)
			*usage_push(a, u) = l->flag;
	}
	return u;
}

void
usage_add_form(
    struct arena *a, struct usage *u, const struct flag *form, size_t n)
{
	struct flag *all = arena_array(a, n + u->nflags, sizeof(*all));

	if (n > 0)
		memcpy(all, form, n * sizeof(*all));
	if (u->nflags > 0)
		memcpy(all + n, u->flags, u->nflags * sizeof(*all));
	u->flags = all;
	u->nflags += n;
}

const char *
usage_line(struct arena *a, const struct usage *u)
{
	if (u->line != NULL)
		return u->line;
	return arena_printf(a, "slipway %s", u->op->cli);
}

/* --- a command line --- */

struct parser {
	struct arena *arena;
	const struct usage *usage;
	struct globals *globals;
	struct args *args;
	const char *rest; /* what is left of usage->rest */
	struct err *e;
};

static bool
parser_usage(struct parser *p)
{
	return err_hint(p->e, "usage: %s", usage_line(p->arena, p->usage));
}

static void
args_release(void *json)
{
	json_decref(json);
}

static json_t *
args_object(struct arena *a)
{
	json_t *o = json_object();

	ASSERT(o != NULL);
	arena_cleanup(a, args_release, o);
	return o;
}

const char *
args_local(const struct args *args, const char *name)
{
	for (const struct args_local *l = args->locals; l != NULL;
	     l = l->next) {
		if (strcmp(l->name, name) == 0)
			return l->value;
	}
	return NULL;
}

void
args_put(struct args *args, const struct flag *f, json_t *value)
{
	json_t *object = f->where == FLAG_QUERY   ? args->query
			 : f->where == FLAG_PARAM ? args->params
						  : args->body;
	json_t *list;

	if (f->schema->kind != SCHEMA_LIST) {
		json_object_set_new(object, f->name, value);
		return;
	}
	list = json_object_get(object, f->name);
	if (list == NULL) {
		list = json_array();
		json_object_set_new(object, f->name, list);
	}
	json_array_append_new(list, value);
}

static bool
parser_file(struct parser *p, const struct flag *f, const char *path)
{
	struct args_file *file = ARENA_NEW(p->arena, struct args_file);

	*file = (struct args_file){ f, path, p->args->files };
	p->args->files = file;
	return true;
}

static bool
parser_secret(struct parser *p, const struct flag *f)
{
	const char *name = flag_text(p->arena, f->name);

	err_set(p->e, ERR_SYNTAX, "flag.secret",
	    "%s: a secret on a command line can be read by everybody here",
	    name);
	return err_hint(p->e,
	    "leave it out to be asked, or: %s-file FILE, or: "
	    "%s - (stdin)",
	    name, name);
}

/* value NULL: a bare flag. */
static bool
parser_take(struct parser *p, const struct flag *f, const char *value)
{
	json_t *json;

	if (f->where == FLAG_LOCAL) {
		struct args_local *l = ARENA_NEW(p->arena, struct args_local);

		*l = (struct args_local){ f->name, value == NULL ? "" : value,
			p->args->locals };
		p->args->locals = l;
		return true;
	}
	if (f->secret && strcmp(value, "-") == 0)
		return parser_file(p, f, "-");
	if (f->secret && f->where == FLAG_PARAM)
		return parser_secret(p, f);
	if (!flag_value(f, str_of(value == NULL ? "true" : value), &json, p->e))
		return false;
	args_put(p->args, f, json);
	return true;
}

/* "env" stands for environment(s), unless a form has an env of its own. */
static bool
parser_is_environment(const struct flag *f, struct str name)
{
	return str_is(name, "env") && f->where != FLAG_PARAM &&
	       (strcmp(f->name, "environment") == 0 ||
		   strcmp(f->name, "environments") == 0);
}

static const struct flag *
parser_find(const struct usage *u, struct str name)
{
	for (size_t i = 0; i < u->nflags; i++) {
		if (flag_is(u->flags[i].name, name))
			return &u->flags[i];
	}
	for (size_t i = 0; i < u->nflags; i++) {
		if (parser_is_environment(&u->flags[i], name))
			return &u->flags[i];
	}
	return NULL;
}

/* The flag that name is with `before` or `behind` around its own name. */
static const struct flag *
parser_find_around(const struct usage *u, struct str name, const char *before,
    const char *behind)
{
	const struct flag *f;

	if (name.n <= strlen(before) + strlen(behind) ||
	    !str_starts(name, before) || !str_ends(name, behind))
		return NULL;
	name.p += strlen(before);
	name.n -= strlen(before) + strlen(behind);
	f = parser_find(u, name);
	return f;
}

static bool
parser_unknown(struct parser *p, struct str name)
{
	struct near near = near_start(arena_str(p->arena, name));

	for (size_t i = 0; i < p->usage->nflags; i++)
		near_offer(
		    &near, flag_text(p->arena, p->usage->flags[i].name) + 2);
	for (const struct flag *g = global_flags; g->name != NULL; g++)
		near_offer(&near, flag_text(p->arena, g->name) + 2);
	err_set(p->e, ERR_SYNTAX, "flag.unknown", "unknown flag '--%s'",
	    near.typed);
	if (near.best != NULL)
		return err_hint(p->e, "did you mean --%s?", near.best);
	return parser_usage(p);
}

/* The value of a flag: behind =, or the next word.  NULL: e is set. */
static const char *
parser_value(struct parser *p, const char *flag, struct str name,
    const char *inlined, int argc, char **argv, int *used)
{
	if (inlined != NULL)
		return inlined;
	if (argc > 1 && strncmp(argv[1], "--", 2) != 0) {
		*used = 2;
		return argv[1];
	}
	err_set(p->e, ERR_SYNTAX, "flag.value", "%s: a value is missing", flag);
	err_hint(p->e,
	    argc > 1 ? "for one that begins with --: --%.*s=%s"
		     : "write: --%.*s=VALUE",
	    (int)name.n, name.p, argc > 1 ? argv[1] : "");
	return NULL;
}

/* argv[0] begins with "--" and is longer.  Words used, or -1. */
static int
parser_flag(struct parser *p, int argc, char **argv)
{
	struct str tail;
	struct str name = str_cut(str_of(argv[0] + 2), '=', &tail);
	const char *inlined = tail.p, *value;
	const struct usage *u = p->usage;
	const struct flag *f = parser_find(u, name), *other;
	int used = 1;

	if (f == NULL) {
		int n = globals_parse(p->globals, argc, argv, p->e);

		if (n != 0)
			return n;
		other = parser_find_around(u, name, "no-", "");
		if (other != NULL && other->schema->kind == SCHEMA_BOOL &&
		    other->where != FLAG_LOCAL && inlined == NULL)
			return parser_take(p, other, "false") ? 1 : -1;
		other = parser_find_around(u, name, "", "-file");
		if (other == NULL || !other->secret)
			return parser_unknown(p, name) ? 1 : -1;
		value =
		    parser_value(p, argv[0], name, inlined, argc, argv, &used);
		return value != NULL && parser_file(p, other, value) ? used
								     : -1;
	}
	if (f->schema->kind == SCHEMA_BOOL && inlined == NULL)
		return parser_take(p, f, NULL) ? 1 : -1;
	value = parser_value(p, argv[0], name, inlined, argc, argv, &used);
	return value != NULL && parser_take(p, f, value) ? used : -1;
}

/* "ops-12" of a run or a ticket is OPS-12. */
static const char *
parser_key(struct parser *p, const char *word)
{
	const char *of = p->usage->path[p->args->npath];
	size_t letters = strcspn(word, "-");
	char *key;

	if ((!streq(of, "RUN") && !streq(of, "TICKET")) || letters == 0 ||
	    word[letters] == '\0' || word[letters + 1] == '\0' ||
	    word[letters + 1 + strspn(word + letters + 1, "0123456789")] !=
		'\0')
		return word;
	key = arena_strdup(p->arena, word);
	for (size_t i = 0; i < letters; i++)
		if (key[i] >= 'a' && key[i] <= 'z')
			key[i] = (char)(key[i] - 'a' + 'A');
	return key;
}

static bool
parser_word(struct parser *p, const char *word)
{
	struct str rest = str_of(p->rest), tail;

	if (p->args->npath < p->usage->npath) {
		if (*word == '\0') {
			err_set(p->e, ERR_SYNTAX, "usage", "%s is empty",
			    p->usage->path[p->args->npath]);
			return parser_usage(p);
		}
		word = parser_key(p, word);
		p->args->path[p->args->npath++] = word;
		return true;
	}
	if (rest.n == 0) {
		err_set(p->e, ERR_SYNTAX, "usage", "'%s' is one word too many",
		    word);
		return parser_usage(p);
	}
	rest = str_cut(rest, ' ', &tail);
	p->rest = tail.p;
	return parser_take(p, parser_find(p->usage, rest), word);
}

static bool
parser_given(const struct args *args, const struct flag *f)
{
	const json_t *from = f->where == FLAG_QUERY ? args->query : args->body;

	for (const struct args_file *file = args->files; file != NULL;
	     file = file->next) {
		if (file->flag == f)
			return true;
	}
	return json_object_get(from, f->name) != NULL;
}

/* "--step, --outcome and --note are missing" */
static bool
parser_missing(struct parser *p, const struct flag **list, size_t n)
{
	const char *names = "", *kind;

	for (size_t i = 0; i < n; i++)
		names = arena_printf(p->arena, "%s%s%s", names,
		    i == 0         ? ""
		    : i + 1 == n ? " and "
				 : ", ",
		    flag_text(p->arena, list[i]->name));
	kind = n == 1 ? flag_kind(p->arena, list[0]) : "";
	err_set(p->e, ERR_SYNTAX, "usage", "%s %s missing%s%s", names,
	    n == 1 ? "is" : "are", *kind != '\0' ? ": " : "", kind);
	return parser_usage(p);
}

static bool
parser_complete(struct parser *p)
{
	const struct usage *u = p->usage;
	const struct flag **missing =
	    arena_array(p->arena, u->nflags + 1, sizeof(const struct flag *));
	size_t n = 0;

	if (p->args->npath < u->npath) {
		err_set(p->e, ERR_SYNTAX, "usage", "%s is missing",
		    u->path[p->args->npath]);
		return parser_usage(p);
	}
	for (size_t i = 0; i < u->nflags; i++) {
		const struct flag *f = &u->flags[i];

		if (f->required && f->where != FLAG_PARAM &&
		    !parser_given(p->args, f))
			missing[n++] = f;
	}
	return n == 0 || parser_missing(p, missing, n);
}

bool
args_parse(struct arena *a, const struct usage *u, int argc, char **argv,
    struct globals *globals, struct args *ret, struct err *e)
{
	struct parser p = { a, u, globals, ret, u->rest, e };
	bool words_only = false;

	memset(ret, 0, sizeof(*ret));
	ret->query = args_object(a);
	ret->body = args_object(a);
	ret->params = args_object(a);
	for (int i = 0; i < argc && !words_only; i++) {
		if (strcmp(argv[i], "--help") == 0)
			globals->help = true;
		words_only = strcmp(argv[i], "--") == 0;
	}
	if (globals->help)
		return true;
	words_only = false;
	for (int i = 0; i < argc;) {
		int used = 1;

		if (!words_only && strcmp(argv[i], "--") == 0)
			words_only = true;
		else if (!words_only && strncmp(argv[i], "--", 2) == 0)
			used = parser_flag(&p, argc - i, argv + i);
		else if (!words_only && strcmp(argv[i], "-h") == 0)
			return globals->help = true;
		else if (!parser_word(&p, argv[i]))
			return false;
		if (used < 0)
			return false;
		i += used;
	}
	return parser_complete(&p);
}

int
args_first_word(const struct usage *u, int argc, char **argv)
{
	struct globals ignored = { 0 };
	const struct flag *f;
	struct str name, tail;
	struct err e;
	int used;

	for (int i = 0; i < argc; i += used) {
		if (argv[i][0] != '-')
			return i;
		if (strncmp(argv[i], "--", 2) != 0 || argv[i][2] == '\0')
			return -1;
		name = str_cut(str_of(argv[i] + 2), '=', &tail);
		f = parser_find(u, name);
		if (f == NULL)
			used = globals_parse(&ignored, argc - i, argv + i, &e);
		else
			used = tail.p != NULL || f->schema->kind == SCHEMA_BOOL
			    ? 1
			    : 2;
		if (used <= 0)
			return -1;
	}
	return -1;
}

int
globals_parse(struct globals *g, int argc, char **argv, struct err *e)
{
	struct str name, tail;
	const char **into = NULL;
	bool *on = NULL;

	if (strcmp(argv[0], "-h") == 0) {
		g->help = true;
		return 1;
	}
	if (strncmp(argv[0], "--", 2) != 0)
		return 0;
	name = str_cut(str_of(argv[0] + 2), '=', &tail);
	if (str_is(name, "json"))
		on = &g->json;
	else if (str_is(name, "csv"))
		on = &g->csv;
	else if (str_is(name, "quiet"))
		on = &g->quiet;
	else if (str_is(name, "no-color") || str_is(name, "no-colour"))
		on = &g->no_colour;
	else if (str_is(name, "help"))
		on = &g->help;
	else if (str_is(name, "as"))
		into = &g->as;
	else if (str_is(name, "url"))
		into = &g->url;
	else if (str_is(name, "socket"))
		into = &g->socket;
	else
		return 0;
	if (on != NULL) {
		*on = true;
		return 1;
	}
	*into = tail.p != NULL ? tail.p : argc > 1 ? argv[1] : NULL;
	if (*into != NULL)
		return tail.p != NULL ? 1 : 2;
	err_set(e, ERR_SYNTAX, "flag.value", "--%.*s: a value is missing",
	    (int)name.n, name.p);
	return -1;
}
