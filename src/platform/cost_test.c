/* SPDX-License-Identifier: MIT */
#include "platform/cost.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/check.h"

struct bench {
	struct arena *a;
	json_t *def, *params;
};

static int
bench_start(void **state)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	b->a = arena_create();
	*state = b;
	return 0;
}

static int
bench_stop(void **state)
{
	struct bench *b = *state;

	json_decref(b->def);
	json_decref(b->params);
	arena_destroy(b->a);
	test_free(b);
	return 0;
}

static struct cost
costs(struct bench *b, const char *def, const char *params)
{
	const struct cost_def *built;

	json_decref(b->def);
	json_decref(b->params);
	b->def = json_loads(def, 0, NULL);
	b->params = json_loads(params, 0, NULL);
	assert_non_null(b->def);
	assert_non_null(b->params);
	built = cost_build(b->a, b->def);
	assert_non_null(built);
	return cost_of(built, b->params);
}

static void
test_money(void **state)
{
	static const struct {
		const char *text;
		int64_t hundredths;
		const char *shown;
	} good[] = {
		{ "5 EUR", 500, "5 EUR" },
		{ "12.50 EUR", 1250, "12.50 EUR" },
		{ "12.5 EUR", 1250, "12.50 EUR" },
		{ "0.05 USD", 5, "0.05 USD" },
		{ "0 EUR", 0, "0 EUR" },
		{ "999999999.99 CHF", 99999999999, "999999999.99 CHF" },
	};
	static const char *const bad[] = { "", "5", "5EUR", "5 EU", "-5 EUR",
		"5.123 EUR", "5.-1 EUR", ". EUR", "1e3 EUR", "5 EUR ",
		"99999999999999999999 EUR" };
	struct bench *b = *state;
	const char *currency;
	int64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		assert_true(money_parse(good[i].text, &n, &currency));
		assert_int_equal(n, good[i].hundredths);
		assert_string_equal(money_text(b->a, n, currency),
		    good[i].shown);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (money_parse(bad[i], &n, &currency))
			fail_msg("'%s' was taken", bad[i]);
}

static void
test_computed(void **state)
{
	static const char def[] =
	    "{\"once\": {\"by\": \"roof\", \"amounts\": "
	    "{\"straw\": \"1 EUR\", \"tiles\": \"40 EUR\"}},"
	    "\"per_month\": {\"each\": \"0.25 EUR\", \"per\": \"size\", "
	    "\"plus\": \"2 EUR\"}, \"per_year\": \"12 EUR\"}";
	struct bench *b = *state;
	struct cost c = costs(b, def, "{\"size\": 31, \"roof\": \"tiles\"}");

	assert_true(c.known);
	assert_string_equal(cost_text(b->a, &c),
	    "40 EUR once, 9.75 EUR per month, 12 EUR per year");
	assert_int_equal(cost_month(&c), 975 + 100);
	assert_int_equal(cost_first_month(&c), 4000 + 975 + 100);
	/* Part of a unit counts up, less than nothing as nothing. */
	c = costs(b, def, "{\"size\": 0.1, \"roof\": \"straw\"}");
	assert_int_equal(c.parts[COST_PER_MONTH], 203);
	c = costs(b, def, "{\"size\": -5, \"roof\": \"straw\"}");
	assert_int_equal(c.parts[COST_PER_MONTH], 200);
	/* A twelfth is rounded up. */
	c = costs(b, "{\"per_year\": \"1 EUR\"}", "{}");
	assert_int_equal(cost_month(&c), 9);
	c = costs(b, "{\"once\": {\"by\": \"fast\", \"amounts\": "
		     "{\"true\": \"7 EUR\", \"false\": \"0 EUR\"}}}",
	    "{\"fast\": true}");
	assert_int_equal(c.parts[COST_ONCE], 700);
}

/* What is not there yet makes it unknown, and never cheap. */
static void
test_unknown(void **state)
{
	static const char *const params[] = { "{}", "{\"size\": \"3\"}",
		"{\"size\": null}", "{\"size\": {\"$output\": \"n\"}}",
		"{\"size\": [3]}" };
	struct bench *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(params); i++) {
		const struct cost c = costs(b,
		    "{\"once\": \"1 EUR\", \"per_month\": "
		    "{\"each\": \"1 EUR\", \"per\": \"size\"}}",
		    params[i]);

		assert_false(c.known);
		assert_string_equal(cost_text(b->a, &c), "");
	}
	assert_false(costs(b, "{\"once\": {\"by\": \"roof\", \"amounts\": "
			      "{\"straw\": \"1 EUR\"}}}",
	    "{\"roof\": \"slate\"}").known);
	assert_null(cost_build(b->a, NULL));
}

/* Too much stays too much, whatever is added to it. */
static void
test_most(void **state)
{
	static const char def[] =
	    "{\"once\": \"999999999 EUR\", \"per_month\": "
	    "{\"each\": \"999999999 EUR\", \"per\": \"size\", "
	    "\"plus\": \"999999999 EUR\"}}";
	struct bench *b = *state;
	const struct cost c = costs(b, def,
	    "{\"size\": 9223372036854775807}");

	assert_true(c.known);
	assert_true(cost_first_month(&c) >= INT64_C(99999999900));
	assert_true(cost_first_month(&c) > 0);
	assert_int_equal(cost_first_month(&c), cost_month(&c));
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_start, bench_stop)
	const struct CMUnitTest tests[] = {
		TEST(test_money),
		TEST(test_computed),
		TEST(test_unknown),
		TEST(test_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
