/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include <signal.h>
#include <sys/stat.h>

#include "store/audit.h"
#include "store/backup.h"
#include "store/backup_name.h"
#include "store/meta.h"

struct bench {
	struct folder folder;
	struct db *db;
	char file[96], to[96];
};

static void
bench_open(struct bench *b)
{
	const struct audit_entry entry = { .at = 1, .action = "x" };
	struct err e = { 0 };

	b->db = folder_start(&b->folder);
	snprintf(b->file, sizeof(b->file), "%s/b.tar.zst", b->folder.path);
	snprintf(b->to, sizeof(b->to), "%s/to", b->folder.path);
	db_begin(b->db);
	audit_append(b->db, &entry);
	meta_set_int(b->db, "epoch", 7);
	assert_ok(db_commit(b->db, &e), &e);
}

static void
bench_close(struct bench *b)
{
	db_close(b->db);
	folder_remove(&b->folder);
}

static void
bench_make(struct bench *b)
{
	const struct backup_options o = { .logs = true };
	struct backup_report report;
	struct err e = { 0 };

	assert_ok(backup_make(b->folder.path, b->file, &o, &report, &e), &e);
	assert_int_equal(report.files, 1);
	assert_int_equal(report.events, 1);
}

static void
names_are_ours(void **state)
{
	static const char *const good[] = { "db", "key", "k/12/log",
		"k/1/exit", "blob/0123456789abcdef0123456789abcdef"
			    "0123456789abcdef0123456789abcdef" };
	static const char *const bad[] = { "", "/db", "../db", "k/../log",
		"k/1/sock", "k/1/log/x", "k//log", "blob/x", "anchor", "db-wal",
		"k/1", "./db", "k/12345678901234567890/log" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(backup_is_name(str_of(good[i])));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(backup_is_name(str_of(bad[i])));
}

static void
restore_begins_an_epoch(void **state)
{
	struct backup_report report;
	struct err e = { 0 };
	struct bench b;
	struct db *db;
	char path[128];

	(void)state;
	bench_open(&b);
	bench_make(&b);
	assert_ok(backup_verify(b.file, &report, &e), &e);
	assert_ok(backup_restore(b.file, b.to, NULL, &report, &e), &e);
	snprintf(path, sizeof(path), "%s/db", b.to);
	assert_ok(db_open(path, DB_READ, &db, &e), &e);
	db_begin(db);
	assert_int_equal(meta_get_int(db, "epoch", 0), 1 << BACKUP_EPOCH_BITS);
	assert_true(meta_get_int(db, "restored_at", 0) > 0);
	assert_true(meta_get_int(db, "drain_since", 0) > 0);
	snprintf(path, sizeof(path), "%s/anchor", b.to);
	assert_ok(audit_anchor_check(db, path, AUDIT_ANCHOR_LAST, &e), &e);
	db_rollback(db);
	db_close(db);
	assert_false(backup_restore(b.file, b.to, NULL, &report, &e));
	assert_string_equal(e.code, "restore.not_empty");
	bench_close(&b);
}

/* One bit anywhere is found, or changes nothing of the data: some bits of the
 * compressed form mean nothing.  An end anywhere is found. */
static void
damage_is_found(void **state)
{
	struct backup_report report, whole;
	struct err e = { 0 };
	struct bench b;
	struct stat st;
	int fd;

	(void)state;
	bench_open(&b);
	bench_make(&b);
	assert_ok(backup_verify(b.file, &whole, &e), &e);
	assert_int_equal(stat(b.file, &st), 0);
	fd = open(b.file, O_RDWR | O_CLOEXEC);
	for (int64_t i = 0; i < 40; i++) {
		const off_t at = (off_t)(i * (st.st_size - 1) / 39);
		unsigned char byte, flipped;

		assert_int_equal(pread(fd, &byte, 1, at), 1);
		flipped = (unsigned char)(byte ^ 1U << i % 8);
		assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
		if (backup_verify(b.file, &report, &e)) {
			assert_int_equal(report.files, whole.files);
			assert_int_equal(report.bytes, whole.bytes);
			assert_int_equal(report.epoch, whole.epoch);
			assert_string_equal(report.head, whole.head);
		}
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_ok(backup_verify(b.file, &report, &e), &e);
	for (int64_t i = 1; i < 20; i++) {
		assert_int_equal(
		    ftruncate(fd, (off_t)(st.st_size - i * st.st_size / 20)),
		    0);
		assert_false(backup_verify(b.file, &report, &e));
	}
	close(fd);
	bench_close(&b);
}

/* --- kill -9 -------------------------------------------------------------- */

static void
child_makes(void *arg)
{
	const struct bench *b = arg;
	const struct backup_options o = { .logs = true };
	struct backup_report report;
	struct err e;

	backup_make(b->folder.path, b->file, &o, &report, &e);
}

static void
child_restores(void *arg)
{
	const struct bench *b = arg;
	struct backup_report report;
	struct err e;

	backup_restore(b->file, b->to, NULL, &report, &e);
}

static void
assert_killed_at(const char *point, void (*fn)(void *arg), struct bench *b)
{
	char text[64];
	int status;

	snprintf(text, sizeof(text), "%s:kill", point);
	setenv("SLIPWAY_FAILPOINT", text, 1);
	status = in_child(fn, b);
	unsetenv("SLIPWAY_FAILPOINT");
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* A name is a whole backup, a folder a whole restore, or neither is there. */
static void
kill_leaves_nothing_half(void **state)
{
	static const char *const making[] = { "backup.copied",
		"backup.packed", "backup.rename.before" };
	static const char *const restoring[] = { "restore.unpacked",
		"restore.epoch", "restore.rename.before" };
	struct backup_report report;
	struct err e = { 0 };
	struct bench b;

	(void)state;
	needs_failpoints();
	bench_open(&b);
	for (size_t i = 0; i < ARRAY_SIZE(making); i++) {
		assert_killed_at(making[i], child_makes, &b);
		assert_false(file_exists(b.file));
	}
	bench_make(&b);
	for (size_t i = 0; i < ARRAY_SIZE(restoring); i++) {
		assert_killed_at(restoring[i], child_restores, &b);
		assert_false(file_exists(b.to));
	}
	assert_ok(backup_restore(b.file, b.to, NULL, &report, &e), &e);
	bench_close(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kill_leaves_nothing_half),
		cmocka_unit_test(names_are_ours),
		cmocka_unit_test(restore_begins_an_epoch),
		cmocka_unit_test(damage_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
