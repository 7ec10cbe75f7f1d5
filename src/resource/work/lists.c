/* SPDX-License-Identifier: MIT */
#include "resource/work/lists.h"

#include "base/civil.h"
#include "resource/approval/approval.h"
#include "resource/delegation/delegation.h"
#include "resource/duty.h"
#include "resource/waits.h"
#include "resource/wall.h"
#include "spec/validate.h"

/* "due Mon 2026-11-16", "overdue since …", or "". */
static const char *
why_due(struct cx *cx, const struct ticket *t)
{
	if (t->due_at == 0)
		return "";
	return arena_printf(cx->arena, ", %s %s",
	    t->due_at < cx->now ? "overdue since" : "due",
	    wall_day_text(cx, wall_zone(cx), t->due_at));
}

static const char *
why_age(struct cx *cx, const struct ticket *t)
{
	const int64_t days = (cx->now - t->created_at) / CIVIL_DAY_MS;

	return days == 0 ? "new today"
			 : arena_printf(cx->arena, "%lld day%s old",
			       (long long)days, days == 1 ? "" : "s");
}

static const char *
why_rank(const struct ticket *t)
{
	static const char *const words[][2] = {
		{ "interruption", "service interruption" },
		{ "security", "security and compliance" },
		{ "customer", "customers wait for it" },
		{ "operational", "operational backlog" },
		{ "feature", "feature" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (streq(words[i][0], t->priority))
			return words[i][1];
	return t->priority;
}

/* --- backlog, board, aged ------------------------------------------------- */

void
lists_backlog(struct cx *cx, const struct work_filter *filter,
    struct work_list *list)
{
	struct work_query w;

	work_select(&w, cx, filter, "ticket.id");
	select_add(&w.select, " AND ticket.status IN ('open', 'failed') AND "
		WORK_UNRESOLVED " ORDER BY " WORK_OPERATIONS " DESC, "
		WORK_RANK ", " WORK_DUE);
	work_page(cx, &w, list);
}

void
lists_aged(struct cx *cx, const struct work_filter *filter, int64_t days,
    struct work_list *list)
{
	struct work_query w;

	work_select(&w, cx, filter, "ticket.id");
	select_add(&w.select, " AND " WORK_UNRESOLVED
		" AND ticket.created_at < ");
	select_int(&w.select, cx->now - days * CIVIL_DAY_MS);
	select_add(&w.select, " ORDER BY ticket.created_at, ticket.id");
	list->why = why_age;
	work_page(cx, &w, list);
}

static void
lane_condition(struct cx *cx, struct select *s, const char *status)
{
	/* Most are done: those of a week are found by when they ended. */
	select_fragment(s, streq(status, "done") ? " AND +ticket.status = "
						 : " AND ticket.status = ");
	select_text(s, status);
	if (streq(status, "done")) {
		select_add(s, " AND ticket.closed_at > 0 AND "
			"ticket.closed_at > ");
		select_int(s, cx->now - WORK_BOARD_DAYS * CIVIL_DAY_MS);
	} else {
		select_add(s, " AND " WORK_UNRESOLVED);
	}
}

void
lists_lane(struct cx *cx, const struct work_filter *filter,
    const char *status, struct work_list *list, int64_t *ret_count)
{
	struct work_query w;
	struct query *q;

	work_select(&w, cx, filter, "COUNT(*)");
	lane_condition(cx, &w.select, status);
	q = work_ready(&w, cx);
	*ret_count = query_next(q) ? column_int_at(q, 0) : 0;
	query_end(q);
	work_select(&w, cx, filter, "ticket.id");
	lane_condition(cx, &w.select, status);
	select_fragment(&w.select, streq(status, "done")
		? " ORDER BY ticket.closed_at DESC, ticket.id DESC"
		: " ORDER BY " WORK_RANK ", " WORK_DUE);
	work_page(cx, &w, list);
}

/* --- waiting -------------------------------------------------------------- */

#define WAITING_MANUAL                                                         \
	"ticket.run_id IN (SELECT step.run_id FROM step WHERE "                \
	"step.status = 'manual') AND ticket.team"
static bool
waiting_has_manual(struct cx *cx, const struct ticket *t)
{
	struct query *q = query(cx->db, "work_manual");
	bool found;

	bind_int(q, "run_id", t->run_id);
	found = t->run_id != 0 && query_next(q);
	query_end(q);
	return found;
}

/* "your decision", or "your decision for casey until …" */
static const char *
waiting_seat(struct cx *cx, const struct ticket *t, const char *me,
    const char *seat)
{
	struct delegation *list;
	size_t n;

	if (streq(me, seat))
		return "your decision";
	list = delegation_in_force(cx, me, t, &n);
	for (size_t i = 0; i < n; i++)
		if (streq(list[i].person, seat))
			return arena_printf(cx->arena, "your decision for %s",
			    delegation_text(cx, &list[i]));
	return "your decision";
}

static const char *
why_waiting(struct cx *cx, const struct ticket *t)
{
	const char *me = cx->actor->person, *seat;

	seat = approval_waits_as(cx, t, me);
	if (seat != NULL)
		return waiting_seat(cx, t, me, seat);
	if (waiting_has_manual(cx, t))
		return "a step that a person of your team does";
	if (streq(t->requester, me) && streq(t->status, "failed"))
		return "it failed, and you asked for it";
	if (streq(t->requester, me) && streq(t->status, "declined"))
		return "it was declined: amend it, or let it be";
	if (streq(t->assignee, me))
		return "it is assigned to you";
	return duty_team(cx, t->assignee) != NULL ? "you have the duty"
						  : "your decision";
}

static const char *
waiting_why(struct cx *cx, const struct ticket *t)
{
	return arena_printf(cx->arena, "%s%s", why_waiting(cx, t),
	    why_due(cx, t));
}

void
lists_waiting(struct cx *cx, struct work_list *list)
{
	static const struct work_filter any = { NULL, NULL };
	const char *me = cx->actor->person;
	struct work_query w;

	if (me == NULL)
		return;
	work_select(&w, cx, &any, "ticket.id");
	select_add(&w.select, " AND ((" WORK_UNRESOLVED " AND (("
		WAITS_1);
	select_text(&w.select, waits_seats(cx, me));
	select_add(&w.select, WAITS_2);
	select_text(&w.select, me);
	select_add(&w.select, WAITS_3 ") OR (" WAITING_MANUAL);
	work_in(&w.select, work_teams(cx));
	select_add(&w.select, ") OR (ticket.status = 'failed' AND "
		"ticket.requester = ");
	select_text(&w.select, me);
	select_add(&w.select, ") OR (ticket.status IN ('open', 'in_progress', "
		"'failed') AND ticket.assignee <> '' AND ticket.assignee");
	work_in(&w.select, work_hands(cx));
	select_add(&w.select, "))) OR (ticket.status = 'declined' AND "
		"ticket.closed_at > ");
	select_int(&w.select, cx->now - WORK_AGED_DAYS * CIVIL_DAY_MS);
	select_add(&w.select, " AND ticket.requester = ");
	select_text(&w.select, me);
	select_add(&w.select, ")) ORDER BY " WORK_RANK ", " WORK_DUE);
	list->why = waiting_why;
	work_page(cx, &w, list);
}

/* --- next ----------------------------------------------------------------- */

static const char *
why_next(struct cx *cx, const struct ticket *t)
{
	const char *points = t->points > TICKET_POINTS_ON_CALL
	    ? arena_printf(cx->arena,
		  "; %lld points: break it down, or plan it",
		  (long long)t->points)
	    : "";

	return arena_printf(cx->arena, "%s%s%s, %s%s", why_rank(t),
	    streq(t->status, "in_progress") ? ", you have begun it"
	    : streq(t->status, "failed")    ? ", it failed"
					    : "",
	    why_due(cx, t), why_age(cx, t), points);
}

void
lists_next(struct cx *cx, const struct work_filter *filter,
    struct work_list *list)
{
	struct work_query w;

	if (cx->actor->person == NULL)
		return;
	work_select(&w, cx, filter, "ticket.id");
	select_add(&w.select, " AND " WORK_UNRESOLVED " AND " WORK_OPERATIONS
		" AND ticket.kind <> 'epic' AND ticket.team");
	work_in(&w.select, work_teams(cx));
	select_add(&w.select, " AND ticket.status IN ('open', 'failed', "
		"'in_progress') AND (ticket.task = '' OR ticket.status = "
		"'failed') AND (ticket.assignee");
	work_in(&w.select, work_hands(cx));
	select_add(&w.select, " AND (ticket.status <> 'in_progress' OR "
		"ticket.assignee <> '')) AND NOT EXISTS (SELECT 1 FROM "
		"ticket_link JOIN ticket AS b ON b.id = ticket_link.from_id "
		"WHERE ticket_link.to_id = ticket.id "
		"AND ticket_link.kind = 'blocks' "
		"AND b.status NOT IN ('done', 'declined', 'cancelled')) "
		"ORDER BY " WORK_RANK ", ticket.status <> 'in_progress', "
		"ticket.points > 3, " WORK_DUE);
	list->why = why_next;
	work_page(cx, &w, list);
}

/* --- stuck ---------------------------------------------------------------- */

/* "platform pat": lanes of those whose week it is not; "": of nobody. */
static const char *
stuck_lanes(struct cx *cx)
{
	const struct platform *p = cx->platform;
	json_t *list = json_array();
	const char *text;

	for (size_t i = 0; i < p->nteams; i++) {
		const struct team_def *team = &p->teams[i];
		const char *now = duty_person(cx, team);

		for (size_t k = 0; team->duty[k] != NULL; k++)
			if (now == NULL || !streq(team->duty[k], now))
				json_array_append_new(list,
				    json_sprintf("%s %s", team->name,
					team->duty[k]));
	}
	text = json_canonical(cx->arena, list);
	json_decref(list);
	return text;
}

/* Whoever can have a ticket: people who are not disabled, duties of teams. */
static const char *
stuck_known(struct cx *cx)
{
	const struct platform *p = cx->platform;
	json_t *list = json_array();
	const char *text;

	json_array_append_new(list, json_string(""));
	for (size_t i = 0; i < p->npeople; i++)
		if (!p->people[i].disabled)
			json_array_append_new(list,
			    json_string(p->people[i].name));
	for (size_t i = 0; i < p->nteams; i++)
		json_array_append_new(list,
		    json_string(duty_name(cx, p->teams[i].name)));
	text = json_canonical(cx->arena, list);
	json_decref(list);
	return text;
}

static const char *
why_stuck(struct cx *cx, const struct ticket *t)
{
	const struct platform *p = cx->platform;
	const struct person_def *person = platform_person(p, t->assignee);
	const struct team_def *team = platform_team(p, t->team);
	const struct zone *z = wall_zone(cx);
	const char *now = team == NULL ? NULL : duty_person(cx, team);

	if (t->assignee[0] != '\0' && duty_team(cx, t->assignee) == NULL &&
	    (person == NULL || person->disabled))
		return arena_printf(cx->arena, "%s is %s", t->assignee,
		    person == NULL ? "not there any more" : "disabled");
	for (size_t i = 0; person != NULL && now != NULL &&
	     team->duty[i] != NULL && !streq(now, t->assignee);
	     i++)
		if (streq(team->duty[i], t->assignee))
			return arena_printf(cx->arena,
			    "the duty of %s is %s's since %s", team->name, now,
			    wall_day_text(cx, z, duty_since(cx, team)));
	return arena_printf(cx->arena, "in hand, and nothing since %s",
	    wall_day_text(cx, z, t->updated_at));
}

void
lists_stuck(struct cx *cx, const struct work_filter *filter,
    struct work_list *list)
{
	struct work_query w;

	work_select(&w, cx, filter, "ticket.id");
	select_add(&w.select, " AND " WORK_UNRESOLVED " AND " WORK_OPERATIONS
		" AND ticket.kind <> 'epic' AND ("
		"(ticket.team || ' ' || ticket.assignee) IN "
		"(SELECT value FROM json_each(");
	select_text(&w.select, stuck_lanes(cx));
	select_add(&w.select, ")) OR ticket.assignee NOT IN "
		"(SELECT value FROM json_each(");
	select_text(&w.select, stuck_known(cx));
	select_add(&w.select, ")) OR (ticket.status = 'in_progress' AND "
		"ticket.task = '' AND ticket.updated_at < ");
	select_int(&w.select, cx->now - WORK_IDLE_DAYS * CIVIL_DAY_MS);
	select_add(&w.select, ")) ORDER BY " WORK_RANK ", " WORK_DUE);
	list->why = why_stuck;
	work_page(cx, &w, list);
}
