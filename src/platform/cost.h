/* SPDX-License-Identifier: MIT */
/*
 * cost.h: what something costs, as the folder declares it.
 *
 *	cost: {once: 5 EUR, per_month: 12.50 EUR}
 *	cost: {per_month: {each: 0.20 EUR, per: size, plus: 2 EUR}}
 *	cost: {per_year: {by: tier, amounts: {small: 60 EUR, large: 300 EUR}}}
 *
 * Amounts are hundredths.  What depends on a parameter is not known before
 * its value is; a folder has one currency, so that costs can be compared and
 * added up.  Pure; a definition borrows the JSON it was built from.
 */
#ifndef PLATFORM_COST_H
#define PLATFORM_COST_H

#include <jansson.h>

#include "base/arena.h"

enum cost_part { COST_ONCE, COST_PER_MONTH, COST_PER_YEAR, COST_PARTS };
extern const char *const cost_keys[COST_PARTS]; /* "once", "per_month" … */

struct amount_def {
	bool there;
	int64_t fixed;	   /* or plus: */
	int64_t each;	   /* times the value of `per` */
	const char *per;   /* a number, or NULL */
	const char *by;	   /* its value picks one of amounts, or NULL */
	const json_t *amounts;
};

struct cost_def {
	const char *currency;
	struct amount_def parts[COST_PARTS];
};

struct cost {
	const char *currency;
	bool known;
	bool there[COST_PARTS];
	int64_t parts[COST_PARTS];
};

/* "12.50 EUR"; the currency (3 letters) is borrowed from the text. */
bool money_parse(const char *text, int64_t *ret_hundredths,
    const char **ret_currency);
/* "12.50 EUR", "4 EUR" */
const char *money_text(struct arena *a, int64_t hundredths,
    const char *currency);

/* NULL for NULL.  What is wrong with it is for check_cost to say. */
const struct cost_def *cost_build(struct arena *a, const json_t *cost);
struct cost cost_of(const struct cost_def *def, const json_t *params);
/* What it takes until a month is over: once, a month, a twelfth of a year. */
int64_t cost_first_month(const struct cost *c);
/* A month of it: per_month and a twelfth of per_year. */
int64_t cost_month(const struct cost *c);
/* "5 EUR once, 12.50 EUR per month"; "" when it is not known. */
const char *cost_text(struct arena *a, const struct cost *c);

/* The same of what depends on parameters: "2 EUR and 0.20 EUR for each size
 * per month"; NULL for NULL. */
const char *cost_words_of(struct arena *a, const struct cost_def *def);

#endif
