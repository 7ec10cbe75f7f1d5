/* SPDX-License-Identifier: MIT */
/* Which approvals the folder asks for: pure over definitions and the time. */
#include "resource/approval/approval_private.h"

#include <string.h>

#include "resource/approval/rule_window.h"
#include "resource/sealed.h"

struct collected {
	struct approval_rule *items;
	size_t count, cap;
	struct approval_notes notes;
};

/* An approve: list, and what its rules are held against. */
struct rule_list {
	const struct rule_def *rules;
	size_t n;
	const json_t *params;
	const struct cost_def *cost; /* or NULL */
	const char *environment;
	const char *source;
};

static void
rules_decref(void *json)
{
	json_decref(json);
}

/* The parameters, and what it costs by them. */
static json_t *
rule_facts(const struct rule_list *list)
{
	json_t *facts = list->params == NULL
	    ? json_object()
	    : json_copy((json_t *)(uintptr_t)list->params);
	struct cost cost;

	json_object_del(facts, "cost");
	if (list->cost == NULL)
		return facts;
	cost = cost_of(list->cost, list->params);
	json_object_set_new(facts, "cost", cost.known
		? json_real((double)cost_first_month(&cost) / 100)
		: json_object());
	return facts;
}

static int64_t
sooner(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The same is asked by two rules: whichever asks for less time. */
static void
collect_same(struct cx *cx, struct approval_rule *have,
    const struct rule_def *rule, const char *source)
{
	if (strstr(have->source, source) == NULL)
		have->source = arena_printf(cx->arena, "%s and %s",
		    have->source, source);
	have->expires_ms = sooner(have->expires_ms, rule->expires_ms);
	have->remind_ms = sooner(have->remind_ms, rule->remind_ms);
	if (sooner(have->valid_ms, rule->valid_ms) != have->valid_ms) {
		have->valid_ms = rule->valid_ms;
		have->text = rule->text;
	}
	if (streq(have->when_expired, "cancel"))
		have->when_expired = rule->when_expired;
}

static void
collect(struct cx *cx, struct collected *c, const struct rule_def *rule,
    const char *source)
{
	if (rule->name != NULL)
		source = arena_printf(cx->arena, "rule %s of %s", rule->name,
		    source);
	for (size_t i = 0; i < c->count; i++) {
		struct approval_rule *have = &c->items[i];

		if (streq(have->of, rule->of) && have->wanted == rule->count &&
		    have->percent == rule->percent) {
			collect_same(cx, have, rule, source);
			return;
		}
	}
	if (c->count == c->cap) {
		struct approval_rule *more;

		c->cap = c->cap == 0 ? 8 : c->cap * 2;
		more = arena_array(cx->arena, c->cap, sizeof(*more));
		if (c->count > 0)
			memcpy(more, c->items, c->count * sizeof(*more));
		c->items = more;
	}
	c->items[c->count++] = (struct approval_rule){ .source = source,
		.text = rule->text, .of = rule->of, .wanted = rule->count,
		.percent = rule->percent, .expires_ms = rule->expires_ms,
		.valid_ms = rule->valid_ms, .remind_ms = rule->remind_ms,
		.when_expired = rule->when_expired };
}

/* Secrets are sealed by now, and no program sees them. */
static enum match
rule_match(struct cx *cx, const json_t *when, const json_t *params,
    const char *environment, const char **ret_why)
{
	json_t *seen = sealed_removed(params);
	struct matched_on on = { .env = environment, .params = seen,
		.jq = cx->platform->jq };
	enum match match;

	match = matchers_try(when, &on, cx->arena, ret_why);
	json_decref(seen);
	return match;
}

/* "rule small of request db (r.yaml:6)" */
static const char *
rule_called(struct cx *cx, const struct rule_list *list, size_t at)
{
	return arena_printf(cx->arena, "rule %s of %s",
	    list->rules[at].name != NULL
		? list->rules[at].name
		: arena_printf(cx->arena, "%zu", at + 1),
	    list->source);
}

/* A rule that lets it pass: "rule small of request db (r.yaml:6): size is at
 * most 50". */
static void
collect_none(struct cx *cx, struct collected *c, const struct rule_list *list,
    size_t at, const json_t *facts)
{
	const struct rule_def *rule = &list->rules[at];
	const char *none = c->notes.none, *why;

	(void)rule_match(cx, rule->when, facts, list->environment, &why);
	if (rule->window != NULL)
		why = arena_printf(cx->arena, "%s%s%s",
		    rule->when == NULL ? "" : why,
		    rule->when == NULL ? "" : ", ",
		    rule_window_text(cx, rule));
	c->notes.none = arena_printf(cx->arena, "%s%s%s: %s",
	    none == NULL ? "" : none, none == NULL ? "" : "; ",
	    rule_called(cx, list, at), why);
}

/* A rule that holds at other times than now. */
static void
collect_later(struct cx *cx, struct collected *c,
    const struct rule_list *list, size_t at)
{
	const struct rule_def *rule = &list->rules[at];
	const char *text = arena_printf(cx->arena, "%s %s%s %s",
	    rule_called(cx, list, at), rule->none ? "lets it pass" : "asks ",
	    rule->none ? "" : rule->text, rule_window_when(cx, rule));
	struct approval_notes *notes = &c->notes;

	for (size_t i = 0; i < notes->nlater; i++)
		if (streq(notes->later[i], text))
			return;
	if (notes->nlater < ARRAY_SIZE(notes->later))
		notes->later[notes->nlater++] = text;
}

/* A value that a step before it will only make. */
static bool
value_is_open(const json_t *value)
{
	for (size_t i = 0; i < json_array_size(value); i++)
		if (value_is_open(json_array_get(value, i)))
			return true;
	return json_is_object(value) && !sealed_is(value);
}

/* Does the entry called name of a rule speak of what is not known yet?  A
 * program may speak of all. */
static bool
entry_is_open(const char *name, const json_t *params)
{
	json_t *walked = (json_t *)(uintptr_t)params, *value;
	const char *param;

	if (!streq(name, "jq"))
		return value_is_open(json_object_get(params, name));
	json_object_foreach (walked, param, value)
		if (value_is_open(value))
			return true;
	return false;
}

/* What cannot be known is taken for the worse: a rule that asks for somebody
 * applies, one that lets it pass does not. */
static bool
rule_applies(struct cx *cx, const struct rule_def *rule, const json_t *facts,
    const char *environment)
{
	json_t *known = json_copy((json_t *)(uintptr_t)rule->when);
	json_t *when = (json_t *)(uintptr_t)rule->when, *wanted;
	const char *name;
	bool open = false;
	enum match match;

	json_object_foreach (when, name, wanted)
		if (!streq(name, "env") && entry_is_open(name, facts)) {
			json_object_del(known, name);
			open = true;
		}
	match = rule_match(cx, known, facts, environment, NULL);
	json_decref(known);
	return match != MATCH_NO &&
	    !(rule->none && (open || match == MATCH_FAILED));
}

/* Every rule of the list that matches, up to a standing one. */
static void
collect_list(struct cx *cx, struct collected *c, const struct rule_list *list)
{
	json_t *costs = list->n == 0 ? NULL : rule_facts(list);

	for (size_t i = 0; i < list->n; i++) {
		const struct rule_def *rule = &list->rules[i];
		const json_t *facts =
		    json_object_get(rule->when, "cost") == NULL
			? list->params
			: costs;

		if (!rule_applies(cx, rule, facts, list->environment))
			continue;
		if (!rule_window_holds(cx, rule)) {
			collect_later(cx, c, list, i);
			continue;
		}
		if (rule->none) {
			collect_none(cx, c, list, i, facts);
			break;
		}
		collect(cx, c, rule, list->source);
	}
	json_decref(costs);
}

static void
collect_environment(struct cx *cx, struct collected *c,
    const struct environment_def *env, const json_t *params,
    const struct cost_def *cost)
{
	collect_list(cx, c, &(struct rule_list){ .rules = env->approve,
		.n = env->napprove, .params = params, .cost = cost,
		.environment = env->name,
		.source = arena_printf(cx->arena, "environment %s (%s)",
		    env->name, env->where) });
}

static void
collect_request(struct cx *cx, struct collected *c,
    const struct request_def *request, const json_t *params,
    const char *environment)
{
	collect_list(cx, c, &(struct rule_list){ .rules = request->approve,
		.n = request->napprove, .params = params,
		.cost = request->cost, .environment = environment,
		.source = arena_printf(cx->arena, "request %s (%s)",
		    request->name, request->where) });
}

static void
collect_task(struct cx *cx, struct collected *c, const struct task *task,
    const json_t *params, const char *environment)
{
	const struct task *today = platform_task(cx->platform, task->name);
	const char *where = task->where;

	/* One that was stored does not know where it stands. */
	if (where[0] == '\0' && today != NULL && task->hash != NULL &&
	    streq(today->hash, task->hash))
		where = today->where;
	collect_list(cx, c, &(struct rule_list){ .rules = task->approve,
		.n = task->napprove, .params = params, .cost = task->cost,
		.environment = environment,
		.source = where[0] == '\0'
		    ? arena_printf(cx->arena, "task %s", task->name)
		    : arena_printf(cx->arena, "task %s (%s)", task->name,
			  where) });
}

/* Parameters of which nothing is known. */
static json_t *
open_params(const struct task *task)
{
	json_t *open = json_object();

	for (const struct schema *f = task->params->fields; f->name != NULL;
	     f++)
		json_object_set_new(open, f->name, json_object());
	return open;
}

static void
collect_step(struct cx *cx, struct collected *c,
    const struct graph_step *step, const char *environment)
{
	json_t *params;

	if (step->task->napprove == 0)
		return;
	params = graph_step_params(step);
	collect_task(cx, c, step->task, params, environment);
	json_decref(params);
}

/* With every parameter unknown: each rule that could ask, asks. */
static void
collect_open(struct cx *cx, struct collected *c, const struct task *t,
    const char *environment)
{
	json_t *open = open_params(t);

	collect_task(cx, c, t, open, environment);
	json_decref(open);
}

/*
 * Below a foreach whose list is not known yet.  The children are asked for
 * when they are, each with what it would do; what cleans up after them is
 * asked with the plan (`cleanups`), for nobody waits for an approval when
 * something has just failed.
 */
static void
collect_fan(struct cx *cx, struct collected *c, const struct task *task,
    bool cleanups, const char *environment)
{
	json_t *closure = json_loads(
	    platform_needed(cx->platform, task, cx->arena), 0, NULL);
	json_t *cleaning = json_object();
	const char *name;
	json_t *hash;

	json_object_foreach (closure, name, hash) {
		const struct task *t = platform_task(cx->platform, name);

		for (size_t i = 0; t != NULL && i < t->ncleanups; i++)
			json_object_set_new(cleaning, t->cleanups[i].task,
			    json_true());
	}
	json_object_foreach (closure, name, hash) {
		const struct task *t = platform_task(cx->platform, name);
		const bool cleans = json_object_get(cleaning, name) != NULL;

		/* A run may be of definitions that are gone by now. */
		if (t != NULL && cleans == cleanups)
			collect_open(cx, c, t, environment);
	}
	json_decref(cleaning);
	json_decref(closure);
}

/* What all of it costs: as the request says, or the task. */
static const struct cost_def *
scope_cost(const struct approval_scope *s)
{
	if (s->request != NULL)
		return s->request->cost;
	return s->task == NULL ? NULL : s->task->cost;
}

struct approval_rule *
approval_fan_rules(struct cx *cx, const struct task *task, bool cleanups,
    const char *environment, size_t *ret_n)
{
	struct collected c = { .items = NULL };

	collect_fan(cx, &c, task, cleanups, environment);
	*ret_n = c.count;
	return c.items;
}

struct approval_rule *
approval_rules(struct cx *cx, const struct approval_scope *s, size_t *ret_n,
    struct approval_notes *ret_notes)
{
	struct collected c = { .items = NULL };
	const char *env = s->environment->name;

	*ret_n = 0;
	if (ret_notes != NULL)
		*ret_notes = c.notes;
	if (cx->site->local)
		return NULL;
	collect_environment(cx, &c, s->environment, s->params,
	    scope_cost(s));
	if (s->request != NULL)
		collect_request(cx, &c, s->request, s->params, env);
	if (s->graph == NULL)
		collect_task(cx, &c, s->task, s->params, env);
	else
		for (size_t i = 0; i < s->graph->count; i++) {
			const struct graph_step *step = s->graph->steps[i];

			if (step->fan == FAN_OPEN)
				collect_fan(cx, &c, step->task, true, env);
			if (step->fan != FAN_NONE ||
			    step->task->napprove == 0 ||
			    (step->cleans == NULL &&
				approval_is_late(step->task, step->symbolic)))
				continue;
			collect_step(cx, &c, step, env);
		}
	*ret_n = c.count;
	if (ret_notes != NULL)
		*ret_notes = c.notes;
	return c.items;
}

void
approval_later_json(struct json_out *out, const struct approval_notes *notes)
{
	json_key(out, "later");
	json_array_begin(out);
	for (size_t i = 0; i < notes->nlater; i++)
		json_str(out, notes->later[i]);
	json_array_end(out);
}

const char **
approval_texts(struct cx *cx, const struct task *task,
    const struct request_def *request, const char *environment,
    struct approval_notes *ret_notes, size_t *ret_n)
{
	struct approval_scope scope = { .task = task, .request = request,
		.environment = platform_environment(cx->platform, environment)
	};
	struct approval_rule *rules;
	json_t *open;
	const char **texts;

	*ret_n = 0;
	*ret_notes = (struct approval_notes){ .none = NULL };
	if (scope.environment == NULL)
		return NULL;
	open = open_params(task);
	arena_cleanup(cx->arena, rules_decref, open);
	scope.params = open;
	rules = approval_rules(cx, &scope, ret_n, ret_notes);
	texts = arena_array(cx->arena, *ret_n + 1, sizeof(*texts));
	for (size_t i = 0; i < *ret_n; i++)
		texts[i] = arena_printf(cx->arena, "%s (%s)", rules[i].text,
		    rules[i].source);
	return texts;
}

bool
approval_is_late(const struct task *task, bool symbolic)
{
	return task->preview.command.kind != COMMAND_NONE ||
	    (task->napprove > 0 &&
		(symbolic ||
		    (task->command.kind == COMMAND_NONE &&
			task->manual == NULL && task->nneeds > 0)));
}

bool
approval_asks_late(struct cx *cx, const struct approval_scope *scope)
{
	struct collected c = { .items = NULL };

	if (cx->site->local || scope->graph == NULL)
		return false;
	for (size_t i = 0; i < scope->graph->count && c.count == 0; i++) {
		const struct graph_step *step = scope->graph->steps[i];

		if (step->fan == FAN_OPEN)
			collect_fan(cx, &c, step->task, false,
			    scope->environment->name);
		if (step->fan == FAN_NONE && step->cleans == NULL &&
		    approval_is_late(step->task, step->symbolic))
			collect_step(cx, &c, step, scope->environment->name);
	}
	return c.count > 0;
}

struct approval_rule *
approval_step_rules(struct cx *cx, const struct run *run,
    const struct ticket *ticket, const struct task *task,
    const json_t *params, size_t *ret_n)
{
	struct collected c = { .items = NULL };
	const struct environment_def *env =
	    platform_environment(cx->platform, run->environment);
	const struct request_def *request =
	    ticket == NULL || ticket->request[0] == '\0'
	    ? NULL
	    : platform_request(cx->platform, ticket->request);
	const bool preview = task->preview.command.kind != COMMAND_NONE;
	json_t *asked = json_loads(run->params, 0, NULL);

	if (preview && env != NULL)
		collect_environment(cx, &c, env, asked,
		    request != NULL ? request->cost : task->cost);
	if (preview && request != NULL)
		collect_request(cx, &c, request, asked, run->environment);
	json_decref(asked);
	collect_task(cx, &c, task, params, run->environment);
	*ret_n = c.count;
	return c.items;
}
