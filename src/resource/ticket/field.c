/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/near.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/duty.h"
#include "resource/inbox/inbox.h"
#include "resource/move.h"
#include "resource/search/search.h"
#include "resource/ticket/same.h"
#include "resource/ticket/work.h"
#include "resource/wall.h"
#include "spec/validate.h"

#define LABELS 50 /* of one ticket */

struct change {
	struct cx *cx;
	struct ticket *t;
	const json_t *body;
	struct problems *problems;
	bool fresh; /* it is being opened: nothing was there before */
};

/* --- one line of the history --- */

static const char *
field_json(struct cx *cx, const char *name, const char *before,
    const char *after)
{
	json_t *detail = json_pack("{s:s, s:s, s:s}", "field", name, "before",
	    before, "after", after);
	const char *text = json_canonical(cx->arena, detail);

	json_decref(detail);
	return text;
}

/* As it stands in the history: ["a","b"] as "a, b", none as "nothing". */
static const char *
field_shown(struct cx *cx, const char *name, const char *value)
{
	const char *text = "";
	json_t *list, *item;
	size_t i;

	if (!streq(name, "labels"))
		return value[0] != '\0' ? value : "nothing";
	list = json_loads(value, 0, NULL);
	json_array_foreach(list, i, item)
		text = arena_printf(cx->arena, "%s%s%s", text,
		    i == 0 ? "" : ", ", json_string_value(item));
	json_decref(list);
	return text[0] != '\0' ? text : "nothing";
}

static void
field_told(const struct change *c, const char *name, const char *before,
    const char *after, const char *why)
{
	struct cx *cx = c->cx;
	const char *text;

	if (c->fresh || streq(before, after))
		return;
	text = streq(name, "description")
	    ? "description changed"
	    : arena_printf(cx->arena, "%s changed %s → %s%s%s", name,
		  field_shown(cx, name, before),
		  field_shown(cx, name, after),
		  why != NULL ? ": " : "", why != NULL ? why : "");
	ticket_note(cx, c->t, "edit", text,
	    field_json(cx, name, before, after));
	audit(cx, "ticket.edited", c->t->key, "done", text, NULL);
}

static void
field_set(const struct change *c, const char *name, const char **slot,
    const char *after)
{
	const char *before = *slot;

	*slot = after;
	field_told(c, name, before, after, NULL);
}

static bool
field_wrong(const struct change *c, const char *name, const char *code,
    const char *hint, const char *message)
{
	problem_add(c->problems,
	    arena_printf(c->cx->arena, "/%s", name), code, hint, "%s",
	    message);
	return false;
}

/* --- priority --- */

static size_t
priority_rank(const char *priority)
{
	size_t i = 0;

	while (ticket_priorities[i] != NULL &&
	    !streq(ticket_priorities[i], priority))
		i++;
	return i;
}

/* By what kind of ticket it is, unless a label says that it is urgent. */
static const char *
priority_by_rule(struct cx *cx, const struct ticket *t, const char **ret_why)
{
	static const struct {
		const char *kind, *priority;
	} kinds[] = {
		{ "incident", "interruption" },
		{ "request", "customer" },
		{ "operation", "operational" },
		{ "feature", "feature" },
		{ "epic", "feature" },
	};
	static const char *const labels[] = { "security", "compliance" };
	const char *priority = "operational";

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (streq(kinds[i].kind, t->kind))
			priority = kinds[i].priority;
	*ret_why = arena_printf(cx->arena, "a ticket of kind %s", t->kind);
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (strstr(t->labels,
			arena_printf(cx->arena, "\"%s\"", labels[i])) == NULL ||
		    priority_rank(priority) <= priority_rank("security"))
			continue;
		*ret_why = arena_printf(cx->arena, "the label %s", labels[i]);
		return "security";
	}
	return priority;
}

static bool
change_priority(const struct change *c)
{
	struct ticket *t = c->t;
	const char *wanted = call_text(c->body, "priority");
	const char *why = call_text(c->body, "why");
	const char *before = t->priority, *rule_why;
	const char *rule = priority_by_rule(c->cx, t, &rule_why);

	if (c->fresh) {
		t->priority = rule;
		t->priority_reason = rule_why;
	} else if (wanted == NULL && why != NULL)
		return field_wrong(c, "why", "ticket.why",
		    "say --priority too", "why is said of a priority");
	if (wanted == NULL || streq(wanted, t->priority))
		return true;
	if (why == NULL)
		return field_wrong(c, "why", "ticket.why",
		    "say why, so that others can follow: --why TEXT",
		    arena_printf(c->cx->arena,
			"priority '%s' instead of '%s' by %s: why is missing",
			wanted, t->priority,
			t->priority_reason[0] != '\0' ? t->priority_reason
						      : "its request type"));
	t->priority = wanted;
	t->priority_reason = arena_printf(c->cx->arena, "%s: %s",
	    actor_name(c->cx->actor), why);
	field_told(c, "priority", before, wanted, why);
	return true;
}

/* --- labels --- */

static int
label_compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
label_in(const json_t *list, const char *label)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (streq(json_string_value(item), label))
			return true;
	}
	return false;
}

static void
labels_store(struct cx *cx, const struct ticket *t, const char **labels,
    size_t n)
{
	struct query *q = query(cx->db, "ticket_labels_clear");

	bind_int(q, "ticket_id", t->id);
	query_run(q);
	for (size_t i = 0; i < n; i++) {
		q = query(cx->db, "ticket_label_insert");
		bind_int(q, "ticket_id", t->id);
		bind_text(q, "label", labels[i]);
		query_run(q);
	}
}

/* The list as it shall be, sorted; false: too many. */
static bool
labels_wanted(const struct change *c, const char **labels, size_t *ret_n)
{
	const json_t *add = json_object_get(c->body, "label");
	const json_t *take = json_object_get(c->body, "unlabel");
	json_t *old = json_loads(c->t->labels, 0, NULL), *item;
	size_t i, n = 0;

	json_array_foreach(old, i, item)
	{
		if (n < LABELS && !label_in(take, json_string_value(item)))
			labels[n++] = arena_strdup(c->cx->arena,
			    json_string_value(item));
	}
	json_array_foreach(add, i, item)
	{
		bool there = false;

		for (size_t k = 0; k < n; k++)
			there |= streq(labels[k], json_string_value(item));
		if (there)
			continue;
		if (n == LABELS) {
			json_decref(old);
			return field_wrong(c, "label", "ticket.labels",
			    NULL, "a ticket has at most 50 labels");
		}
		labels[n++] = json_string_value(item);
	}
	json_decref(old);
	qsort(labels, n, sizeof(*labels), label_compare);
	*ret_n = n;
	return true;
}

static const char *
labels_text(struct cx *cx, const char *const *labels, size_t n)
{
	json_t *list = json_array();
	const char *text;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(labels[i]));
	text = json_canonical(cx->arena, list);
	json_decref(list);
	return text;
}

static bool
change_labels(const struct change *c)
{
	const char *labels[LABELS];
	size_t n;

	if (!labels_wanted(c, labels, &n))
		return false;
	field_set(c, "labels", &c->t->labels, labels_text(c->cx, labels, n));
	if (!c->fresh)
		labels_store(c->cx, c->t, labels, n);
	return true;
}

/* --- who, when, where it belongs --- */

static const char *
assignee_near(struct cx *cx, const char *typed)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(typed);

	for (size_t i = 0; i < p->npeople; i++)
		near_offer(&near, p->people[i].name);
	for (size_t i = 0; i < p->nteams; i++)
		near_offer(&near, duty_name(cx, p->teams[i].name));
	return near.best == NULL
	    ? "slipway people"
	    : arena_printf(cx->arena, "did you mean '%s'?", near.best);
}

static bool
change_assignee(const struct change *c)
{
	struct cx *cx = c->cx;
	const char *wanted = call_text(c->body, "assignee");
	const struct person_def *person;

	if (wanted == NULL)
		return true;
	if (streq(wanted, "me") && cx->actor->person != NULL)
		wanted = cx->actor->person;
	if (streq(wanted, "none"))
		wanted = "";
	person = platform_person(cx->platform, wanted);
	if (person != NULL && person->disabled)
		return field_wrong(c, "assignee", "ticket.assignee", NULL,
		    arena_printf(cx->arena, "'%s' is disabled", wanted));
	if (platform_team(cx->platform, wanted) != NULL && person == NULL)
		return field_wrong(c, "assignee", "ticket.assignee",
		    arena_printf(cx->arena, "write %s:duty", wanted),
		    "a team has it by its duty");
	if (wanted[0] != '\0' && person == NULL &&
	    duty_team(cx, wanted) == NULL)
		return field_wrong(c, "assignee", "ticket.assignee",
		    assignee_near(cx, wanted),
		    arena_printf(cx->arena,
			"'%s' is no person, and no TEAM:duty", wanted));
	field_set(c, "assignee", &c->t->assignee, wanted);
	return true;
}

static bool
change_epic(const struct change *c, struct err *e)
{
	const char *wanted = call_text(c->body, "epic");
	struct ticket *epic = NULL;

	if (wanted == NULL)
		return true;
	if (streq(wanted, "none"))
		wanted = "";
	if (wanted[0] != '\0' && !ticket_by_key(c->cx, wanted, &epic, e))
		return false;
	if (epic != NULL && !streq(epic->kind, "epic"))
		return field_wrong(c, "epic", "ticket.epic",
		    "slipway tickets --kind epic",
		    arena_printf(c->cx->arena, "%s is no epic but a ticket of "
			"kind %s", epic->key, epic->kind));
	if (epic != NULL && streq(c->t->kind, "epic"))
		return field_wrong(c, "epic", "ticket.epic", NULL,
		    "an epic belongs to no other epic");
	field_set(c, "epic", &c->t->epic, wanted);
	return true;
}

/* A day means its end, where the team is. */
static bool
due_parse(const char *text, int64_t now, const struct zone *z, int64_t *ret)
{
	int year, month, day, used = 0;
	int64_t ms;
	char unit;

	if (streq(text, "none"))
		return *ret = 0, true;
	if (text[0] == '+' && schema_duration(text + 1, &ms) && ms > 0 &&
	    ms <= 3650 * CIVIL_DAY_MS) {
		unit = text[strlen(text) - 1];
		if (unit != 'd' && unit != 'w')
			return *ret = now + ms, true;
		/* Days on the wall, however long each is. */
		*ret = wall_day_end(z,
		    civil_floor(zone_utc_to_local(z, now), CIVIL_DAY_MS) + ms);
		return true;
	}
	if (strlen(text) == 10 &&
	    sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 &&
	    used == 10 && year >= 1970 && month >= 1 && month <= 12 &&
	    day >= 1 && day <= civil_month_days(year, month)) {
		*ret = wall_day_end(z, civil_ms(year, month, day, 0, 0));
		return true;
	}
	return schema_time(text, ret) && *ret > 0;
}

static bool
change_due(const struct change *c)
{
	const struct zone *z = wall_zone(c->cx);
	const char *wanted = call_text(c->body, "due");
	const int64_t before = c->t->due_at;
	int64_t at;

	if (wanted == NULL)
		return true;
	if (!due_parse(wanted, c->cx->now, z, &at))
		return field_wrong(c, "due", "ticket.due",
		    "write 2026-12-01, +3d, or none",
		    arena_printf(c->cx->arena, "'%s' is no day", wanted));
	c->t->due_at = at;
	if (at != before)
		field_told(c, "due",
		    before == 0 ? "" : wall_day_text(c->cx, z, before),
		    at == 0 ? "" : wall_day_text(c->cx, z, at), NULL);
	return true;
}

static void
change_points(const struct change *c)
{
	const int64_t before = c->t->points;

	if (json_object_get(c->body, "points") == NULL)
		return;
	c->t->points = call_int(c->body, "points");
	field_told(c, "points",
	    arena_printf(c->cx->arena, "%lld", (long long)before),
	    arena_printf(c->cx->arena, "%lld", (long long)c->t->points),
	    NULL);
}

static void
change_words(const struct change *c)
{
	const char *title = call_text(c->body, "title");
	const char *description = call_text(c->body, "description");

	if (title != NULL)
		field_set(c, "title", &c->t->title, title);
	if (description != NULL)
		field_set(c, "description", &c->t->description, description);
}

/* All of them are tried, so that all mistakes are told at once. */
static bool
change_all(const struct change *c, struct err *e)
{
	bool ok;

	change_words(c);
	change_points(c);
	ok = change_labels(c);
	ok = change_priority(c) && ok;
	ok = change_assignee(c) && ok;
	ok = change_due(c) && ok;
	if (!change_epic(c, e) && c->problems->count == 0)
		return false;
	return ok && c->problems->count == 0 ? true
					     : problems_err(c->problems, e);
}

/* --- open and change --- */

void
ticket_tell_assignee(struct cx *cx, const struct ticket *t, const char *before)
{
	const struct team_def *team;

	if (streq(t->assignee, before))
		return;
	inbox_settle(cx, INBOX_ASSIGNED, t->key);
	team = duty_team(cx, t->assignee);
	if (team == NULL)
		inbox_post(cx, t->assignee, INBOX_ASSIGNED, t->key,
		    arena_printf(cx->arena, "%s gave you: %s",
			actor_name(cx->actor), t->title));
	for (size_t i = 0; team != NULL && team->members[i] != NULL; i++)
		if (duty_has(cx, team, team->members[i]))
			inbox_post(cx, team->members[i], INBOX_ASSIGNED,
			    t->key,
			    arena_printf(cx->arena, "%s gave %s: %s",
				actor_name(cx->actor), t->assignee,
				t->title));
}

/* The only one that they see, or the only one of their teams; else which there
 * are to choose from. */
static const struct project_def *
open_project_meant(struct cx *cx, struct err *e)
{
	const struct platform *p = cx->platform;
	const struct project_def *seen = NULL, *own = NULL;
	size_t nseen = 0, nown = 0;
	const char *keys = "";

	for (size_t i = 0; i < p->nprojects; i++) {
		const struct project_def *d = &p->projects[i];
		const struct access_target target = { d->team, NULL, NULL };

		if (p->nprojects > 1 &&
		    !access_sees(p, cx->actor, NULL, &target))
			continue;
		seen = d;
		keys = arena_printf(cx->arena, "%s%s%s", keys,
		    nseen++ == 0 ? "" : " or ", d->key);
		if (cx->actor->person == NULL ||
		    !platform_is_one_of(p, cx->actor->person, d->team))
			continue;
		own = d;
		nown++;
	}
	if (nown == 1 || nseen == 1)
		return nown == 1 ? own : seen;
	err_set(e, ERR_INVALID, "ticket.project",
	    "which project: it was not said");
	if (nseen > 0)
		err_hint(e, "add --project %s", keys);
	else
		err_hint(e, "a ticket needs a project whose team you are a "
			    "member for: slipway whoami");
	return NULL;
}

static const struct project_def *
open_project(struct cx *cx, const char *key, struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(key == NULL ? "" : key);
	const char *keys = "";

	if (key == NULL)
		return open_project_meant(cx, e);
	for (size_t i = 0; i < p->nprojects; i++) {
		const struct access_target target = { p->projects[i].team,
			NULL, NULL };

		if (!access_sees(p, cx->actor, NULL, &target))
			continue;
		if (strcasecmp(p->projects[i].key, key) == 0)
			return &p->projects[i];
		near_offer(&near, p->projects[i].key);
		keys = arena_printf(cx->arena, "%s%s%s", keys,
		    keys[0] == '\0' ? "" : ", ", p->projects[i].key);
	}
	call_absent(e, "project", key, near.best);
	if (near.best == NULL && keys[0] != '\0')
		err_hint(e, "there is %s", keys);
	return NULL;
}

bool
ticket_open(struct cx *cx, const json_t *body, struct ticket **ret,
    bool *ret_new, struct problems *problems, struct err *e)
{
	const struct project_def *project;
	struct ticket *t = ARENA_NEW(cx->arena, struct ticket);
	struct change c = { cx, t, body, problems, true };
	const char *same = call_text(body, "same");
	struct ticket *before = NULL;
	const char *labels[LABELS];
	int64_t within = 0;
	size_t n = 0;

	if (cx->actor->person == NULL)
		return access_operator(e,
		    "the operator administers, and opens no tickets");
	project = open_project(cx, call_text(body, "project"), e);
	if (project == NULL ||
	    !access_check(cx, RIGHT_REQUEST,
		&(struct access_target){ project->team, NULL, NULL },
		"project", project->key, e))
		return false;
	(void)schema_duration(call_text(body, "again_within"), &within);
	*ret = same == NULL
	    ? NULL
	    : same_take(cx, project->key, same, within, &before);
	*ret_new = *ret == NULL;
	if (*ret != NULL)
		return true;
	*t = (struct ticket){ .project = project->key,
		.kind = call_text(body, "kind"), .status = "open",
		.requester = cx->actor->person,
		.last_editor = cx->actor->person, .team = project->team,
		.priority = "operational", .labels = "[]", .title = "",
		.description = "", .priority_reason = "", .assignee = "",
		.epic = "" };
	if (!change_all(&c, e) || !labels_wanted(&c, labels, &n))
		return false;
	ticket_insert(cx, t);
	labels_store(cx, t, labels, n);
	ticket_watch(cx, t, t->assignee, "assignee");
	ticket_tell_assignee(cx, t, "");
	*ret = t;
	return same == NULL || same_begin(cx, t, same, before, e);
}

/* Only these of body are the requester's to change too. */
static bool
change_is_wording(const json_t *body)
{
	static const char *const work[] = { "priority", "why", "points",
		"assignee", "epic" };

	for (size_t i = 0; i < ARRAY_SIZE(work); i++)
		if (json_object_get(body, work[i]) != NULL)
			return false;
	return true;
}

bool
ticket_change(struct cx *cx, struct ticket *t, const json_t *body,
    struct problems *problems, struct err *e)
{
	struct change c = { cx, t, body, problems, false };
	const char *before = t->assignee;

	if (!(change_is_wording(body) ? ticket_may_word(cx, t, e)
				      : ticket_may_work(cx, t, e)) ||
	    !change_all(&c, e))
		return false;
	ticket_watch(cx, t, t->assignee, "assignee");
	ticket_tell_assignee(cx, t, before);
	move_save_ticket(cx, t);
	search_learn_ticket(cx, t->id);
	return true;
}
