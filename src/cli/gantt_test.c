/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/gantt.h"

static void
assert_bar(const struct gantt_phase *phases, size_t n, int64_t length,
    const char *wanted)
{
	unsigned char cells[64];
	int width = (int)strlen(wanted);
	char got[65] = "";

	gantt_cells(phases, n, length, cells, width);
	for (int i = 0; i < width; i++)
		got[i] = gantt_glyph(cells[i], false)[0];
	assert_string_equal(got, wanted);
}

static void
test_cells(void **state)
{
	const struct gantt_phase all[] = { { GANTT_APPROVAL, 0, 30 },
		{ GANTT_WAITING, 30, 50 }, { GANTT_CHECK, 50, 60 },
		{ GANTT_RUN, 60, 100 } };
	const struct gantt_phase late[] = { { GANTT_RUN, 90, 100 } };
	const struct gantt_phase apart[] = { { GANTT_RUN, 0, 10 },
		{ GANTT_WAITING, 50, 60 } };

	(void)state;
	assert_bar(all, 4, 100, "aaa..c####");
	assert_bar(all, 4, 100, "aaaaaa....cc########");
	assert_bar(late, 1, 100, "         #");
	assert_bar(apart, 2, 100, "#    .    ");
	assert_bar(NULL, 0, 100, "          ");
}

/* However short, it is seen, and the most important wins the cell. */
static void
test_short(void **state)
{
	const struct gantt_phase blink[] = { { GANTT_WAITING, 0, 40 },
		{ GANTT_RUN, 40, 41 }, { GANTT_WAITING, 41, 100 } };
	const struct gantt_phase tiny[] = { { GANTT_CHECK, 0, 1 },
		{ GANTT_RUN, 1, 2 } };

	(void)state;
	assert_bar(blink, 3, 100, "....#.....");
	assert_bar(blink, 3, 100000, "#         ");
	assert_bar(tiny, 2, 1000, "#         ");
}

/* A clock that was set back, and a run that took no time. */
static void
test_odd(void **state)
{
	const struct gantt_phase odd[] = { { GANTT_RUN, -50, -10 },
		{ GANTT_RUN, 70, 60 }, { GANTT_WAITING, -20, 30 },
		{ GANTT_RUN, 90, 900 } };
	const struct gantt_phase none[] = { { GANTT_RUN, 0, 0 } };

	(void)state;
	assert_bar(odd, 4, 100, "...      #");
	assert_bar(none, 1, 0, "     ");
}

static void
test_glyphs(void **state)
{
	(void)state;
	for (int k = GANTT_NOTHING; k < GANTT_RUN; k++)
		for (int other = k + 1; other <= GANTT_RUN; other++) {
			assert_string_not_equal(
			    gantt_glyph((enum gantt_kind)k, true),
			    gantt_glyph((enum gantt_kind)other, true));
			assert_string_not_equal(
			    gantt_glyph((enum gantt_kind)k, false),
			    gantt_glyph((enum gantt_kind)other, false));
		}
}

static void
assert_page(int width, const char *json, const char *wanted)
{
	struct session s = { .arena = arena_create(),
		.term = { .width = width } };
	json_t *gantt = json_loads(json, 0, NULL);
	char *text = NULL;
	size_t n;

	assert_non_null(gantt);
	s.out = open_memstream(&text, &n);
	show_gantt(&s, gantt);
	fclose(s.out);
	assert_string_equal(text, wanted);
	free(text);
	json_decref(gantt);
	arena_destroy(s.arena);
}

static const char one_json[] =
    "{\"run\":\"R-1\",\"task\":\"t\",\"status\":\"succeeded\","
    "\"length_ms\":10000,\"steps\":2,\"summarised\":false,\"bars\":["
    "{\"step\":1,\"task\":\"data\",\"params\":{},\"status\":\"succeeded\","
    "\"steps\":1,\"done\":1,\"bad\":0,\"phases\":[{\"kind\":\"run\","
    "\"from_ms\":0,\"to_ms\":5000}]},"
    "{\"step\":2,\"task\":\"train\",\"params\":{\"rate\":0.5,"
    "\"a-long-name\":1},\"status\":\"failed\",\"steps\":1,\"done\":0,"
    "\"bad\":1,\"phases\":[{\"kind\":\"waiting\",\"from_ms\":5000,"
    "\"to_ms\":7500},{\"kind\":\"run\",\"from_ms\":7500,"
    "\"to_ms\":10000}]}]}";

static void
test_page(void **state)
{
	(void)state;
	assert_page(53, one_json,
	    "R-1  t  [succeeded]\n"
	    "                  10.0 s, 2 steps\n"
	    "1 data            ########          5.0 s succeeded\n"
	    "2 train (rate=0.~        ....####   2.5 s failed\n"
	    "\n"
	    ". waiting for its turn   a for a person   c looking   "
	    "# running\n");
}

static void
test_summary(void **state)
{
	(void)state;
	assert_page(60,
	    "{\"run\":\"R-2\",\"task\":\"t\",\"status\":\"running\","
	    "\"length_ms\":1000,\"steps\":100001,\"summarised\":true,"
	    "\"bars\":[{\"step\":null,\"task\":\"t\",\"params\":null,"
	    "\"status\":\"running\",\"steps\":100001,\"done\":99000,"
	    "\"bad\":0,\"phases\":[{\"kind\":\"run\",\"from_ms\":0,"
	    "\"to_ms\":1000}]}]}",
	    "R-2  t  [running]\n"
	    "                   1.0 s, 100001 steps\n"
	    "t, 99000 of 100001 #####################   1.0 s running\n"
	    "\n"
	    ". waiting for its turn   a for a person   c looking   "
	    "# running\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cells),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_glyphs),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_summary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
