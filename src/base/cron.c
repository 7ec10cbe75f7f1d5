/* SPDX-License-Identifier: MIT */
#include "base/cron.h"

#include <string.h>

#include "base/limits.h"

#define CRON_NUMBER_DIGITS 4
#define CRON_SUNDAY 7 /* as the end of a range; else Sunday is 0 */

struct cron_field {
	const char *name;
	const char *a; /* name with its article */
	int low, high;
	const char *names; /* three letters each, from low on */
};

static const struct cron_field cron_fields[CRON_PARTS] = {
	[CRON_MINUTE] = { .name = "minute",
	    .a = "a minute",
	    .low = 0,
	    .high = 59 },
	[CRON_HOUR] = { .name = "hour", .a = "an hour", .low = 0, .high = 23 },
	[CRON_DAY] = { .name = "day", .a = "a day", .low = 1, .high = 31 },
	[CRON_MONTH] = { .name = "month",
	    .a = "a month",
	    .low = 1,
	    .high = 12,
	    .names = "janfebmaraprmayjunjulaugsepoctnovdec" },
	[CRON_WEEKDAY] = { .name = "weekday",
	    .a = "a weekday",
	    .low = 0,
	    .high = 7,
	    .names = "sunmontuewedthufrisat" },
};

static const struct {
	const char *name;
	const char *fields;
} cron_names[] = {
	{ "@annually", "0 0 1 1 *" },
	{ "@daily", "0 0 * * *" },
	{ "@hourly", "0 * * * *" },
	{ "@midnight", "0 0 * * *" },
	{ "@monthly", "0 0 1 * *" },
	{ "@weekly", "0 0 * * 0" },
	{ "@yearly", "0 0 1 1 *" },
};

#define CRON_SHAPE "minute hour day month weekday, like '30 2 * * 1-5'"

/* What is being read: all of text, and where in it. */
struct cron_reader {
	struct str text;
	size_t at, end; /* end of the field */
	enum cron_part part;
	struct err *e;
};

#define cron_fail(r, column, ...)                                              \
	(err_set((r)->e, ERR_INVALID, "cron.syntax", __VA_ARGS__),             \
	    err_wrap((r)->e, "schedule '%.*s', column %zu", (int)(r)->text.n,  \
		(r)->text.p, (size_t)(column) + 1))

static const struct cron_field *
cron_reader_field(const struct cron_reader *r)
{
	return &cron_fields[r->part];
}

static char
cron_peek(const struct cron_reader *r)
{
	return r->at < r->end ? r->text.p[r->at] : '\0';
}

static bool
cron_take(struct cron_reader *r, char c)
{
	if (cron_peek(r) != c)
		return false;
	r->at++;
	return true;
}

static bool
cron_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
cron_is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
cron_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
cron_read_number(struct cron_reader *r, int *ret)
{
	size_t from = r->at;
	int v = 0;

	for (; cron_is_digit(cron_peek(r)); r->at++) {
		if (r->at - from == CRON_NUMBER_DIGITS)
			return cron_fail(r, from, "that number is too long");
		v = v * 10 + (cron_peek(r) - '0');
	}
	*ret = v;
	return true;
}

static bool
cron_read_name(struct cron_reader *r, int *ret)
{
	const struct cron_field *f = cron_reader_field(r);
	struct str word = { r->text.p + r->at, 0 };
	size_t from = r->at;

	for (; cron_is_letter(cron_peek(r)); r->at++)
		word.n++;
	for (size_t i = 0; f->names != NULL && f->names[i] != '\0'; i += 3)
		if (word.n == 3 &&
		    str_case_is(word, (char[]){ f->names[i], f->names[i + 1],
					  f->names[i + 2], '\0' })) {
			*ret = f->low + (int)(i / 3);
			return true;
		}
	cron_fail(
	    r, from, "no %s is called '%.*s'", f->name, (int)word.n, word.p);
	if (f->names == NULL)
		return err_hint(r->e, "%s is a number from %d to %d", f->a,
		    f->low, f->high);
	return err_hint(r->e,
	    "write the first three letters of it in "
	    "English, like %.3s",
	    f->names);
}

static bool
cron_read_value(struct cron_reader *r, int *ret)
{
	const struct cron_field *f = cron_reader_field(r);
	size_t from = r->at;
	char c = cron_peek(r);

	if (cron_is_letter(c))
		return cron_read_name(r, ret);
	if (!cron_is_digit(c)) {
		if (c == '\0' || c == ',')
			cron_fail(r, from, "%s is missing", f->a);
		else
			cron_fail(
			    r, from, "'%c' cannot stand in a schedule", c);
		if (c == '?')
			return err_hint(r->e, "write * instead of ?");
		return err_hint(r->e,
		    "%s is *, a number, a list (1,3), a "
		    "range (1-3) or a step (*/3)",
		    f->a);
	}
	if (!cron_read_number(r, ret))
		return false;
	if (*ret < f->low || *ret > f->high) {
		cron_fail(r, from, "%d is no %s", *ret, f->name);
		return err_hint(r->e, "%s is a number from %d to %d", f->a,
		    f->low, f->high);
	}
	return true;
}

static bool
cron_read_range(struct cron_reader *r, int *ret_low, int *ret_high)
{
	const struct cron_field *f = cron_reader_field(r);
	size_t from = r->at;
	bool name;
	int high;

	if (!cron_read_value(r, ret_low))
		return false;
	*ret_high = *ret_low;
	if (!cron_take(r, '-'))
		return true;
	name = cron_is_letter(cron_peek(r));
	if (!cron_read_value(r, &high))
		return false;
	if (r->part == CRON_WEEKDAY && high == 0 && name && *ret_low > 0)
		high = CRON_SUNDAY;
	if (high < *ret_low) {
		cron_fail(r, from, "the range ends before it begins");
		return err_hint(r->e, "write two ranges: %d-%d,%d-%d", *ret_low,
		    r->part == CRON_WEEKDAY ? 6 : f->high, f->low, high);
	}
	*ret_high = high;
	return true;
}

/* `*`, `*` with a step, a value, a range, or a range with a step. */
static bool
cron_read_element(struct cron_reader *r, uint64_t *set)
{
	const struct cron_field *f = cron_reader_field(r);
	int low = f->low, high = f->high, step = 1;
	bool star = cron_take(r, '*');
	size_t slash;

	if (star && r->part == CRON_WEEKDAY)
		high = 6;
	if (!star && !cron_read_range(r, &low, &high))
		return false;
	slash = r->at;
	if (cron_take(r, '/')) {
		if (!star && low == high) {
			cron_fail(r, slash, "a step needs a range before it");
			return err_hint(r->e, "write %d-%d%.*s", low, f->high,
			    (int)(r->end - slash), r->text.p + slash);
		}
		if (!cron_is_digit(cron_peek(r)))
			return cron_fail(
			    r, r->at, "the number of the step is missing");
		if (!cron_read_number(r, &step))
			return false;
		if (step < 1 || step > high - low) {
			cron_fail(r, slash + 1,
			    "a step of %d does not fit "
			    "into %d-%d",
			    step, low, high);
			return err_hint(r->e, "longer intervals are written "
					      "like: every 90m");
		}
	}
	for (int v = low; v <= high; v += step)
		*set |= UINT64_C(1) << v;
	return true;
}

static bool
cron_read_field(struct cron_reader *r, struct cron *c)
{
	uint64_t *set = &c->set[r->part];

	c->star[r->part] = cron_peek(r) == '*';
	do {
		if (!cron_read_element(r, set))
			return false;
	} while (cron_take(r, ','));
	if (r->at < r->end) {
		cron_fail(r, r->at, "'%c' does not belong here", cron_peek(r));
		return err_hint(r->e,
		    "%s is *, a number, a list (1,3), a "
		    "range (1-3) or a step (*/3)",
		    cron_reader_field(r)->a);
	}
	if (r->part == CRON_WEEKDAY && (*set >> CRON_SUNDAY & 1) != 0)
		*set = (*set | 1) & 0x7f;
	return true;
}

/* --- the whole ----------------------------------------------------------- */

static size_t
cron_skip_blanks(struct str s, size_t at)
{
	while (at < s.n && cron_is_blank(s.p[at]))
		at++;
	return at;
}

static size_t
cron_skip_word(struct str s, size_t at)
{
	while (at < s.n && !cron_is_blank(s.p[at]))
		at++;
	return at;
}

static size_t
cron_count_words(struct str s)
{
	size_t count = 0;

	for (size_t at = cron_skip_blanks(s, 0); at < s.n;
	     at = cron_skip_blanks(s, cron_skip_word(s, at)))
		count++;
	return count;
}

static bool
cron_wrong_count(struct cron_reader *r, size_t words)
{
	size_t second, sixth = 0;

	if (words < CRON_PARTS) {
		cron_fail(r, r->text.n, "%zu of five fields", words);
		return err_hint(r->e, "write " CRON_SHAPE);
	}
	for (size_t i = 0; i < CRON_PARTS; i++)
		sixth =
		    cron_skip_blanks(r->text, cron_skip_word(r->text, sixth));
	cron_fail(r, sixth,
	    "%zu fields where five are wanted: a schedule has "
	    "no seconds, no year and no command",
	    words);
	if (words > CRON_PARTS + 1)
		return err_hint(r->e, "write " CRON_SHAPE);
	second = cron_skip_blanks(r->text, cron_skip_word(r->text, 0));
	return err_hint(r->e,
	    "if the first one means seconds, leave it out: "
	    "%.*s",
	    (int)(r->text.n - second), r->text.p + second);
}

/* A date that no year has is a mistake, and a search without end. */
static bool
cron_check_date(struct cron_reader *r, const struct cron *c)
{
	if (!c->star[CRON_DAY] && !c->star[CRON_WEEKDAY])
		return true;
	for (int month = 1; month <= 12; month++) {
		int days = civil_month_days(2000, month);

		if ((c->set[CRON_MONTH] >> month & 1) != 0 &&
		    (c->set[CRON_DAY] & ((UINT64_C(2) << days) - 1)) != 0)
			return true;
	}
	err_set(r->e, ERR_INVALID, "cron.never",
	    "schedule '%.*s': no year has such a date", (int)r->text.n,
	    r->text.p);
	return err_hint(r->e, "write a day that the month has, like 28");
}

static bool
cron_read_fields(struct cron_reader *r, struct cron *c)
{
	size_t words = cron_count_words(r->text);

	if (words != CRON_PARTS)
		return cron_wrong_count(r, words);
	for (int i = 0; i < CRON_PARTS; i++) {
		r->part = (enum cron_part)i;
		r->at = cron_skip_blanks(r->text, r->at);
		r->end = cron_skip_word(r->text, r->at);
		if (!cron_read_field(r, c))
			return false;
	}
	return cron_check_date(r, c);
}

static bool
cron_read_at_name(struct cron_reader *r, struct cron *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(cron_names); i++)
		if (str_case_is(r->text, cron_names[i].name))
			return cron_parse(
			    str_of(cron_names[i].fields), c, r->e);
	cron_fail(r, r->at, "there is no such name");
	return err_hint(r->e, "write @hourly, @daily, @weekly, @monthly or "
			      "@yearly");
}

/* 1h30m: numbers with the units d, h and m, the larger ones first. */
static bool
cron_read_duration(struct cron_reader *r, int64_t *ret_ms)
{
	static const char units[] = "dhm";
	static const int64_t unit_ms[] = { CIVIL_DAY_MS, CIVIL_HOUR_MS,
		CIVIL_MINUTE_MS };
	size_t unit = 0;
	int64_t ms = 0;
	int number;

	r->at = cron_skip_blanks(r->text, r->at);
	r->end = r->text.n;
	do {
		if (!cron_is_digit(cron_peek(r)))
			goto invalid;
		if (!cron_read_number(r, &number))
			return false;
		while (units[unit] != '\0' && units[unit] != cron_peek(r))
			unit++;
		if (units[unit] == '\0')
			goto invalid;
		ms += number * unit_ms[unit++];
		r->at++;
	} while (r->at < r->end);
	*ret_ms = ms;
	return true;
invalid:
	cron_fail(r, r->at, "that is no interval");
	return err_hint(r->e, "write it like: every 15m, every 6h, every "
			      "1h30m");
}

static bool
cron_read_every(struct cron_reader *r, struct cron *c)
{
	int64_t every_ms = 0;

	r->at += 5;
	if (!cron_read_duration(r, &every_ms))
		return false;
	if (!cron_every(every_ms, CRON_MIDNIGHT, c, r->e))
		return err_wrap(
		    r->e, "schedule '%.*s'", (int)r->text.n, r->text.p);
	return true;
}

bool
cron_every(
    int64_t every_ms, int64_t start_ms, struct cron *ret_cron, struct err *e)
{
	if (every_ms < CIVIL_MINUTE_MS || every_ms % CIVIL_MINUTE_MS != 0) {
		err_set(e, ERR_INVALID, "cron.every",
		    "an interval is a number of whole minutes");
		return err_hint(e, "write it like 15m or 1h30m");
	}
	if (every_ms > CIVIL_MAX_MS)
		return err_set(
		    e, ERR_INVALID, "cron.every", "the interval is too long");
	if (start_ms == CRON_MIDNIGHT &&
	    (every_ms > CIVIL_DAY_MS || CIVIL_DAY_MS % every_ms != 0)) {
		err_set(e, ERR_INVALID, "cron.every",
		    "intervals begin at midnight, and a day is no multiple "
		    "of this one");
		return err_hint(e, "name a start, or take a part of 24 hours: "
				   "20m, 30m, 2h, 6h, 12h, 1d");
	}
	if (start_ms != CRON_MIDNIGHT &&
	    (start_ms < CIVIL_MIN_MS || start_ms > CIVIL_MAX_MS))
		return err_set(e, ERR_INVALID, "cron.every",
		    "the start is not in the years 1 to 9999");
	*ret_cron = (struct cron){ .every_ms = every_ms, .start_ms = start_ms };
	return true;
}

bool
cron_parse(struct str text, struct cron *ret_cron, struct err *e)
{
	struct cron_reader r = { .text = str_trim(text), .e = e };
	struct cron c = { .every_ms = 0 };
	bool ok;

	if (text.n > LIMIT_SCHEDULE_BYTES) {
		err_set(e, ERR_INVALID, "cron.syntax",
		    "a schedule is at most %d bytes long",
		    LIMIT_SCHEDULE_BYTES);
		return err_hint(e, "write " CRON_SHAPE);
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != '\t' && (text.p[i] < ' ' || text.p[i] > '~')) {
			err_set(e, ERR_INVALID, "cron.syntax",
			    "schedule, column %zu: a character that no "
			    "schedule has",
			    i + 1);
			return err_hint(e, "write " CRON_SHAPE);
		}
	if (str_starts(r.text, "@"))
		ok = cron_read_at_name(&r, &c);
	else if (str_starts(r.text, "every") &&
		 (r.text.n == 5 || cron_is_blank(r.text.p[5])))
		ok = cron_read_every(&r, &c);
	else
		ok = cron_read_fields(&r, &c);
	if (ok)
		*ret_cron = c;
	return ok;
}
