/* SPDX-License-Identifier: MIT */
#include "resource/period.h"

#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "sys/zone_file.h"

#define PERIOD_DATE 10 /* 2026-11-01 */

const struct zone *
period_zone(struct cx *cx)
{
	const struct zone *z = zone_utc();
	struct err ignored;

	if (cx->platform->timezone != NULL)
		(void)zone_file_load(cx->arena, ZONE_FILE_FOLDER,
		    cx->platform->timezone, &z, &ignored);
	return z;
}

static bool
period_date(const char *text, int64_t *ret_local)
{
	static const char tail[] = "T00:00:00Z";
	char full[PERIOD_DATE + sizeof(tail)];

	if (strlen(text) != PERIOD_DATE)
		return false;
	memcpy(full, text, PERIOD_DATE);
	memcpy(full + PERIOD_DATE, tail, sizeof(tail));
	return schema_time(full, ret_local);
}

bool
period_time(const char *text, bool end, int64_t now, const struct zone *z,
    int64_t *ret)
{
	int64_t local, ago;

	if (period_date(text, &local)) {
		*ret = zone_local_to_utc(z,
		    local + (end ? CIVIL_DAY_MS : 0)).utc_ms - (end ? 1 : 0);
		return true;
	}
	if (schema_duration(text[0] == '-' ? text + 1 : text, &ago)) {
		*ret = now - ago;
		return true;
	}
	return schema_time(text, ret);
}

static void
period_member(struct cx *cx, struct call *call, const char *name, bool end,
    int64_t *ret)
{
	const char *text = call_text(call->query, name);

	if (text == NULL ||
	    period_time(text, end, cx->now, period_zone(cx), ret))
		return;
	problem_add(call->problems, arena_printf(cx->arena, "/%s", name),
	    "field.type",
	    "a date (2026-11-01), an instant (2026-11-01T08:00:00Z) or how "
	    "long ago (7d)",
	    "'%s' is no time", text);
}

bool
period_of(struct cx *cx, struct call *call, int64_t *ret_from,
    int64_t *ret_to, struct err *e)
{
	*ret_from = INT64_MIN;
	*ret_to = INT64_MAX;
	period_member(cx, call, "from", false, ret_from);
	period_member(cx, call, "to", true, ret_to);
	if (!problems_err(call->problems, e))
		return false;
	if (*ret_from <= *ret_to)
		return true;
	problem_add(call->problems, "/to", "field.range",
	    "put the earlier one first", "it is before 'from'");
	return problems_err(call->problems, e);
}
