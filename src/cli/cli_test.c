/* SPDX-License-Identifier: MIT */
#include "cli/play_test.h"

#include "cli/alias.h"
#include "cli/argv.h"

static const char catalogue[] =
    "{\"etag\": \"1\", \"environments\": [\"dev\", \"prod\"],"
    "\"default_environment\": null, \"tasks\": [{\"name\": \"dump\","
    "\"doc\": null, \"team\": \"platform\", \"params\": {\"type\":"
    "\"object\", \"properties\": {}}, \"needs\": [], \"outputs\": [],"
    "\"undo\": null, \"can\": [\"dev\"]}],"
    "\"requests\": [{\"name\": \"database\", \"title\": \"A database\","
    "\"doc\": \"PostgreSQL\", \"project\": \"OPS\", \"task\": \"database\","
    "\"team\": \"platform\", \"priority\": \"customer\","
    "\"environments\": [\"dev\", \"prod\"], \"can\": [\"dev\"],"
    "\"params\": {\"type\": \"object\", \"properties\": {"
    "\"name\": {\"type\": \"string\", \"description\": \"Its name\"},"
    "\"size\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 500,"
    "\"default\": 10, \"description\": \"GiB\"},"
    "\"password\": {\"type\": \"string\", \"format\": \"password\"}},"
    "\"required\": [\"name\"]}}]}";

#define NEEDS                                                                  \
	"[{\"id\": 1, \"plan_hash\": \"aaaabbbbccccdddd\", \"source\":"        \
	"\"environment prod (env.yaml:3)\", \"rule\": \"1 of compliance\","    \
	"\"approvers\": \"compliance\", \"wanted\": 1, \"eligible\":"          \
	"[\"casey\"], \"may_decide\": [\"casey\"],"                           \
	"\"status\": \"open\", \"expires_at\": null,"                       \
	"\"votes\": []}]"
#define TICKET(status, needs)                                                  \
	"{\"ticket\": {\"key\": \"OPS-1\", \"title\": \"orders \\u001b[31m\"," \
	"\"status\": \"" status "\", \"priority\": \"customer\","              \
	"\"requester\": \"ernie\", \"last_editor\": \"ernie\","                \
	"\"request\": \"database\", \"task\": \"database\", \"team\":"         \
	"\"platform\", \"environment\": \"prod\", \"params\": {\"name\":"      \
	"\"orders\"}, \"plan_hash\": \"aaaabbbbccccdddd\", \"created_at\":"    \
	"\"2026-11-21T09:00:00.000Z\", \"resolution\": \"\"}, \"run\":"        \
	"\"R-1\", \"needs\": " needs ", \"history\": [{\"id\": 1, \"at\":"     \
	"\"2026-11-21T09:00:00.000Z\", \"actor\": \"ernie\", \"kind\":"        \
	"\"edit\", \"body\": \"`size` changed 10 → 20\\nsecond line\","      \
	"\"detail\": {}}], \"outputs\": {\"url\": \"postgres://x\","           \
	"\"password\": \"***\"}, \"warnings\": [\"secret pg is not set\"]}"
#define RUN(status, second, tail)                                              \
	"{\"run\": {\"key\": \"R-1\", \"task\": \"database\", \"team\":"       \
	"\"platform\", \"environment\": \"prod\", \"status\": \"" status "\"," \
	"\"reason\": \"\", \"requester\": \"ernie\", \"dry\": false,"          \
	"\"plan_hash\": \"aaaabbbbccccdddd\", \"params\": {\"name\":"          \
	"\"orders\"}}, \"ticket\": \"OPS-1\", \"planning\": false,"            \
	"\"newer\": false, \"watchers\": [], \"more_steps\": 0, \"steps\": ["  \
	"{\"id\": 4, \"task\": \"database-role\", \"status\": \"skipped\","    \
	"\"preview\": \"done\", \"params\": {\"name\": \"orders\"},"           \
	"\"reason\": \"\", \"attempts\": [], \"usual_ms\": 400},"              \
	"{\"id\": 5, \"task\": \"database\", \"status\": \"" second "\","      \
	"\"preview\": \"missing\", \"params\": {\"name\": \"orders\"},"        \
	"\"reason\": \"\", \"usual_ms\": 1200, \"outputs\": {\"url\":"         \
	"\"postgres://x\"}, \"started_at\": \"2026-11-21T09:00:00.000Z\","     \
	"\"ended_at\": \"2026-11-21T09:00:01.200Z\", \"attempts\": "           \
	"[{\"kind\":"                                                          \
	"\"run\", \"code\": 3, \"signal\": 0, \"detail\": \"\"}],"             \
	"\"tail\": [" tail "]}]}"
#define ASKED(status)                                                          \
	"{\"ticket\": \"OPS-1\", \"run\": \"R-1\", \"plan_hash\":"             \
	"\"aaaabbbbccccdddd\", \"status\": \"" status "\", \"joined\": false," \
	"\"needs\": [], \"warnings\": []}"

static const struct route none[] = { { NULL, 0, NULL, NULL } };

static void
test_help(void **state)
{
	struct result *r = PLAY(none, NULL, "help");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->out, "approve, decline");
	assert_has(r->out, "--json");
	assert_has(r->out, "Exit codes");
	r = PLAY(none, NULL, "help", "all");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "approve TICKET");
	assert_has(r->out, "nothing is started");
	r = PLAY(none, NULL, "approve", "--help");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "usage: slipway ticket approve TICKET");
	assert_has(r->out, "or: slipway approve TICKET");
	assert_has(r->out, "--yes");
	r = PLAY(none, NULL, "help", "ticket");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "ticket withdraw");
	r = PLAY(none, NULL, "aprove", "OPS-1");
	assert_int_equal(r->code, 2);
	assert_has(r->err, "unknown verb 'aprove'");
	assert_has(r->err, "did you mean 'approve'?");
}

/* Every verb explains itself without a server. */
static void
test_help_of_every_op(void **state)
{
	(void)state;
	for (const struct op *const *op = ops; *op != NULL; op++) {
		struct arena *a = arena_create();
		struct usage *u;
		struct result *r;

		if ((*op)->cli != NULL) {
			u = usage_create(a, *op);
			r = u->nwords > 2
				? PLAY(none, NULL, "help", u->words[0],
				      u->words[1], u->words[2])
				: PLAY(none, NULL, "help", u->words[0],
				      u->words[1]);
			assert_int_equal(r->code, 0);
			assert_has(r->out, (*op)->summary);
		}
		arena_destroy(a);
	}
}

static void
test_list(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/tickets?status=done ", 200, NULL,
		    "{\"items\": [{\"key\": \"OPS-7\", \"status\": \"done\","
		    "\"title\": \"x\", \"requester\": \"ernie\"}],"
		    "\"next\": \"OPS-7\"}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "tickets", "--status", "done");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->out, "KEY ");
	assert_has(r->out, "OPS-7");
	assert_has(r->err, "more: the same with --after OPS-7");
	r = PLAY(routes, NULL, "tickets", "--status=done", "--quiet");
	assert_string_equal(r->out, "OPS-7\n");
	r = PLAY(routes, NULL, "--json", "ticket", "list", "--status=done");
	assert_has(r->out, "\"next\": \"OPS-7\"");
}

static void
test_errors(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/catalogue ", 200, NULL, catalogue },
		{ "POST /v1/requests/database/tickets ", 422,
		    "application/problem+json",
		    "{\"code\": \"invalid\", \"title\": \"Invalid\","
		    "\"detail\": \"one\", \"status\": 422, \"errors\": ["
		    "{\"pointer\": \"/params/size\", \"detail\":"
		    "\"at most 500\", \"hint\": \"less\"},"
		    "{\"pointer\": \"/environment\", \"detail\": \"no\"}]}" },
		{ "POST /v1/tickets/OPS-1/approve ", 403,
		    "application/problem+json",
		    "{\"code\": \"approval.self\", \"title\": \"Not allowed\","
		    "\"detail\": \"the requester \\u001b[2Jmay not approve\","
		    "\"hint\": \"ask casey\", \"status\": 403}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "request", "database", "--name",
	    "x", "--size", "900", "--env", "prod");

	(void)state;
	assert_int_equal(r->code, 2);
	assert_has(r->err, "--size: at most 500");
	assert_has(r->err, "hint: less");
	assert_has(r->err, "--env: no");
	assert_has(r->asked.data, "\"size\":900");
	r = PLAY(routes, NULL, "approve", "OPS-1", "--plan-hash", "abc");
	assert_int_equal(r->code, 4);
	assert_string_equal(r->err, "slipway: the requester may not approve\n"
				    "  hint: ask casey\n");
	assert_has(r->asked.data, "\"plan_hash\":\"abc\"");
}

static void
test_no_server(void **state)
{
	struct result *r =
	    PLAY(none, NULL, "--socket", "/nonexistent/sock", "tickets");

	(void)state;
	assert_int_equal(r->code, 69);
	assert_has(r->err, "slipway: ");
	assert_has(r->err, "hint: ");
}

static void
test_missing(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/catalogue ", 200, NULL, catalogue },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "request", "database");

	(void)state;
	assert_int_equal(r->code, 9);
	assert_has(r->err, "--name: Its name");
	assert_has(r->err, "--env: Where (one of: dev, prod)");
	r = PLAY(routes, NULL, "request", "databse", "--name", "x");
	assert_int_equal(r->code, 3);
	assert_has(r->err, "did you mean 'database'?");
	r = PLAY(routes, NULL, "request", "database", "--nmae", "x");
	assert_int_equal(r->code, 2);
	assert_has(r->err, "did you mean --name?");
	r = PLAY(routes, NULL, "request", "database", "--help");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "--size");
	assert_has(r->out, "(1 to 500)");
	assert_has(r->out, "GiB (1 to 500), default 10");
	assert_has(r->out, "slipway request database --name");
	assert_has(r->out, "--dry-run");
	r = PLAY(routes, NULL, "dump");
	assert_int_equal(r->code, 2);
	assert_has(r->err, "slipway run dump");
}

static const struct route waiting[] = {
	{ "GET /v1/catalogue ", 200, NULL, catalogue },
	{ "POST /v1/requests/database/tickets ", 200, NULL,
	    ASKED("waiting_approval") },
	{ "GET /v1/runs/R-1 ", 200, NULL,
	    RUN("waiting_approval", "waiting", "") },
	{ "GET /v1/tickets/OPS-1 ", 200, NULL,
	    TICKET("waiting_approval", NEEDS) },
	{ "POST /v1/tickets/OPS-1/approve ", 200, NULL,
	    TICKET("approved", "[]") },
	{ NULL, 0, NULL, NULL },
};

static void
test_ask(void **state)
{
	struct result *r = PLAY(waiting, "hunter2\n", "request", "database",
	    "--name", "orders", "--env", "prod", "--password", "-");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->asked.data, "\"password\":\"hunter2\"");
	assert_has(r->asked.data, "\"environment\":\"prod\"");
	assert_has(r->out, "OPS-1  orders   [waiting approval]");
	assert_has(r->out, "already done");
	assert_has(r->out, "will run");
	assert_has(r->out, "usually 1.2 s");
	assert_has(r->out, "1 of compliance");
	assert_has(r->out, "may decide: casey");
	assert_has(r->out, "aaaabbbbcccc\n");
	assert_has(r->out, "slipway approve OPS-1");
	assert_has(r->out, "secret pg is not set");
	r = PLAY(waiting, NULL, "request", "database", "--name", "orders",
	    "--env", "prod", "--no-wait");
	assert_int_equal(r->code, 6);
	r = PLAY(waiting, NULL, "request", "database", "--name", "orders",
	    "--env", "prod", "--json");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "\"plan_hash\"");
	assert_lacks(r->out, "may decide");
	r = PLAY(waiting, "{\"name\": \"billing\", \"size\": 7}", "request",
	    "database", "--param-file", "-", "--param", "size=8", "--env",
	    "prod", "--quiet");
	assert_string_equal(r->out, "OPS-1\n");
	assert_has(r->asked.data, "\"name\":\"billing\"");
	assert_has(r->asked.data, "\"size\":8");
}

static void
test_approve(void **state)
{
	struct result *r = PLAY(waiting, NULL, "approve", "OPS-1");

	(void)state;
	assert_int_equal(r->code, 9);
	assert_has(r->err, "--yes");
	assert_lacks(r->asked.data, "POST");
	r = PLAY(waiting, NULL, "approve", "OPS-1", "--yes", "--note", "ok");
	assert_int_equal(r->code, 0);
	assert_has(r->asked.data, "\"plan_hash\":\"aaaabbbbccccdddd\"");
	assert_has(r->asked.data, "\"note\":\"ok\"");
	assert_has(r->out, "will run");
	assert_has(r->out, "`size` changed 10 → 20\n");
	assert_has(r->out, "approved: OPS-1 is now approved");
}

static void
test_terminal(void **state)
{
	static const struct reply asked[] = { { "dev, prod): ", "pro\n" },
		{ "dev, prod): ", "prod\n" }, { NULL, NULL } };
	static const struct reply yes[] = { { "[y/N] ", "y\n" },
		{ NULL, NULL } };
	static const struct reply no[] = { { "[y/N] ", "\n" }, { NULL, NULL } };
	struct result *r;

	(void)state;
	r = PLAY_TERMINAL(
	    waiting, asked, "request", "database", "--name", "orders");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "did you mean 'prod'?");
	assert_has(r->asked.data, "\"environment\":\"prod\"");
	assert_has(r->out, "1 of compliance");
	r = PLAY_TERMINAL(waiting, yes, "approve", "OPS-1");
	assert_int_equal(r->code, 0);
	assert_has(r->out, "approve plan aaaabbbbcccc? [y/N] ");
	assert_has(r->asked.data, "POST /v1/tickets/OPS-1/approve");
	r = PLAY_TERMINAL(waiting, no, "approve", "OPS-1");
	assert_int_equal(r->code, 1);
	assert_lacks(r->asked.data, "POST");
}

/* A secret is not echoed; Ctrl-C while it is asked for sends nothing. */
static void
test_terminal_secret(void **state)
{
	static const struct route routes[] = {
		{ "PUT /v1/secrets/pg ", 200, NULL,
		    "{\"name\": \"pg\", \"version\": 1}" },
		{ NULL, 0, NULL, NULL },
	};
	static const struct reply typed[] = { { "value: ", "hunnter\177\177"
							   "\177\177ter2\n" },
		{ NULL, NULL } };
	static const struct reply left[] = { { "value: ", "hun\003" },
		{ NULL, NULL } };
	struct result *r = PLAY_TERMINAL(routes, typed, "secret", "set", "pg");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_lacks(r->out, "hun");
	assert_has(r->asked.data, "\"value\":\"hunter2\"");
	r = PLAY_TERMINAL(routes, left, "secret", "set", "pg");
	assert_int_equal(r->code, 2);
	assert_has(r->out, "nothing was entered");
	assert_null(r->asked.data);
}

static void
test_failed(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    RUN("failed", "failed",
			"\"psql: no\\u001b[2J such role\"") },
		{ "GET /v1/runs/R-1/follow ", 200, "text/event-stream",
		    "id: 1\nevent: run\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"running\"}\n\n"
		    "id: 2\nevent: step\ndata: {\"id\": 5, \"task\":"
		    "\"database\", \"status\": \"running\", \"reason\": \"\"}"
		    "\n\n"
		    "id: 3\nevent: log\ndata: {\"step\": 5, \"task\":"
		    "\"database\", \"text\": \"one\\u001b[31m tw\"}\n\n"
		    "id: 4\nevent: log\ndata: {\"step\": 5, \"task\":"
		    "\"database\", \"text\": \"o\\nthree\"}\n\n"
		    "id: 5\nevent: step\ndata: {\"id\": 5, \"task\":"
		    "\"database\", \"status\": \"failed\", \"reason\":"
		    "\"exit 3\"}\n\n"
		    "id: 6\nevent: end\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"failed\"}\n\n" },
		{ "GET /v1/runs/R-1/log ", 200, "text/plain",
		    "a\033]0;t\007b\033[31mc\n" },
		{ "GET /v1/tickets/OPS-1 ", 200, NULL, TICKET("failed", "[]") },
		{ "POST /v1/runs/R-1/cancel ", 200, NULL,
		    RUN("cancelled", "cancelled", "") },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "follow", "R-1");

	(void)state;
	assert_int_equal(r->code, 1);
	assert_has(r->out, "▸ database       running");
	assert_has(r->out, "one two\nthree\n");
	assert_has(r->out, "✘ database       failed");
	assert_has(r->out, "step 5 database: failed, exit 3");
	assert_has(r->out, "│ psql: no such role\n");
	assert_has(r->out, "retry from here: slipway retry R-1");
	r = PLAY(routes, NULL, "logs", "R-1", "--follow");
	assert_int_equal(r->code, 1);
	assert_string_equal(r->out, "one two\nthree\n");
	r = PLAY(routes, NULL, "logs", "R-1");
	assert_int_equal(r->code, 0);
	assert_string_equal(r->out, "abc\n");
	r = PLAY(routes, NULL, "logs", "R-1", "--raw");
	assert_string_equal(r->out, "a\033]0;t\007b\033[31mc\n");
	r = PLAY(routes, NULL, "run", "follow", "R-1", "--json");
	assert_has(r->out, "{\"id\":\"6\",\"event\":\"end\"");
	r = PLAY(routes, NULL, "cancel", "OPS-1", "wrong name");
	assert_int_equal(r->code, 0);
	assert_has(r->asked.data, "POST /v1/runs/R-1/cancel");
	assert_has(r->asked.data, "\"reason\":\"wrong name\"");
}

static void
test_secrets(void **state)
{
	static const struct route routes[] = {
		{ "POST /v1/runs/R-1/reveal ", 200, NULL,
		    "{\"output\": \"password\", \"value\": \"s3cret\"}" },
		{ "PUT /v1/secrets/pg-admin ", 200, NULL,
		    "{\"name\": \"pg-admin\", \"version\": 2}" },
		{ "GET /v1/people/alice/can?action=run&target=prod%2Fapi ", 200,
		    NULL,
		    "{\"allowed\": false, \"rule\": \"no grant\","
		    "\"who_can_grant\": \"platform\", \"then\": []}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "reveal", "R-1", "password");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_string_equal(r->out, "s3cret\n");
	r = PLAY(routes, "line one\nline two\n", "secret", "set", "pg-admin");
	assert_int_equal(r->code, 0);
	assert_has(r->asked.data, "\"value\":\"line one\\nline two\"");
	assert_has(r->out, "pg-admin is set, version 2");
	r = PLAY(routes, NULL, "can", "alice", "run", "prod/api");
	assert_int_equal(r->code, 4);
	assert_has(r->out, "no grant");
}

static void
test_status(void **state)
{
	static const struct route routes[] = {
		{ "GET /readyz ", 503, NULL,
		    "{\"status\": \"degraded\", \"checks\": {\"audit\":"
		    "{\"ok\": false}}}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "status");

	(void)state;
	assert_int_equal(r->code, 69);
	assert_has(r->out, "server degraded\n  audit:\n    ok: false\n");
}

static void
test_completion(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/catalogue ", 200, NULL, catalogue },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(none, NULL, "completion", "bash");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->out, "complete ");
	r = PLAY(none, NULL, "completion", "zsh");
	assert_has(r->out, "compdef ");
	r = PLAY(none, NULL, "completion", "fish");
	assert_has(r->out, "complete -c slipway");
	r = PLAY(none, NULL, "completion", "words", "--", "restore", "--");
	assert_string_equal(r->out, "--to\n--new-epoch\n--key\n");
	r = PLAY(none, NULL, "completion", "words", "--", "manual", "");
	assert_string_equal(r->out, "slipway\nfolder\nserve\n");
	r = PLAY(none, NULL, "completion", "words", "--", "serve", "--");
	assert_has(r->out, "--keep-runs\n");
	r = PLAY(none, NULL, "completion", "csh");
	assert_int_equal(r->code, 2);
	r = PLAY(routes, NULL, "completion", "words", "--", "request", "");
	assert_has(r->out, "database\n");
	r = PLAY(routes, NULL, "completion", "words", "--", "request",
	    "database", "--");
	assert_has(r->out, "--size\n");
	assert_has(r->out, "--env\n");
	r = PLAY(routes, NULL, "completion", "words", "--", "request",
	    "database", "--env", "");
	assert_string_equal(r->out, "dev\nprod\n");
	r = PLAY(none, NULL, "completion", "words", "--", "audit", "--result",
	    "");
	assert_string_equal(r->out, "done\nallowed\ndenied\n");
	r = PLAY(routes, NULL, "completion", "words", "--", "ticket", "");
	assert_has(r->out, "approve\n");
}

static void
test_manual(void **state)
{
	struct result *r = PLAY(none, NULL, "manual");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->out, ".TH slipway 1 ");
	assert_has(r->out, ".SS slipway ticket approve TICKET");
	assert_has(r->out, "\n.B \\-\\-plan\\-hash HASH\n");
	r = PLAY(none, NULL, "manual", "folder", "--markdown");
	assert_has(r->out, "\n- `needs.NAME.task`: ");
	r = PLAY(none, NULL, "manual", "serve");
	assert_has(r->out, ".TH slipway-serve 8 ");
	assert_has(r->out, "$SLIPWAY_FOLDER\n");
	r = PLAY(none, NULL, "manual", "kitchen");
	assert_int_equal(r->code, 2);
}

static void
test_can_words(void **state)
{
	static const char *const words[][2] = { { "deploy", "run" },
		{ "start", "run" }, { "ask", "request" }, { "see", "view" },
		{ "show", "view" }, { "decide", "approve" },
		{ "admin", "administer" }, { "cancel", "cancel" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char start[128];
		const struct route routes[] = {
			{ start, 200, NULL,
			    "{\"allowed\": true, \"rule\": \"x\"}" },
			{ NULL, 0, NULL, NULL },
		};
		struct result *r;

		snprintf(start, sizeof(start),
		    "GET /v1/people/alice/can?action=%s&target=prod%%2Fapi ",
		    words[i][1]);
		r = PLAY(routes, NULL, "can", "alice", words[i][0], "prod/api");
		assert_int_equal(r->code, 0);
		assert_has(r->out, "yes\n");
	}
	assert_has(PLAY(none, NULL, "can", "alice", "jump", "x")->err,
	    "one of: view, request, run");
	for (const struct meant *m = meanings; m[1].word != NULL; m++)
		assert_true(strcmp(m[0].word, m[1].word) < 0);
}

/* The person who guesses is told what to type. */
static void
test_guesses(void **state)
{
	struct result *r = PLAY(none, NULL, "deploy", "api");

	(void)state;
	assert_int_equal(r->code, 2);
	assert_has(r->err, "did you mean 'slipway run'?");
	assert_has(PLAY(none, NULL, "--jsno", "tickets")->err, "--json?");
	assert_has(PLAY(none, NULL, "show")->err, "slipway show OPS-1");
	assert_has(PLAY(none, NULL, "resolve", "R-1")->err,
	    "--step, --outcome and --note are missing");
	assert_has(
	    PLAY(none, NULL, "approve")->err, "usage: slipway approve TICKET");
	r = PLAY(none, NULL, "ticket");
	assert_int_equal(r->code, 2);
	assert_has(r->out, "ticket withdraw");
}

#define ENTRY(second, actor, body)                                             \
	"{\"at\": \"2026-11-21T09:00:0" second ".100Z\", \"actor\": \"" actor  \
	"\", \"kind\": \"status\", \"body\": \"" body "\"}"

static void
test_history(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/tickets/OPS-1 ", 200, NULL,
		    "{\"ticket\": {\"key\": \"OPS-1\", \"status\": \"done\"},"
		    "\"run\": null, \"history\": [" ENTRY(
			"1", "casey", "approved: fine") "," ENTRY("1", "casey",
			"approved, the last by casey") "," ENTRY("1", "slipway",
			"R-1 runs") "," ENTRY("2", "robin",
			"approved") "," ENTRY("2", "robin",
			"approved, the last by robin") "," ENTRY("3", "sam",
			"declined: late") "," ENTRY("3", "sam",
			"declined by sam: late") "]}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "show", "OPS-1");

	(void)state;
	assert_has(r->out, "casey      approved: fine\n");
	assert_lacks(r->out, "the last by casey");
	assert_has(r->out, "R-1 runs\n");
	assert_has(r->out, "robin      approved, the last by robin\n");
	assert_lacks(r->out, "approved\n");
	assert_has(r->out, "sam        declined: late\n");
	assert_lacks(r->out, "declined by sam");
}

static void
test_comment_comes_once(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/tickets/OPS-1 ", 200, NULL,
		    "{\"ticket\": {\"key\": \"OPS-1\", \"status\": \"open\"},"
		    "\"run\": null, \"history\": [{\"id\": 1, \"at\": "
		    "\"2026-11-21T09:00:00.100Z\", \"actor\": \"casey\", "
		    "\"kind\": \"comment\", \"body\": \"look here\"}]}" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "show", "OPS-1");
	const char *first = strstr(r->out, "look here");

	(void)state;
	assert_non_null(first);
	assert_null(strstr(first + 1, "look here"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_help_of_every_op),
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_approve),
		cmocka_unit_test(test_terminal),
		cmocka_unit_test(test_terminal_secret),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_completion),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_can_words),
		cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_comment_comes_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
