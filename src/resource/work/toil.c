/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/map.h"
#include "platform/task.h"
#include "resource/work/count.h"
#include "store/record.h"

/* What people spend, where nothing says how long; the guide names them. */
#define DECISION_MS (2 * CIVIL_MINUTE_MS)
#define COMMENT_MS (5 * CIVIL_MINUTE_MS)
#define BY_HAND_MS (15 * CIVIL_MINUTE_MS)
#define STEP_MOST_MS CIVIL_HOUR_MS

#define TOIL_NAME 60 /* bytes of a title */
#define TOIL_NEXT 3

/* "Restart node 17 of eu-3" and "restart node 4 of eu-1" are one thing. */
static const char *
toil_words(struct cx *cx, const char *title)
{
	char *words = arena_strdup(cx->arena, title);
	size_t n = 0;

	for (const char *p = title; *p != '\0' && n < TOIL_NAME; p++) {
		const unsigned char c = (unsigned char)*p;

		if (isdigit(c)) {
			if (n == 0 || words[n - 1] != '#')
				words[n++] = '#';
		} else if (c <= ' ') {
			if (n > 0 && words[n - 1] != ' ')
				words[n++] = ' ';
		} else {
			words[n++] = (char)tolower(c);
		}
	}
	/* Not in the middle of a character. */
	while (n > 0 && n == TOIL_NAME && ((unsigned char)words[n - 1] & 0x80))
		n--;
	words[n] = '\0';
	return words;
}

/* Steps that people did in its run: as long as each took. */
static int64_t
toil_steps(struct cx *cx, const struct ticket *t)
{
	struct query *q;
	int64_t ms = 0;

	if (t->run_id == 0)
		return 0;
	q = query(cx->db, "toil_steps");
	bind_int(q, "run_id", t->run_id);
	while (query_next(q)) {
		const char *name = column_text(q, "task", cx->arena);
		const struct task *task = platform_task(cx->platform, name);
		const int64_t took = column_int(q, "took_ms");

		if (task == NULL || task->manual == NULL)
			continue;
		ms += task->saves_ms > 0 ? task->saves_ms
		    : took < 0		 ? 0
		    : took > STEP_MOST_MS ? STEP_MOST_MS
					  : took;
	}
	query_end(q);
	return ms;
}

static struct work_toil *
toil_of(struct cx *cx, struct map *groups, const struct ticket *t)
{
	const bool request = t->request[0] != '\0';
	const char *name = request ? t->request : toil_words(cx, t->title);
	const char *key =
	    arena_printf(cx->arena, "%s %s", request ? "request" : t->kind,
		name);
	struct work_toil *toil = map_get(groups, key);

	if (toil != NULL)
		return toil;
	toil = ARENA_NEW(cx->arena, struct work_toil);
	toil->name = name;
	toil->of = request ? "request" : "kind";
	toil->why = "";
	map_put(groups, key, toil);
	return toil;
}

static int
toil_compare(const void *a, const void *b)
{
	const struct work_toil *x = a, *y = b;

	if (x->total_ms != y->total_ms)
		return x->total_ms < y->total_ms ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* What of it takes the most, and what would end that. */
static const char *
toil_why(struct cx *cx, const struct work_toil *t)
{
	const long long times = (long long)t->count;

	if (t->by_hand_ms >= t->steps_ms && t->by_hand_ms >= t->decisions_ms)
		return arena_printf(cx->arena,
		    streq(t->of, "request")
			? "%lld times, most of it in comments: its form lacks "
			  "what people ask each other"
			: "%lld times by hand: write a task and a request type "
			  "for it",
		    times);
	if (t->steps_ms >= t->decisions_ms)
		return arena_printf(cx->arena,
		    "%lld times with a step that people do: give that task a "
		    "command", times);
	return arena_printf(cx->arena,
	    "%lld times mostly decided: a standing rule (none: true) for what "
	    "is always approved", times);
}

static void
toil_finish(struct cx *cx, struct work_toil *rows, size_t n)
{
	int64_t next = 1;

	for (size_t i = 0; i < n; i++) {
		rows[i].total_ms = rows[i].by_hand_ms + rows[i].steps_ms +
		    rows[i].decisions_ms;
		rows[i].human_ms = rows[i].total_ms / rows[i].count;
	}
	qsort(rows, n, sizeof(*rows), toil_compare);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].total_ms == 0) {
			rows[i].why = "nobody spends time on it";
			continue;
		}
		rows[i].why = toil_why(cx, &rows[i]);
		rows[i].automate = next <= TOIL_NEXT ? next++ : 0;
	}
}

#define DECISIONS                                                              \
	"(SELECT COUNT(*) FROM need JOIN vote ON vote.need_id = need.id "      \
	"WHERE need.ticket_id = ticket.id) AS decisions"
#define COMMENTS                                                               \
	"(SELECT COUNT(*) FROM ticket_entry WHERE ticket_entry.ticket_id = "   \
	"ticket.id AND ticket_entry.kind = 'comment' AND "                     \
	"ticket_entry.removed_at = 0 AND ticket_entry.actor NOT IN "           \
	"(ticket.requester, 'slipway')) AS comments"

static void
toil_collect(struct cx *cx, const struct work_filter *filter,
    const struct count_period *period, struct map *groups)
{
	struct work_query w;
	struct query *q;

	work_select(&w, cx, filter, "ticket.kind, ticket.request, ticket.title, "
		"ticket.run_id, ticket.task, ticket.status, "
		DECISIONS ", " COMMENTS);
	select_add(&w.select, " AND " WORK_OPERATIONS
		" AND ticket.kind <> 'epic'");
	work_period(&w.select, period->from_ms, period->until_ms);
	q = work_ready(&w, cx);
	while (query_next(q)) {
		struct ticket t = { .id = 0 };
		struct work_toil *toil;

		record_read(q, &ticket_schema, &t, cx->arena);
		toil = toil_of(cx, groups, &t);
		toil->count++;
		toil->decisions_ms += column_int(q, "decisions") * DECISION_MS;
		toil->by_hand_ms += column_int(q, "comments") * COMMENT_MS;
		if (t.task[0] == '\0' && streq(t.status, "done"))
			toil->by_hand_ms += BY_HAND_MS;
		toil->steps_ms += toil_steps(cx, &t);
	}
	query_end(q);
}

struct work_toil *
count_toil(struct cx *cx, const struct work_filter *filter,
    const struct count_period *period, size_t *ret_n)
{
	struct map groups = { 0 };
	struct work_toil *rows;
	const char *key;
	size_t n = 0, i = 0;
	void *value;

	toil_collect(cx, filter, period, &groups);
	while (map_next(&groups, &i, &key, &value))
		n++;
	rows = arena_array(cx->arena, n + 1, sizeof(*rows));
	n = i = 0;
	while (map_next(&groups, &i, &key, &value)) {
		const struct work_toil *toil = value;

		if (toil->count > 1)
			rows[n++] = *toil;
	}
	map_finish(&groups);
	toil_finish(cx, rows, n);
	*ret_n = n;
	return rows;
}
