/* SPDX-License-Identifier: MIT */
#include "engine/engine_private.h"
#include "engine/engine_testing.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "---\n"
    "people: {ernie: {name: E}}\n"
    "teams: {platform: {members: [ernie]}}\n"
    "---\n"
    "task: t\n"
    "outputs:\n"
    "  text: {pattern: \"[a-z]+\"}\n"
    "  count: {type: integer, max: 9}\n"
    "  share: {type: number}\n"
    "  ready: {type: boolean}\n"
    "  zone: {type: choice, choices: [eu, us]}\n"
    "  parts: {type: list}\n"
    "  sizes: {type: list, of: integer, max: 3}\n"
    "  word: {secret: true, min: 8}\n"
    "argv: [/bin/true]\n";

static const struct row {
	const char *bytes;
	const char *json; /* NULL: refused */
	const char *why;
} rows[] = {
	{ "", "{}", NULL },
	{ "text=abc\n", "{\"text\":\"abc\"}", NULL },
	{ "text=123\n", NULL,
	    "line 1 of its outputs: 'text': '123' does not match [a-z]+" },
	{ "count=7\nshare=0.5\nready= true\n",
	    "{\"count\":7,\"ready\":true,\"share\":0.5}", NULL },
	{ "share=3", "{\"share\":3}", NULL },
	{ "ready=yes\n", NULL,
	    "line 1 of its outputs: 'ready': must be true or false, not text" },
	{ "\ncount=seven\n", NULL,
	    "line 2 of its outputs: 'count': must be a whole number, not "
	    "text" },
	{ "count=\n", NULL,
	    "line 1 of its outputs: 'count': must be a whole number, not "
	    "text" },
	{ "count=10\n", NULL,
	    "line 1 of its outputs: 'count': 10 is above the most allowed, "
	    "9" },
	{ "count=99999999999999999999\n", NULL,
	    "line 1 of its outputs: 'count': must be a whole number, not "
	    "text" },
	{ "zone=mars\n", NULL, NULL },
	{ "zone=eu\n", "{\"zone\":\"eu\"}", NULL },
	{ "parts=[\"a b\",\"c\"]\n", "{\"parts\":[\"a b\",\"c\"]}", NULL },
	{ "parts=[]\n", "{\"parts\":[]}", NULL },
	{ "parts=\n", "{\"parts\":[]}", NULL },
	{ "parts<<E\na b\n\nc\nE\n", "{\"parts\":[\"a b\",\"c\"]}", NULL },
	{ "parts=[1]\n", NULL,
	    "line 1 of its outputs: 'parts' at /0: must be text, not a whole "
	    "number" },
	{ "parts=[\"a\"\n", NULL,
	    "line 1 of its outputs: 'parts': must be a list, not text" },
	{ "sizes<<E\n1\n2\nE\n", "{\"sizes\":[1,2]}", NULL },
	{ "sizes<<E\n1\nx\nE\n", NULL,
	    "line 4 of its outputs: 'sizes' at /1: must be a whole number, "
	    "not text" },
	{ "sizes=[1,2,3,4]\n", NULL, NULL },
	{ "text=short\n", "{\"text\":\"short\"}", NULL },
	{ "count=1\nparts=it is a-long-password\n", NULL,
	    "line 2 of its outputs: 'parts' has a secret in it: declare it "
	    "'secret: true', or leave that out" },
	{ "word=short\n", NULL,
	    "line 1 of its outputs: 'word': 5 bytes long, at least 8 are "
	    "needed" },
};

static void
test_types(void **state)
{
	static const struct str items[] = { { "short", 5 },
		{ "a-long-password\n", 16 } };
	const struct secrets_seen secrets = { items, ARRAY_SIZE(items) };
	struct rig r;
	struct cx *cx;

	(void)state;
	rig_make(&r, folder, NULL, NULL);
	cx = rig_begin(&r, "ernie");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *json = NULL;
		struct err e = { 0 };
		bool ok = outputs_parse(cx, platform_task(cx->platform, "t"),
		    str_of(rows[i].bytes), secrets, &json, &e);

		if (ok != (rows[i].json != NULL))
			fail_msg("'%s': %s", rows[i].bytes, e.message);
		if (ok)
			assert_string_equal(json, rows[i].json);
		else if (rows[i].why != NULL)
			assert_string_equal(e.message, rows[i].why);
	}
	rig_commit(&r);
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
