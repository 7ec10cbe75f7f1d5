/* SPDX-License-Identifier: MIT */
#include "spec/schema.h"

#include <string.h>

#include "base/check.h"

bool
schema_nullable(const struct schema *s)
{
	return (s->flags & F_NULLABLE) ||
	       (s->kind == SCHEMA_TIME && s->type == SCHEMA_C_INT);
}

const struct schema *
schema_member(const struct schema *object, const char *name)
{
	if (object == NULL || object->fields == NULL)
		return NULL;
	for (const struct schema *f = object->fields; f->name != NULL; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

static const struct {
	const char *unit;
	int64_t ms;
} schema_units[] = {
	/* large to small, the order of a duration */
	{ "w", 7 * 86400000LL },
	{ "d", 86400000 },
	{ "h", 3600000 },
	{ "m", 60000 },
	{ "s", 1000 },
	{ "ms", 1 },
};

static bool
schema_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
schema_duration(const char *text, int64_t *ret_ms)
{
	const char *p = text;
	int64_t total = 0;
	size_t next = 0; /* the largest unit that may still come */

	if (*p == '\0')
		return false;
	while (*p != '\0') {
		int64_t n = 0;
		size_t len, u = next;

		if (!schema_digit(*p))
			return false;
		for (; schema_digit(*p); p++) {
			if (__builtin_mul_overflow(n, 10, &n) ||
			    __builtin_add_overflow(n, *p - '0', &n))
				return false;
		}
		len = strspn(p, "wdhms");
		while (u < ARRAY_SIZE(schema_units) &&
		       (strlen(schema_units[u].unit) != len ||
			   strncmp(schema_units[u].unit, p, len) != 0))
			u++;
		if (u == ARRAY_SIZE(schema_units) ||
		    __builtin_mul_overflow(n, schema_units[u].ms, &n) ||
		    __builtin_add_overflow(total, n, &total))
			return false;
		next = u + 1;
		p += len;
	}
	*ret_ms = total;
	return true;
}

/* n digits at *p, which moves behind them. */
static bool
schema_digits(const char **p, int n, int *ret)
{
	int v = 0;

	for (int i = 0; i < n; i++, (*p)++) {
		if (!schema_digit(**p))
			return false;
		v = v * 10 + (**p - '0');
	}
	*ret = v;
	return true;
}

static bool
schema_char(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static bool
schema_date(const char **p, int64_t *ret_days)
{
	static const int month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
		273, 304, 334 };
	int y, m, d;
	int64_t past;
	bool leap;

	if (!schema_digits(p, 4, &y) || !schema_char(p, '-') ||
	    !schema_digits(p, 2, &m) || !schema_char(p, '-') ||
	    !schema_digits(p, 2, &d) || m < 1 || m > 12)
		return false;
	leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
	if (d < 1 || d > month_days[m - 1] + (m == 2 && leap))
		return false;
	/* Years before y since year 0, a leap year; 719528 days to 1970. */
	past = y == 0 ? 0 : 1 + (y - 1) / 4 - (y - 1) / 100 + (y - 1) / 400;
	*ret_days =
	    y * 365LL + past + before[m - 1] + (m > 2 && leap) + d - 1 - 719528;
	return true;
}

static bool
schema_offset(const char **p, int64_t *ret_minutes)
{
	int h, m, sign = **p == '-' ? -1 : 1;

	if (**p == 'Z' || **p == 'z') {
		(*p)++;
		*ret_minutes = 0;
		return true;
	}
	if (!schema_char(p, '+') && !schema_char(p, '-'))
		return false;
	if (!schema_digits(p, 2, &h) || !schema_char(p, ':') ||
	    !schema_digits(p, 2, &m) || h > 23 || m > 59)
		return false;
	*ret_minutes = sign * (h * 60 + m);
	return true;
}

bool
schema_time(const char *text, int64_t *ret_ms)
{
	const char *p = text;
	int64_t days, offset, ms = 0;
	int h, m, s;

	if (!schema_date(&p, &days))
		return false;
	if (!schema_char(&p, 'T') && !schema_char(&p, 't'))
		return false;
	if (!schema_digits(&p, 2, &h) || !schema_char(&p, ':') ||
	    !schema_digits(&p, 2, &m) || !schema_char(&p, ':') ||
	    !schema_digits(&p, 2, &s) || h > 23 || m > 59 || s > 60)
		return false;
	if (schema_char(&p, '.')) {
		int64_t unit = 100;

		if (!schema_digit(*p))
			return false;
		for (; schema_digit(*p); p++, unit /= 10)
			ms += (*p - '0') * unit;
	}
	if (!schema_offset(&p, &offset) || *p != '\0')
		return false;
	*ret_ms = ((days * 24 + h) * 60 + m - offset) * 60000 + s * 1000 + ms;
	return true;
}
