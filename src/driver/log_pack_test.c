/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/scratch_testing.h"
#include "driver/log_pack.h"
#include "driver/log_read.h"
#include "keep/wire.h"
#include "sys/file.h"

#define PIECE 5000
#define ROUNDS 400

struct fixture {
	char data[64];
	int k;
	struct buf text; /* what a reader gets */
};

static uint64_t seed = 20261121;

static size_t
pick(size_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (size_t)((seed >> 33) % n);
}

/* A log of so many pieces whose bytes [from, to) were dropped. */
static void
fixture_make(struct fixture *f, size_t pieces, uint64_t from, uint64_t to)
{
	struct wire_index head = { .offset = from, .wall_ms = to };
	char piece[PIECE];
	int log, idx, folder;

	*f = (struct fixture){ .k = -1 };
	scratch_make(f->data, sizeof(f->data), "pack");
	folder = open(f->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(folder, "k", 0700), 0);
	f->k = openat(folder, "k", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(folder);
	assert_int_equal(mkdirat(f->k, "7", 0700), 0);
	log = openat(f->k, "7/log", O_WRONLY | O_CREAT | O_CLOEXEC, 0400);
	idx = openat(f->k, "7/idx", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file_write_all(idx, (const char *)&head, sizeof(head)));
	for (size_t i = 0; i < pieces; i++) {
		const struct wire_index r = { .offset = i * PIECE,
			.wall_ms = 1000 + i, .length = PIECE,
			.stream = 1 + (uint32_t)(i % 2) };

		for (size_t j = 0; j < PIECE; j++)
			piece[j] = (char)('a' + pick(26));
		assert_true(file_write_all(idx, (const char *)&r, sizeof(r)));
		if (r.offset + PIECE > from && r.offset < to)
			assert_true(lseek(log, PIECE, SEEK_CUR) > 0);
		else
			assert_true(file_write_all(log, piece, PIECE));
	}
	assert_int_equal(ftruncate(log, (off_t)(pieces * PIECE)), 0);
	close(log);
	close(idx);
}

static void
fixture_finish(struct fixture *f)
{
	struct err e;

	close(f->k);
	buf_finish(&f->text);
	assert_true(file_remove_tree(AT_FDCWD, f->data, &e));
}

static bool
read_all(struct fixture *f, size_t max, struct buf *to)
{
	struct log_chunk c[8];
	struct log_read *l;
	uint64_t at = 0;
	size_t n = 8;
	bool ok;

	buf_clear(to);
	if (!log_read_open(f->data, 7, &l, NULL))
		return false;
	while ((ok = log_read_at(l, at, max, to, c, &n, NULL)) && n > 0) {
		at = c[n - 1].offset + c[n - 1].length;
		n = 8;
	}
	log_read_close(l);
	return ok;
}

static void
pack(struct fixture *f)
{
	struct err e;
	bool made;

	assert_true(log_pack_make(f->k, 7, &made, &e));
	assert_true(made);
	assert_true(log_pack_put(f->k, 7, &e));
}

static void
same(size_t pieces, uint64_t from, uint64_t to)
{
	struct fixture f;
	struct buf packed = { 0 };
	struct log_state s;
	struct log_read *l, *before;
	struct err e;
	bool made = true;

	fixture_make(&f, pieces, from, to);
	assert_true(read_all(&f, KIB(64), &f.text));
	assert_int_equal(f.text.len, pieces * PIECE - (to - from));
	assert_true(log_read_open(f.data, 7, &before, &e));
	pack(&f);
	assert_int_equal(faccessat(f.k, "7/log", F_OK, 0), -1);
	assert_true(read_all(&f, KIB(64), &packed));
	assert_true(str_eq(buf_str(&f.text), buf_str(&packed)));
	assert_true(read_all(&f, 777, &packed));
	assert_true(str_eq(buf_str(&f.text), buf_str(&packed)));
	assert_true(log_read_open(f.data, 7, &l, &e));
	assert_true(log_read_state(l, &s, &e));
	assert_int_equal(s.size, pieces * PIECE);
	assert_true(s.closed);
	log_read_close(l);
	/* who reads the old one goes on */
	assert_true(log_read_state(before, &s, &e));
	log_read_close(before);
	assert_true(log_pack_make(f.k, 7, &made, &e));
	assert_false(made);
	buf_finish(&packed);
	fixture_finish(&f);
}

static void
test_same(void **state)
{
	(void)state;
	same(1, 0, 0);
	same(13, 0, 0);
	same(14, 0, 0);
	same(200, 0, 0);
	same(200, 20 * PIECE, 180 * PIECE);
	same(100, 0, 99 * PIECE);
}

/* Killed between the two names: `log` counts, and is packed again. */
static void
test_both(void **state)
{
	struct fixture f;
	struct buf text = { 0 };
	struct err e;
	bool made;

	(void)state;
	fixture_make(&f, 30, 0, 0);
	assert_true(read_all(&f, KIB(64), &f.text));
	assert_true(log_pack_make(f.k, 7, &made, &e));
	assert_int_equal(renameat(f.k, "7/log.zst.new", f.k, "7/log.zst"), 0);
	assert_true(read_all(&f, KIB(64), &text));
	assert_true(str_eq(buf_str(&f.text), buf_str(&text)));
	pack(&f);
	assert_true(read_all(&f, KIB(64), &text));
	assert_true(str_eq(buf_str(&f.text), buf_str(&text)));
	buf_finish(&text);
	fixture_finish(&f);
}

/* One bit, a cut, zeros: every one is told, or the text is the same. */
static void
test_damage(void **state)
{
	static const char *const names[] = { "7/log.zst", "7/idx" };
	struct fixture f;
	struct buf whole[2] = { { 0 }, { 0 } }, text = { 0 };
	struct err e;

	(void)state;
	fixture_make(&f, 40, 0, 0);
	assert_true(read_all(&f, KIB(64), &f.text));
	pack(&f);
	for (size_t i = 0; i < 2; i++)
		assert_true(file_read(f.k, names[i], MIB(4), &whole[i], &e));
	for (int i = 0; i < ROUNDS; i++) {
		const size_t which = pick(2), at = pick(whole[which].len);
		struct buf bytes = { 0 };

		buf_addstr(&bytes, buf_str(&whole[which]));
		if (i % 3 == 0)
			bytes.len = at;
		else if (i % 3 == 1)
			bytes.data[at] ^= (char)(1 << pick(8));
		else
			memset(bytes.data + at, 0,
			    bytes.len - at < 512 ? bytes.len - at : 512);
		assert_true(file_replace(f.k, names[which], bytes.data,
		    bytes.len, 0600, &e));
		if (read_all(&f, KIB(64), &text))
			assert_true(str_eq(buf_str(&f.text), buf_str(&text)));
		assert_true(file_replace(f.k, names[which], whole[which].data,
		    whole[which].len, 0600, &e));
		buf_finish(&bytes);
	}
	assert_true(read_all(&f, KIB(64), &text));
	buf_finish(&text);
	buf_finish(&whole[0]);
	buf_finish(&whole[1]);
	fixture_finish(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
