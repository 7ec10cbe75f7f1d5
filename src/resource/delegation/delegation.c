/* SPDX-License-Identifier: MIT */
#include "resource/delegation/delegation.h"

#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/near.h"
#include "base/plant.h"
#include "base/zone.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/wall.h"
#include "spec/validate.h"
#include "store/record.h"

#define DELEGATION_MOST 64
#define DELEGATION_LONGEST (366 * CIVIL_DAY_MS)

static struct delegation *
delegation_rows(struct cx *cx, const char *sql, const char *who,
    const struct ticket *ticket, size_t *ret_n)
{
	struct delegation *list =
	    arena_array(cx->arena, DELEGATION_MOST, sizeof(*list));
	struct query *q = query(cx->db, sql);
	size_t n = 0;

	bind_text(q, "who", who);
	bind_int(q, "now", cx->now);
	bind_text(q, "project", ticket == NULL ? NULL : ticket->project);
	bind_text(q, "environment",
	    ticket == NULL || PLANTED("delegate-anywhere")
		? NULL
		: ticket->environment);
	while (n < DELEGATION_MOST && query_next(q))
		record_read(q, &delegation_schema, &list[n++], cx->arena);
	query_end(q);
	*ret_n = n;
	return list;
}

struct delegation *
delegation_in_force(struct cx *cx, const char *person,
    const struct ticket *ticket, size_t *ret_n)
{
	return delegation_rows(cx, "delegation_in_force", person, ticket,
	    ret_n);
}

struct delegation *
delegation_of(struct cx *cx, const char *person, const struct ticket *ticket,
    size_t *ret_n)
{
	return delegation_rows(cx, "delegation_of", person, ticket, ret_n);
}

bool
delegation_time(const struct zone *zone, const char *text, int64_t now,
    bool end, int64_t *ret)
{
	int year, month, day, used = 0;
	int64_t ms;

	if (text[0] == '+') {
		if (!schema_duration(text + 1, &ms) || ms <= 0 ||
		    ms > 10 * DELEGATION_LONGEST)
			return false;
		*ret = now + ms;
		return true;
	}
	if (strlen(text) == 10 &&
	    sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 &&
	    used == 10 && year >= 1970 && month >= 1 && month <= 12 &&
	    day >= 1 && day <= civil_month_days(year, month)) {
		ms = civil_ms(year, month, day, 0, 0) +
		    (end ? CIVIL_DAY_MS : 0);
		*ret = zone_local_to_utc(zone, ms).utc_ms;
		return true;
	}
	return schema_time(text, ret) && *ret > 0;
}

static bool
delegation_check_person(struct cx *cx, const struct delegation *d,
    struct err *e)
{
	const struct platform *p = cx->platform;
	const struct person_def *to = platform_person(p, d->delegate);
	struct near near = near_start(d->delegate);

	if (to == NULL) {
		for (size_t i = 0; i < p->npeople; i++)
			near_offer(&near, p->people[i].name);
		return call_absent(e, "person", d->delegate, near.best);
	}
	if (to->disabled)
		return err_set(e, ERR_INVALID, "delegation.person",
		    "delegate to '%s': that account is disabled", d->delegate);
	if (streq(platform_human(p, d->person),
		platform_human(p, d->delegate)))
		return err_set(e, ERR_INVALID, "delegation.person",
		    "delegate to '%s': that is you", d->delegate);
	return true;
}

static bool
delegation_check_time(const struct cx *cx, const struct delegation *d,
    struct err *e)
{
	if (d->until_at <= cx->now || d->until_at <= d->from_at)
		err_set(e, ERR_INVALID, "delegation.time",
		    "delegate to '%s': it would be over before it begins",
		    d->delegate);
	else if (d->until_at - cx->now > DELEGATION_LONGEST)
		err_set(e, ERR_INVALID, "delegation.time",
		    "delegate to '%s': longer than a year is no absence",
		    d->delegate);
	else
		return true;
	return err_hint(e, "--until 2026-12-24, or --until +14d");
}

bool
delegation_make(struct cx *cx, struct delegation *d, struct err *e)
{
	struct query *q;
	json_t *detail;

	if (!delegation_check_person(cx, d, e) ||
	    !delegation_check_time(cx, d, e))
		return false;
	d->created_at = cx->now;
	q = query(cx->db, "delegation_insert");
	record_bind(q, &delegation_schema, d);
	query_run(q);
	d->id = db_last_id(cx->db);
	detail = json_pack("{s:s,s:s,s:s,s:I,s:I}", "to", d->delegate,
	    "project", d->project, "environment", d->environment, "from_ms",
	    (json_int_t)d->from_at, "until_ms", (json_int_t)d->until_at);
	audit(cx, "delegation.created",
	    arena_printf(cx->arena, "delegation %lld", (long long)d->id),
	    "done",
	    arena_printf(cx->arena, "%s decides for %s%s%s", d->delegate,
		d->person, d->note[0] == '\0' ? "" : ": ", d->note),
	    json_canonical(cx->arena, detail));
	json_decref(detail);
	return true;
}

struct delegation *
delegation_by_id(struct cx *cx, int64_t id)
{
	struct query *q = query(cx->db, "delegation_get");
	struct delegation *d = NULL;

	bind_int(q, "id", id);
	if (query_next(q)) {
		d = ARENA_NEW(cx->arena, struct delegation);
		record_read(q, &delegation_schema, d, cx->arena);
	}
	query_end(q);
	return d;
}

void
delegation_end(struct cx *cx, struct delegation *d)
{
	struct query *q;

	if (d->ended_at != 0 || d->until_at <= cx->now)
		return;
	q = query(cx->db, "delegation_end");
	bind_int(q, "id", d->id);
	bind_int(q, "now", cx->now);
	query_run(q);
	d->ended_at = cx->now;
	audit(cx, "delegation.ended",
	    arena_printf(cx->arena, "delegation %lld", (long long)d->id),
	    "done",
	    arena_printf(cx->arena, "%s decides for %s no more", d->delegate,
		d->person),
	    NULL);
}

const char *
delegation_text(struct cx *cx, const struct delegation *d)
{
	return arena_printf(cx->arena, "%s%s%s%s%s until %s", d->person,
	    d->project[0] == '\0' ? "" : " for ", d->project,
	    d->environment[0] == '\0' ? "" : " in ", d->environment,
	    wall_day_text(cx, wall_zone(cx), d->until_at - 1));
}
