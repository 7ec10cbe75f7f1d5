/* SPDX-License-Identifier: MIT */
#include "api/api_testing.h"

static const char team_yaml[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people:\n"
    "  ann: {name: Ann}\n"
    "  ben: {name: Ben}\n"
    "  gus: {name: Gus}\n"
    "teams: {platform: {members: [ben]}, billing: {members: [gus]}}\n"
    "grants: [{to: ann, role: admin}]\n"
    "---\n"
    "task: hello\n"
    "params: {name: {type: string, default: world}}\n"
    "run: \"true\"\n";

static int
start(void **state)
{
	*state = bench_make(team_yaml, NULL);
	return 0;
}

static int
stop(void **state)
{
	bench_end(*state);
	return 0;
}

/* How many events of the audit chain have this action. */
static int
audited(struct bench *b, const char *action)
{
	int n = 0;

	assert_int_equal(bench_call(b, "GET /v1/audit?limit=500", NULL, NULL),
	    200);
	for (size_t i = 0;
	     i < json_array_size(json_object_get(b->json, "items")); i++)
		n += streq(action,
		    json_string_value(json_object_get(
			json_array_get(json_object_get(b->json, "items"), i),
			"action")));
	return n;
}

static void
paths_and_methods(void **state)
{
	struct bench *b = *state;

	assert_int_equal(bench_call(b, "GET /v1/run", NULL, NULL), 404);
	assert_string_equal(bench_text(b, "code"), "route.unknown");
	assert_string_equal(bench_text(b, "hint"), "did you mean '/v1/runs'?");
	assert_int_equal(bench_call(b, "GET /v1/task/hello", NULL, NULL), 404);
	assert_string_equal(bench_text(b, "hint"),
	    "did you mean '/v1/tasks/hello'?");
	assert_int_equal(bench_call(b, "DELETE /v1/tokens", NULL, NULL), 405);
	assert_non_null(strstr(b->headers, "Allow: GET, HEAD, POST\r\n"));
	assert_non_null(strstr(b->headers, "X-Request-Id: "));
	assert_non_null(strstr(b->headers, "application/problem+json"));
}

static void
who_is_asking(void **state)
{
	struct bench *b = *state;
	char *ben = bench_token(b, "ben", "");

	assert_int_equal(bench_call(b, "GET /v1/me", NULL, NULL), 200);
	assert_true(json_is_true(json_object_get(b->json, "operator")));
	assert_int_equal(bench_call(b, "GET /v1/me", ben, NULL), 200);
	assert_string_equal(bench_text(b, "person"), "ben");
	assert_int_equal(
	    bench_call(b, "GET /v1/me", "Authorization: Basic eA==\r\n", NULL),
	    401);
	assert_string_equal(bench_text(b, "code"), "auth.scheme");
	assert_int_equal(
	    bench_call(b, "GET /v1/me", "Authorization: Bearer slw_x\r\n",
		NULL),
	    401);
	assert_string_equal(bench_text(b, "code"), "token.unknown");
	assert_non_null(strstr(b->headers, "WWW-Authenticate: Bearer"));
	assert_int_equal(bench_call(b, "GET /healthz",
			     "Authorization: Bearer slw_x\r\n", NULL),
	    200);
	free(ben);
}

static void
revoked_at_once(void **state)
{
	struct bench *b = *state;
	char *ben = bench_token(b, "ben", "");
	char path[64];

	snprintf(path, sizeof(path), "DELETE /v1/tokens/%s",
	    bench_text(b, "prefix"));
	assert_int_equal(bench_call(b, path, ben, NULL), 200);
	assert_int_equal(bench_call(b, "GET /v1/me", ben, NULL), 401);
	assert_string_equal(bench_text(b, "code"), "token.revoked");
	free(ben);
}

static void
foreign_and_absent_look_alike(void **state)
{
	struct bench *b = *state;
	char *gus = bench_token(b, "gus", "");
	int before = audited(b, "authz.denied");

	assert_int_equal(bench_call(b, "GET /v1/tasks/hello", gus, NULL), 404);
	assert_string_equal(bench_text(b, "detail"), "no task 'hello'");
	assert_int_equal(bench_call(b, "GET /v1/tasks/hallo", gus, NULL), 404);
	assert_string_equal(bench_text(b, "detail"), "no task 'hallo'");
	assert_string_equal(bench_text(b, "hint"), "");
	assert_int_equal(bench_call(b, "GET /v1/secrets", gus, NULL), 403);
	assert_string_equal(bench_text(b, "hint"), "ask an admin: ann");
	assert_int_equal(audited(b, "authz.denied"), before + 3);
	free(gus);
}

static void
anonymous_denials_are_counted(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 5; i++)
		bench_call(b, "GET /v1/me", "Authorization: Bearer x\r\n",
		    NULL);
	assert_int_equal(audited(b, "authz.denied"), 1);
}

static void
other_sites(void **state)
{
	struct bench *b = *state;
	const char *body = "{\"name\":\"t\",\"person\":\"ben\"}";

	assert_int_equal(
	    bench_call(b, "POST /v1/tokens", "Origin: http://evil\r\n", body),
	    403);
	assert_string_equal(bench_text(b, "code"), "csrf.origin");
	assert_int_equal(
	    bench_call(b, "POST /v1/tokens", "Origin: null\r\n", body), 403);
	assert_int_equal(bench_call(b, "POST /v1/tokens",
			     "Sec-Fetch-Site: cross-site\r\n", body),
	    403);
	assert_int_equal(
	    bench_call(b, "POST /v1/tokens", "Origin: http://here\r\n", body),
	    201);
	assert_int_equal(bench_call(b, "POST /v1/tokens",
			     "Content-Type: text/plain\r\n", body),
	    415);
	assert_int_equal(bench_call(b, "GET /v1/runs/R-1/follow",
			     "Origin: http://evil\r\n", NULL),
	    403);
}

static void
wrong_input_all_at_once(void **state)
{
	struct bench *b = *state;

	assert_int_equal(bench_call(b, "POST /v1/tokens", NULL, "{,}"), 400);
	assert_int_equal(bench_call(b, "POST /v1/tokens", NULL,
			     "{\"nam\":1,\"expires\":\"9\"}"),
	    422);
	assert_int_equal(json_array_size(json_object_get(b->json, "errors")),
	    3);
	assert_int_equal(
	    bench_call(b, "GET /v1/runs?limit=0&limt=1", NULL, NULL), 422);
	assert_int_equal(json_array_size(json_object_get(b->json, "errors")),
	    2);
	assert_int_equal(
	    bench_call(b, "GET /v1/runs?limit=1&limit=2", NULL, NULL), 422);
	assert_int_equal(bench_call(b, "GET /v1/me", NULL, "{\"a\":1}"), 422);
}

#define KEY "Idempotency-Key: k1\r\n"

static void
the_same_once(void **state)
{
	struct bench *b = *state;
	char *ben = bench_token(b, "ben", ""), *first;
	struct buf headers = { 0 };

	buf_printf(&headers, "%s" KEY, ben);
	assert_int_equal(bench_call(b, "POST /v1/tasks/hello/runs",
			     headers.data, "{}"),
	    201);
	first = strdup(b->body);
	assert_int_equal(bench_call(b, "POST /v1/tasks/hello/runs",
			     headers.data, "{}"),
	    201);
	assert_string_equal(b->body, first);
	assert_non_null(strstr(b->headers, "Idempotent-Replayed: true"));
	assert_int_equal(bench_call(b, "POST /v1/tasks/hello/runs",
			     headers.data,
			     "{\"params\":{\"name\":\"other\"}}"),
	    422);
	assert_string_equal(bench_text(b, "code"), "idempotency.mismatch");
	assert_int_equal(bench_call(b, "GET /v1/runs", NULL, NULL), 200);
	assert_int_equal(json_array_size(json_object_get(b->json, "items")),
	    1);
	buf_finish(&headers);
	free(first);
	free(ben);
}

static void
a_secret_is_shown_once(void **state)
{
	struct bench *b = *state;
	const char *body = "{\"name\":\"t\",\"person\":\"ben\"}";

	assert_int_equal(bench_call(b, "POST /v1/tokens", KEY, body), 201);
	assert_int_equal(bench_call(b, "POST /v1/tokens", KEY, body), 409);
	assert_string_equal(bench_text(b, "code"), "secret.already_shown");
	assert_null(strstr(b->body, "slw_"));
}

static void
unchanged_is_not_sent(void **state)
{
	struct bench *b = *state;
	char *ben = bench_token(b, "ben", ""), *etag;
	struct buf headers = { 0 };

	assert_int_equal(bench_call(b, "GET /openapi.json", ben, NULL), 200);
	assert_non_null(strstr(b->body, "/v1/tasks/hello/runs"));
	etag = strstr(b->headers, "ETag: ") + strlen("ETag: ");
	buf_printf(&headers, "%sIf-None-Match: \"x\", %.*s\r\n", ben,
	    (int)strcspn(etag, "\r"), etag);
	assert_int_equal(bench_call(b, "GET /openapi.json", headers.data,
			     NULL),
	    304);
	assert_string_equal(b->body, "");
	buf_finish(&headers);
	free(ben);
	ben = bench_token(b, "gus", "");
	assert_int_equal(bench_call(b, "GET /openapi.json", ben, NULL), 200);
	assert_null(strstr(b->body, "/v1/tasks/hello/runs"));
	free(ben);
}

static void
a_stream_ends_with_its_run(void **state)
{
	struct bench *b = *state;
	char *ben = bench_token(b, "ben", "");

	assert_int_equal(bench_call(b, "POST /v1/tasks/hello/runs", ben, "{}"),
	    201);
	assert_int_equal(bench_call(b, "GET /v1/runs/R-1/follow", ben, NULL),
	    200);
	assert_non_null(strstr(b->body, "event: run\n"));
	assert_non_null(strstr(b->body, "event: step\n"));
	assert_non_null(strstr(b->body, "event: end\n"));
	assert_non_null(strstr(b->body, "\"status\":\"succeeded\""));
	assert_int_equal(bench_call(b, "GET /v1/runs/R-1/log", ben, NULL),
	    200);
	assert_int_equal(bench_call(b, "GET /v1/runs/R-9/follow", ben, NULL),
	    404);
	free(ben);
}

static void
readiness_and_figures(void **state)
{
	struct bench *b = *state;

	assert_int_equal(bench_call(b, "GET /readyz", NULL, NULL), 200);
	assert_string_equal(bench_text(b, "status"), "ok");
	assert_int_equal(bench_call(b, "GET /metrics", NULL, NULL), 200);
	assert_non_null(
	    strstr(b->body, "slipway_runs{status=\"succeeded\"} 0\n"));
	assert_int_equal(bench_call(b, "GET /v1/audit/verify", NULL, NULL),
	    200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_and_methods),
		TEST(who_is_asking),
		TEST(revoked_at_once),
		TEST(foreign_and_absent_look_alike),
		TEST(anonymous_denials_are_counted),
		TEST(other_sites),
		TEST(wrong_input_all_at_once),
		TEST(the_same_once),
		TEST(a_secret_is_shown_once),
		TEST(unchanged_is_not_sent),
		TEST(a_stream_ends_with_its_run),
		TEST(readiness_and_figures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
