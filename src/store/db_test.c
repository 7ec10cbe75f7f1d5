/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include "store/db.h"
#include "store/meta.h"

/* Sticks: the number of an event is taken once. */
static void
violate(struct db *db)
{
	static const char *const texts[] = { "actor", "via", "address",
		"action", "object", "decision", "reason", "detail",
		"request_id", "prev", "hash" };

	for (int n = 0; n < 2; n++) {
		struct query *q = query(db, "audit_put");

		bind_int(q, "seq", 1);
		bind_int(q, "at", 1);
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
			bind_text(q, texts[i], "x");
		query_run(q);
	}
}

static bool
has(struct db *db, const char *name)
{
	struct query *q = query(db, "meta_get");
	bool found;

	bind_text(q, "name", name);
	found = query_next(q);
	query_end(q);
	return found;
}

static void
test_sticky(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e = { 0 };

	(void)state;
	db_begin(db);
	meta_set_int(db, "a", 1);
	assert_false(db_failed(db, &e));
	violate(db);
	assert_true(db_failed(db, &e));
	assert_int_equal(e.class, ERR_INTERNAL);
	assert_non_null(strstr(e.message, "audit_put"));
	assert_string_equal(e.code, "db.constraint");
	assert_non_null(strstr(e.message, "UNIQUE"));
	assert_false(db_broken(db));
	assert_false(has(db, "a"));
	meta_set_int(db, "b", 1);
	memset(&e, 0, sizeof(e));
	assert_false(db_commit(db, &e));
	assert_string_equal(e.code, "db.constraint");
	assert_false(db_failed(db, NULL));

	db_begin(db);
	assert_false(has(db, "a"));
	assert_false(has(db, "b"));
	meta_set_int(db, "c", 7);
	assert_ok(db_commit(db, &e), &e);
	assert_int_equal(meta_get_int(db, "c", 0), 7);
	db_close(db);
	folder_remove(&f);
}

static char trail[32];

static void
leave(void *arg)
{
	const char *letter = arg;
	size_t n = strlen(trail);

	assert_true(n + 1 < sizeof(trail));
	trail[n] = letter[0];
	trail[n + 1] = '\0';
}

static void
say(struct db *db, const char *letter)
{
	static char letters[26][2];
	char *at = letters[letter[0] - 'a'];

	at[0] = letter[0];
	db_after_commit(db, leave, at);
}

static void
test_savepoints(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e;

	(void)state;
	trail[0] = '\0';
	db_begin(db);
	say(db, "a");
	db_savepoint(db);
	meta_set_int(db, "one", 1);
	say(db, "b");
	db_savepoint(db);
	meta_set_int(db, "two", 2);
	say(db, "c");
	db_rollback_to(db);
	db_savepoint(db);
	meta_set_int(db, "three", 3);
	say(db, "d");
	db_release(db);
	db_release(db);
	db_savepoint(db);
	violate(db);
	say(db, "e");
	db_rollback_to(db);
	assert_false(db_failed(db, NULL));
	say(db, "f");
	assert_string_equal(trail, "");
	assert_ok(db_commit(db, &e), &e);
	assert_string_equal(trail, "abdf");
	assert_true(has(db, "one"));
	assert_false(has(db, "two"));
	assert_true(has(db, "three"));

	/* a rollback forgets what it was told */
	db_begin(db);
	say(db, "g");
	db_rollback(db);
	db_begin(db);
	assert_ok(db_commit(db, &e), &e);
	assert_string_equal(trail, "abdf");
	db_close(db);
	folder_remove(&f);
}

static void
test_failure_and_levels(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e;

	(void)state;
	/* an inner level does not clear the error of an outer one */
	db_begin(db);
	db_savepoint(db);
	violate(db);
	db_savepoint(db);
	db_rollback_to(db);
	assert_true(db_failed(db, NULL));
	db_rollback_to(db);
	assert_false(db_failed(db, NULL));

	/* a level released in failure is undone with the one around it */
	db_savepoint(db);
	meta_set_int(db, "outer", 1);
	db_savepoint(db);
	meta_set_int(db, "inner", 1);
	violate(db);
	db_release(db);
	assert_true(db_failed(db, NULL));
	db_rollback_to(db);
	meta_set_int(db, "after", 1);
	assert_ok(db_commit(db, &e), &e);
	assert_false(has(db, "outer"));
	assert_false(has(db, "inner"));
	assert_true(has(db, "after"));
	db_close(db);
	folder_remove(&f);
}

static void
test_nested_statement(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct query *outer, *inner;
	struct err e;

	(void)state;
	db_begin(db);
	meta_set(db, "x", "1");
	meta_set(db, "y", "2");
	assert_ok(db_commit(db, &e), &e);
	for (int n = 0; n < 3; n++) {
		outer = query(db, "meta_get");
		bind_text(outer, "name", "x");
		inner = query(db, "meta_get");
		bind_text(inner, "name", "y");
		assert_ptr_not_equal(outer, inner);
		assert_true(query_next(outer));
		assert_true(query_next(inner));
		assert_int_equal(column_int(outer, "value"), 1);
		assert_int_equal(column_int(inner, "value"), 2);
		assert_false(query_next(inner));
		assert_false(query_next(inner));
		query_end(inner);
		query_end(outer);
	}
	db_close(db);
	folder_remove(&f);
}

static void
test_reader(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct db *reader = folder_open(&f, DB_READ);
	struct err e;

	(void)state;
	db_begin(reader);
	assert_false(has(reader, "a"));
	db_begin(db);
	meta_set(db, "a", "1");
	assert_ok(db_commit(db, &e), &e);
	assert_false(has(reader, "a")); /* its snapshot */
	db_rollback(reader);
	assert_true(has(reader, "a"));
	meta_set(reader, "a", "2");
	assert_true(db_failed(reader, &e));
	assert_int_equal(e.class, ERR_INTERNAL);
	assert_false(db_broken(reader));
	db_rollback(reader);
	assert_true(has(reader, "a"));
	db_close(reader);
	db_close(db);
	unlink(f.db);
	assert_false(db_open(f.db, DB_READ, &reader, &e));
	assert_int_equal(e.class, ERR_IO);
	folder_remove(&f);
}

static void
test_text(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct arena *a = arena_create();
	struct query *q;

	(void)state;
	db_begin(db);
	q = query(db, "meta_set");
	bind_str(q, "name", (struct str){ NULL, 0 });
	bind_str(q, "value", (struct str){ "abcdef", 3 });
	assert_int_equal(query_run_count(q), 1);
	assert_string_equal(meta_get(db, "", a), "abc");
	assert_null(meta_get(db, "none", a));
	q = query(db, "meta_set");
	bind_text(q, "name", NULL);
	bind_null(q, "value");
	assert_int_equal(query_run_count(q), 0);
	assert_true(db_failed(db, NULL));
	db_rollback(db);
	arena_destroy(a);
	db_close(db);
	folder_remove(&f);
}

static void
commit_one(struct db *db, const char *name, bool expected, struct err *e)
{
	db_begin(db);
	meta_set(db, name, "1");
	say(db, "a");
	assert_int_equal(db_commit(db, e), expected);
}

static void
test_faults(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e;

	(void)state;
	needs_failpoints();
	trail[0] = '\0';
	setenv("SLIPWAY_FAILPOINT", "db.commit.full:fail:1", 1);
	commit_one(db, "full", false, &e);
	assert_int_equal(e.class, ERR_FULL);
	assert_string_equal(e.code, "storage.full");
	assert_false(db_broken(db));
	assert_string_equal(trail, "");
	unsetenv("SLIPWAY_FAILPOINT");
	commit_one(db, "good", true, &e);
	assert_string_equal(trail, "a");
	assert_false(has(db, "full"));

	/* so too when a statement finds it out */
	setenv("SLIPWAY_FAILPOINT", "db.step.full:fail:2", 1);
	commit_one(db, "full", false, &e);
	assert_string_equal(e.code, "storage.full");
	assert_non_null(strstr(e.message, "meta_set"));
	unsetenv("SLIPWAY_FAILPOINT");
	assert_false(has(db, "full"));

	/* after a failed fsync nothing goes on */
	setenv("SLIPWAY_FAILPOINT", "db.commit.fsync:fail:3", 1);
	commit_one(db, "lost", false, &e);
	assert_int_equal(e.class, ERR_IO);
	assert_string_equal(e.code, "db.io");
	assert_true(db_broken(db));
	unsetenv("SLIPWAY_FAILPOINT");
	commit_one(db, "later", false, &e);
	assert_string_equal(e.code, "db.io");
	db_close(db);
	db = folder_open(&f, DB_WRITE);
	assert_true(has(db, "good"));
	assert_false(has(db, "later"));
	db_close(db);
	folder_remove(&f);
}

struct kill_plan {
	struct folder *f;
	const char *failpoint;
	const char *name;
};

static void
killed(void *arg)
{
	struct kill_plan *p = arg;
	struct db *db = folder_open(p->f, DB_WRITE);
	struct err e;

	setenv("SLIPWAY_FAILPOINT", p->failpoint, 1);
	commit_one(db, p->name, true, &e);
}

static void
test_killed(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct kill_plan before = { &f, "db.commit.before:kill", "before" };
	struct kill_plan after = { &f, "db.commit.after:kill", "after" };
	int status;

	(void)state;
	needs_failpoints();
	db_close(db);
	status = in_child(killed, &before);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	status = in_child(killed, &after);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	db = folder_open(&f, DB_WRITE);
	assert_false(has(db, "before"));
	assert_true(has(db, "after"));
	db_close(db);
	folder_remove(&f);
}

/* Commit until that fails; how many went well, -1 when it never did. */
static int
fill(struct db *db, char letter, struct err *e)
{
	static char page[4000];
	char name[32];

	memset(page, letter, sizeof(page) - 1);
	for (int i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		db_begin(db);
		meta_set(db, name, page);
		if (!db_commit(db, e))
			return i;
	}
	return -1;
}

/* A child of its own: the mount must not show elsewhere. */
static void
on_small_disk(void *arg)
{
	struct folder *f = arg;
	struct err e = { 0 };
	static const char zeros[65536];
	char ballast[96];
	struct db *db;
	int stored;
	sqlite3 *raw;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", f->path, "tmpfs", 0, "size=2m") < 0)
		_exit(77);
	snprintf(ballast, sizeof(ballast), "%s/ballast", f->path);
	assert_true(file_replace(AT_FDCWD, ballast, zeros, sizeof(zeros), 0600,
	    &e));
	db = folder_open(f, DB_WRITE);
	assert_ok(migrate(db, &e), &e);
	stored = fill(db, 'a', &e);
	assert_true(stored > 10);
	assert_int_equal(e.class, ERR_FULL);
	assert_string_equal(e.code, "storage.full");
	assert_false(db_broken(db));
	assert_true(has(db, "n0")); /* reading goes on */
	assert_in_range(fill(db, 'b', &e), 0, 5); /* small ones may fit */
	assert_int_equal(e.class, ERR_FULL);
	unlink(ballast);
	db_begin(db);
	meta_set(db, "approval", "1");
	assert_ok(db_commit(db, &e), &e);
	db_close(db);
	raw = folder_raw(f);
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM meta WHERE name "
	    "GLOB 'n[0-9]*'"), stored);
	assert_int_equal(raw_int(raw, "SELECT count(*) FROM meta WHERE name "
	    "= 'approval'"), 1);
	sqlite3_close(raw);
}

static void
test_full_disk(void **state)
{
	struct folder f;
	int status;

	(void)state;
	folder_make(&f);
	status = in_child(on_small_disk, &f);
	folder_remove(&f);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(status, 0);
}

static void
test_not_a_database(void **state)
{
	static char junk[8192];
	struct folder f;
	struct err e = { 0 };
	struct db *db = NULL;

	(void)state;
	folder_make(&f);
	memset(junk, 'j', sizeof(junk));
	assert_true(file_replace(AT_FDCWD, f.db, junk, sizeof(junk), 0600,
	    &e));
	assert_false(db_open(f.db, DB_WRITE, &db, &e));
	assert_string_equal(e.code, "db.corrupt");
	assert_int_equal(e.class, ERR_IO);
	assert_non_null(strstr(e.message, f.db));
	folder_remove(&f);
}

static void
test_corrupt(void **state)
{
	static char junk[4096];
	struct folder f;
	struct db *db = folder_start(&f);
	struct err e = { 0 };
	off_t size;
	int fd;

	(void)state;
	assert_int_equal(fill(db, 'a', &e), -1);
	db_close(db);
	fd = open(f.db, O_RDWR | O_CLOEXEC);
	size = lseek(fd, 0, SEEK_END);
	memset(junk, 0xee, sizeof(junk));
	for (off_t at = 4096; at < size; at += (off_t)sizeof(junk))
		assert_int_equal(pwrite(fd, junk, sizeof(junk), at), 4096);
	close(fd);
	if (db_open(f.db, DB_WRITE, &db, &e)) {
		db_begin(db);
		meta_set(db, "n7", "1");
		assert_false(db_commit(db, &e));
		assert_true(db_broken(db));
		db_close(db);
	}
	assert_string_equal(e.code, "db.corrupt");
	folder_remove(&f);
}

static void
test_checkpoint(void **state)
{
	struct folder f;
	struct db *db = folder_start(&f);
	struct db *other = folder_open(&f, DB_WRITE);
	struct err e = { 0 };
	int64_t before;

	(void)state;
	assert_int_equal(fill(db, 'a', &e), -1);
	before = db_log_bytes(db);
	assert_true(before > 8000000);
	assert_ok(db_checkpoint(other, &e), &e);
	db_begin(db);
	meta_set(db, "after", "1");
	assert_ok(db_commit(db, &e), &e);
	assert_true(db_log_bytes(db) < before / 100);
	db_close(other);
	db_close(db);
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sticky),
		cmocka_unit_test(test_savepoints),
		cmocka_unit_test(test_failure_and_levels),
		cmocka_unit_test(test_nested_statement),
		cmocka_unit_test(test_reader),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_killed), /* counts from 1 in a child */
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_not_a_database),
		cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_checkpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
