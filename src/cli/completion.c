/* SPDX-License-Identifier: MIT */
#include "cli/completion.h"

#include <ctype.h>
#include <string.h>

#include "cli/alias.h"
#include "cli/form.h"
#include "cli/help.h"
#include "cli/local.h"
#include "spec/catalogue.h"
#include "spec/setting.h"

static const char completion_bash[] =
    "_slipway() {\n"
    "\tlocal IFS=$'\\n'\n"
    "\tCOMPREPLY=($(compgen -W \"$(slipway completion words -- \\\n"
    "\t    \"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)\" \\\n"
    "\t    -- \"${COMP_WORDS[COMP_CWORD]}\"))\n"
    "}\n"
    "complete -o default -F _slipway slipway\n";

static const char completion_zsh[] =
    "#compdef slipway\n"
    "_slipway() {\n"
    "\tlocal -a found\n"
    "\tfound=(${(f)\"$(slipway completion words -- \\\n"
    "\t    \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"})\n"
    "\tif (( ${#found} )); then compadd -a found; else _files; fi\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _slipway ]; then _slipway\n"
    "else compdef _slipway slipway; fi\n";

static const char completion_fish[] =
    "function __slipway_words\n"
    "\tset -l typed (commandline -opc) (commandline -ct)\n"
    "\tslipway completion words -- $typed[2..-1] 2>/dev/null\n"
    "end\n"
    "complete -c slipway -a '(__slipway_words)'\n";

static const struct {
	const char *shell, *text;
} completions[] = {
	{ "bash", completion_bash },
	{ "fish", completion_fish },
	{ "zsh", completion_zsh },
};

static void
completion_verbs(struct session *s)
{
	struct str rest;

	for (const struct alias *l = aliases; l->word != NULL; l++)
		if (strchr(l->word, ' ') == NULL)
			fprintf(s->out, "%s\n", l->word);
	for (const struct help_extra *x = help_extras; x->word != NULL; x++)
		fprintf(s->out, "%s\n", x->word);
	for (const struct op *const *op = ops; *op != NULL; op++) {
		if ((*op)->cli != NULL)
			fprintf(s->out, "%s\n",
			    arena_str(s->arena,
				str_cut(str_of((*op)->cli), ' ', &rest)));
	}
}

/* The second words of a noun. */
static void
completion_noun(struct session *s, const char *noun)
{
	struct str word, rest, more;

	for (const struct op *const *op = ops; *op != NULL; op++) {
		if ((*op)->cli == NULL)
			continue;
		word = str_cut(str_of((*op)->cli), ' ', &rest);
		if (str_is(word, noun))
			fprintf(s->out, "%s\n",
			    arena_str(s->arena, str_cut(rest, ' ', &more)));
	}
}

static void
completion_names(struct session *s, const char *list)
{
	json_t *catalogue, *item;
	struct err ignored;
	size_t i;

	if (!form_catalogue(s, &catalogue, &ignored))
		return;
	json_array_foreach(json_object_get(catalogue, list), i, item) fprintf(
	    s->out, "%s\n", json_string_value(json_object_get(item, "name")));
}

static void
completion_flags(struct session *s, const struct op *op, const char *name)
{
	struct usage *u = usage_create(s->arena, op);
	struct form form;
	struct err ignored;

	if (name != NULL && (op == &op_request_ask || op == &op_task_run) &&
	    form_find(s, op == &op_request_ask, name, &form, &ignored))
		usage_add_form(s->arena, u, form.flags, form.nflags);
	for (size_t i = 0; i < u->nflags; i++) {
		fprintf(s->out, "%s\n", flag_text(s->arena, u->flags[i].name));
		if (strcmp(u->flags[i].name, "environment") == 0)
			fputs("--env\n", s->out);
	}
	for (const struct flag *g = global_flags; g->name != NULL; g++)
		fprintf(s->out, "%s\n", flag_text(s->arena, g->name));
}

static void
completion_environments(struct session *s)
{
	json_t *catalogue, *name;
	struct err ignored;
	size_t i;

	if (!form_catalogue(s, &catalogue, &ignored))
		return;
	json_array_foreach(json_object_get(catalogue, "environments"), i, name)
		fprintf(s->out, "%s\n", json_string_value(name));
}

/* What may stand behind that flag; false: it is none, or takes no value. */
static bool
completion_value(struct session *s, const struct op *op, const char *name,
    const char *typed)
{
	struct usage *u = usage_create(s->arena, op);
	const struct str flag = { typed + 2, strlen(typed) - 2 };
	struct form form;
	struct err ignored;

	if (str_is(flag, "env") || str_is(flag, "environment")) {
		completion_environments(s);
		return true;
	}
	if (name != NULL && (op == &op_request_ask || op == &op_task_run) &&
	    form_find(s, op == &op_request_ask, name, &form, &ignored))
		usage_add_form(s->arena, u, form.flags, form.nflags);
	for (size_t i = 0; i < u->nflags; i++) {
		const struct schema *schema = u->flags[i].schema;

		if (!flag_is(u->flags[i].name, flag) || schema == NULL ||
		    schema->kind == SCHEMA_BOOL)
			continue;
		for (size_t k = 0; schema->choices != NULL &&
		     schema->choices[k] != NULL; k++)
			fprintf(s->out, "%s\n", schema->choices[k]);
		return true;
	}
	return false;
}

static const struct help_extra *
completion_extra_find(const char *word)
{
	for (const struct help_extra *x = help_extras; x->word != NULL; x++)
		if (strcmp(x->word, word) == 0)
			return x;
	return NULL;
}

/* What the program does itself: by its usage, "manual [slipway|folder]",
 * "restore FILE --to DIR". */
static void
completion_extra(struct session *s, const struct help_extra *x,
    const char *typed)
{
	const bool flags = typed[0] == '-';
	struct str rest = str_of(x->usage), word, other;

	while (rest.p != NULL && rest.n > 0) {
		word = str_cut(rest, ' ', &rest);
		while (word.n > 0 && strchr("[(", word.p[0]) != NULL)
			word = (struct str){ word.p + 1, word.n - 1 };
		while (word.n > 0 && strchr("])", word.p[word.n - 1]) != NULL)
			word.n--;
		if (flags && str_starts(word, "--"))
			fprintf(s->out, "%.*s\n", (int)word.n, word.p);
		if (flags || memchr(word.p, '|', word.n) == NULL ||
		    islower((unsigned char)word.p[0]) == 0)
			continue;
		for (other = word; other.p != NULL && other.n > 0;) {
			word = str_cut(other, '|', &other);
			fprintf(s->out, "%.*s\n", (int)word.n, word.p);
		}
	}
	if (flags && strcmp(x->word, "serve") == 0)
		for (const struct setting *k = settings; k->flag != NULL; k++)
			fprintf(s->out, "--%s\n", k->flag);
}

/* argv: the words so far; the last one is being typed. */
static void
completion_words(struct session *s, int argc, char **argv)
{
	const char *typed = argc > 0 ? argv[argc - 1] : "";
	struct verb v;

	if (argc <= 1) {
		completion_verbs(s);
		return;
	}
	if (!verb_find(argc - 1, argv, &v)) {
		const struct help_extra *x = completion_extra_find(argv[0]);

		if (x != NULL)
			completion_extra(s, x, typed);
		completion_noun(s, argv[0]);
		return;
	}
	if (strncmp(typed, "--", 2) == 0) {
		completion_flags(
		    s, v.op, v.words < argc - 1 ? argv[v.words] : NULL);
		return;
	}
	if (v.words < argc - 1 && strncmp(argv[argc - 2], "--", 2) == 0 &&
	    completion_value(s, v.op,
		v.words < argc - 2 ? argv[v.words] : NULL, argv[argc - 2]))
		return;
	if (v.words != argc - 1)
		return;
	if (v.op == &op_request_ask || v.op == &op_request_get)
		completion_names(s, "requests");
	if (v.op == &op_task_run || v.op == &op_task_get)
		completion_names(s, "tasks");
	if (v.alias != NULL && verb_is_noun(argv[0]))
		completion_noun(s, argv[0]);
}

int
completion_run(struct session *s, int argc, char **argv)
{
	struct err e;

	if (argc > 0 && strcmp(argv[0], "words") == 0) {
		argc--;
		argv++;
		if (argc > 0 && strcmp(argv[0], "--") == 0) {
			argc--;
			argv++;
		}
		completion_words(s, argc, argv);
		return EXIT_OK;
	}
	for (size_t i = 0; argc == 1 && i < ARRAY_SIZE(completions); i++) {
		if (strcmp(argv[0], completions[i].shell) == 0) {
			fputs(completions[i].text, s->out);
			return EXIT_OK;
		}
	}
	err_set(&e, ERR_SYNTAX, "usage", "completion: say for which shell");
	err_hint(&e, "eval \"$(slipway completion bash)\"; there are bash, "
		     "fish and zsh");
	return session_fail(s, &e);
}
