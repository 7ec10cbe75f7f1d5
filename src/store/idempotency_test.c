/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/idempotency.h"

static const struct idempotency order = { .actor = "ernie", .key = "k",
	.route = "ticket.create /v1/tickets", .request_hash = "h",
	.status = 201, .body = "{}" };

static void
test_replay(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct arena *a = arena_create();
	struct idempotency asked = order, *stored = NULL;
	struct err e = { 0 };

	(void)state;
	db_begin(db);
	assert_ok(idempotency_find(db, &asked, 1000, a, &stored, &e), &e);
	assert_null(stored);
	idempotency_store(db, &order, 1000);
	assert_ok(idempotency_find(db, &asked, 2000, a, &stored, &e), &e);
	assert_int_equal(stored->status, 201);
	assert_string_equal(stored->body, "{}");

	asked.actor = "casey"; /* another's key is another key */
	assert_ok(idempotency_find(db, &asked, 2000, a, &stored, &e), &e);
	assert_null(stored);

	asked = order;
	asked.request_hash = "other";
	assert_false(idempotency_find(db, &asked, 2000, a, &stored, &e));
	assert_int_equal(e.class, ERR_INVALID);
	assert_string_equal(e.code, "idempotency.mismatch");
	asked = order;
	asked.route = "ticket.close /v1/tickets/OPS-1/close";
	assert_false(idempotency_find(db, &asked, 2000, a, &stored, &e));
	assert_string_equal(e.code, "idempotency.mismatch");
	assert_ok(db_commit(db, &e), &e);
	arena_destroy(a);
	db_close(db);
	folder_remove(&f);
}

static void
test_secret(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct arena *a = arena_create();
	struct idempotency secret = order, *stored = NULL;
	struct err e = { 0 };
	sqlite3 *raw;

	(void)state;
	secret.secret = true;
	secret.body = "{\"token\":\"hunter2\"}";
	db_begin(db);
	idempotency_store(db, &secret, 1000);
	assert_false(idempotency_find(db, &secret, 2000, a, &stored, &e));
	assert_int_equal(e.class, ERR_CONFLICT);
	assert_string_equal(e.code, "secret.already_shown");
	assert_ok(db_commit(db, &e), &e);
	raw = folder_raw(&f);
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM idempotency "
	    "WHERE body = ''"), 1);
	sqlite3_close(raw);
	arena_destroy(a);
	db_close(db);
	folder_remove(&f);
}

static void
test_expiry(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct arena *a = arena_create();
	struct idempotency each = order, *stored = NULL;
	struct err e = { 0 };
	char key[16];

	(void)state;
	db_begin(db);
	assert_true(idempotency_next(db) == INT64_MAX);
	each.key = key;
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		idempotency_store(db, &each, i * 1000);
	}
	assert_true(idempotency_next(db) == IDEMPOTENCY_MS);
	/* expired ones do not count, and may be used again */
	snprintf(key, sizeof(key), "k0");
	assert_ok(idempotency_find(db, &each, IDEMPOTENCY_MS, a, &stored, &e),
	    &e);
	assert_null(stored);
	each.request_hash = "new";
	idempotency_store(db, &each, IDEMPOTENCY_MS);
	assert_int_equal(idempotency_prune(db, IDEMPOTENCY_MS + 5000, 3), 3);
	assert_int_equal(idempotency_prune(db, IDEMPOTENCY_MS + 5000, 3), 2);
	assert_int_equal(idempotency_prune(db, IDEMPOTENCY_MS + 5000, 3), 0);
	assert_true(idempotency_next(db) == IDEMPOTENCY_MS + 6000);
	assert_ok(db_commit(db, &e), &e);
	arena_destroy(a);
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_secret),
		cmocka_unit_test(test_expiry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
