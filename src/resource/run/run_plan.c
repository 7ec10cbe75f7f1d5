/* SPDX-License-Identifier: MIT */
/* The plan of a run as a page of facts. */
#include "base/limits.h"
#include "platform/graph.h"
#include "resource/approval/approval.h"
#include "resource/plan/plan.h"
#include "resource/run/key.h"
#include "resource/run/require.h"
#include "resource/run/run.h"
#include "resource/run/run_api.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"

struct fact { /* of one step */
	const struct step *step;
	const struct task *task; /* NULL: not stored */
	json_t *params;
	const char *verdict, *why;
	struct step_usual usual;
	int64_t takes_ms; /* with everything that it needs */
};

struct page {
	const struct run *run;
	const struct ticket *ticket;
	struct fact *facts;
	size_t count, total;
	bool planning;
	int64_t expected_ms, unknown;
};

static void
page_decref(void *json)
{
	json_decref(json);
}

static void
fact_set(struct fact *f, const char *verdict, const char *why)
{
	f->verdict = verdict;
	f->why = why;
}

static void
fact_condition(struct cx *cx, const struct page *p, struct fact *f)
{
	struct matched_on on = { .env = p->run->environment,
		.jq = cx->platform->jq };
	const char *why = NULL;
	enum match match;
	json_t *seen;

	if (f->task == NULL || f->task->when == NULL)
		return;
	if (graph_is_symbolic(f->params) ||
	    matchers_want_needs(f->task->when)) {
		fact_set(f, "unknown", "its condition is over what is not "
				       "known before the run");
		return;
	}
	on.params = seen = sealed_removed(f->params);
	match = matchers_try(f->task->when, &on, cx->arena, &why);
	json_decref(seen);
	why = arena_printf(cx->arena, "when: %s", why);
	if (match != MATCH_YES)
		fact_set(f, match == MATCH_NO ? "skipped" : "unknown", why);
}

/* It cleans up after a step that will run. */
static void
fact_cleanup(struct cx *cx, const struct page *p, struct fact *f)
{
	const struct fact *owner = NULL;
	const struct step *s = f->step;

	for (size_t i = 0; i < p->count && owner == NULL; i++)
		if (p->facts[i].step->id == s->cleans)
			owner = &p->facts[i];
	if (owner == NULL || streq(owner->verdict, "done") ||
	    streq(owner->verdict, "skipped") ||
	    streq(owner->verdict, "not_needed") ||
	    streq(owner->verdict, "over"))
		fact_set(f, "not_needed", "there is nothing to clean up");
	else if (s->cleanup == CLEANUP_ON_FAILURE)
		fact_set(f, "on_failure",
		    arena_printf(cx->arena, "when '%s' (step %lld) began and "
			"did not succeed",
			owner->step->task, (long long)owner->step->id));
	else
		fact_set(f, "always",
		    arena_printf(cx->arena, "after '%s' (step %lld), however "
			"it ends",
			owner->step->task, (long long)owner->step->id));
}

/* What will become of it, as far as one can say. */
static void
fact_judge(struct cx *cx, const struct page *p, struct fact *f)
{
	const struct step *s = f->step;
	const bool before = run_is_preview(p->run) || p->run->dry;

	if (streq(s->status, "skipped"))
		fact_set(f,
		    streq(s->reason, "already done") ? "done" : "skipped",
		    s->reason);
	else if (machine_is_final(&step_machine, s->status) &&
	    !streq(s->status, "not_needed"))
		fact_set(f, "over", s->status);
	else if (s->cleans != 0 && streq(s->status, "idle"))
		fact_cleanup(cx, p, f);
	else if (streq(s->status, "not_needed") ||
	    (streq(s->status, "idle") && before && !p->planning))
		fact_set(f, "not_needed", "nothing that runs needs it");
	else if (streq(s->status, "idle"))
		fact_set(f, "unknown", "depends on what is there");
	else if (streq(s->preview, "unknown") ||
	    (s->target == TARGET_LATE && s->preview[0] == '\0'))
		fact_set(f, "unknown", "its target is unknown until the run");
	else if (f->task != NULL && f->task->manual != NULL)
		fact_set(f, "person", "a person does it");
	else
		fact_set(f, "runs",
		    streq(s->preview, "missing") ? "its target is missing"
						 : "");
	if (streq(f->verdict, "runs") || streq(f->verdict, "person"))
		fact_condition(cx, p, f);
}

static bool
fact_works(const struct fact *f)
{
	return streq(f->verdict, "runs") || streq(f->verdict, "unknown");
}

static struct fact *
page_fact(struct page *p, int64_t step)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->facts[i].step->id == step)
			return &p->facts[i];
	return NULL;
}

/* The longest way; what is needed stands before what needs it, but for steps
 * that were inserted later: then once more. */
static void
page_expect(struct cx *cx, struct page *p)
{
	bool moved = true;

	for (size_t round = 0; moved && round < p->count; round++) {
		moved = false;
		for (size_t i = 0; i < p->count; i++) {
			struct fact *f = &p->facts[i];
			size_t n;
			struct step_need *needs = step_needs(cx, f->step, &n);
			int64_t takes = 0;

			for (size_t k = 0; k < n; k++) {
				const struct fact *need =
				    page_fact(p, needs[k].step->id);

				if (need != NULL && need->takes_ms > takes)
					takes = need->takes_ms;
			}
			if (fact_works(f) && f->usual.samples > 0)
				takes += f->usual.median_ms;
			moved = moved || takes != f->takes_ms;
			f->takes_ms = takes;
			if (takes > p->expected_ms)
				p->expected_ms = takes;
		}
	}
}

static void
page_make(struct cx *cx, struct page *p)
{
	struct step **steps = run_steps_since(cx, p->run->id, 0, &p->total);

	p->count = p->total > LIMIT_LIST ? LIMIT_LIST : p->total;
	p->facts = arena_array(cx->arena, p->count + 1, sizeof(*p->facts));
	p->planning = run_is_planning(cx, p->run);
	for (size_t i = 0; i < p->count; i++) {
		struct fact *f = &p->facts[i];

		*f = (struct fact){ .step = steps[i],
			.task = platform_task(cx->platform, steps[i]->task),
			.params = json_loads(steps[i]->params, 0, NULL),
			.usual = step_usual(cx, steps[i]->task) };
		if (f->task == NULL ||
		    !streq(f->task->hash, steps[i]->definition))
			f->task = plan_definition(cx, steps[i]->definition);
		arena_cleanup(cx->arena, page_decref, f->params);
		fact_judge(cx, p, f);
		p->unknown += fact_works(f) && f->usual.samples == 0 &&
		    f->task != NULL && f->task->command.kind != COMMAND_NONE;
	}
	page_expect(cx, p);
}

static void
requires_json(struct cx *cx, struct json_out *out, const struct page *p,
    const struct fact *f)
{
	json_key(out, "requires");
	json_array_begin(out);
	for (size_t i = 0; fact_works(f) && f->task != NULL &&
	     i < f->task->nrequires;
	     i++) {
		const struct required r = require_look(cx,
		    &f->task->requires[i], f->params, p->run->environment);

		json_object_begin(out);
		json_kv_str(out, "task", f->task->requires[i].task);
		if (r.known)
			json_kv_bool(out, "met", r.met);
		else
			json_kv_null(out, "met");
		json_kv_str(out, "words", r.words);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
key_json(struct cx *cx, struct json_out *out, const struct page *p,
    const struct fact *f)
{
	const char *lock = f->task == NULL || f->step->fan != FAN_NONE
	    ? NULL
	    : key_lock(cx, f->task, f->params, p->run->environment);
	struct key_holder h;

	if (lock == NULL || lock[0] == '\0') {
		json_kv_null(out, "key");
		json_kv_null(out, "key_held_by");
		return;
	}
	json_kv_str(out, "key", key_words(lock));
	json_kv_str(out, "key_held_by",
	    key_holder(cx, lock, &h) && h.run_id != p->run->id ? h.run_key
								: NULL);
}

static void
fact_json(struct cx *cx, struct json_out *out, const struct page *p,
    const struct fact *f)
{
	const struct step *s = f->step;
	const bool seen = s->preview_hash[0] != '\0';

	json_object_begin(out);
	json_kv_int(out, "step", s->id);
	json_kv_str(out, "task", s->task);
	json_kv_bool(out, "foreach", s->fan != FAN_NONE);
	json_kv_raw(out, "params",
	    s->fan != FAN_NONE ? "{}" : sealed_mask_text(cx->arena, s->params));
	json_kv_str(out, "verdict", f->verdict);
	json_kv_str(out, "why",
	    s->fan == FAN_OPEN && f->why[0] == '\0'
		? "its list is not known yet"
		: f->why);
	requires_json(cx, out, p, f);
	key_json(cx, out, p, f);
	json_kv_str(out, "preview_hash", seen ? s->preview_hash : NULL);
	json_kv_str(out, "preview",
	    seen ? approval_preview(cx, s->preview_hash) : NULL);
	json_kv_int(out, "samples", f->usual.samples);
	if (f->usual.samples == 0) {
		json_kv_null(out, "min_ms");
		json_kv_null(out, "median_ms");
		json_kv_null(out, "max_ms");
	} else {
		json_kv_int(out, "min_ms", f->usual.min_ms);
		json_kv_int(out, "median_ms", f->usual.median_ms);
		json_kv_int(out, "max_ms", f->usual.max_ms);
	}
	json_object_end(out);
}

static void
rules_json(struct cx *cx, struct json_out *out, const struct page *p,
    const struct approval_rule *rules, size_t n, int64_t step,
    const char *asked)
{
	for (size_t i = 0; i < n; i++) {
		const char *const *people = approval_people(cx, &rules[i]);
		bool named = false;

		json_object_begin(out);
		json_kv_str(out, "asked", asked);
		json_kv_int(out, "step", step);
		json_kv_str(out, "rule", rules[i].text);
		json_kv_str(out, "source", rules[i].source);
		json_key(out, "may_decide");
		json_array_begin(out);
		for (size_t k = 0; people[k] != NULL; k++) {
			if (streq(people[k], p->run->requester))
				named = true;
			else
				json_str(out, people[k]);
		}
		json_array_end(out);
		json_kv_bool(out, "requester_named", named);
		json_object_end(out);
	}
}

/* A foreach asks nothing itself; of children that are not known yet one can
 * say who may be asked. */
static void
fan_rules_json(struct cx *cx, struct json_out *out, const struct page *p,
    const struct fact *f)
{
	struct approval_rule *rules;
	size_t n;

	if (f->step->fan != FAN_OPEN)
		return;
	rules = approval_fan_rules(cx, f->task, false, p->run->environment,
	    &n);
	rules_json(cx, out, p, rules, n, f->step->id, "step");
	rules = approval_fan_rules(cx, f->task, true, p->run->environment, &n);
	rules_json(cx, out, p, rules, n, f->step->id, "plan");
}

/* The rules of the environment and the request, over what was asked for. */
static void
approvals_json(struct cx *cx, struct json_out *out, const struct page *p)
{
	const struct graph none = { .count = 0 };
	json_t *params = json_loads(p->run->params, 0, NULL);
	struct approval_notes notes = { .none = NULL };
	const char *request =
	    plan_says(cx, p->run->plan_hash, "request");
	struct approval_scope scope = { .graph = &none, .params = params,
		.task = platform_task(cx->platform, p->run->task),
		.environment = platform_environment(cx->platform,
		    p->run->environment),
		.request = request == NULL
		    ? NULL
		    : platform_request(cx->platform, request) };
	struct approval_rule *rules;
	size_t n;

	arena_cleanup(cx->arena, page_decref, params);
	json_key(out, "approvals");
	json_array_begin(out);
	if (scope.environment != NULL) {
		rules = approval_rules(cx, &scope, &n, &notes);
		rules_json(cx, out, p, rules, n, 0, "plan");
	}
	for (size_t i = 0; i < p->count; i++) {
		const struct fact *f = &p->facts[i];

		if (cx->site->local || f->task == NULL ||
		    streq(f->verdict, "done") || streq(f->verdict, "over") ||
		    streq(f->verdict, "not_needed"))
			continue;
		if (f->step->fan != FAN_NONE) {
			fan_rules_json(cx, out, p, f);
			continue;
		}
		rules = approval_step_rules(cx, p->run, p->ticket, f->task,
		    f->params, &n);
		rules_json(cx, out, p, rules, n, f->step->id,
		    f->step->asked ? "plan" : "step");
	}
	json_array_end(out);
	approval_later_json(out, &notes);
}

bool
run_api_plan(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct page p = { .facts = NULL };
	struct run *run;

	if (!run_by_key(cx, call->path[0], &run, e))
		return false;
	p.run = run;
	p.ticket = run->ticket_id == 0 ? NULL
				       : ticket_by_id(cx, run->ticket_id);
	page_make(cx, &p);
	json_object_begin(out);
	json_kv_str(out, "run", run->key);
	json_kv_str(out, "plan_hash", run->plan_hash);
	json_kv_bool(out, "planning", p.planning);
	json_key(out, "steps");
	json_array_begin(out);
	for (size_t i = 0; i < p.count; i++)
		fact_json(cx, out, &p, &p.facts[i]);
	json_array_end(out);
	json_kv_int(out, "more_steps", (int64_t)(p.total - p.count));
	approvals_json(cx, out, &p);
	json_kv_str(out, "cost", plan_says(cx, run->plan_hash, "cost"));
	json_kv_int(out, "expected_ms", p.expected_ms);
	json_kv_int(out, "unknown_durations", p.unknown);
	json_object_end(out);
	return true;
}
