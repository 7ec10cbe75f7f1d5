/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/clean.h"

static const struct {
	const char *from, *plain, *colours;
} rows[] = {
	{ "text\n", "text\n", "text\n" },
	{ "a\tb\x01\x7f\b", "a\tb", "a\tb" },
	{ "\033[31mred\033[0m.\n", "red.\n", "\033[31mred\033[0m.\n" },
	{ "\033[1;31mred\nnext", "red\nnext", "\033[1;31mred\033[0m\nnext" },
	{ "\033[2J\033[H\033[10Agone", "gone", "gone" },
	{ "\033[?25lx\033[>4m", "x", "x" },
	{ "\033]0;title\007ok", "ok", "ok" },
	{ "\033]8;;javascript:x\033\\link\033]8;;\033\\", "link", "link" },
	{ "\033]52;c;aGk=\n shown", "\n shown", "\n shown" },
	{ "\033(Bx\033cy\033=z", "xyz", "xyz" },
	{ "\302\2332Jx\302\235title\007y\302\205", "xy", "xy" },
	{ "10%\r20%\r\ndone\r\r\n", "10%\n20%\ndone\n", "10%\n20%\ndone\n" },
	{ "caf\303\251", "caf\303\251", "caf\303\251" },
	{ "bad \377\302x", "bad \357\277\275\357\277\275x",
	    "bad \357\277\275\357\277\275x" },
	{ "\340\200\200", "\357\277\275", "\357\277\275" },
	{ "cut \342\202", "cut \357\277\275", "cut \357\277\275" },
	{ "a\342\200\256b", "a<U+202E>b", "a<U+202E>b" },
	{ "\360\237\230\200", "\360\237\230\200", "\360\237\230\200" },
};

/* The same whether it comes at once or byte by byte. */
static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int mode = 0; mode < 4; mode++) {
			struct clean c;
			struct buf out = { 0 };
			size_t n = strlen(rows[i].from);
			size_t piece = mode & 1 ? 1 : n;

			clean_init(&c, mode & 2);
			for (size_t at = 0; at < n; at += piece)
				clean_add(&c,
				    (struct str){ rows[i].from + at, piece },
				    &out);
			clean_end(&c, &out);
			assert_string_equal(buf_cstr(&out),
			    mode & 2 ? rows[i].colours : rows[i].plain);
			buf_finish(&out);
		}
	}
}

static void
test_flood(void **state)
{
	struct clean c;
	struct buf out = { 0 };

	(void)state;
	clean_init(&c, true);
	clean_add(&c, STR("\033["), &out);
	for (int i = 0; i < 100000; i++)
		clean_add(&c, STR("1;"), &out);
	clean_add(&c, STR("mx"), &out);
	clean_end(&c, &out);
	assert_string_equal(buf_cstr(&out), "x");
	buf_finish(&out);
}

/* No byte makes it through that a terminal could obey. */
static void
test_every_byte(void **state)
{
	(void)state;
	for (int a = 0; a < 256; a++) {
		for (int b = 0; b < 256; b++) {
			char text[] = { (char)a, (char)b, 'x', '\n' };
			struct buf out = { 0 };
			struct clean c;

			clean_init(&c, false);
			clean_add(&c, (struct str){ text, 4 }, &out);
			clean_end(&c, &out);
			for (size_t i = 0; i < out.len; i++) {
				unsigned char ch = (unsigned char)out.data[i];

				assert_true(
				    ch >= 0x20 || ch == '\n' || ch == '\t');
				assert_int_not_equal(ch, 0x7f);
			}
			assert_true(str_is_utf8(buf_str(&out)));
			buf_finish(&out);
		}
	}
}

static void
test_line(void **state)
{
	struct arena *a = arena_create();

	(void)state;
	assert_string_equal(clean_line(a, STR("a\nb\tc\033[31md")), "a b cd");
	assert_string_equal(clean_text(a, STR("")), "");
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
