/* SPDX-License-Identifier: MIT */
#include "platform/cost.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "platform/build.h"
#include "spec/validate.h"

/* Ten milliards of anything: beyond it an amount counts as this. */
#define COST_MOST INT64_C(1000000000000)
#define COST_MONTHS 12

const char *const cost_keys[COST_PARTS] = { [COST_ONCE] = "once",
	[COST_PER_MONTH] = "per_month", [COST_PER_YEAR] = "per_year" };
static const char *const cost_words[COST_PARTS] = { [COST_ONCE] = "once",
	[COST_PER_MONTH] = "per month", [COST_PER_YEAR] = "per year" };

bool
money_parse(const char *text, int64_t *ret_hundredths,
    const char **ret_currency)
{
	struct str rest, part, amount = str_cut(str_of(text), ' ', &rest);
	struct str whole = str_cut(amount, '.', &part);
	int64_t units, hundredths = 0;

	if (rest.n != 3 || !str_to_int64(whole, &units) || units < 0 ||
	    units > COST_MOST / 100 || part.n > 2 ||
	    (part.p != NULL && !str_to_int64(part, &hundredths)) ||
	    hundredths < 0)
		return false;
	*ret_hundredths = units * 100 + hundredths * (part.n == 1 ? 10 : 1);
	*ret_currency = rest.p;
	return true;
}

const char *
money_text(struct arena *a, int64_t hundredths, const char *currency)
{
	const long long units = hundredths / 100, rest = hundredths % 100;

	return rest == 0 ? arena_printf(a, "%lld %s", units, currency)
			 : arena_printf(a, "%lld.%02lld %s", units, rest,
			       currency);
}

static int64_t
cost_add(int64_t a, int64_t b)
{
	return a > COST_MOST - b ? COST_MOST : a + b;
}

/* An amount of the definition; the first one says the currency. */
static int64_t
build_money(const json_t *value, struct cost_def *def)
{
	const char *currency;
	int64_t n;

	if (!json_is_string(value) ||
	    !money_parse(json_string_value(value), &n, &currency))
		return 0;
	if (def->currency == NULL)
		def->currency = currency;
	return n;
}

static struct amount_def
build_amount(const json_t *value, struct cost_def *def)
{
	const json_t *amounts = json_object_get(value, "amounts");
	json_t *walked = (json_t *)(uintptr_t)amounts, *one;
	struct amount_def part = { .there = value != NULL,
		.per = build_text(value, "per"),
		.by = build_text(value, "by"), .amounts = amounts };
	const char *name;

	part.fixed = build_money(json_is_object(value)
		? json_object_get(value, "plus")
		: value,
	    def);
	part.each = build_money(json_object_get(value, "each"), def);
	json_object_foreach(walked, name, one) build_money(one, def);
	return part;
}

const struct cost_def *
cost_build(struct arena *a, const json_t *cost)
{
	struct cost_def *def;

	if (cost == NULL)
		return NULL;
	def = ARENA_NEW(a, struct cost_def);
	for (int i = 0; i < COST_PARTS; i++)
		def->parts[i] =
		    build_amount(json_object_get(cost, cost_keys[i]), def);
	return def->currency == NULL ? NULL : def;
}

/* Rounded up; false: the value is not there, or not yet. */
static bool
amount_times(int64_t each, const json_t *value, int64_t *ret)
{
	double n;

	if (!json_is_number(value))
		return false;
	n = ceil(json_number_value(value) * (double)each);
	*ret = n <= 0 ? 0 : n >= (double)COST_MOST ? COST_MOST : (int64_t)n;
	return true;
}

static bool
amount_of(const struct amount_def *def, const json_t *params, int64_t *ret)
{
	const json_t *value = json_object_get(params,
	    def->by != NULL ? def->by : def->per != NULL ? def->per : "");
	const char *name = json_is_boolean(value)
	    ? json_is_true(value) ? "true" : "false"
	    : json_string_value(value);
	const char *currency;
	int64_t n = 0;

	if (def->per != NULL && !amount_times(def->each, value, &n))
		return false;
	if (def->by != NULL && (name == NULL ||
	    !json_is_string(json_object_get(def->amounts, name)) ||
	    !money_parse(build_text(def->amounts, name), &n, &currency)))
		return false;
	*ret = cost_add(n, def->fixed);
	return true;
}

struct cost
cost_of(const struct cost_def *def, const json_t *params)
{
	struct cost c = { .currency = def->currency, .known = true };

	for (int i = 0; i < COST_PARTS; i++) {
		c.there[i] = def->parts[i].there;
		if (c.there[i] &&
		    !amount_of(&def->parts[i], params, &c.parts[i]))
			c.known = false;
	}
	return c;
}

int64_t
cost_month(const struct cost *c)
{
	return cost_add(c->parts[COST_PER_MONTH],
	    (c->parts[COST_PER_YEAR] + COST_MONTHS - 1) / COST_MONTHS);
}

int64_t
cost_first_month(const struct cost *c)
{
	return cost_add(c->parts[COST_ONCE], cost_month(c));
}

const char *
cost_text(struct arena *a, const struct cost *c)
{
	const char *text = "";

	for (int i = 0; c->known && i < COST_PARTS; i++)
		if (c->there[i])
			text = arena_printf(a, "%s%s%s %s", text,
			    text[0] == '\0' ? "" : ", ",
			    money_text(a, c->parts[i], c->currency),
			    cost_words[i]);
	return text;
}

/* "straw 1 EUR, tiles 40 EUR, by roof" */
static const char *
amounts_words(struct arena *a, const struct amount_def *def)
{
	json_t *walked = (json_t *)(uintptr_t)def->amounts, *one;
	const char *text = "", *name;

	json_object_foreach(walked, name, one) text =
	    arena_printf(a, "%s%s %s, ", text, name, json_string_value(one));
	return arena_printf(a, "%sby %s", text, def->by);
}

static const char *
amount_words(struct arena *a, const struct amount_def *def,
    const char *currency)
{
	const char *more = "";

	if (def->by != NULL)
		more = amounts_words(a, def);
	else if (def->per != NULL)
		more = arena_printf(a, "%s for each %s",
		    money_text(a, def->each, currency), def->per);
	if (more[0] != '\0' && def->fixed == 0)
		return more;
	return arena_printf(a, "%s%s%s", money_text(a, def->fixed, currency),
	    more[0] == '\0' ? "" : " and ", more);
}

const char *
cost_words_of(struct arena *a, const struct cost_def *def)
{
	const char *text = "";

	if (def == NULL)
		return NULL;
	for (int i = 0; i < COST_PARTS; i++)
		if (def->parts[i].there)
			text = arena_printf(a, "%s%s%s %s", text,
			    text[0] == '\0' ? "" : "; ",
			    amount_words(a, &def->parts[i], def->currency),
			    cost_words[i]);
	return text;
}
