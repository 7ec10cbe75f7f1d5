/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/limits.h"
#include "platform/build.h"

/* A time of which every text of a time looks alike. */
#define SCHEDULE_SAMPLE_MS INT64_C(1767225600000)

/* What runs: of the two keys exactly one. */
static bool
schedule_target(struct load *l, const struct item *it,
    struct schedule_def *s)
{
	const char *task = build_text(it->value, "task");
	const char *request = build_text(it->value, "request");
	const struct item *found;

	if ((task == NULL) == (request == NULL)) {
		load_error(l, it, "/schedule", "write task: NAME",
		    "schedule '%s' must name a task or a request", it->name);
		return false;
	}
	found = task != NULL
	    ? load_resolve(l, it, "/task", ITEM_TASK, task)
	    : load_resolve(l, it, "/request", ITEM_REQUEST, request);
	if (found == NULL)
		return false;
	if (task != NULL) {
		s->task = found->task;
		return s->task != NULL;
	}
	s->request = platform_request(l->p, request);
	s->task = s->request == NULL ? NULL : s->request->task;
	return s->task != NULL;
}

static void
schedule_environment(struct load *l, const struct item *it,
    struct schedule_def *s)
{
	const char *name = build_text(it->value, "env");
	const char *const *offered =
	    s->request == NULL ? NULL : s->request->environments;

	if (name == NULL && l->p->default_environment == NULL) {
		load_error(l, it, "/schedule", "write env: NAME",
		    "schedule '%s' does not say in which environment",
		    it->name);
		return;
	}
	if (name != NULL && l->kinds[ITEM_ENVIRONMENT].count > 0)
		load_resolve(l, it, "/env", ITEM_ENVIRONMENT, name);
	s->environment = name != NULL ? name : l->p->default_environment;
	for (; offered != NULL && *offered != NULL; offered++)
		if (streq(*offered, s->environment))
			return;
	if (offered != NULL)
		load_error(l, it, "/request", NULL,
		    "request '%s' is not offered in environment '%s'",
		    s->request->name, s->environment);
}

/* Another team's schedule needs what a person of that team would need. */
static void
schedule_team(struct load *l, const struct item *it, struct schedule_def *s)
{
	const struct platform *p = l->p;
	const char *own = s->request == NULL ? s->task->name
					     : s->request->name;

	s->team = build_text(it->value, "team");
	if (s->team == NULL)
		s->team = s->task->team;
	if (load_resolve(l, it, "/team", ITEM_TEAM, s->team) == NULL ||
	    streq(s->team, s->task->team))
		return;
	for (size_t i = 0; i < p->ngrants; i++) {
		const struct grant_def *g = &p->grants[i];
		const char *const *env = g->env, *const *tasks = g->tasks;

		while (env != NULL && *env != NULL &&
		    !streq(*env, s->environment))
			env++;
		while (tasks != NULL && *tasks != NULL && !streq(*tasks, own))
			tasks++;
		if (streq(g->to, s->team) && !g->deny && !g->break_glass &&
		    g->projects == NULL &&
		    (g->role == ROLE_MEMBER || g->role == ROLE_ADMIN) &&
		    (g->on == NULL || streq(g->on, s->task->team)) &&
		    (env == NULL || *env != NULL) &&
		    (tasks == NULL || *tasks != NULL))
			return;
	}
	load_error(l, it, "/team", "add a grant with role: member",
	    "team '%s' may not run '%s' in '%s'", s->team, own,
	    s->environment == NULL ? "" : s->environment);
}

/* As they would be at some time, against the schema of the task. */
static void
schedule_params_check(struct load *l, const struct item *it,
    const struct schedule_def *s)
{
	json_t *sample = schedule_params(s->params, s->zone,
	    SCHEDULE_SAMPLE_MS);
	json_t *params = json_object_get(it->value, "params"), *value;
	struct problems problems;
	const char *name;

	json_object_foreach (params, name, value) {
		const struct schema *f = schema_member(s->task->params, name);
		const char *at = load_text(l, "/params/%s", name);
		const char *text = json_string_value(value);

		if (f != NULL && (f->flags & F_SECRET) != 0)
			load_error(l, it, at, "use secrets: of the task",
			    "parameter '%s' is a secret: everybody who reads "
			    "the folder would know it", name);
		if (text != NULL && text[0] == '$' && text[1] != '$' &&
		    !streq(text, "$schedule.time") &&
		    !streq(text, "$schedule.date"))
			load_error(l, it, at, "$schedule.time, $schedule.date, "
			    "or '$$' for a dollar",
			    "'%s' is no reference that works here", text);
	}
	problems_init(&problems, l->a);
	validate(s->task->params, sample, "/params", &problems);
	for (size_t i = 0; i < problems.count; i++)
		load_error(l, it, problems.items[i].pointer,
		    problems.items[i].hint, "schedule '%s': %s", it->name,
		    problems.items[i].message);
	json_decref(sample);
}

static void
schedule_interval(struct load *l, const struct item *it, const char *start,
    struct schedule_def *s)
{
	int64_t local = 0, from = CRON_MIDNIGHT;
	struct err e = { 0 };
	bool day;

	if (start != NULL && !schedule_parse_local(start, &local, &day)) {
		load_error(l, it, "/start", "write it like \"2026-01-05 "
		    "09:00\"", "'%s' is no date, nor a date and time", start);
		return;
	}
	if (start != NULL)
		from = zone_local_to_utc(s->zone, local).utc_ms;
	s->when = load_text(l, "every %s%s%s",
	    build_text(it->value, "every"), start == NULL ? "" : " from ",
	    start == NULL ? "" : start);
	if (!cron_every(build_duration(it->value, "every", 0), from, &s->cron,
		&e))
		load_error(l, it, "/every", e.hint[0] != '\0' ? e.hint : NULL,
		    "%s", e.message);
}

static void
schedule_when(struct load *l, const struct item *it, struct schedule_def *s)
{
	const char *cron = build_text(it->value, "cron");
	const char *every = build_text(it->value, "every");
	const char *start = build_text(it->value, "start");
	struct err e = { 0 };

	s->timezone = build_text(it->value, "timezone");
	s->zone = l->p->zone;
	if (s->timezone != NULL)
		s->zone = settle_zone(l, it, "/timezone", s->timezone);
	else
		s->timezone = l->p->timezone;
	s->when = "";
	if ((cron == NULL) == (every == NULL))
		load_error(l, it, "/schedule",
		    "write cron: \"30 2 * * *\" or every: 15m",
		    "schedule '%s' needs either cron or every", it->name);
	else if (every != NULL)
		schedule_interval(l, it, start, s);
	else if (start != NULL)
		load_error_key(l, it, "/start", "write every: instead of cron:",
		    "start goes with every, not with cron");
	else if (!cron_parse(str_of(cron), &s->cron, &e))
		load_error(l, it, "/cron", e.hint[0] != '\0' ? e.hint : NULL,
		    "%s", e.message);
	else
		s->when = cron;
	s->when = arena_strdup(l->p->arena, s->when);
	s->rule = arena_printf(l->p->arena, "%s in %s", s->when, s->timezone);
}

static int
schedule_choice(const struct item *it, const char *key,
    const char *const *names)
{
	const char *text = build_text(it->value, key);

	for (int i = 0; text != NULL && names[i] != NULL; i++)
		if (streq(names[i], text))
			return i;
	return 0;
}

static bool
load_schedule(struct load *l, const struct item *it, struct schedule_def *s)
{
	*s = (struct schedule_def){
		.name = it->name,
		.doc = build_text(it->value, "doc"),
		.params = json_object_get(it->value, "params"),
		.missed = (enum schedule_missed)schedule_choice(it, "missed",
		    schedule_missed_names),
		.overlap = (enum schedule_overlap)schedule_choice(it,
		    "overlap", schedule_overlap_names),
		.paused = json_is_true(json_object_get(it->value, "paused")),
		.where = arena_printf(l->p->arena, "%s:%d", it->doc->file,
		    yaml_find(it->doc, "/schedule", NULL)->key_line),
	};
	if (s->missed == MISSED_ALL && s->overlap == OVERLAP_SKIP) {
		if (build_text(it->value, "overlap") != NULL)
			load_error(l, it, "/overlap", "write overlap: queue",
			    "missed: all and overlap: skip contradict each "
			    "other");
		s->overlap = OVERLAP_QUEUE;
	}
	schedule_when(l, it, s);
	if (!schedule_target(l, it, s))
		return false;
	schedule_environment(l, it, s);
	schedule_team(l, it, s);
	schedule_params_check(l, it, s);
	return true;
}

void
load_schedules(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_SCHEDULE];
	struct schedule_def *list = arena_array(l->p->arena,
	    items->count + 1, sizeof(*list));

	if (items->count > LIMIT_SCHEDULES)
		load_error(l, items->list[LIMIT_SCHEDULES], "/schedule", NULL,
		    "more than %d schedules", LIMIT_SCHEDULES);
	for (size_t i = 0; i < items->count; i++) {
		if (!items->list[i]->broken &&
		    load_schedule(l, items->list[i],
			&list[l->p->nschedules]))
			l->p->nschedules++;
	}
	l->p->schedules = list;
}
