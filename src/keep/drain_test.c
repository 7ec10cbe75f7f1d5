/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/scratch_testing.h"
#include "driver/log_read.h"
#include "keep/drain.h"
#include "sys/file.h"

struct fixture {
	char folder[64];
	int log;
	int in[DRAIN_STREAMS]; /* write ends */
	struct drain drain;
	struct log_read *reader;
};

static void
fixture_open(struct fixture *f, uint64_t cap, const struct str *secrets,
    size_t n)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[96];
	int pipes[DRAIN_STREAMS][2];
	struct err e;

	scratch_make(f->folder, sizeof(f->folder), "drain");
	snprintf(path, sizeof(path), "%s/k", f->folder);
	assert_return_code(mkdir(path, 0700), errno);
	snprintf(path, sizeof(path), "%s/k/1", f->folder);
	assert_return_code(mkdir(path, 0700), errno);
	assert_return_code(chdir(path), errno);
	f->log = open("log", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_return_code(fcntl(f->log, F_SETLK, &all), errno);
	for (int i = 0; i < DRAIN_STREAMS; i++) {
		assert_return_code(pipe2(pipes[i], O_CLOEXEC | O_NONBLOCK),
		    errno);
		f->in[i] = pipes[i][1];
	}
	assert_true(drain_open(&f->drain, f->log,
	    (int[]){ pipes[0][0], pipes[1][0] }, secrets, n, cap));
	assert_true(log_read_open(f->folder, 1, &f->reader, &e));
}

static void
fixture_close(struct fixture *f)
{
	struct err e;

	log_read_close(f->reader);
	drain_close(&f->drain);
	close(f->log);
	close(f->in[0]);
	close(f->in[1]);
	assert_return_code(chdir("/"), errno);
	assert_true(file_remove_tree(AT_FDCWD, f->folder, &e));
}

static void
put(struct fixture *f, int stream, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(f->in[stream], p, n);

		if (w > 0) {
			p += w;
			n -= (size_t)w;
		}
		while (drain_read(&f->drain, stream))
			;
	}
}

static void
puts_on(struct fixture *f, int stream, const char *text)
{
	put(f, stream, text, strlen(text));
}

static struct log_state
state_of(struct fixture *f)
{
	struct log_state s;
	struct err e;

	assert_true(log_read_state(f->reader, &s, &e));
	return s;
}

static size_t
read_at(struct fixture *f, uint64_t at, size_t max, struct buf *to,
    struct log_chunk *chunks, size_t n)
{
	struct err e;

	assert_true(log_read_at(f->reader, at, max, to, chunks, &n, &e));
	return n;
}

static void
order_and_streams(void **state)
{
	struct fixture f;
	struct buf text = { 0 };
	struct log_chunk c[8];

	(void)state;
	fixture_open(&f, MIB(1), NULL, 0);
	assert_int_equal(state_of(&f).size, 0);
	assert_int_equal(read_at(&f, 0, 100, &text, c, 8), 0);
	puts_on(&f, DRAIN_OUT, "one\n");
	puts_on(&f, DRAIN_ERR, "two\n");
	puts_on(&f, DRAIN_OUT, "three\n");
	drain_note(&f.drain, "note\n");
	assert_int_equal(read_at(&f, 0, 100, &text, c, 8), 4);
	assert_string_equal(text.data, "one\ntwo\nthree\nnote\n");
	assert_int_equal(c[0].stream, 1);
	assert_int_equal(c[1].stream, 2);
	assert_int_equal(c[2].stream, 1);
	assert_int_equal(c[3].stream, 3);
	assert_int_equal(c[2].offset, 8);
	assert_true(c[0].wall_ms > 0);
	buf_finish(&text);
	fixture_close(&f);
}

/* Whatever the offset and the limits, the pieces are the whole. */
static void
every_offset_can_be_asked_for(void **state)
{
	struct fixture f;
	struct log_chunk c[2];

	(void)state;
	fixture_open(&f, MIB(1), NULL, 0);
	for (int i = 0; i < 50; i++) {
		puts_on(&f, i % 2, "0123456789");
	}
	for (uint64_t at = 0; at <= 500; at++) {
		for (size_t max = 1; max < 40; max += 7) {
			struct buf text = { 0 };
			uint64_t next = at;

			while (read_at(&f, next, max, &text, c, 2) > 0)
				next = at + text.len;
			assert_int_equal(text.len, 500 - at);
			for (size_t i = 0; i < text.len; i++)
				assert_int_equal(text.data[i],
				    "0123456789"[(at + i) % 10]);
			buf_finish(&text);
		}
	}
	fixture_close(&f);
}

static void
masked_offsets(void **state)
{
	static const struct str secret = STR("hunter2!");
	struct fixture f;
	struct buf text = { 0 };
	struct log_chunk c[8];

	(void)state;
	fixture_open(&f, MIB(1), &secret, 1);
	/* each stream waits for its own secret */
	puts_on(&f, DRAIN_OUT, "a hunt");
	puts_on(&f, DRAIN_ERR, "er2!\n");
	puts_on(&f, DRAIN_OUT, "er2! b\n");
	puts_on(&f, DRAIN_OUT, "hunter");
	drain_finish(&f.drain);
	(void)read_at(&f, 0, 100, &text, c, 8);
	assert_string_equal(text.data, "a er2!\n*** b\nhunter");
	assert_int_equal(state_of(&f).size, text.len);
	buf_finish(&text);
	fixture_close(&f);
}

static uint64_t
disk_bytes(struct fixture *f)
{
	struct stat st;

	assert_return_code(fstat(f->log, &st), errno);
	return (uint64_t)st.st_blocks * 512;
}

/* Byte i of the stream is known, so that every offset can be checked. */
static char
byte_at(uint64_t i)
{
	return (char)('a' + i * 2654435761U % 26);
}

static void
check_text(const struct log_chunk *c, size_t n, const struct buf *text)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < c[i].length; k++) {
			if (text->data[at++] != byte_at(c[i].offset + k))
				fail_msg("wrong byte at %llu",
				    (unsigned long long)(c[i].offset + k));
		}
	}
	assert_int_equal(at, text->len);
}

static void
head_and_tail(void **state)
{
	struct fixture f;
	char *block = malloc(100000);
	uint64_t size = 0;
	struct log_chunk c[2000];
	struct buf text = { 0 };
	struct log_state s;
	size_t n;

	(void)state;
	fixture_open(&f, MIB(6), NULL, 0);
	while (size < MIB(40)) {
		for (size_t i = 0; i < 100000; i++)
			block[i] = byte_at(size + i);
		put(&f, DRAIN_OUT, block, 100000);
		size += 100000;
		s = state_of(&f);
		assert_int_equal(s.size, size);
		if (size <= MIB(6))
			assert_int_equal(s.dropped_from, s.dropped_to);
		else
			assert_true(s.dropped_to + LIMIT_LOG_TAIL <= size);
		if (size > 1000000) {
			n = read_at(&f, size - 1000000, 1000000, &text, c,
			    2000);
			assert_int_equal(text.len, 1000000);
			check_text(c, n, &text);
			buf_clear(&text);
		}
		assert_true(disk_bytes(&f) < MIB(8));
	}
	drain_finish(&f.drain);
	s = state_of(&f);
	assert_int_equal(s.dropped_from, LIMIT_LOG_HEAD);
	assert_int_equal(s.dropped_to, size - LIMIT_LOG_TAIL);
	assert_int_equal(drain_dropped(&f.drain),
	    size - LIMIT_LOG_TAIL - LIMIT_LOG_HEAD);
	n = read_at(&f, 0, MIB(8), &text, c, 2000);
	check_text(c, n, &text);
	assert_int_equal(text.len, LIMIT_LOG_HEAD + LIMIT_LOG_TAIL);
	buf_clear(&text);
	/* asked for in the middle: what comes next */
	n = read_at(&f, MIB(10), 10, &text, c, 2000);
	assert_int_equal(n, 1);
	assert_int_equal(c[0].offset, s.dropped_to);
	buf_finish(&text);
	free(block);
	fixture_close(&f);
}

/* A disk that takes nothing is played by a limit on the size of files. */
static void
full_disk_leaves_a_gap(void **state)
{
	struct rlimit old, small;
	struct fixture f;
	struct buf text = { 0 };
	struct log_chunk c[8];
	size_t n;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	fixture_open(&f, MIB(1), NULL, 0);
	puts_on(&f, DRAIN_OUT, "before");
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 6;
	setrlimit(RLIMIT_FSIZE, &small);
	puts_on(&f, DRAIN_ERR, "lost");
	setrlimit(RLIMIT_FSIZE, &old);
	puts_on(&f, DRAIN_OUT, "after");
	assert_int_equal(drain_dropped(&f.drain), 4);
	n = read_at(&f, 0, 100, &text, c, 8);
	assert_int_equal(n, 2);
	assert_string_equal(text.data, "beforeafter");
	assert_int_equal(c[1].offset, 10);
	assert_int_equal(state_of(&f).size, 15);
	buf_finish(&text);
	fixture_close(&f);
}

static void
absent_log(void **state)
{
	struct log_read *l;
	struct err e;

	(void)state;
	assert_false(log_read_open("/tmp", 987654321, &l, &e));
	assert_string_equal(e.code, "log.absent");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_streams),
		cmocka_unit_test(every_offset_can_be_asked_for),
		cmocka_unit_test(masked_offsets),
		cmocka_unit_test(head_and_tail),
		cmocka_unit_test(full_disk_leaves_a_gap),
		cmocka_unit_test(absent_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
