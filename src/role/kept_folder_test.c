/* SPDX-License-Identifier: MIT */
#include "role/kept_folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/scratch_testing.h"
#include "sys/file.h"

static const struct folder_file files[] = {
	{ .name = "a.yaml", .bytes = { "slipway: 1\n", 11 } },
	{ .name = "line\nbreak.yaml", .bytes = { "", 0 } },
};
static const struct folder_file scripts[] = {
	{ .name = "A/tool", .bytes = { "\0\1\n\xff", 4 }, .executable = true },
};
static const struct platform whole = { .folder = "/srv/the folder",
	.sources = files, .nsources = 2, .files = scripts, .nfiles = 1 };

/* As it was written; nothing of it is taken when a byte is missing. */
static void
test_kept(void **state)
{
	char dir[64];
	struct arena *a = arena_create();
	struct buf bytes = { 0 };
	struct kept_folder kept;
	const char *path;
	struct err e;

	(void)state;
	scratch_make(dir, sizeof(dir), "kept");
	path = arena_printf(a, "%s/folder", dir);
	assert_false(kept_folder_read(dir, a, &kept, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_true(kept_folder_write(dir, &whole, &e));
	assert_true(kept_folder_read(dir, a, &kept, &e));
	assert_string_equal(kept.path, whole.folder);
	assert_int_equal(kept.nfiles, 3);
	assert_string_equal(kept.files[0].name, "A/tool");
	assert_true(kept.files[0].executable);
	assert_int_equal(kept.files[0].bytes.n, 4);
	assert_memory_equal(kept.files[0].bytes.p, "\0\1\n\xff", 4);
	assert_string_equal(kept.files[1].name, "a.yaml");
	assert_string_equal(kept.files[2].name, "line\nbreak.yaml");
	assert_true(file_read(AT_FDCWD, path, 4096, &bytes, &e));
	for (size_t n = 0; n < bytes.len; n++) {
		assert_true(file_replace(AT_FDCWD, path, bytes.data, n, 0600,
		    &e));
		/* Whole files are a folder too: the loader judges it. */
		if (kept_folder_read(dir, a, &kept, &e))
			assert_in_range(kept.nfiles, 1, 2);
	}
	buf_finish(&bytes);
	assert_true(file_remove_tree(AT_FDCWD, dir, &e));
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_kept) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
