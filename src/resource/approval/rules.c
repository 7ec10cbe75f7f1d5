/* SPDX-License-Identifier: MIT */
/* Which approvals the folder asks for: pure over definitions. */
#include "resource/approval/approval_private.h"
#include "resource/sealed.h"

#include <string.h>

struct collected {
	struct approval_rule *items;
	size_t count, cap;
	const char *none; /* which rules let it pass, or NULL */
};

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

/* A rule that lets it pass: "rule small of request db (r.yaml:6): size is at
 * most 50". */
static void
collect_none(struct cx *cx, struct collected *c, const struct rule_def *rules,
    size_t at, const json_t *params, const char *environment,
    const char *source)
{
	const char *why;

	(void)rule_match(cx, rules[at].when, params, environment, &why);
	c->none = arena_printf(cx->arena, "%s%srule %s of %s: %s",
	    c->none == NULL ? "" : c->none, c->none == NULL ? "" : "; ",
	    rules[at].name != NULL
		? rules[at].name
		: arena_printf(cx->arena, "%zu", at + 1),
	    source, why);
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
rule_applies(struct cx *cx, const struct rule_def *rule, const json_t *params,
    const char *environment)
{
	json_t *known = json_copy((json_t *)(uintptr_t)rule->when);
	json_t *when = (json_t *)(uintptr_t)rule->when, *wanted;
	const char *name;
	bool open = false;
	enum match match;

	json_object_foreach (when, name, wanted)
		if (!streq(name, "env") && entry_is_open(name, params)) {
			json_object_del(known, name);
			open = true;
		}
	match = rule_match(cx, known, params, environment, NULL);
	json_decref(known);
	return match != MATCH_NO &&
	    !(rule->none && (open || match == MATCH_FAILED));
}

/* Every rule of the list that matches, up to a standing one. */
static void
collect_list(struct cx *cx, struct collected *c, const struct rule_def *rules,
    size_t n, const json_t *params, const char *environment,
    const char *source)
{
	for (size_t i = 0; i < n; i++) {
		if (!rule_applies(cx, &rules[i], params, environment))
			continue;
		if (rules[i].none) {
			collect_none(cx, c, rules, i, params, environment,
			    source);
			return;
		}
		collect(cx, c, &rules[i], source);
	}
}

static void
collect_step(struct cx *cx, struct collected *c, const struct graph_step *step,
    const char *environment, const char *source)
{
	json_t *params;

	if (step->task->napprove == 0)
		return;
	params = graph_step_params(step);
	collect_list(cx, c, step->task->approve, step->task->napprove, params,
	    environment, source);
	json_decref(params);
}

/* Nobody knows yet with which parameters the children of a foreach run, nor
 * what they need: every rule that could ask, asks. */
static void
collect_fan(struct cx *cx, struct collected *c, const struct task *task,
    const char *environment)
{
	json_t *closure = json_loads(
	    platform_needed(cx->platform, task, cx->arena), 0, NULL);
	const char *name;
	json_t *hash;

	json_object_foreach (closure, name, hash) {
		const struct task *t = platform_task(cx->platform, name);
		json_t *open = json_object();

		for (const struct schema *f = t->params->fields;
		     f->name != NULL; f++)
			json_object_set_new(open, f->name, json_object());
		collect_list(cx, c, t->approve, t->napprove, open,
		    environment,
		    arena_printf(cx->arena, "task %s (%s)", t->name,
			t->where));
		json_decref(open);
	}
	json_decref(closure);
}

struct approval_rule *
approval_rules(struct cx *cx, const struct approval_scope *s, size_t *ret_n,
    const char **ret_none)
{
	struct collected c = { .items = NULL };
	const char *env = s->environment->name;

	*ret_n = 0;
	if (ret_none != NULL)
		*ret_none = NULL;
	if (cx->site->local)
		return NULL;
	collect_list(cx, &c, s->environment->approve,
	    s->environment->napprove, s->params, env,
	    arena_printf(cx->arena, "environment %s (%s)", env,
		s->environment->where));
	if (s->request != NULL)
		collect_list(cx, &c, s->request->approve,
		    s->request->napprove, s->params, env,
		    arena_printf(cx->arena, "request %s (%s)",
			s->request->name, s->request->where));
	if (s->graph == NULL)
		collect_list(cx, &c, s->task->approve, s->task->napprove,
		    s->params, env,
		    arena_printf(cx->arena, "task %s (%s)", s->task->name,
			s->task->where));
	else
		for (size_t i = 0; i < s->graph->count; i++) {
			const struct graph_step *step = s->graph->steps[i];

			if (step->fan == FAN_OPEN)
				collect_fan(cx, &c, step->task, env);
			if (step->fan != FAN_NONE ||
			    step->task->napprove == 0 ||
			    (step->cleans == NULL &&
				approval_is_late(step->task, step->symbolic)))
				continue;
			collect_step(cx, &c, step, env,
			    arena_printf(cx->arena, "task %s (%s)",
				step->task->name, step->task->where));
		}
	*ret_n = c.count;
	if (ret_none != NULL)
		*ret_none = c.none;
	return c.items;
}

const char **
approval_texts(struct cx *cx, const struct task *task,
    const struct request_def *request, const char *environment,
    const json_t *params, size_t *ret_n)
{
	struct approval_scope scope = { .task = task, .request = request,
		.environment = platform_environment(cx->platform, environment),
		.params = params };
	struct approval_rule *rules;
	const char **texts;

	*ret_n = 0;
	if (scope.environment == NULL)
		return NULL;
	rules = approval_rules(cx, &scope, ret_n, NULL);
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

		if (step->fan == FAN_NONE && step->cleans == NULL &&
		    approval_is_late(step->task, step->symbolic))
			collect_step(cx, &c, step, scope->environment->name,
			    "");
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
		collect_list(cx, &c, env->approve, env->napprove, asked,
		    env->name,
		    arena_printf(cx->arena, "environment %s (%s)", env->name,
			env->where));
	if (preview && request != NULL)
		collect_list(cx, &c, request->approve, request->napprove,
		    asked, run->environment,
		    arena_printf(cx->arena, "request %s (%s)", request->name,
			request->where));
	json_decref(asked);
	collect_list(cx, &c, task->approve, task->napprove, params,
	    run->environment,
	    task->where[0] == '\0'
		? arena_printf(cx->arena, "task %s", task->name)
		: arena_printf(cx->arena, "task %s (%s)", task->name,
		      task->where));
	*ret_n = c.count;
	return c.items;
}
