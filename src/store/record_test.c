/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/record.h"

/* A row of the table idempotency, and members that it does not have. */
struct row {
	int64_t status;
	const char *actor;
	const char *key;
	const char *route;
	const char *request_hash;
	const char *body;
	bool secret;
	int64_t expires_at;
	int64_t elsewhere;
};

static const struct schema row_fields[] = {
	FIELD(struct row, status, .doc = "x"),
	FIELD(struct row, actor, .flags = F_KEY),
	FIELD(struct row, key, .flags = F_NULLABLE),
	FIELD(struct row, route, .flags = F_HIDDEN),
	FIELD(struct row, request_hash, .flags = F_NULLABLE),
	FIELD_AS(struct row, body, SCHEMA_JSON),
	FIELD(struct row, secret),
	FIELD_AS(struct row, expires_at, SCHEMA_TIME),
	FIELD(struct row, elsewhere, .flags = F_ABSENT),
	{ .name = "wire_only", .kind = SCHEMA_STRING, .flags = F_ABSENT },
	{ .name = NULL }
};
static const struct schema row_schema = { .kind = SCHEMA_OBJECT,
	.title = "Row", .fields = row_fields };

static void
test_round_trip(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct arena *a = arena_create();
	struct row in = { 201, "ernie", "k1", "op", "", "{\"n\": [1]}", true,
		1795253000123, 5 };
	struct row out = { .elsewhere = 9 };
	struct query *q;
	struct err e;

	(void)state;
	db_begin(db);
	q = query(db, "idempotency_put");
	record_bind(q, &row_schema, &in);
	assert_int_equal(query_run_count(q), 1);
	q = query(db, "idempotency_find");
	record_bind(q, &row_schema, &in);
	bind_int(q, "now", 1);
	assert_true(query_next(q));
	record_read(q, &row_schema, &out, a);
	query_end(q);
	assert_ok(db_commit(db, &e), &e);
	assert_int_equal(out.status, 201);
	assert_string_equal(out.route, "op");
	assert_string_equal(out.request_hash, "");
	assert_string_equal(out.body, in.body);
	assert_true(out.secret);
	assert_null(out.actor); /* not among the columns */
	assert_int_equal(out.elsewhere, 9);

	q = query(db, "idempotency_next");
	assert_true(query_next(q));
	record_read(q, &row_schema, &out, a);
	query_end(q);
	assert_int_equal(out.expires_at, in.expires_at);
	arena_destroy(a);
	db_close(db);
	folder_remove(&f);
}

static void
expect_json(const struct row *row, const char *expected)
{
	struct buf text = { 0 };
	struct json_out j;

	json_out_init(&j, &text);
	json_object_begin(&j);
	record_json(&j, &row_schema, row);
	json_object_end(&j);
	assert_string_equal(text.data, expected);
	buf_finish(&text);
}

static void
test_json(void **state)
{
	struct row full = { 200, "a\"b", "k", "hidden", "h", "[1,2]", true,
		1000, 3 };
	struct row empty = { .actor = "", .key = "", .body = "" };

	(void)state;
	expect_json(&full, "{\"status\":200,\"actor\":\"a\\\"b\",\"key\":\"k\","
	    "\"request_hash\":\"h\",\"body\":[1,2],\"secret\":true,"
	    "\"expires_at\":\"1970-01-01T00:00:01.000Z\",\"elsewhere\":3}");
	expect_json(&empty, "{\"status\":0,\"actor\":\"\",\"key\":null,"
	    "\"request_hash\":null,\"body\":null,\"secret\":false,"
	    "\"expires_at\":null,\"elsewhere\":0}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
