/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "keep/mask.h"

#define CHUNK 256

/* --- a plain reference: all forms, looked for everywhere ------------------- */

#define FORMS_MAX 4000

struct forms {
	size_t n;
	struct str at[FORMS_MAX];
};

static void
forms_add(void *arg, const uint8_t *p, size_t n)
{
	struct forms *f = arg;
	char *copy = malloc(n + 1);

	if (n < MASK_MIN) {
		free(copy);
		return;
	}
	assert_true(f->n < FORMS_MAX);
	memcpy(copy, p, n);
	f->at[f->n++] = (struct str){ copy, n };
}

static void
forms_free(struct forms *f)
{
	for (size_t i = 0; i < f->n; i++)
		free((void *)(uintptr_t)f->at[i].p);
	free(f);
}

static size_t
longest_at(const struct forms *f, const char *text, size_t end)
{
	size_t longest = 0;

	for (size_t i = 0; i < f->n; i++) {
		size_t n = f->at[i].n;

		if (n > longest && n <= end &&
		    memcmp(text + end - n, f->at[i].p, n) == 0)
			longest = n;
	}
	return longest;
}

/* "***" for each group of overlapping secrets. */
static struct buf
reference(const struct forms *f, struct str text)
{
	char *flags = calloc(1, text.n + 1);
	struct buf out = { 0 };

	for (size_t end = 1; end <= text.n; end++) {
		size_t n = longest_at(f, text.p, end);

		if (n == 0)
			continue;
		if (flags[end - n] == 0)
			flags[end - n] = 2;
		memset(flags + end - n + 1, 1, n - 1);
	}
	for (size_t i = 0; i < text.n; i++) {
		if (flags[i] == 0)
			buf_addc(&out, text.p[i]);
		else if (flags[i] == 2)
			buf_adds(&out, "***");
	}
	free(flags);
	return out;
}

/* --- helpers --------------------------------------------------------------- */

static struct buf
mask_cut(const struct mask *m, struct str text, const size_t *cuts, size_t n)
{
	struct mask_stream s;
	struct buf out = { 0 };
	size_t at = 0;

	assert_true(mask_stream_init(&s, m, CHUNK));
	for (size_t i = 0; i <= n; i++) {
		size_t to = i < n ? cuts[i] : text.n;

		while (at < to) {
			size_t part = to - at < CHUNK ? to - at : CHUNK;

			buf_addstr(&out, mask_feed(&s, text.p + at, part));
			at += part;
		}
	}
	buf_addstr(&out, mask_flush(&s));
	mask_stream_finish(&s);
	return out;
}

static void
expect(const struct mask *m, struct str text, const size_t *cuts, size_t n,
    const char *want)
{
	struct buf out = mask_cut(m, text, cuts, n);

	if (strcmp(buf_cstr(&out), want) != 0)
		fail_msg("'%.*s' became '%s', not '%s'", (int)text.n, text.p,
		    buf_cstr(&out), want);
	buf_finish(&out);
}

/* In one piece, cut at every place, at every pair of places, byte by byte. */
static void
expect_everywhere(const struct mask *m, const char *text, const char *want)
{
	struct str t = str_of(text);
	size_t *each = calloc(t.n + 1, sizeof(*each));

	for (size_t i = 0; i <= t.n; i++) {
		each[i] = i;
		for (size_t k = i; k <= t.n; k++)
			expect(m, t, (size_t[]){ i, k }, 2, want);
	}
	expect(m, t, each, t.n, want);
	free(each);
}

static struct mask *
mask_of(const char *secret)
{
	struct str s = str_of(secret);
	struct mask *m = mask_create(&s, 1);

	assert_non_null(m);
	return m;
}

static void
expect_secret(const char *secret, const char *text, const char *want)
{
	struct mask *m = mask_of(secret);

	expect_everywhere(m, text, want);
	mask_destroy(m);
}

/* --- tests ----------------------------------------------------------------- */

/* Made by other programs: base64(1), xxd(1), curl, python3, node. */
static void
every_form_is_masked(void **state)
{
	static const struct {
		const char *secret, *text, *want;
	} cases[] = {
		{ "hunter2!", "a hunter2! b", "a *** b" },
		{ "hunter2!\n", "a hunter2! b", "a *** b" },
		{ "hunter2!", "68756e7465723221", "***" },
		{ "jklmno", "6A6B6C6D6E6F", "***" },
		{ "jklmno", "6a6b6c6d6e6f", "***" },
		/* at the three offsets: the edges share bits with others */
		{ "hunter2!", "aHVudGVyMiE=", "***E=" },
		{ "hunter2!", "eGh1bnRlcjIheA==", "eG***eA==" },
		{ "hunter2!", "eHhodW50ZXIyIXg=", "eHh***Xg=" },
		{ ">>>a?" "??", "Pj4+YT8/Pw==", "***w==" },
		{ ">>>a?" "??", "Pj4-YT8_Pw==", "***w==" },
		{ "a b/c&d=e", "a%20b%2Fc%26d%3De", "***" },
		{ "a b/c&d=e", "a%20b%2fc%26d%3de", "***" },
		{ "a b/c&d=e", "a%20b/c%26d%3De", "***" },
		{ "a b/c&d=e", "a+b%2Fc%26d%3De", "***" },
		{ "it's(me)!*~", "it's(me)!*~", "***" },
		{ "it's(me)!*~", "it%27s%28me%29%21%2A~", "***" },
		{ "it's(me)!*~", "it%27s%28me%29%21*%7E", "***" },
		{ "a\"b\\c\nd\te", "{\"x\":\"a\\\"b\\\\c\\nd\\te\"}",
		    "{\"x\":\"***\"}" },
		{ "a/b/c/d", "a\\/b\\/c\\/d", "***" },
		{ "p<a>&b", "p\\u003ca\\u003e\\u0026b", "***" },
		{ "p<a>&b", "p\\u003Ca\\u003E\\u0026b", "***" },
		{ "caf\xc3\xa9\xf0\x9f\x98\x80!", "caf\\u00e9\\ud83d\\ude00!",
		    "***" },
		{ "ab\x01\x1f" "cd", "ab\\u0001\\u001fcd", "***" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_secret(cases[i].secret, cases[i].text, cases[i].want);
}

static void
ordinary_text_stays(void **state)
{
	(void)state;
	expect_secret("hunter2!", "hunter2 hunter hunter2? hhunter2 hunte",
	    "hunter2 hunter hunter2? hhunter2 hunte");
	expect_secret("aaab", "aaa aa aaaa", "aaa aa aaaa");
	expect_secret("aaab", "aaaab aab", "a*** aab");
	expect_secret("abcabd", "abcabcabd abcab", "abc*** abcab");
}

static void
short_secrets_are_none(void **state)
{
	struct mask *m = mask_of("abc");

	(void)state;
	assert_true(mask_is_empty(m));
	expect_everywhere(m, "abc", "abc");
	mask_destroy(m);
	m = mask_of("abc\n");
	assert_true(mask_is_empty(m));
	mask_destroy(m);
	m = mask_create(NULL, 0);
	assert_true(mask_is_empty(m));
	mask_destroy(m);
}

static void
neighbours_and_overlaps(void **state)
{
	static const struct str secrets[] = { STR("abcd"), STR("abcdef"),
		STR("efgh") };
	struct mask *m = mask_create(secrets, 3);

	(void)state;
	expect_everywhere(m, "abcd", "***");
	expect_everywhere(m, "abcdabcd", "******");
	expect_everywhere(m, "abcde", "***e");
	expect_everywhere(m, "abcdef", "***");
	expect_everywhere(m, "abcdefgh", "***");
	expect_everywhere(m, "abcdefg", "***g");
	expect_everywhere(m, "xabcdexefghx", "x***ex***x");
	mask_destroy(m);
}

/* Only what may still become a secret waits. */
static void
holds_back_live_prefixes_alone(void **state)
{
	struct mask *m = mask_of("hunter2!");
	struct mask_stream s;

	(void)state;
	assert_true(mask_stream_init(&s, m, CHUNK));
	assert_int_equal(mask_feed(&s, "Password: ", 10).n, 10);
	assert_int_equal(mask_feed(&s, "ab hunt", 7).n, 3);
	assert_int_equal(mask_feed(&s, "e", 1).n, 0);
	assert_int_equal(mask_feed(&s, "x", 1).n, 6);
	assert_int_equal(mask_feed(&s, "hunter2", 7).n, 0);
	assert_int_equal(mask_feed(&s, "!", 1).n, 0 + 3);
	assert_int_equal(mask_feed(&s, "hun", 3).n, 0);
	assert_true(str_is(mask_flush(&s), "hun"));
	assert_int_equal(mask_flush(&s).n, 0);
	mask_stream_finish(&s);
	mask_destroy(m);
}

/* base64(1) of 150 times 'k' */
static void
wrapped_base64(void **state)
{
	char secret[151];
	struct buf text = { 0 }, out;
	struct mask *m;

	(void)state;
	memset(secret, 'k', 150);
	secret[150] = '\0';
	for (size_t i = 0; i < 200; i++) {
		if (i > 0 && i % 76 == 0)
			buf_addc(&text, '\n');
		buf_addc(&text, "a2tr"[i % 4]);
	}
	m = mask_of(secret);
	out = mask_cut(m, buf_str(&text), NULL, 0);
	assert_string_equal(buf_cstr(&out), "***");
	buf_finish(&text);
	buf_finish(&out);
	mask_destroy(m);
}

static void
large_binary_secret(void **state)
{
	size_t n = KIB(64);
	char *secret = malloc(n), *text = malloc(2 * n + 1);
	struct str s = { secret, n };
	struct mask *m;
	struct buf out;

	(void)state;
	for (size_t i = 0; i < n; i++)
		secret[i] = (char)(i * 2654435761U >> 13);
	m = mask_create(&s, 1);
	assert_non_null(m);
	out = mask_cut(m, s, NULL, 0);
	assert_string_equal(buf_cstr(&out), "***");
	buf_finish(&out);
	for (size_t i = 0; i < n; i++)
		snprintf(text + 2 * i, 3, "%02x",
		    (unsigned char)secret[i]);
	out = mask_cut(m, str_of(text), NULL, 0);
	assert_string_equal(buf_cstr(&out), "***");
	buf_finish(&out);
	mask_destroy(m);
	free(secret);
	free(text);
}

/* Texts put together from pieces of secrets, against the reference. */
static void
random_texts_agree(void **state)
{
	static const struct str secrets[] = { STR("abcabca"), STR("cabcab"),
		STR("a b/a"), STR("x\ny\"z"), STR("bcab\xc3\xa9"),
		STR("aaaaaaaa") };
	struct mask *m = mask_create(secrets, ARRAY_SIZE(secrets));
	struct forms *f = calloc(1, sizeof(*f));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++)
		assert_true(mask_forms(secrets[i], forms_add, f));
	srand(1);
	for (int round = 0; round < 3000; round++) {
		struct buf text = { 0 }, want, got;
		size_t cuts[8], ncuts = 0;

		while (text.len < 120) {
			struct str p = f->at[(size_t)rand() % f->n];
			size_t from = (size_t)rand() % p.n;

			buf_add(&text, p.p + (rand() % 3 ? 0 : from),
			    rand() % 3 ? p.n - from : 0);
		}
		for (size_t at = 0; ncuts < 8; ncuts++) {
			at += (size_t)rand() % 30;
			cuts[ncuts] = at < text.len ? at : text.len;
		}
		want = reference(f, buf_str(&text));
		got = mask_cut(m, buf_str(&text), cuts, ncuts);
		assert_int_equal(got.len, want.len);
		assert_memory_equal(got.data, want.data, want.len);
		buf_finish(&text);
		buf_finish(&want);
		buf_finish(&got);
	}
	forms_free(f);
	mask_destroy(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_masked),
		cmocka_unit_test(ordinary_text_stays),
		cmocka_unit_test(short_secrets_are_none),
		cmocka_unit_test(neighbours_and_overlaps),
		cmocka_unit_test(holds_back_live_prefixes_alone),
		cmocka_unit_test(wrapped_base64),
		cmocka_unit_test(large_binary_secret),
		cmocka_unit_test(random_texts_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
