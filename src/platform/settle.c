/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/limits.h"
#include "platform/build.h"
#include "platform/names.h"
#include "spec/op.h"
#include "sys/zone_file.h"

/* An array of the snapshot, one element per item of a kind. */
static void *
settle_array(struct load *l, enum item_kind kind, size_t size)
{
	return arena_array(l->p->arena, l->kinds[kind].count + 1, size);
}

static const char *
settle_where(struct load *l, const struct item *it)
{
	const struct yaml_node *n = yaml_find(it->doc, it->at, NULL);

	return arena_printf(l->p->arena, "%s:%d", it->doc->file, n->key_line);
}

static const char *const *
settle_names(struct load *l, const struct item *it, const char *key)
{
	static const char *const none[] = { NULL };
	const char *const *names = build_names(l->p->arena,
	    json_object_get(it->value, key));

	return names != NULL ? names : none;
}

/* Two people with the same value cannot be told apart. */
static void
settle_unique(struct load *l, struct item *it, struct map *seen,
    const char *key)
{
	const char *value = build_text(it->value, key);
	const struct item *other;

	if (value == NULL)
		return;
	other = map_get(seen, value);
	if (other != NULL)
		load_error(l, it, load_text(l, "/%s", key), NULL,
		    "%s '%s' is already that of '%s'", key, value,
		    other->name);
	else
		map_put(seen, value, it);
}

/* false: nobody answers for it any more, and it is out with its owner. */
static bool
settle_service(struct load *l, const struct item *it, const char *service)
{
	const struct item *owner = service == NULL ? NULL
	    : load_resolve_group(l, it, "/service", service);

	if (owner == NULL || owner->kind != ITEM_PERSON)
		return true;
	if (json_object_get(owner->value, "service") != NULL)
		load_error(l, it, "/service", "name a team or a human",
		    "'%s' is the account of a program: it answers for "
		    "nothing", service);
	if (!json_is_true(json_object_get(owner->value, "disabled")))
		return true;
	load_warning(l, it, "/service", NULL,
	    "'%s' is disabled, and so is the account it answers for",
	    service);
	return false;
}

/* One step to the account that stands for the human. */
static const char *
settle_same(struct load *l, const struct item *it)
{
	const char *name = build_text(it->value, "same_as");
	const struct item *other;

	if (name == NULL)
		return NULL;
	other = load_resolve(l, it, "/same_as", ITEM_PERSON, name);
	if (other == it)
		load_error(l, it, "/same_as", "leave it out",
		    "'%s' is the same as itself", it->name);
	else if (other != NULL && build_text(other->value, "same_as") != NULL)
		load_error(l, it, "/same_as", "name that one in both",
		    "'%s' is itself the same as '%s'", name,
		    build_text(other->value, "same_as"));
	return name;
}

static void
settle_people(struct load *l)
{
	struct person_def *people = settle_array(l, ITEM_PERSON,
	    sizeof(*people));
	const struct items *items = &l->kinds[ITEM_PERSON];
	struct map unix_names = { 0 }, emails = { 0 };

	for (size_t i = 0; i < items->count; i++) {
		struct item *it = items->list[i];

		people[i] = (struct person_def){
			.name = it->name,
			.full_name = build_text(it->value, "name"),
			.unix_name = build_text(it->value, "unix"),
			.email = build_text(it->value, "email"),
			.same_as = settle_same(l, it),
			.disabled = json_is_true(
			    json_object_get(it->value, "disabled")),
			.service = build_text(it->value, "service"),
			.where = settle_where(l, it),
		};
		if (!settle_service(l, it, people[i].service))
			people[i].disabled = true;
		if (people[i].full_name == NULL)
			people[i].full_name = it->name;
		if (names_reserved_person(it->name))
			load_error_key(l, it, "", "choose another name",
			    "'%s' is how slipway calls itself or nobody",
			    it->name);
		settle_unique(l, it, &unix_names, "unix");
		settle_unique(l, it, &emails, "email");
	}
	map_finish(&unix_names);
	map_finish(&emails);
	l->p->people = people;
	l->p->npeople = items->count;
}

static void
settle_duty(struct load *l, const struct item *it, const struct team_def *t)
{
	const bool list =
	    json_is_array(json_object_get(it->value, "duty"));

	for (size_t i = 0; t->duty[i] != NULL; i++)
		if (!team_has(t, t->duty[i]))
			load_error(l, it,
			    list ? load_text(l, "/duty/%zu", i) : "/duty",
			    "add them to members",
			    "'%s' has the duty and is no member of '%s'",
			    t->duty[i], t->name);
}

static void
settle_teams(struct load *l)
{
	struct team_def *teams = settle_array(l, ITEM_TEAM, sizeof(*teams));
	const struct items *items = &l->kinds[ITEM_TEAM];

	for (size_t i = 0; i < items->count; i++) {
		const struct item *it = items->list[i];
		const struct item *twin = load_find(l, ITEM_PERSON, it->name);

		teams[i] = (struct team_def){
			.name = it->name,
			.doc = build_text(it->value, "doc"),
			.members = settle_names(l, it, "members"),
			.duty = settle_names(l, it, "duty"),
			.where = settle_where(l, it),
		};
		if (twin != NULL)
			load_error_key(l, it, "", "rules and grants name "
			    "either: give one another name",
			    "team '%s' has the name of a person", it->name);
		for (size_t m = 0; teams[i].members[m] != NULL; m++)
			load_resolve(l, it, load_text(l, "/members/%zu", m),
			    ITEM_PERSON, teams[i].members[m]);
		settle_duty(l, it, &teams[i]);
	}
	l->p->teams = teams;
	l->p->nteams = items->count;
}

static void
settle_variables(struct load *l, const struct item *it)
{
	json_t *vars = json_object_get(it->value, "vars"), *value;
	const char *name;

	json_object_foreach (vars, name, value) {
		const char *at = load_text(l, "/vars/%s", name);
		const char *text = json_string_value(value);

		if (names_reserved_variable(name))
			load_error_key(l, it, at, "choose another name",
			    "'%s' is a reserved name", name);
		if (text != NULL && reference_parse(text).kind !=
		    REFERENCE_NONE)
			load_error(l, it, at, "write the value itself, or "
			    "'$$' for a dollar",
			    "an environment has nothing to refer to");
	}
}

static void
settle_environments(struct load *l)
{
	struct environment_def *list = settle_array(l, ITEM_ENVIRONMENT,
	    sizeof(*list));
	const struct items *items = &l->kinds[ITEM_ENVIRONMENT];
	size_t n = items->count;

	for (size_t i = 0; i < n; i++) {
		const struct item *it = items->list[i];
		const json_t *approve = json_object_get(it->value, "approve");

		list[i] = (struct environment_def){
			.name = it->name,
			.doc = build_text(it->value, "doc"),
			.is_protected = json_is_true(
			    json_object_get(it->value, "protected")),
			.vars = json_object_get(it->value, "vars"),
			.secrets = settle_names(l, it, "secrets"),
			.where = settle_where(l, it),
		};
		list[i].approve = build_rules(l->p->arena, approve,
		    &list[i].napprove);
		if (list[i].is_protected && list[i].napprove == 0)
			load_error(l, it, "/protected",
			    "write approve: [{of: TEAM}], or leave protected "
			    "out", "environment '%s' is protected and has no "
			    "approve rule", it->name);
		settle_variables(l, it);
	}
	if (n == 0) {
		static const char *const none[] = { NULL };

		list[n++] = (struct environment_def){ .name = "default",
			.secrets = none, .where = "" };
	}
	l->p->environments = list;
	l->p->nenvironments = n;
	l->p->default_environment = n == 1 ? list[0].name : NULL;
}

static void
settle_projects(struct load *l)
{
	struct project_def *list = settle_array(l, ITEM_PROJECT,
	    sizeof(*list));
	const struct items *items = &l->kinds[ITEM_PROJECT];

	for (size_t i = 0; i < items->count; i++) {
		const struct item *it = items->list[i];
		const char *team = build_text(it->value, "team");

		list[i] = (struct project_def){ it->name, team,
			settle_where(l, it) };
		if (team != NULL)
			load_resolve(l, it, "/team", ITEM_TEAM, team);
	}
	l->p->projects = list;
	l->p->nprojects = items->count;
}

static void
settle_amounts(struct load *l)
{
	struct limit_def *limits = settle_array(l, ITEM_LIMIT,
	    sizeof(*limits));
	struct volume_def *volumes = settle_array(l, ITEM_VOLUME,
	    sizeof(*volumes));
	const struct items *items = &l->kinds[ITEM_LIMIT];

	for (size_t i = 0; i < items->count; i++)
		limits[i] = (struct limit_def){ items->list[i]->name,
			json_integer_value(items->list[i]->value) };
	l->p->limits = limits;
	l->p->nlimits = items->count;
	items = &l->kinds[ITEM_VOLUME];
	for (size_t i = 0; i < items->count; i++) {
		const struct item *it = items->list[i];
		const char *path = build_text(it->value, "path");

		volumes[i] = (struct volume_def){ it->name, path };
		if (path != NULL && (streq(path, "/") ||
		    strstr(path, "/../") != NULL ||
		    str_ends(str_of(path), "/..")))
			load_error(l, it, "/path", "name a folder of its own, "
			    "without '..'", "volume '%s' may not be '%s'",
			    it->name, path);
	}
	l->p->volumes = volumes;
	l->p->nvolumes = items->count;
}

static bool
settle_role(const char *name, enum role *ret)
{
	for (int i = 0; role_names[i] != NULL; i++) {
		if (streq(role_names[i], name)) {
			*ret = (enum role)i;
			return true;
		}
	}
	return false;
}

static const char *
settle_join(struct load *l, const char *text, const char *word,
    const char *const *names)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		text = load_text(l, "%s%s%s", text, i == 0 ? word : ", ",
		    names[i]);
	return text;
}

static const char *
settle_grant_text(struct load *l, const struct grant_def *g,
    const char *until)
{
	const char *text = load_text(l, "%s%s%s%s", g->deny ? "not " : "",
	    role_names[g->role], g->on == NULL ? "" : " on ",
	    g->on == NULL ? "" : g->on);

	text = settle_join(l, text, " for ", g->tasks);
	text = settle_join(l, text, " of project ", g->projects);
	text = settle_join(l, text, " in ", g->env);
	if (until != NULL)
		text = load_text(l, "%s until %s", text, until);
	return g->break_glass ? load_text(l, "%s by break-glass", text) : text;
}

/* A day counts to its end. */
static int64_t
settle_until(struct load *l, const struct item *it, const char *until)
{
	int64_t local, at;
	bool day;

	if (until == NULL)
		return 0;
	if (!schedule_parse_local(until, &local, &day)) {
		load_error(l, it, "/until", "write it like \"2026-12-31\" or "
		    "\"2026-12-31 18:00\"",
		    "'%s' is no date, nor a date and time", until);
		return 0;
	}
	at = zone_local_to_utc(l->p->zone,
	    local + (day ? CIVIL_DAY_MS : 0)).utc_ms;
	if (at <= clock_wall_ms())
		load_warning(l, it, "/until", "remove it",
		    "this grant is over since %s", until);
	return at;
}

/* A list or a single name; the pointer of its i-th element. */
static const char *
settle_element(struct load *l, const struct item *it, const char *key,
    size_t i)
{
	if (json_is_array(json_object_get(it->value, key)))
		return load_text(l, "/%s/%zu", key, i);
	return load_text(l, "/%s", key);
}

static void
settle_check_grant(struct load *l, const struct item *it,
    const struct grant_def *g)
{
	const struct item *to = g->to == NULL ? NULL
	    : load_resolve_group(l, it, "/to", g->to);

	if (to != NULL && to->kind == ITEM_TEAM &&
	    json_array_size(json_object_get(to->value, "members")) == 0)
		load_warning(l, it, "/to", NULL,
		    "team '%s' has no members: this grant is to nobody",
		    g->to);
	if (to != NULL && to->kind == ITEM_PERSON &&
	    json_is_true(json_object_get(to->value, "disabled")))
		load_warning(l, it, "/to", NULL,
		    "'%s' is disabled: this grant is to nobody", g->to);
	if (g->on != NULL)
		load_resolve(l, it, "/on", ITEM_TEAM, g->on);
	for (size_t i = 0; g->env != NULL && g->env[i] != NULL; i++) {
		if (l->kinds[ITEM_ENVIRONMENT].count > 0 ||
		    !streq(g->env[i], "default"))
			load_resolve(l, it, settle_element(l, it, "env", i),
			    ITEM_ENVIRONMENT, g->env[i]);
	}
	for (size_t i = 0; g->tasks != NULL && g->tasks[i] != NULL; i++) {
		if (load_find(l, ITEM_REQUEST, g->tasks[i]) == NULL)
			load_resolve(l, it, settle_element(l, it, "tasks", i),
			    ITEM_TASK, g->tasks[i]);
	}
	for (size_t i = 0; g->projects != NULL && g->projects[i] != NULL; i++)
		load_resolve(l, it, settle_element(l, it, "projects", i),
		    ITEM_PROJECT, g->projects[i]);
	if (g->deny && g->break_glass)
		load_error(l, it, "/break_glass", "leave one of them out",
		    "a grant that takes away is not opened by break-glass");
}

static void
settle_grants(struct load *l)
{
	struct grant_def *list = settle_array(l, ITEM_GRANT, sizeof(*list));
	const struct items *items = &l->kinds[ITEM_GRANT];
	struct arena *a = l->p->arena;

	for (size_t i = 0; i < items->count; i++) {
		const struct item *it = items->list[i];
		const char *until = build_text(it->value, "until");
		struct grant_def *g = &list[i];

		*g = (struct grant_def){
			.to = build_text(it->value, "to"),
			.role = ROLE_VIEWER,
			.deny = json_is_true(
			    json_object_get(it->value, "deny")),
			.on = build_text(it->value, "on"),
			.env = build_names(a,
			    json_object_get(it->value, "env")),
			.tasks = build_names(a,
			    json_object_get(it->value, "tasks")),
			.projects = build_names(a,
			    json_object_get(it->value, "projects")),
			.until_ms = settle_until(l, it, until),
			.break_glass = json_is_true(
			    json_object_get(it->value, "break_glass")),
			.where = settle_where(l, it),
		};
		/* A wrong role was complained about. */
		settle_role(build_text(it->value, "role"), &g->role);
		g->text = arena_strdup(a, settle_grant_text(l, g, until));
		settle_check_grant(l, it, g);
	}
	l->p->grants = list;
	l->p->ngrants = items->count;
	l->p->grant_used = arena_array(a, items->count + 1,
	    sizeof(*l->p->grant_used));
}

const struct zone *
settle_zone(struct load *l, const struct item *it, const char *pointer,
    const char *name)
{
	const struct zone *zone;
	struct err e = { 0 };

	if (zone_file_load(l->p->arena, ZONE_FILE_FOLDER, name, &zone, &e))
		return zone;
	load_error(l, it, pointer, e.hint[0] != '\0' ? e.hint : NULL, "%s",
	    e.message);
	return zone_utc();
}

static void
settle_settings(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_SETTINGS];
	const struct item *it = items->count > 0 ? items->list[0] : NULL;
	const char *zone = it == NULL ? NULL : build_text(it->value,
	    "timezone");
	const char *team = it == NULL ? NULL : build_text(it->value, "team");
	struct platform *p = l->p;

	p->timezone = zone != NULL ? zone : "UTC";
	p->zone = zone_utc();
	p->approval_expires_ms = 86400000;
	p->artifacts_max = build_size(it == NULL ? NULL
	    : json_object_get(it->value, "artifacts"), "max",
	    (int64_t)MIB(20 * 1024));
	if (it == NULL)
		return;
	p->approval_expires_ms = build_duration(
	    json_object_get(it->value, "approval"), "expires",
	    p->approval_expires_ms);
	if (team != NULL)
		load_resolve(l, it, "/team", ITEM_TEAM, team);
	if (zone != NULL)
		p->zone = settle_zone(l, it, "/timezone", zone);
}

void
settle_base(struct load *l)
{
	settle_settings(l);
	settle_people(l);
	settle_teams(l);
	settle_environments(l);
	settle_projects(l);
	settle_amounts(l);
	settle_grants(l);
}
