/* SPDX-License-Identifier: MIT */
#include "store/store_testing.h"

#include "store/lock.h"

static void
second(void *arg)
{
	struct folder *f = arg;
	struct err e = { 0 };
	char holder[32];
	int fd;

	snprintf(holder, sizeof(holder), "process %ld", (long)getppid());
	assert_false(store_lock(f->path, &fd, &e));
	assert_int_equal(e.class, ERR_BUSY);
	assert_int_equal(err_class_info(e.class)->exit, 75);
	assert_string_equal(e.code, "store.locked");
	assert_non_null(strstr(e.message, holder));
}

static void
holder(void *arg)
{
	struct folder *f = arg;
	struct err e;
	int fd;

	assert_true(store_lock(f->path, &fd, &e));
	_exit(0); /* without letting go */
}

static void
test_lock(void **state)
{
	struct folder f;
	struct err e = { 0 };
	char path[80];
	int fd, copy;

	(void)state;
	folder_make(&f);
	assert_int_equal(in_child(holder, &f), 0);
	assert_ok(store_lock(f.path, &fd, &e), &e);
	assert_int_equal(in_child(second, &f), 0);
	/* nor twice in one process */
	assert_false(store_lock(f.path, &copy, &e));
	snprintf(path, sizeof(path), "%s/lock", f.path);
	close(fd);
	assert_ok(store_lock(f.path, &fd, &e), &e);
	close(fd);
	/* what was written there by another is not believed */
	assert_true(file_replace(AT_FDCWD, path, "junk", 4, 0600, &e));
	assert_ok(store_lock(f.path, &fd, &e), &e);
	close(fd);
	assert_false(store_lock("/nonexistent", &fd, &e));
	folder_remove(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
