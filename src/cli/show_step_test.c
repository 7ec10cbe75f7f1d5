/* SPDX-License-Identifier: MIT */
/* Pages of runs and tickets by what their steps do. */
#include "cli/play_test.h"

#define TICKET(status)                                                         \
	"{\"ticket\": {\"key\": \"OPS-1\", \"status\": \"" status              \
	"\"}, \"run\": \"R-1\"}"
#define STEPS(status, planning, steps)                                         \
	"{\"run\": {\"key\": \"R-1\", \"task\": \"wall\", \"status\": "        \
	"\"" status "\", \"reason\": \"\", \"requester\": \"ernie\", \"dry\":" \
	"false, \"params\": {}}, \"ticket\": null, \"planning\": " planning    \
	", \"watchers\": [\"ernie\"], \"more_steps\": 0, \"steps\": [" steps   \
	"]}"
#define STEP(id, task, status, rest)                                           \
	"{\"id\": " id ", \"task\": \"" task "\", \"status\": \"" status       \
	"\", \"preview\": \"\", \"params\": {}, \"reason\": \"\"" rest "}"

static struct result *
show_run_of(const char *body)
{
	const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL, body },
		{ NULL, 0, NULL, NULL },
	};

	return PLAY(routes, NULL, "show", "R-1");
}

/* What nothing needs is not announced as work. */
static void
test_idle_steps(void **state)
{
	struct result *r = show_run_of(STEPS("waiting_approval", "false",
	    STEP("4", "role", "idle", "") "," STEP("5", "db", "ready", "")));

	(void)state;
	assert_has(r->out, "· role  not needed\n");
	assert_has(r->out, "  db    will run\n");
	r = show_run_of(STEPS("waiting_approval", "true",
	    STEP("4", "role", "idle", "") "," STEP("5", "db", "check", "")));
	assert_has(r->out, "role  depends on what is there\n");
	assert_has(r->out, "still being looked at");
	r = show_run_of(
	    STEPS("queued", "false", STEP("4", "role", "idle", "")));
	assert_has(r->out, "role  depends on what is there\n");
	r = show_run_of(
	    STEPS("succeeded", "false", STEP("4", "role", "not_needed", "")));
	assert_has(r->out, "· role  not needed\n");
}

/* What is asked for already waits for something; it is said. */
static void
test_waits(void **state)
{
	static const char held[] = "waiting for db 2/2 held by R-41";
	struct result *r = show_run_of(STEPS("queued", "false",
	    "{\"id\": 4, \"task\": \"role\", \"status\": \"ready\", "
	    "\"preview\": \"\", \"reason\": \"waiting for db 2/2 held by "
	    "R-41\", \"params\": {\"url\": {\"$output\": [\"ab\", "
	    "\"url\"]}, \"how\": {\"$ended\": \"status\"}}}"));

	(void)state;
	assert_has(r->out, held);
	assert_has(r->out, "url=$needs.….outputs.url");
	assert_has(r->out, "how=$status");
	assert_lacks(r->out, "$output\"");
}

/* A run that was declined has nothing to be retried. */
static void
test_cancelled(void **state)
{
	struct result *r = show_run_of(
	    STEPS("cancelled", "false", STEP("4", "role", "cancelled", "")));

	(void)state;
	assert_has(r->out, "✘ role  cancelled\n");
	assert_lacks(r->out, "slipway retry");
	r = show_run_of(STEPS("cancelled", "false",
	    STEP("4", "load", "cancelled", "") ","
	    STEP("5", "load", "cancelled", "") ","
	    STEP("6", "load", "cancelled", ", \"foreach\": true") ","
	    STEP("7", "tell", "cancelled", "")));
	assert_has(r->out, "never begun  load 4, load 5, tell\n");
}

/* It is there, and out of the way. */
static void
test_not_needed_is_dim(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    STEPS("succeeded", "false",
			STEP("4", "role", "not_needed", "")) },
		{ NULL, 0, NULL, NULL },
	};
	static const struct reply nothing[] = { { NULL, NULL } };
	struct result *r = PLAY_TERMINAL(routes, nothing, "show", "R-1");

	(void)state;
	assert_has(r->out, "\033[2mnot needed\033[0m");
}

#define RESOLVE "  slipway resolve R-1 --step 7 --outcome succeeded --note …\n"
#define HAND STEP("7", "hand", "manual", ", \"manual\": [\"Open the port\"]")

static void
test_manual_step(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    STEPS("running", "false", HAND) },
		{ "GET /v1/tickets/OPS-1 ", 200, NULL, TICKET("in_progress") },
		{ "GET /v1/runs/R-1/follow ", 200, "text/event-stream",
		    "id: 1\nevent: step\ndata: " HAND "\n\n"
		    "id: 2\nevent: end\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"failed\"}\n\n" },
		{ NULL, 0, NULL, NULL },
	};
	static const char *const verbs[] = { "show", "follow" };
	static const char *const keys[] = { "R-1", "OPS-1" };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct result *r =
		    PLAY(routes, NULL, verbs[i / 2], keys[i % 2]);

		assert_has(r->out, "⏸ hand  waits for a person\n");
		assert_has(r->out, "  [ ] Open the port\n");
		assert_has(r->out, RESOLVE);
	}
}

static void
test_unknown_step(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    STEPS("unknown", "false", STEP("7", "db", "unknown", "")) },
		{ "GET /v1/tickets/OPS-1 ", 200, NULL, TICKET("failed") },
		{ "GET /v1/runs/R-1/follow ", 200, "text/event-stream",
		    "id: 1\nevent: end\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"unknown\"}\n\n" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "show", "OPS-1");

	(void)state;
	assert_has(r->out, "? step 7 db: unknown\n");
	assert_has(r->out, "how it ended is not known");
	assert_has(r->out, RESOLVE);
	assert_lacks(r->out, "slipway retry");
	r = PLAY(routes, NULL, "follow", "R-1");
	assert_int_equal(r->code, 10);
	assert_has(r->out, RESOLVE);
	r = show_run_of(
	    STEPS("running", "false", STEP("7", "db", "unknown", "")));
	assert_has(r->out, "how it ended is not known");
	assert_has(r->out, RESOLVE);
}

#define TRIED                                                                  \
	STEP("7", "db", "ready", ", \"attempts\": [{\"id\": 3}, {\"id\": 8}]")

/* A retry is followed from where it begins; a plain follow from the start. */
static void
test_retry_follow(void **state)
{
	static const struct route routes[] = {
		{ "POST /v1/runs/R-1/retry ", 200, NULL,
		    STEPS("running", "false", TRIED) },
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    STEPS("running", "false", TRIED) },
		{ "GET /v1/runs/R-1/follow ", 200, "text/event-stream",
		    "id: 1\nevent: log\ndata: {\"step\": 7, \"attempt\": 8,"
		    "\"task\": \"db\", \"text\": \"before\\n\"}\n\n"
		    "id: 2\nevent: log\ndata: {\"step\": 7, \"attempt\": 9,"
		    "\"task\": \"db\", \"text\": \"after\\n\"}\n\n"
		    "id: 3\nevent: end\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"succeeded\"}\n\n" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "retry", "R-1", "--follow");

	(void)state;
	assert_int_equal(r->code, 0);
	assert_has(r->out, "after\n");
	assert_lacks(r->out, "before");
	r = PLAY(routes, NULL, "follow", "R-1");
	assert_has(r->out, "before\nafter\n");
}

static void
test_same_task_twice(void **state)
{
	static const struct route routes[] = {
		{ "GET /v1/runs/R-1 ", 200, NULL,
		    STEPS("succeeded", "false",
			STEP("7", "load", "succeeded", "") "," STEP(
			    "8", "load", "succeeded", "")) },
		{ "GET /v1/runs/R-1/follow ", 200, "text/event-stream",
		    "id: 1\nevent: step\ndata: {\"id\": 8, \"task\": \"load\","
		    "\"status\": \"succeeded\"}\n\n"
		    "id: 2\nevent: end\ndata: {\"key\": \"R-1\", \"status\":"
		    "\"succeeded\"}\n\n" },
		{ NULL, 0, NULL, NULL },
	};
	struct result *r = PLAY(routes, NULL, "follow", "R-1");

	(void)state;
	assert_has(r->out, "✔ load 8  succeeded");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_idle_steps),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_not_needed_is_dim),
		cmocka_unit_test(test_cancelled),
		cmocka_unit_test(test_manual_step),
		cmocka_unit_test(test_unknown_step),
		cmocka_unit_test(test_retry_follow),
		cmocka_unit_test(test_same_task_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
