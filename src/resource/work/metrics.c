/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/map.h"
#include "resource/wall.h"
#include "resource/work/count.h"
#include "spec/jql.h"
#include "store/record.h"

#define NONE (-1) /* nothing to take a percentile of */

static bool
period_time(struct cx *cx, const char *text, int64_t *ret_from,
    int64_t *ret_until, struct err *e)
{
	const struct jql_field *created = jql_field_find(str_of("created"));
	const char *hint = NULL, *wrong, *near = NULL;
	struct jql_value v = { .text = text };

	v.function = jql_function_find(str_of(text), &near, cx->arena);
	if (v.function == JQL_NO_FUNCTION) {
		wrong = jql_value_read(cx->arena, created, &v, &hint);
		if (wrong != NULL) {
			err_set(e, ERR_INVALID, "work.period", "%s", wrong);
			return err_hint(e, "%s", hint == NULL ? "" : hint);
		}
	}
	if (v.function == JQL_CURRENT_USER || v.function == JQL_MEMBERS_OF)
		return err_set(e, ERR_INVALID, "work.period",
		    "not a time: '%s'", text);
	jql_time(&v, cx->now, wall_zone(cx), ret_from, ret_until);
	return true;
}

bool
count_period_read(struct cx *cx, const char *from, const char *to,
    struct count_period *ret, struct err *e)
{
	int64_t ignored;

	ret->until_ms = cx->now + 1;
	if (!period_time(cx, from, &ret->from_ms, &ignored, e) ||
	    (to != NULL &&
		!period_time(cx, to, &ignored, &ret->until_ms, e)))
		return false;
	if (ret->from_ms < ret->until_ms)
		return true;
	err_set(e, ERR_INVALID, "work.period",
	    "from '%s' to '%s' there is no time", from,
	    to == NULL ? "now" : to);
	if (strchr(from, '-') == NULL && ret->from_ms > cx->now)
		return err_hint(e, "the past has a minus: e.g. --from -30d");
	return err_hint(e, "e.g. --from 2026-11-01 --to 2026-11-30");
}

/* --- groups --------------------------------------------------------------- */

struct series {
	int64_t *ms;
	size_t n, cap;
};

struct group {
	struct work_metric row;
	struct series approve, action, done;
};

static void
series_push(struct cx *cx, struct series *s, int64_t ms)
{
	if (s->n == s->cap) {
		const size_t cap = s->cap == 0 ? 16 : s->cap * 2;
		int64_t *grown = arena_array(cx->arena, cap, sizeof(*grown));

		if (s->n > 0)
			memcpy(grown, s->ms, s->n * sizeof(*grown));
		s->ms = grown;
		s->cap = cap;
	}
	s->ms[s->n++] = ms < 0 ? 0 : ms;
}

static int
series_compare(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The value that so many of a hundred do not exceed (nearest rank). */
static void
series_percentiles(struct series *s, int64_t *ret_p50, int64_t *ret_p95)
{
	*ret_p50 = *ret_p95 = NONE;
	if (s->n == 0)
		return;
	qsort(s->ms, s->n, sizeof(s->ms[0]), series_compare);
	*ret_p50 = s->ms[(s->n * 50 + 99) / 100 - 1];
	*ret_p95 = s->ms[(s->n * 95 + 99) / 100 - 1];
}

static struct group *
group_of(struct cx *cx, struct map *groups, const char *of, const char *name)
{
	const char *key = arena_printf(cx->arena, "%s %s", of, name);
	struct group *g = map_get(groups, key);

	if (g != NULL)
		return g;
	g = ARENA_NEW(cx->arena, struct group);
	g->row.of = of;
	g->row.name = name;
	map_put(groups, key, g);
	return g;
}

struct seen {
	const struct count_period *period;
	const struct ticket *ticket;
	int64_t approved_at, acted_at;
};

static bool
seen_within(const struct count_period *p, int64_t at)
{
	return at >= p->from_ms && at < p->until_ms;
}

static void
group_add(struct cx *cx, struct group *g, const struct seen *s)
{
	const struct ticket *t = s->ticket;

	if (seen_within(s->period, t->created_at)) {
		g->row.opened++;
		if (s->approved_at > 0)
			series_push(cx, &g->approve,
			    s->approved_at - t->created_at);
		if (s->acted_at > 0)
			series_push(cx, &g->action,
			    s->acted_at - t->created_at);
	}
	if (streq(t->status, "done") && seen_within(s->period, t->closed_at)) {
		g->row.done++;
		series_push(cx, &g->done, t->closed_at - t->created_at);
	}
}

static int
group_order(const struct work_metric *m)
{
	return streq(m->of, "all") ? 0 : streq(m->of, "section") ? 1 : 2;
}

static int
group_compare(const void *a, const void *b)
{
	const struct work_metric *x = a, *y = b;
	const int d = group_order(x) - group_order(y);

	if (d != 0)
		return d;
	/* "operations" before "features". */
	return d == 0 && group_order(x) == 1 ? strcmp(y->name, x->name)
					     : strcmp(x->name, y->name);
}

static struct work_metric *
groups_rows(struct cx *cx, const struct map *groups,
    const struct count_period *period, int64_t all, size_t *ret_n)
{
	struct work_metric *rows;
	const char *key;
	size_t n = 0, i = 0;
	void *value;

	while (map_next(groups, &i, &key, &value))
		n++;
	rows = arena_array(cx->arena, n + 1, sizeof(*rows));
	n = i = 0;
	while (map_next(groups, &i, &key, &value)) {
		struct group *g = value;
		struct work_metric *m = &g->row;

		m->share_percent = all == 0 ? 0 : m->done * 100 / all;
		m->done_per_week = (m->done * 7 * CIVIL_DAY_MS +
				       (period->until_ms - period->from_ms) / 2) /
		    (period->until_ms - period->from_ms);
		series_percentiles(&g->approve, &m->approve_p50_ms,
		    &m->approve_p95_ms);
		series_percentiles(&g->action, &m->action_p50_ms,
		    &m->action_p95_ms);
		series_percentiles(&g->done, &m->done_p50_ms,
		    &m->done_p95_ms);
		rows[n++] = *m;
	}
	qsort(rows, n, sizeof(*rows), group_compare);
	*ret_n = n;
	return rows;
}

#define APPROVED_AT                                                            \
	"(SELECT MAX(vote.at) FROM need JOIN vote ON vote.need_id = need.id "  \
	"WHERE need.ticket_id = ticket.id AND vote.decision = 'approve') "     \
	"AS approved_at"
#define ACTED_AT                                                               \
	"(SELECT MIN(ticket_entry.at) FROM ticket_entry WHERE "                \
	"ticket_entry.ticket_id = ticket.id AND ticket_entry.actor NOT IN "    \
	"(ticket.requester, 'slipway')) AS acted_at"

struct work_metric *
count_metrics(struct cx *cx, const struct work_filter *filter,
    const struct count_period *period, size_t *ret_n)
{
	struct work_metric *rows;
	struct map groups = { 0 };
	struct work_query w;
	struct group *all = group_of(cx, &groups, "all", "all");
	struct query *q;

	for (size_t i = 0; work_sections[i] != NULL; i++)
		(void)group_of(cx, &groups, "section", work_sections[i]);
	work_select(&w, cx, filter, "ticket.kind, ticket.request, "
		"ticket.labels, ticket.status, ticket.created_at, "
		"ticket.closed_at, " APPROVED_AT ", " ACTED_AT);
	work_period(&w.select, period->from_ms, period->until_ms);
	q = work_ready(&w, cx);
	while (query_next(q)) {
		struct ticket t = { .labels = "[]" };
		const struct seen s = { period, &t,
			column_int(q, "approved_at"),
			column_int(q, "acted_at") };

		record_read(q, &ticket_schema, &t, cx->arena);
		group_add(cx, all, &s);
		group_add(cx,
		    group_of(cx, &groups, "section", work_section(&t)), &s);
		group_add(cx,
		    t.request[0] != '\0'
			? group_of(cx, &groups, "request", t.request)
			: group_of(cx, &groups, "kind", t.kind),
		    &s);
	}
	query_end(q);
	rows = groups_rows(cx, &groups, period, all->row.done, ret_n);
	map_finish(&groups);
	return rows;
}
