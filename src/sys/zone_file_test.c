/* SPDX-License-Identifier: MIT */
#include "sys/zone_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/scratch_testing.h"
#include "sys/file.h"

struct bench {
	struct arena *a;
	char folder[64];
	struct err e;
};

static int
setup(void **state)
{
	static struct bench b;

	b = (struct bench){ .a = arena_create() };
	scratch_make(b.folder, sizeof(b.folder), "zone");
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	arena_destroy(b->a);
	return !file_remove_tree(AT_FDCWD, b->folder, &b->e);
}

static void
test_names(void **state)
{
	static const char *const good[] = { "UTC", "Europe/London", "Etc/GMT+1",
		"America/Argentina/Buenos_Aires", "GMT-0" };
	static const char *const bad[] = { "", "/", "/etc/passwd", "a/", "a//b",
		"..", "../x", "a/../b", ".", "a/.b", "a b", "a\n", "\303\244",
		"Europe/London\033[2J" };
	char name[70];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(zone_file_name_fits(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(zone_file_name_fits(bad[i]));
	memset(name, 'a', sizeof(name));
	name[64] = '\0';
	assert_true(zone_file_name_fits(name));
	name[64] = 'a';
	name[65] = '\0';
	assert_false(zone_file_name_fits(name));
}

static void
test_system(void **state)
{
	struct bench *b = *state;
	const struct zone *z;
	struct zone_span s;

	assert_true(
	    zone_file_load(b->a, ZONE_FILE_FOLDER, "Europe/London", &z, &b->e));
	s = zone_span_at(z, civil_ms(2026, 7, 1, 0, 0));
	assert_string_equal(s.abbreviation, "BST");
	/* A link, and inside of the folder. */
	assert_true(zone_file_load(b->a, ZONE_FILE_FOLDER, "GB", &z, &b->e));
	assert_true(zone_file_load(b->a, "/nowhere", "UTC", &z, &b->e));
	assert_ptr_equal(z, zone_utc());
}

static void
assert_refused(
    struct bench *b, const char *name, enum err_class class, const char *code)
{
	const struct zone *z;

	assert_false(zone_file_load(b->a, b->folder, name, &z, &b->e));
	assert_int_equal(b->e.class, class);
	if (code != NULL)
		assert_string_equal(b->e.code, code);
}

static void
put(struct bench *b, const char *name, size_t n)
{
	char *path = arena_printf(b->a, "%s/%s", b->folder, name);
	char *bytes = arena_alloc(b->a, n);

	assert_true(file_replace(AT_FDCWD, path, bytes, n, 0644, &b->e));
}

static void
test_refused(void **state)
{
	struct bench *b = *state;
	const struct zone *z;

	put(b, "Large", LIMIT_ZONE_BYTES + 1);
	put(b, "Zeros", 100);
	assert_int_equal(
	    mkdir(arena_printf(b->a, "%s/Folder", b->folder), 0700), 0);
	assert_int_equal(
	    mkfifo(arena_printf(b->a, "%s/Fifo", b->folder), 0600), 0);
	assert_int_equal(
	    symlink("/etc/passwd", arena_printf(b->a, "%s/Out", b->folder)), 0);
	assert_int_equal(
	    symlink("Loop", arena_printf(b->a, "%s/Loop", b->folder)), 0);
	assert_refused(b, "../x", ERR_INVALID, "zone.name");
	assert_refused(b, "Mars/Base", ERR_NOT_FOUND, "zone.unknown");
	assert_string_equal(b->e.message, "unknown time zone 'Mars/Base'");
	assert_refused(b, "Out", ERR_NOT_FOUND, "zone.unknown");
	assert_refused(b, "Loop", ERR_NOT_FOUND, "zone.unknown");
	assert_refused(b, "Large", ERR_TOO_LARGE, NULL);
	assert_refused(b, "Folder", ERR_INVALID, NULL);
	assert_refused(b, "Fifo", ERR_INVALID, NULL);
	assert_refused(b, "Zeros", ERR_INVALID, "zone.data");
	assert_string_equal(
	    b->e.message, "time zone 'Zeros': this is no TZif file");
	assert_false(zone_file_load(b->a, "/nowhere", "Mars", &z, &b->e));
	assert_string_equal(b->e.hint, "install the package tzdata");
}

/* A folder beside ours whose name begins with that of ours. */
static void
test_neighbour(void **state)
{
	struct bench *b = *state;
	char *folder = arena_printf(b->a, "%s/zones", b->folder);
	char *beside = arena_printf(b->a, "%s/zones-old", b->folder);
	const struct zone *z;

	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(beside, 0700), 0);
	put(b, "zones-old/Zeros", 100);
	assert_int_equal(symlink("../zones-old/Zeros",
			     arena_printf(b->a, "%s/Link", folder)),
	    0);
	assert_false(zone_file_load(b->a, folder, "Link", &z, &b->e));
	assert_string_equal(b->e.code, "zone.unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_neighbour),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
