/* SPDX-License-Identifier: MIT */
#include "platform/schedule.h"

#include <stdio.h>

const char *const schedule_missed_names[] = { "latest", "all", "none", NULL };
const char *const schedule_overlap_names[] = { "skip", "queue", "allow",
	NULL };

const char *
schedule_time_text(int64_t at_ms, char buf[SCHEDULE_TIME_TEXT])
{
	const struct civil c = civil_of(at_ms);

	snprintf(buf, SCHEDULE_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    c.year % 10000, c.month, c.day, c.hour, c.minute, c.second);
	return buf;
}

const char *
schedule_date_text(const struct zone *z, int64_t at_ms,
    char buf[SCHEDULE_TIME_TEXT])
{
	const struct civil c = civil_of(zone_utc_to_local(z, at_ms));

	snprintf(buf, SCHEDULE_TIME_TEXT, "%04d-%02d-%02d", c.year % 10000,
	    c.month, c.day);
	return buf;
}

json_t *
schedule_params(const json_t *params, const struct zone *z, int64_t at_ms)
{
	json_t *all = params == NULL ? json_object() : json_deep_copy(params);
	char buf[SCHEDULE_TIME_TEXT];

	for (void *i = json_object_iter(all); i != NULL;
	     i = json_object_iter_next(all, i)) {
		const char *text = json_string_value(json_object_iter_value(i));

		if (text == NULL || text[0] != '$')
			continue;
		if (streq(text, "$schedule.time"))
			text = schedule_time_text(at_ms, buf);
		else if (streq(text, "$schedule.date"))
			text = schedule_date_text(z, at_ms, buf);
		else
			text = reference_literal(text);
		json_object_iter_set_new(all, i, json_string(text));
	}
	return all;
}

static bool
local_number(const char **p, int digits, int from, int to, int *ret)
{
	int n = 0;

	for (; digits > 0; digits--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		n = n * 10 + (**p - '0');
	}
	*ret = n;
	return n >= from && n <= to;
}

static bool
local_sign(const char **p, const char *any_of)
{
	for (; *any_of != '\0'; any_of++) {
		if (**p == *any_of) {
			(*p)++;
			return true;
		}
	}
	return false;
}

bool
schedule_parse_local(const char *text, int64_t *ret_local_ms, bool *ret_day)
{
	int year, month, day, hour = 0, minute = 0;
	const char *p = text;
	bool whole;

	if (!local_number(&p, 4, 1, 9999, &year) || !local_sign(&p, "-") ||
	    !local_number(&p, 2, 1, 12, &month) || !local_sign(&p, "-") ||
	    !local_number(&p, 2, 1, civil_month_days(year, month), &day))
		return false;
	whole = *p == '\0';
	if (!whole &&
	    (!local_sign(&p, " T") || !local_number(&p, 2, 0, 23, &hour) ||
		!local_sign(&p, ":") || !local_number(&p, 2, 0, 59, &minute) ||
		*p != '\0'))
		return false;
	*ret_local_ms = civil_ms(year, month, day, hour, minute);
	*ret_day = whole;
	return true;
}
