/* SPDX-License-Identifier: MIT */
#include "platform/platform.h"

#include <string.h>

#include "base/map.h"
#include "spec/validate.h"

/* The record called name, of n sorted by their first member, the name. */
static const void *
platform_find(const void *array, size_t n, size_t size, const char *name)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		const char *record = (const char *)array + mid * size;
		int d = strcmp(name, *(const char *const *)(const void *)record);

		if (d == 0)
			return record;
		if (d < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct task *
platform_task(const struct platform *p, const char *name)
{
	size_t from = 0, to = p->ntasks;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int d = strcmp(name, p->tasks[mid]->name);

		if (d == 0)
			return p->tasks[mid];
		if (d < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct request_def *
platform_request(const struct platform *p, const char *name)
{
	return platform_find(p->requests, p->nrequests, sizeof(*p->requests),
	    name);
}

const struct schedule_def *
platform_schedule(const struct platform *p, const char *name)
{
	return platform_find(p->schedules, p->nschedules,
	    sizeof(*p->schedules), name);
}

const struct environment_def *
platform_environment(const struct platform *p, const char *name)
{
	return platform_find(p->environments, p->nenvironments,
	    sizeof(*p->environments), name);
}

const struct person_def *
platform_person(const struct platform *p, const char *name)
{
	return platform_find(p->people, p->npeople, sizeof(*p->people),
	    name);
}

const char *
platform_human(const struct platform *p, const char *name)
{
	const struct person_def *person = platform_person(p, name);

	return person == NULL || person->same_as == NULL ? name
								: person->same_as;
}

const struct person_def *
platform_person_by_unix(const struct platform *p, const char *unix_name)
{
	for (size_t i = 0; i < p->npeople; i++) {
		if (p->people[i].unix_name != NULL &&
		    strcmp(p->people[i].unix_name, unix_name) == 0)
			return &p->people[i];
	}
	return NULL;
}

const struct team_def *
platform_team(const struct platform *p, const char *name)
{
	return platform_find(p->teams, p->nteams, sizeof(*p->teams),
	    name);
}

const struct project_def *
platform_project(const struct platform *p, const char *key)
{
	return platform_find(p->projects, p->nprojects, sizeof(*p->projects),
	    key);
}

const struct limit_def *
platform_limit(const struct platform *p, const char *name)
{
	return platform_find(p->limits, p->nlimits, sizeof(*p->limits),
	    name);
}

const struct volume_def *
platform_volume(const struct platform *p, const char *name)
{
	return platform_find(p->volumes, p->nvolumes, sizeof(*p->volumes),
	    name);
}

bool
team_has(const struct team_def *t, const char *person)
{
	for (size_t i = 0; t->members[i] != NULL; i++) {
		if (strcmp(t->members[i], person) == 0)
			return true;
	}
	return false;
}

bool
platform_is_one_of(const struct platform *p, const char *person,
    const char *team_or_person)
{
	const struct team_def *t = platform_team(p, team_or_person);

	return t != NULL ? team_has(t, person)
	    : strcmp(person, team_or_person) == 0;
}

struct closure {
	const struct platform *p;
	const struct task **list;
	size_t n;
	json_t *hashes; /* by name */
};

static void
closure_add(struct closure *c, const char *name)
{
	const struct task *t =
	    name == NULL ? NULL : platform_task(c->p, name);

	if (t == NULL || json_object_get(c->hashes, t->name) != NULL)
		return;
	json_object_set_new(c->hashes, t->name, json_string(t->hash));
	c->list[c->n++] = t;
}

static const char *
closure_text(const struct platform *p, const struct task *t, bool undo,
    struct arena *a)
{
	struct closure c = { .p = p, .hashes = json_object(), .list =
		arena_array(a, p->ntasks + 1, sizeof(*c.list)) };
	char *text;

	json_object_set_new(c.hashes, t->name, json_string(t->hash));
	c.list[c.n++] = t;
	for (size_t i = 0; i < c.n; i++) {
		const char *below;

		for (size_t k = 0;
		     (below = task_below(c.list[i], k)) != NULL; k++)
			closure_add(&c, below);
		if (undo)
			closure_add(&c, c.list[i]->undo);
	}
	text = json_canonical(a, c.hashes);
	json_decref(c.hashes);
	return text;
}

const char *
platform_closure(const struct platform *p, const struct task *t,
    struct arena *a)
{
	return closure_text(p, t, true, a);
}

const char *
platform_needed(const struct platform *p, const struct task *t,
    struct arena *a)
{
	return closure_text(p, t, false, a);
}
