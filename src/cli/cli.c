/* SPDX-License-Identifier: MIT */
#include "cli/cli.h"

#include <string.h>

#include "base/near.h"
#include "cli/alias.h"
#include "cli/artifact.h"
#include "cli/ask.h"
#include "cli/audit.h"
#include "cli/backup.h"
#include "cli/close.h"
#include "cli/completion.h"
#include "cli/decide.h"
#include "cli/drain.h"
#include "cli/evidence.h"
#include "cli/help.h"
#include "cli/inbox.h"
#include "cli/local.h"
#include "cli/login.h"
#include "cli/manual.h"
#include "cli/verbs.h"
#include "spec/access.h"
#include "spec/artifact.h"
#include "spec/audit.h"
#include "spec/backup.h"
#include "spec/bundle.h"
#include "spec/catalogue.h"
#include "spec/evidence.h"
#include "spec/inbox.h"
#include "spec/resource.h"
#include "spec/results.h"
#include "spec/run.h"
#include "spec/schedule.h"
#include "spec/server.h"
#include "spec/ticket.h"
#include "spec/undo.h"

/* Operations that do more than flags in, page out. */
static const struct {
	const struct op *op;
	int (*run)(
	    struct session *s, const struct verb *v, int argc, char **argv);
} cli_verbs[] = {
	{ &op_artifact_get, verb_artifact_get },
	{ &op_audit_export, verb_raw },
	{ &op_audit_follow, audit_verb_follow },
	{ &op_audit_list, audit_verb_list },
	{ &op_backup_create, verb_backup },
	{ &op_evidence_get, evidence_verb },
	{ &op_health_ready, verb_status },
	{ &op_inbox_follow, inbox_verb_follow },
	{ &op_inbox_list, inbox_verb_list },
	{ &op_resource_release, verb_again },
	{ &op_run_again, verb_again },
	{ &op_run_bundle, verb_raw },
	{ &op_run_follow, verb_follow },
	{ &op_run_log, verb_log },
	{ &op_run_retry, verb_retry },
	{ &op_run_reveal, verb_reveal },
	{ &op_run_undo, verb_again },
	{ &op_schedule_run, verb_again },
	{ &op_secret_set, verb_secret_set },
	{ &op_server_drain, verb_drain },
	{ &op_ticket_close, close_run },
	{ &op_token_create, verb_token_create },
};

static const struct {
	const struct op *op;
	int (*run)(
	    struct session *s, const struct op *op, int argc, char **argv);
} cli_asks[] = {
	{ &op_request_ask, ask_verb },
	{ &op_task_run, ask_verb },
	{ &op_ticket_approve, decide_run },
	{ &op_ticket_decline, decide_run },
	{ &op_ticket_edit, ask_edit },
};

static int
cli_op(struct session *s, const struct verb *v, int argc, char **argv)
{
	for (size_t i = 0; i < ARRAY_SIZE(cli_asks); i++) {
		if (cli_asks[i].op == v->op)
			return cli_asks[i].run(s, v->op, argc, argv);
	}
	for (size_t i = 0; i < ARRAY_SIZE(cli_verbs); i++) {
		if (cli_verbs[i].op == v->op)
			return cli_verbs[i].run(s, v, argc, argv);
	}
	return verb_plain(s, v, argc, argv);
}

/* The words behind the verb; `plan TASK` is a dry run of it. */
static char **
cli_added(struct session *s, const struct verb *v, int argc, char **argv)
{
	char **more;

	if (v->alias == NULL || strcmp(v->alias->word, "plan") != 0)
		return argv;
	more = arena_array(s->arena, (size_t)argc + 2, sizeof(*more));
	for (int i = 0; i < argc; i++)
		more[i] = argv[i];
	more[argc] = arena_strdup(s->arena, "--dry-run");
	return more;
}

static int
cli_dispatch(struct session *s, int argc, char **argv)
{
	struct verb v;

	if (argc == 0) {
		help_main(s);
		return s->globals.help ? EXIT_OK : EXIT_USAGE;
	}
	if (strcmp(argv[0], "help") == 0)
		return argc > 1 ? help_verb(s, argc - 1, argv + 1)
				: help_main(s);
	if (strcmp(argv[0], "completion") == 0)
		return completion_run(s, argc - 1, argv + 1);
	if (strcmp(argv[0], "login") == 0)
		return login_run(s, argc - 1, argv + 1);
	if (strcmp(argv[0], "logout") == 0)
		return logout_run(s, argc - 1, argv + 1);
	if (strcmp(argv[0], "manual") == 0)
		return manual_run(s, argc - 1, argv + 1);
	if (strcmp(argv[0], "show") == 0)
		return verb_show(s, argc - 1, argv + 1);
	if (verb_find(argc, argv, &v)) {
		argc -= v.words;
		argv = cli_added(s, &v, argc, argv + v.words);
		return cli_op(s, &v, argc + (argv[argc] != NULL), argv);
	}
	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return help_verb(s, 1, argv);
	if (argc == 1 && help_noun(s, argv[0]))
		return EXIT_USAGE;
	return help_unknown(s, argc, argv);
}

/* Before anything is printed, wherever it stands. */
static bool
cli_no_colour(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--no-color") == 0 ||
		    strcmp(argv[i], "--no-colour") == 0)
			return true;
	}
	return false;
}

static void
cli_unknown_flag(struct session *s, const char *typed, struct err *e)
{
	struct near near = near_start(typed);

	for (const struct flag *f = global_flags; f->name != NULL; f++)
		near_offer(&near, flag_text(s->arena, f->name));
	err_set(e, ERR_SYNTAX, "flag.unknown", "unknown flag '%s'", typed);
	if (near.best != NULL)
		err_hint(e, "did you mean %s?", near.best);
	else
		err_hint(e, "see: slipway help");
}

int
cli_main(int argc, char **argv)
{
	struct session s;
	struct err e;
	int code = EXIT_OK, at = 1;

	session_init(&s);
	if (cli_no_colour(argc, argv))
		s.term.colour = false;
	while (at < argc && argv[at][0] == '-') {
		int used = globals_parse(&s.globals, argc - at, argv + at, &e);

		if (used == 0)
			cli_unknown_flag(&s, argv[at], &e);
		if (used <= 0) {
			code = session_fail(&s, &e);
			session_finish(&s);
			return code;
		}
		at += used;
	}
	code = cli_dispatch(&s, argc - at, argv + at);
	if (fflush(stdout) != 0 && code == EXIT_OK)
		code = err_class_info(ERR_IO)->exit;
	session_finish(&s);
	return code;
}
