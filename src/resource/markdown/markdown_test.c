/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "resource/markdown/markdown.h"
#include "resource/markdown/markdown_testing.h"

static void
test_writes(void **state)
{
	static const char *const rows[][2] = {
		{ "*a* **b** `c<d`",
		    "<p><em>a</em> <strong>b</strong> <code>c&lt;d</code></p>" },
		{ "- x\n- y", "<ul><li>x</li><li>y</li></ul>" },
		{ "# t", "<h1>t</h1>" },
		{ "a &lt; b & c", "<p>a &lt; b &amp; c</p>" },
		{ "[x](https://e.org/?a=1&b=2)",
		    "<p><a href=\"https://e.org/?a=1&amp;b=2\" "
		    "rel=\"nofollow noopener noreferrer\">x</a></p>" },
		{ "see https://e.org now",
		    "<p>see <a href=\"https://e.org\" "
		    "rel=\"nofollow noopener noreferrer\">https://e.org</a> "
		    "now</p>" },
		{ "![cat](https://e.org/c.png)", "<p>[image: cat]</p>" },
		{ "[![cat](http://e.org/c.png)](http://e.org)",
		    "<p><a href=\"http://e.org\" "
		    "rel=\"nofollow noopener noreferrer\">[image: cat]</a></p>" },
		{ "<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>" },
		{ "", "" },
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(markdown_html(a, rows[i][0]), rows[i][1]);
	arena_destroy(a);
}

static void
test_hostile(void **state)
{
	static const char *const rows[] = {
		"[x](javascript:alert(1))",
		"[x](JaVaScRiPt:alert(1))",
		"[x](java&#115;cript:alert(1))",
		"[x](&#x6A;avascript:alert(1))",
		"[x](<java\tscript:alert(1)>)",
		"[x](data:text/html,x)",
		"[x](vbscript:x)",
		"[x](//e.org)",
		"[x](https://e.org/\"onclick=alert(1))",
		"[x](https://e.org 'a\" onmouseover=\"x')",
		"<script>alert(1)</script>",
		"<img src=x onerror=alert(1)>",
		"<a href=javascript:x>x</a>",
		"![x](javascript:x)",
		"![a [b](javascript:x) c](http://e.org)",
		"[r]\n\n[r]: javascript:alert(1)",
		"<javascript:alert(1)>",
		"```\"><script>\n</pre><script>\n```",
		"| <b> |\n|---|\n| \"> |",
		"a \\<script> b",
		"&lt;script&gt; &#60;script&#62; &quot;",
	};
	struct arena *a = arena_create();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *html = markdown_html(a, rows[i]);

		assert_true(markdown_is_safe(html));
		assert_null(strstr(html, "href=\"java"));
	}
	assert_false(markdown_is_safe("<script>"));
	assert_false(markdown_is_safe("<a href=\"javascript:x\">"));
	assert_false(markdown_is_safe("<p onclick=x>"));
	arena_destroy(a);
}

/* Pieces that mean something, thrown together. */
static void
test_any(void **state)
{
	static const char *const pieces[] = { "[", "]", "(", ")", "!", "<", ">",
		"\"", "'", "`", "```\n", "*", "**", "~~", "javascript:",
		"http://e.org", "&#60;", "&lt;", "\n", "\n\n", "- ", "# ", "> ",
		"| a |\n|---|\n", "\\", "script", "a", " ", "[r]: ", "\t" };
	struct arena *a = arena_create();
	unsigned seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf text = { .data = NULL };

		for (int k = 0; k < 12; k++) {
			seed = seed * 1103515245u + 12345u;
			buf_adds(&text,
			    pieces[(seed >> 16) % ARRAY_SIZE(pieces)]);
		}
		if (!markdown_is_safe(markdown_html(a, text.data)))
			fail_msg("not safe: %s", text.data);
		buf_finish(&text);
		arena_reset(a);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_writes),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_any),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
