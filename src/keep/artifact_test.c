/* SPDX-License-Identifier: MIT */
/* What is taken from a workspace that somebody else keeps changing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/scratch_testing.h"
#include "keep/artifact.h"
#include "sys/digest.h"
#include "sys/file.h"

#define ROUNDS 10000
#define OURS "bytes of the workspace"
#define FOREIGN "bytes of somebody else"

struct place { /* a data folder with the folder of one attempt as the cwd */
	char data[64];
	int workspace;
	struct spec spec;
	struct spec_take take;
	struct artifact_who who;
};

static int
place_make(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	scratch_make(p->data, sizeof(p->data), "artifact");
	assert_int_equal(chdir(p->data), 0);
	assert_int_equal(mkdir("artifact", 0700), 0);
	assert_int_equal(mkdir("artifact/new", 0700), 0);
	assert_int_equal(mkdir("k", 0700), 0);
	assert_int_equal(mkdir("k/1", 0700), 0);
	assert_int_equal(mkdir("ws", 0700), 0);
	assert_int_equal(mkdir("ws/out", 0700), 0);
	assert_int_equal(chdir("k/1"), 0);
	p->workspace = open("../../ws", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(p->workspace >= 0);
	p->take = (struct spec_take){ "out/it", 1000 };
	p->spec = (struct spec){ .takes = &p->take, .ntakes = 1,
		.numbers = { .uid = geteuid(), .gid = getegid() } };
	p->who = (struct artifact_who){ false, geteuid(), getegid() };
	*state = p;
	return 0;
}

static int
place_remove(void **state)
{
	struct place *p = *state;
	struct err e;

	close(p->workspace);
	assert_int_equal(chdir("/"), 0);
	assert_true(file_remove_tree(AT_FDCWD, p->data, &e));
	free(p);
	return 0;
}

static void
put(const struct place *p, const char *name, const char *text)
{
	int fd = openat(p->workspace, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(file_write_all(fd, text, strlen(text)));
	close(fd);
}

/* One taking: its state, and the bytes, which are gone afterwards. */
static uint32_t
take(struct place *p, struct buf *bytes, struct wire_taken *ret)
{
	struct buf word = { 0 };

	(void)unlink("taken");
	assert_true(artifacts_prepare(&p->spec));
	artifacts_take(&p->spec, p->workspace, 1, &p->who);
	assert_true(file_read(AT_FDCWD, "taken", 4096, &word, NULL));
	assert_int_equal(word.len, sizeof(*ret));
	memcpy(ret, word.data, sizeof(*ret));
	buf_finish(&word);
	buf_clear(bytes);
	if (file_read(AT_FDCWD, "../../artifact/new/1.0", 4096, bytes, NULL))
		assert_int_equal(unlink("../../artifact/new/1.0"), 0);
	return ret->state;
}

static void
test_states(void **state)
{
	struct place *p = *state;
	struct wire_taken t;
	struct buf bytes = { 0 };
	char hash[DIGEST_HEX];

	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_MISSING);
	put(p, "out/it", OURS);
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_YES);
	assert_string_equal(bytes.data, OURS);
	assert_string_equal(t.sha256, digest_hex(OURS, strlen(OURS), hash));
	p->take.max = strlen(OURS) - 1;
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_LARGE);
	assert_int_equal(bytes.len, 0);
	p->take.max = 1000;
	p->take.path = "../k/1/taken";
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_OUTSIDE);
	p->take.path = "/etc/passwd";
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_OUTSIDE);
	p->take.path = "out/it/below";
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_MISSING);
	p->take.path = "out";
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_FOLDER);
	p->take.path = "out/it";
	p->spec.numbers.uid++;
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_FOREIGN);
	p->spec.numbers.uid--;
	assert_int_equal(linkat(p->workspace, "out/it", p->workspace, "other",
	    0), 0);
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_NAMES);
	assert_int_equal(unlinkat(p->workspace, "out/it", 0), 0);
	assert_int_equal(mkfifoat(p->workspace, "out/it", 0600), 0);
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_NO_FILE);
	buf_finish(&bytes);
}

static void
test_long_path(void **state)
{
	struct place *p = *state;
	struct wire_taken t;
	struct buf bytes = { 0 };
	char path[4098];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	p->take.path = path;
	assert_int_equal(take(p, &bytes, &t), WIRE_TAKEN_ERROR);
	assert_int_equal(t.error, ENAMETOOLONG);
	buf_finish(&bytes);
}

static atomic_bool swapping;

/* The file is by turns ours, a symbolic link, and behind one. */
static void *
swap(void *arg)
{
	const struct place *p = arg;
	int ws = p->workspace;

	while (swapping) {
		(void)renameat(ws, "link", ws, "out/it");
		(void)symlinkat("../../secret", ws, "link");
		(void)renameat(ws, "ours", ws, "out/it");
		put(p, "ours", OURS);
		(void)renameat(ws, "out", ws, "real");
		(void)symlinkat("../elsewhere", ws, "out");
		(void)unlinkat(ws, "out", 0);
		(void)renameat(ws, "real", ws, "out");
	}
	return NULL;
}

static void
test_swapped(void **state)
{
	struct place *p = *state;
	struct wire_taken t;
	struct buf bytes = { 0 };
	unsigned taken = 0;
	pthread_t other;

	assert_int_equal(mkdir("../../elsewhere", 0700), 0);
	put(p, "../secret", FOREIGN);
	put(p, "../elsewhere/it", FOREIGN);
	put(p, "ours", OURS);
	assert_int_equal(symlinkat("../../secret", p->workspace, "link"), 0);
	swapping = true;
	assert_int_equal(pthread_create(&other, NULL, swap, p), 0);
	for (int i = 0; i < ROUNDS; i++) {
		if (take(p, &bytes, &t) != WIRE_TAKEN_YES)
			continue;
		assert_null(strstr(bytes.data == NULL ? "" : bytes.data,
		    FOREIGN));
		taken += bytes.len == strlen(OURS);
	}
	swapping = false;
	pthread_join(other, NULL);
	assert_true(taken > 0);
	buf_finish(&bytes);
}

/* The first that is not taken ends it; the rest was not looked at. */
static void
test_several(void **state)
{
	struct place *p = *state;
	struct spec_take takes[] = { { "out/a", 100 }, { "out/b", 100 },
		{ "out/c", 100 } };
	struct wire_taken t[3];
	struct buf word = { 0 };

	put(p, "out/a", "a");
	put(p, "out/c", "c");
	p->spec.takes = takes;
	p->spec.ntakes = 3;
	assert_true(artifacts_prepare(&p->spec));
	artifacts_take(&p->spec, p->workspace, 7, &p->who);
	assert_true(file_read(AT_FDCWD, "taken", 4096, &word, NULL));
	assert_int_equal(word.len, sizeof(t));
	memcpy(t, word.data, sizeof(t));
	assert_int_equal(t[0].state, WIRE_TAKEN_YES);
	assert_int_equal(t[1].state, WIRE_TAKEN_MISSING);
	assert_int_equal(t[2].state, WIRE_TAKEN_NOT);
	assert_int_equal(access("../../artifact/new/7.0", F_OK), 0);
	assert_int_equal(access("../../artifact/new/7.2", F_OK), -1);
	buf_finish(&word);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
		TEST(test_states),
		TEST(test_long_path),
		TEST(test_several),
		TEST(test_swapped),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
