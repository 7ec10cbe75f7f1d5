/* SPDX-License-Identifier: MIT */
#include "sys/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/scratch_testing.h"

/* Each test runs inside a fresh folder, as its working directory. */
static int
folder_make(void **state)
{
	char *path = malloc(64);

	scratch_make(path, 64, "file");
	if (chdir(path) != 0)
		return -1;
	*state = path;
	return 0;
}

static int
folder_remove(void **state)
{
	char *path = *state;
	struct err e;
	bool ok;

	ok = chdir("/") == 0 && file_remove_tree(AT_FDCWD, path, &e) &&
	    !file_exists(path);
	free(path);
	return ok ? 0 : -1;
}

static void
put(const char *path, const char *text)
{
	struct err e;

	assert_true(file_replace(AT_FDCWD, path, text, strlen(text), 0600, &e));
}

static void
assert_read_fails(const char *path, enum err_class class)
{
	struct buf b = { 0 };
	struct err e;

	buf_adds(&b, "kept");
	assert_false(file_read(AT_FDCWD, path, 100, &b, &e));
	assert_int_equal(e.class, class);
	assert_string_equal(b.data, "kept");
	buf_finish(&b);
}

static void
test_read(void **state)
{
	struct buf b = { 0 };
	struct err e;

	(void)state;
	put("f", "12345");
	assert_true(file_read(AT_FDCWD, "f", 5, &b, &e));
	assert_true(file_read(AT_FDCWD, "f", SIZE_MAX, &b, &e));
	assert_string_equal(b.data, "1234512345");
	assert_false(file_read(AT_FDCWD, "f", 4, &b, &e));
	assert_int_equal(e.class, ERR_TOO_LARGE);
	assert_string_equal(b.data, "1234512345");
	buf_finish(&b);
	put("empty", "");
	assert_true(file_read(AT_FDCWD, "empty", 0, &b, &e));
	assert_int_equal(b.len, 0);
	buf_finish(&b);
}

/* Files of /proc have no size; the content counts. */
static void
test_read_without_size(void **state)
{
	struct buf b = { 0 };
	struct err e;

	(void)state;
	assert_true(file_read(AT_FDCWD, "/proc/self/status", 65536, &b, &e));
	assert_true(b.len > 0);
	buf_finish(&b);
}

static void
test_read_refuses_what_is_no_file(void **state)
{
	(void)state;
	put("f", "x");
	assert_int_equal(symlink("f", "link"), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(mkdir("dir", 0700), 0);
	alarm(60);
	assert_read_fails("fifo", ERR_INVALID);
	alarm(0);
	assert_read_fails("link", ERR_INVALID);
	assert_read_fails("dir", ERR_INVALID);
	assert_read_fails("/dev/zero", ERR_INVALID);
	assert_read_fails("absent", ERR_NOT_FOUND);
	assert_read_fails("f/below", ERR_NOT_FOUND);
}

static unsigned
entries_in(const char *path)
{
	DIR *d = opendir(path);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

static void
test_replace(void **state)
{
	struct buf b = { 0 };
	struct stat st;
	struct err e;
	mode_t mask = umask(077);

	(void)state;
	assert_true(file_replace(AT_FDCWD, "f", "old", 3, 0644, &e));
	assert_true(file_replace(AT_FDCWD, "f", "n\0w", 3, 0755, &e));
	umask(mask);
	assert_int_equal(stat("f", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0755);
	assert_true(file_read(AT_FDCWD, "f", 10, &b, &e));
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "n\0w", 3);
	buf_finish(&b);
	assert_true(file_replace(AT_FDCWD, "empty", NULL, 0, 0600, &e));
	assert_false(file_replace(AT_FDCWD, "no/f", "x", 1, 0600, &e));
	assert_int_equal(mkdir("d", 0700), 0);
	assert_false(file_replace(AT_FDCWD, "d", "x", 1, 0600, &e));
	/* nothing temporary is left beside f, empty and d */
	assert_int_equal(entries_in("."), 3);
}

/* A link is replaced, what it points to stays. */
static void
test_replace_does_not_follow(void **state)
{
	struct buf b = { 0 };
	struct err e;

	(void)state;
	put("target", "old");
	assert_int_equal(symlink("target", "link"), 0);
	put("link", "new");
	assert_true(file_read(AT_FDCWD, "link", 10, &b, &e));
	assert_true(file_read(AT_FDCWD, "target", 10, &b, &e));
	assert_string_equal(b.data, "newold");
	buf_finish(&b);
}

static void
test_mkdirs(void **state)
{
	struct err e;

	(void)state;
	assert_true(file_mkdirs("a/b//c/", 0755, &e));
	assert_true(file_exists("a/b/c"));
	assert_true(file_mkdirs("a/b", 0755, &e));
	assert_true(file_mkdirs("/", 0755, &e));
	put("a/file", "x");
	assert_false(file_mkdirs("a/file", 0755, &e));
	assert_false(file_mkdirs("a/file/d", 0755, &e));
	assert_int_equal(e.class, ERR_IO);
}

static void
test_remove_tree(void **state)
{
	struct err e;

	(void)state;
	assert_true(file_remove_tree(AT_FDCWD, "absent", &e));
	assert_true(file_mkdirs("t/a/b/c", 0755, &e));
	assert_true(file_mkdirs("t/x/y", 0755, &e));
	put("t/a/b/c/f", "1");
	put("t/a/f", "1");
	assert_int_equal(mkfifo("t/x/fifo", 0600), 0);
	assert_true(file_remove_tree(AT_FDCWD, "t", &e));
	assert_false(file_exists("t"));
	put("single", "x");
	assert_true(file_remove_tree(AT_FDCWD, "single", &e));
	assert_false(file_exists("single"));
}

static void
test_remove_tree_does_not_follow_links(void **state)
{
	struct err e;

	(void)state;
	assert_true(file_mkdirs("keep/deep", 0755, &e));
	put("keep/deep/f", "x");
	assert_true(file_mkdirs("t/a", 0755, &e));
	assert_int_equal(symlink("../../keep", "t/a/link"), 0);
	assert_int_equal(symlink("../keep/deep", "t/link"), 0);
	assert_int_equal(symlink("nowhere", "t/dangling"), 0);
	assert_int_equal(symlink("keep", "top"), 0);
	assert_true(file_remove_tree(AT_FDCWD, "t", &e));
	assert_true(file_remove_tree(AT_FDCWD, "top", &e));
	assert_false(file_exists("t"));
	assert_true(file_exists("keep/deep/f"));
}

static void
test_remove_tree_unlocks(void **state)
{
	struct err e;

	(void)state;
	assert_true(file_mkdirs("t/a/b/c", 0755, &e));
	put("t/a/b/c/f", "x");
	assert_int_equal(chmod("t/a/b/c", 0), 0);
	assert_int_equal(chmod("t/a/b", 0500), 0);
	assert_int_equal(chmod("t/a", 0), 0);
	assert_true(file_remove_tree(AT_FDCWD, "t", &e));
	assert_false(file_exists("t"));
}

/* The same as somebody who is held to the permissions. */
static void
test_remove_tree_unlocks_for_an_ordinary_user(void **state)
{
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(*state, 0777), 0);
	pid = fork();
	if (pid == 0) {
		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(1);
		test_remove_tree_unlocks(state);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Deeper than PATH_MAX and than there are descriptors. */
static void
test_remove_tree_deep(void **state)
{
	char name[51];
	struct rlimit limit;
	struct err e;
	int at, depth;

	(void)state;
	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(mkdir("t", 0700), 0);
	at = open("t", O_RDONLY | O_DIRECTORY);
	for (depth = 0; depth < 400; depth++) {
		int next;

		assert_int_equal(mkdirat(at, name, 0700), 0);
		next = openat(at, name, O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		close(at);
		at = next;
	}
	close(at);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 64;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(file_remove_tree(AT_FDCWD, "t", &e));
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_false(file_exists("t"));
}

static void
test_remove_tree_wide(void **state)
{
	char name[32];
	struct err e;

	(void)state;
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "t/%d/sub/deep", i);
		assert_true(file_mkdirs(name, 0755, &e));
	}
	assert_true(file_remove_tree(AT_FDCWD, "t", &e));
	assert_false(file_exists("t"));
}

static void
test_write_all_to_a_closed_pipe(void **state)
{
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	assert_true(file_write_all(fds[1], "abc", 3));
	assert_true(file_write_all(fds[1], NULL, 0));
	close(fds[0]);
	assert_false(file_write_all(fds[1], "abc", 3));
	assert_int_equal(errno, EPIPE);
	close(fds[1]);
}

/* In pieces, as it comes; what ends too early is no success. */
static void
test_read_all(void **state)
{
	char to[8] = "";
	int fds[2], fd;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_true(file_write_all(fds[1], "abcdef", 6));
	assert_true(file_read_all(fds[0], to, 4));
	assert_memory_equal(to, "abcd", 4);
	close(fds[1]);
	assert_false(file_read_all(fds[0], to, 3));
	assert_int_equal(errno, EIO);
	close(fds[0]);
	fd = open("all", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	assert_true(file_write_all(fd, "abcdef", 6));
	assert_true(file_read_all_at(fd, to, 3, 2));
	assert_memory_equal(to, "cde", 3);
	assert_false(file_read_all_at(fd, to, 3, 4));
	assert_int_equal(errno, EIO);
	close(fd);
}

#define IN_FOLDER(test)                                                        \
	cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_read),
		IN_FOLDER(test_read_all),
		IN_FOLDER(test_read_without_size),
		IN_FOLDER(test_read_refuses_what_is_no_file),
		IN_FOLDER(test_replace),
		IN_FOLDER(test_replace_does_not_follow),
		IN_FOLDER(test_mkdirs),
		IN_FOLDER(test_remove_tree),
		IN_FOLDER(test_remove_tree_does_not_follow_links),
		IN_FOLDER(test_remove_tree_unlocks),
		IN_FOLDER(test_remove_tree_unlocks_for_an_ordinary_user),
		IN_FOLDER(test_remove_tree_deep),
		IN_FOLDER(test_remove_tree_wide),
		IN_FOLDER(test_write_all_to_a_closed_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
