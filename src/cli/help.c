/* SPDX-License-Identifier: MIT */
#include "cli/help.h"

#include <string.h>

#include "base/near.h"
#include "cli/alias.h"
#include "cli/form.h"
#include "cli/local.h"
#include "cli/text.h"
#include "spec/run.h"

const struct help_extra help_extras[] = {
	{ "backup", "backup FILE|DIR [--data DIR] [--include-logs] [--with-key]",
	    "Put a data folder into one file, on its machine.",
	    "The server may run and does not wait.  backup verify FILE looks "
	    "whether one is whole; backup create asks a server for one." },
	{ "check", "check DIR", "Check a team's folder; report every error.",
	    "Each error is file:line:column, what, why, and what to type.  "
	    "Exit 78 when there is any." },
	{ "completion", "completion bash|zsh|fish",
	    "Print completion for a shell.",
	    "Put this into ~/.bashrc or ~/.zshrc: "
	    "eval \"$(slipway completion bash)\"; fish: "
	    "slipway completion fish | source" },
	{ "doctor", "doctor [--data DIR] [--folder DIR] [--backups DIR]",
	    "Look at everything that one would be asked about.",
	    "Data folder, space, database, audit chain, folder, server, "
	    "backups, clock, zones, sandbox: ok, warn or fail, and what to "
	    "do.  Exit code 1: something fails." },
	{ "fsck", "fsck [--full] [DATA]",
	    "Look for damage in a data folder; reads only.",
	    "Exit code 1: something is wrong, 2: it could not be looked at." },
	{ "help", "help [all|VERB]", "Explain everything, or one verb.", NULL },
	{ "init", "init [DIR]", "Write a team's folder to begin with.", NULL },
	{ "login", "login URL [--as PROFILE] [--token-file FILE] [--ca FILE]",
	    "Sign in to a server elsewhere, with a token.",
	    "The token is asked for without echo, or read from a file, - is "
	    "stdin.  It is tried and kept in a profile, which is used from "
	    "then on where nothing else is said.  --ca: a file with the "
	    "authority of the server's certificate." },
	{ "logout", "logout [PROFILE]", "Forget a profile and its token.",
	    "The token itself stays good: slipway token revoke ends it." },
	{ "manual", "manual [slipway|folder|serve]",
	    "Print a man page: slipway manual | man -l -",
	    "With --markdown as in docs/reference." },
	{ "plan", "plan TASK --env ENV ...",
	    "Say what a task would do; nothing is started.", NULL },
	{ "replay", "replay FILE",
	    "Compute a run again from its bundle, without a server.",
	    "slipway run bundle RUN >FILE writes one.  Exit code 2: something "
	    "is not what follows from the rest." },
	{ "restore", "restore FILE --to DIR --new-epoch [--key FILE]",
	    "Make a data folder from a backup.",
	    "What ran is unknown then, and the server begins nothing until: "
	    "slipway drain --undo." },
	{ "run --local", "run TASK --local",
	    "Run a task here, without a server.", NULL },
	{ "serve", "serve", "Run the server.", NULL },
	{ "show", "show KEY", "Show a ticket (OPS-1) or a run (R-1).", NULL },
	{ "version", "version", "Print the version.", NULL },
	{ NULL, NULL, NULL, NULL },
};

/* The pages of `slipway help`: groups of words, told in the order of use. */
static const struct {
	const char *title;
	const char *words[20]; /* aliases, canonical verbs or extras */
} help_groups[] = {
	{ "Ask", { "requests", "request", "tickets", "show", "edit", "withdraw",
		     "comment", "ticket create" } },
	{ "Decide", { "waiting", "approve", "decline", "can", "delegate to" } },
	{ "Run", { "tasks", "plan", "run", "runs", "follow", "logs", "gantt",
		     "results", "artifacts", "artifact get", "reveal" } },
	{ "Mend", { "retry", "again", "undo", "cancel", "resolve", "stats",
		      "run history", "run bundle", "replay" } },
	{ "Time", { "schedules", "schedule show", "schedule backfill", "pause",
		      "resume", "limits" } },
	{ "Work", { "inbox", "next", "board", "backlog", "search", "filters",
		      "filter save", "ticket bulk", "stuck", "ageing", "metrics",
		      "toil" } },
	{ "Things", { "resources", "resource show", "resource extend",
			"resource transfer", "release", "costs" } },
	{ "Look", { "whoami", "status", "environments", "people", "teams",
		      "platform", "plan show", "audit", "evidence" } },
	{ "Administer",
	    { "secrets", "secret set", "secret remove", "tokens",
		"token create", "token revoke", "access review", "break-glass",
		"audit verify", "audit export", "usage", "backups", "drain",
		"reload" } },
	{ "Serve", { "init", "check", "run --local", "serve", "doctor",
		       "backup", "restore", "fsck", "login", "logout", "manual",
		       "completion", "version" } },
};

/* For somebody who has two minutes. */
static const char *const help_first[][2] = {
	{ "slipway requests", "see what you may ask for" },
	{ "slipway request NAME", "ask; what is missing you are asked for" },
	{ "slipway show OPS-1", "see where it is" },
	{ "slipway init DIR", "no server yet: make a folder, then: slipway "
			      "serve --folder DIR" },
};

const char help_exit_codes[] =
    "Exit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 denied, "
    "5 conflict,\n6 waiting for approval, 7 cancelled, 8 timed out, "
    "9 missing input,\n10 unknown, 69 no server, 74 storage, 75 later, "
    "78 configuration\n";

static const struct help_extra *
help_find_extra(const char *word)
{
	for (const struct help_extra *x = help_extras; x->word != NULL; x++) {
		if (strcmp(x->word, word) == 0)
			return x;
	}
	return NULL;
}

/* Splits words at the space into argv for verb_find. */
static bool
help_find_op(struct arena *a, const char *words, struct verb *ret)
{
	char *argv[USAGE_WORDS];
	struct str left = str_of(words);
	int argc = 0;

	while (left.n > 0 && argc < USAGE_WORDS)
		argv[argc++] = arena_str(a, str_cut(left, ' ', &left));
	return verb_find(argc, argv, ret) && ret->words == argc;
}

/* A summary without its full stop, in the middle of a line. */
static const char *
help_summary(struct arena *a, const char *summary)
{
	struct str text = str_of(summary);

	if (str_ends(text, "."))
		text.n--;
	return arena_str(a, text);
}

static void
help_line(struct session *s, const char *words)
{
	struct arena *a = s->arena;
	const struct help_extra *extra = help_find_extra(words);
	const char *usage = words, *summary;
	struct verb v;

	if (extra != NULL) {
		usage = extra->usage;
		summary = extra->summary;
	} else {
		bool found = help_find_op(a, words, &v);

		ASSERT(found);
		summary = v.op->summary;
		if (v.alias != NULL && v.alias->usage != NULL)
			usage = arena_printf(a, "%s %s", words, v.alias->usage);
	}
	text_wrap(s->out, s->term.width, 26, usage, help_summary(a, summary));
}

static void
help_flag(struct session *s, const struct flag *f)
{
	struct arena *a = s->arena;
	const char *kind = flag_kind(a, f);
	const char *name = strcmp(f->name, "environment") == 0
			       ? "--env"
			       : flag_text(a, f->name);
	const char *text = f->schema->doc == NULL ? "" : f->schema->doc;

	if (f->schema->kind != SCHEMA_BOOL)
		name = arena_printf(
		    a, "%s %s", name, f->hold == NULL ? "VALUE" : f->hold);
	if (*kind != '\0' && !streq(kind, f->hold))
		text = arena_printf(a, "%s (%s)", text, kind);
	if (f->required)
		text = arena_printf(a, "%s Required.", text);
	text_wrap(s->out, s->term.width, 26, name, text);
}

static void
help_globals(struct session *s)
{
	fprintf(s->out, "\n%s\n",
	    session_tone(s, TONE_STRONG, "Flags of every verb"));
	for (const struct flag *f = global_flags; f->name != NULL; f++)
		help_flag(s, f);
	fputs("\nEnvironment: SLIPWAY_SOCKET, SLIPWAY_URL, SLIPWAY_TOKEN, "
	      "SLIPWAY_AS, NO_COLOR\n",
	    s->out);
	fputs(help_exit_codes, s->out);
}

int
help_main(struct session *s)
{
	struct arena *a = s->arena;

	fputs("slipway: ask for it, have it approved, see it done\n\n", s->out);
	for (size_t i = 0; i < ARRAY_SIZE(help_first); i++)
		text_wrap(s->out, s->term.width, 26, help_first[i][0],
		    help_first[i][1]);
	fputc('\n', s->out);
	for (size_t i = 0; i < ARRAY_SIZE(help_groups); i++) {
		const char *const *word = help_groups[i].words;
		const char *all = word[0];

		while (*++word != NULL)
			all = arena_printf(a, "%s, %s", all, *word);
		text_wrap(s->out, s->term.width, 11, help_groups[i].title, all);
	}
	help_globals(s);
	fputs("\nMore: slipway help all, slipway help VERB, "
	      "slipway request NAME --help\n", s->out);
	return EXIT_OK;
}

/* Each with its sentence. */
static int
help_all(struct session *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(help_groups); i++) {
		fprintf(s->out, "%s%s\n", i == 0 ? "" : "\n",
		    session_tone(s, TONE_STRONG, help_groups[i].title));
		for (size_t k = 0; help_groups[i].words[k] != NULL; k++)
			help_line(s, help_groups[i].words[k]);
	}
	fputs("\nThe rest: slipway help ticket, run, resource, inbox …; all of "
	      "it: slipway manual\n", s->out);
	return EXIT_OK;
}

static void
help_flags(struct session *s, const struct usage *u)
{
	if (u->nflags == 0)
		return;
	fprintf(s->out, "\n%s\n", session_tone(s, TONE_STRONG, "Flags"));
	for (size_t i = 0; i < u->nflags; i++)
		help_flag(s, &u->flags[i]);
}

int
help_ask(struct session *s, const struct op *op)
{
	help_flags(s, usage_create(s->arena, op));
	fputs("\nOn a terminal what is missing is asked for, and what needs "
	      "no approval is\nfollowed to its end.  Exit with --wait or "
	      "--follow: as the run ended; with\n--no-wait: 6 when it waits "
	      "for approval.\n",
	    s->out);
	return EXIT_OK;
}

int
help_op(struct session *s, const struct op *op)
{
	struct arena *a = s->arena;
	struct usage *u = usage_create(a, op);

	fprintf(s->out, "usage: %s\n", usage_line(a, u));
	for (const struct alias *l = aliases; l->word != NULL; l++) {
		if (strcmp(l->op, op->name) == 0)
			fprintf(s->out, "   or: slipway %s%s%s\n", l->word,
			    l->usage == NULL ? "" : " ",
			    l->usage == NULL ? "" : l->usage);
	}
	fprintf(s->out, "\n%s\n", op->summary);
	if (op->doc != NULL)
		text_below(s->out, s->term.width, 0, op->doc);
	if (u->npath > 0 && strcmp(u->path[0], "RUN") == 0)
		fputs("RUN is a key such as R-12, or that of its ticket.\n",
		    s->out);
	help_flags(s, u);
	fputs("\nFlags of every verb: slipway help\n", s->out);
	return EXIT_OK;
}

bool
help_noun(struct session *s, const char *noun)
{
	if (!verb_is_noun(noun))
		return false;
	fprintf(s->out, "What there is to do with: %s\n\n", noun);
	for (const struct op *const *op = ops; *op != NULL; op++) {
		struct str rest;

		if ((*op)->cli != NULL &&
		    str_is(str_cut(str_of((*op)->cli), ' ', &rest), noun))
			text_wrap(s->out, s->term.width, 26,
			    verb_text(s->arena, *op), (*op)->summary);
	}
	fprintf(s->out, "\nOne of them: slipway help %s VERB\n", noun);
	return true;
}

int
help_verb(struct session *s, int argc, char **argv)
{
	const struct help_extra *extra = help_find_extra(argv[0]);
	struct verb v;

	if (argc == 1 && streq(argv[0], "all"))
		return help_all(s);
	if (verb_find(argc, argv, &v))
		return help_op(s, v.op);
	if (extra != NULL) {
		fprintf(s->out, "usage: slipway %s\n\n%s\n", extra->usage,
		    extra->summary);
		if (extra->doc != NULL)
			fprintf(s->out, "%s\n", extra->doc);
		return EXIT_OK;
	}
	return help_noun(s, argv[0]) ? EXIT_OK : help_unknown(s, argc, argv);
}

/* Whether the team's folder has something of that name; NULL: no, or there is
 * nobody to ask. */
static const char *
help_folder_verb(struct session *s, const char *name)
{
	static const char *const lists[] = { "requests", "tasks" };
	static const char *const verbs[] = { "request", "run" };
	json_t *catalogue, *item;
	struct err ignored;
	size_t i;

	if (!form_catalogue(s, &catalogue, &ignored))
		return NULL;
	for (size_t k = 0; k < ARRAY_SIZE(lists); k++) {
		json_array_foreach(
		    json_object_get(catalogue, lists[k]), i, item)
		{
			if (streq(json_string_value(
				      json_object_get(item, "name")),
				name))
				return verbs[k];
		}
	}
	return NULL;
}

int
help_unknown(struct session *s, int argc, char **argv)
{
	struct arena *a = s->arena;
	bool noun = argc > 1 && verb_is_noun(argv[0]) && argv[1][0] != '-';
	const char *typed =
	    noun ? arena_printf(a, "%s %s", argv[0], argv[1]) : argv[0];
	struct near near = near_start(typed);
	const char *verb = noun ? NULL : help_folder_verb(s, argv[0]);
	const struct meant *meant = meant_find(argv[0]);
	struct err e;

	verb_offer_all(a, &near);
	err_set(&e, ERR_SYNTAX, "verb.unknown", "unknown verb '%s'", typed);
	if (verb != NULL)
		err_hint(&e, "slipway %s %s", verb, text_shell(a, argv[0]));
	else if (noun || verb_is_noun(argv[0]))
		err_hint(&e, "see: slipway help %s", argv[0]);
	else if (meant != NULL && meant->verb != NULL)
		err_hint(&e, "did you mean 'slipway %s'?", meant->verb);
	else if (near.best != NULL)
		err_hint(&e, "did you mean '%s'?", near.best);
	else
		err_hint(&e, "see: slipway help");
	if (noun && near.best != NULL)
		err_hint(&e, "did you mean '%s'?", near.best);
	return session_fail(s, &e);
}
