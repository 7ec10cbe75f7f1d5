/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include "base/limits.h"
#include "base/window.h"
#include "platform/build.h"
#include "spec/pattern.h"

bool
check_literal(struct load *l, const struct item *it, const char *pointer,
    const char *name, const struct schema *s, const json_t *value)
{
	struct problems problems;
	json_t *copy;
	bool ok;

	/* A pattern that may not be used was complained about. */
	if (s->pattern != NULL && !pattern_check(s->pattern, NULL))
		return false;
	copy = json_deep_copy(value);
	problems_init(&problems, l->a);
	ok = validate(s, copy, "", &problems);
	json_decref(copy);
	for (size_t i = 0; i < problems.count; i++)
		load_error(l, it, load_text(l, "%s%s", pointer,
		    problems.items[i].pointer), problems.items[i].hint,
		    "%s: %s", name, problems.items[i].message);
	return ok;
}

/* One matcher: `name: wanted` at a pointer. */
struct matched {
	struct load *l;
	const struct item *it;
	const char *pointer;
	const char *name;
	const struct schema *schema; /* NULL: an environment, or unknown */
	bool env;
};

static void
matched_literal(const struct matched *m, const char *pointer,
    const json_t *value)
{
	const char *text = json_string_value(value);

	if (m->schema != NULL)
		check_literal(m->l, m->it, pointer, m->name, m->schema, value);
	else if (m->env && text == NULL)
		load_error(m->l, m->it, pointer, NULL,
		    "env must be the name of an environment");
	else if (m->env && (m->l->kinds[ITEM_ENVIRONMENT].count > 0 ||
	    !streq(text, "default")))
		load_resolve(m->l, m->it, pointer, ITEM_ENVIRONMENT, text);
}

static void
matched_literals(const struct matched *m, const char *pointer,
    const json_t *wanted)
{
	if (!json_is_array(wanted)) {
		matched_literal(m, pointer, wanted);
		return;
	}
	for (size_t i = 0; i < json_array_size(wanted); i++)
		matched_literal(m, load_text(m->l, "%s/%zu", pointer, i),
		    json_array_get(wanted, i));
}

static void
matched_object(const struct matched *m, const json_t *wanted)
{
	static const char *const bounds[] = { "min", "max" };
	const char *pattern = build_text(wanted, "matches");
	const json_t *unwanted = json_object_get(wanted, "not");
	enum schema_kind kind = m->schema != NULL ? m->schema->kind
	    : m->env ? SCHEMA_STRING : SCHEMA_JSON;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		if (json_object_get(wanted, bounds[i]) != NULL &&
		    kind != SCHEMA_INTEGER && kind != SCHEMA_NUMBER &&
		    kind != SCHEMA_JSON)
			load_error_key(m->l, m->it, load_text(m->l, "%s/%s",
			    m->pointer, bounds[i]), "name the values instead",
			    "'%s' is no number: %s says nothing about it",
			    m->name, bounds[i]);
	}
	if (pattern != NULL && kind != SCHEMA_STRING &&
	    kind != SCHEMA_CHOICE && kind != SCHEMA_JSON)
		load_error_key(m->l, m->it, load_text(m->l, "%s/matches",
		    m->pointer), "use min and max, or the value itself",
		    "'%s' is no text: matches says nothing about it",
		    m->name);
	else if (pattern != NULL && !pattern_check(pattern, &e))
		load_error(m->l, m->it, load_text(m->l, "%s/matches",
		    m->pointer), e.hint, "%s", e.message);
	if (unwanted != NULL)
		matched_literals(m, load_text(m->l, "%s/not", m->pointer),
		    unwanted);
}

static const struct schema *
matched_param_of_any(const struct load *l, const char *name)
{
	for (size_t i = 0; i < l->p->ntasks; i++) {
		const struct schema *s = schema_member(l->p->tasks[i]->params,
		    name);

		if (s != NULL)
			return s;
	}
	return NULL;
}

static void
matched_unknown(const struct matched *m, const struct schema *params)
{
	const char *names[LIMIT_PARAMS + 1];
	size_t n = 0;

	names[n++] = "env";
	for (const struct schema *f = params == NULL ? NULL : params->fields;
	    f != NULL && f->name != NULL && n <= LIMIT_PARAMS; f++)
		names[n++] = f->name;
	load_error_key(m->l, m->it, m->pointer,
	    load_near(m->l, m->name, names, n),
	    "unknown parameter '%s' in when", m->name);
}

/* when: {jq: ".params.size > 20"} */
static void
check_matcher_program(const struct matched *m, const json_t *program)
{
	const char *text = json_string_value(program);
	struct err e;

	if (text == NULL)
		load_error(m->l, m->it, m->pointer,
		    "as in jq: '.params.size > 20 and .env == \"prod\"'",
		    "jq takes a program as text");
	else if (m->l->p->jq != NULL && !jq_check(m->l->p->jq, text, &e))
		load_error(m->l, m->it, m->pointer,
		    "it sees {env, params, needs} and gives true or false",
		    "%s", e.message);
}

/* when: {needs.check.outputs.changed: "true"} */
static void
check_matcher_output(struct matched *m, const json_t *wanted)
{
	struct flow f = check_flow(m->l, m->it, m->pointer,
	    load_text(m->l, "$%s", m->name));

	if (f.from != FLOW_OUTPUT)
		return; /* complained about */
	if (f.secret) {
		load_error_key(m->l, m->it, m->pointer, NULL,
		    "'%s' is secret: nothing may depend on it", m->name);
		return;
	}
	m->schema = f.type->kind == SCHEMA_LIST ? f.type->of : f.type;
	if (json_is_object(wanted))
		matched_object(m, wanted);
	else
		matched_literals(m, m->pointer, wanted);
}

static void
check_matcher(struct matched *m, const json_t *wanted,
    const struct schema *params)
{
	const struct schema *s = params != NULL
	    ? schema_member(params, m->name)
	    : matched_param_of_any(m->l, m->name);

	m->env = streq(m->name, "env");
	if (streq(m->name, "jq")) {
		check_matcher_program(m, wanted);
		return;
	}
	if (str_starts(str_of(m->name), "needs.") &&
	    str_starts(str_of(m->pointer), "/when/")) {
		check_matcher_output(m, wanted);
		return;
	}
	if (!m->env && s == NULL) {
		matched_unknown(m, params);
		return;
	}
	if (!m->env && (s->flags & F_SECRET)) {
		load_error_key(m->l, m->it, m->pointer, NULL,
		    "'%s' is secret: nothing may depend on it", m->name);
		return;
	}
	/* In a rule for all tasks a name may have several schemas. */
	if (!m->env && params != NULL)
		m->schema = s->kind == SCHEMA_LIST ? s->of : s;
	if (json_is_object(wanted))
		matched_object(m, wanted);
	else
		matched_literals(m, m->pointer, wanted);
}

void
check_matchers(struct load *l, const struct item *it, const char *pointer,
    const json_t *when, const struct schema *params)
{
	json_t *walked = (json_t *)(uintptr_t)when, *wanted;
	const char *name;

	json_object_foreach (walked, name, wanted) {
		struct matched m = { .l = l, .it = it, .name = name,
			.pointer = pointer_join(l->a, pointer, name) };

		check_matcher(&m, wanted, params);
	}
}

/*
 * Groups.
 */

/* People of a team who can still decide. */
static size_t
group_size(const struct load *l, const struct item *group,
    const char **ret_last)
{
	const json_t *members = json_object_get(group->value, "members");
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(members); i++) {
		const char *name = json_string_value(
		    json_array_get(members, i));
		const struct item *person = name == NULL ? NULL
		    : load_find(l, ITEM_PERSON, name);

		if (person == NULL || json_is_true(
		    json_object_get(person->value, "disabled")))
			continue;
		*ret_last = name;
		n++;
	}
	return n;
}

static void
check_group(struct load *l, const struct item *it, const char *at,
    const struct rule_def *r, const char *of)
{
	const struct item *group = load_resolve_group(l, it, at, of);
	const char *last = of;
	size_t n = 1;

	if (group == NULL)
		return;
	if (group->kind == ITEM_TEAM)
		n = group_size(l, group, &last);
	else if (json_is_true(json_object_get(group->value, "disabled")))
		n = 0;
	if (n == 0)
		load_error(l, it, at, "name somebody who can decide",
		    group->kind == ITEM_TEAM
		    ? "team '%s' has nobody who could approve"
		    : "'%s' is disabled and cannot approve", of);
	else if ((int64_t)n < r->count)
		load_error(l, it, at, NULL,
		    "the rule asks for %s, and there %s %zu%s%s", r->text,
		    n == 1 ? "is only" : "are only", n,
		    of == r->of ? "" : " of ", of == r->of ? "" : of);
	else if (n == 1)
		load_warning(l, it, at, "add somebody to the rule",
		    "only '%s' can approve: nobody is left for what '%s' "
		    "asks for", last, last);
}

/* What a rule says besides whom it asks. */
static void
check_rule_times(struct load *l, const struct item *it, const char *at,
    const struct rule_def *r)
{
	const int64_t expires = r->expires_ms != 0
	    ? r->expires_ms : l->p->approval_expires_ms;

	if (r->remind_ms >= expires)
		load_error(l, it, load_text(l, "%s/remind", at),
		    "remind earlier, or write a later expires:",
		    "nobody is reminded: the request has expired by then");
	if (!streq(r->when_expired, "cancel") &&
	    !streq(r->when_expired, "decline"))
		check_group(l, it, load_text(l, "%s/when_expired", at), r,
		    r->when_expired);
}

/* A rule that asks nobody, and says something that only asking has. */
static void
check_rule_none(struct load *l, const struct item *it, const char *at,
    const json_t *rule)
{
	static const char *const keys[] = { "of", "count", "percent",
		"expires", "remind", "when_expired", "valid" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (json_object_get(rule, keys[i]) != NULL)
			load_error_key(l, it, load_text(l, "%s/%s", at,
			    keys[i]), "write of: TEAM, or none: true",
			    "a rule with 'none' asks nobody: '%s' contradicts "
			    "it", keys[i]);
}

static void
check_window_text(struct load *l, const struct item *it, const char *at,
    const json_t *text)
{
	struct window window;
	struct err e = { 0 };

	if (!window_parse(str_of(json_string_value(text)), &window, &e))
		load_error(l, it, at, e.hint, "%s", e.message);
}

/* window: and timezone: of a rule. */
static void
check_rule_window(struct load *l, const struct item *it, const char *rule_at,
    const json_t *rule)
{
	const json_t *window = json_object_get(rule, "window");
	const char *zone = build_text(rule, "timezone");
	const char *at = load_text(l, "%s/window", rule_at);

	if (json_is_string(window))
		check_window_text(l, it, at, window);
	for (size_t i = 0; i < json_array_size(window); i++)
		check_window_text(l, it, load_text(l, "%s/%zu", at, i),
		    json_array_get(window, i));
	if (zone == NULL)
		return;
	at = load_text(l, "%s/timezone", rule_at);
	settle_zone(l, it, at, zone);
	if (window == NULL)
		load_error_key(l, it, at, "write window: mon-fri 09:00-17:00",
		    "a time zone goes with a window");
}

/* when: of a rule: cost is none of the parameters. */
static void
check_rule_when(struct load *l, const struct item *it, const char *at,
    const json_t *when, const struct rule_scope *scope)
{
	const json_t *cost = json_object_get(when, "cost");
	json_t *rest = json_copy((json_t *)(uintptr_t)when);

	if (cost != NULL) {
		const char *here = load_text(l, "%s/cost", at);

		if (!json_is_object(cost) ||
		    json_object_get(cost, "matches") != NULL ||
		    json_object_get(cost, "not") != NULL)
			load_error(l, it, here, "write cost: {max: 50}",
			    "a cost is compared with min and max");
		else if (scope->params != NULL &&
		    schema_member(scope->params, "cost") != NULL)
			load_error_key(l, it, here, "give the parameter "
			    "another name",
			    "'cost' in a rule is what it costs, and the task "
			    "has a parameter 'cost'");
		else if (!scope->cost)
			load_error_key(l, it, here,
			    "write cost: {per_month: 12.50 EUR}",
			    "nothing says what '%s' costs", it->name);
		json_object_del(rest, "cost");
	}
	check_matchers(l, it, at, rest, scope->params);
	json_decref(rest);
}

void
check_rules(struct load *l, const struct item *it, const json_t *rules,
    const struct rule_scope *scope)
{
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *rule = json_array_get(rules, i);
		const char *at = load_text(l, "/approve/%zu", i);
		const char *of = build_text(rule, "of");
		bool none = json_is_true(json_object_get(rule, "none"));
		struct rule_def def;

		check_rule_when(l, it, load_text(l, "%s/when", at),
		    json_object_get(rule, "when"), scope);
		check_rule_window(l, it, at, rule);
		if (none) {
			check_rule_none(l, it, at, rule);
			continue;
		}
		if (of == NULL) {
			load_error(l, it, at, "write of: TEAM, or none: true",
			    "a rule must say whom it asks");
			continue;
		}
		if (json_object_get(rule, "count") != NULL &&
		    json_object_get(rule, "percent") != NULL)
			load_error_key(l, it, load_text(l, "%s/percent", at),
			    "write one of them",
			    "a rule says how many or how much of the team, "
			    "not both");
		def = build_rule(l->a, rule);
		check_group(l, it, load_text(l, "%s/of", at), &def, def.of);
		check_rule_times(l, it, at, &def);
	}
}

void
check_environments(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_ENVIRONMENT];

	for (size_t i = 0; i < items->count; i++)
		check_rules(l, items->list[i], json_object_get(
		    items->list[i]->value, "approve"),
		    &(struct rule_scope){ NULL, true });
}
