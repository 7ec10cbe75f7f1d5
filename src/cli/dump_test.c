/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/dump.h"

static char *
dumped(const json_t *value, int indent, bool ascii)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	dump_json(out, value, indent, ascii);
	fclose(out);
	return text;
}

/* Without fractions it is what jansson writes. */
static void
test_like_jansson(void **state)
{
	static const char *const texts[] = { "{}", "[]", "[[],{}]", "null",
		"\"a \\\" \\n \\u0001 é 𝄞\"", "-12",
		"{\"a\": [1, true, null, {\"b\": \"x\"}], \"é\": {}}" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		json_t *v = json_loads(texts[i], JSON_DECODE_ANY, NULL);

		assert_non_null(v);
		for (int k = 0; k < 4; k++) {
			size_t flags = JSON_ENCODE_ANY |
			    (k % 2 == 0 ? JSON_COMPACT : JSON_INDENT(2)) |
			    (k / 2 == 0 ? 0 : JSON_ENSURE_ASCII);
			char *want = json_dumps(v, flags);
			char *have = dumped(v, k % 2 * 2, k / 2 != 0);

			assert_string_equal(have, want);
			free(want);
			free(have);
		}
		json_decref(v);
	}
}

static void
test_fractions(void **state)
{
	json_t *v = json_loads("{\"a\": [0.003, 0.1, 1e300, "
	    "0.30000000000000004]}", 0, NULL);
	char *have = dumped(v, 0, false);

	(void)state;
	assert_string_equal(have,
	    "{\"a\":[0.003,0.1,1e+300,0.30000000000000004]}");
	free(have);
	json_decref(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_jansson),
		cmocka_unit_test(test_fractions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
