/* SPDX-License-Identifier: MIT */
/* A random folder of tasks, people, rules; as YAML, and as the sim knows it. */
#include <stdio.h>

#include "platform/platform.h"
#include "sim.h"

const char *const sim_people[SIM_PEOPLE] = { "ada", "bob", "cyd", "dan" };
const char *const sim_envs[SIM_ENVS] = { "dev", "prod" };
const char *const sim_names[SIM_NAMES] = { "a", "b", "o" };
const char *const sim_limits[SIM_LIMITS] = { "db", "gpu" };

/* A task before this one that may clean up, or -1. */
static int
cleanup_pick(struct sim *s, int i)
{
	for (int tries = 0; tries < 4; tries++) {
		int k = (int)sim_below(s, (uint64_t)i);
		const struct sim_task *t = &s->folder.tasks[k];

		if (t->nneeds == 0 && t->cleanups[0].task < 0 &&
		    t->cleanups[1].task < 0 && !t->preview)
			return k;
	}
	return -1;
}

static void
cleanups_make(struct sim *s, int i)
{
	struct sim_task *t = &s->folder.tasks[i];

	for (int k = 0; k < 2; k++) {
		struct sim_cleanup *c = &t->cleanups[k];

		c->task = i > 0 && sim_chance(s, 20) ? cleanup_pick(s, i) : -1;
		c->with = sim_chance(s, 50) ? AFTER_PARAM
		    : sim_chance(s, 40)	    ? AFTER_CONST
		    : sim_chance(s, 70)	    ? AFTER_OUTPUT
					    : AFTER_STATUS;
	}
}

static void
claims_make(struct sim *s, int i)
{
	struct sim_task *t = &s->folder.tasks[i];

	t->key = !sim_chance(s, 18) ? KEY_NONE
	    : sim_chance(s, 50)	    ? KEY_NAME
				    : KEY_ONE;
	t->busy = sim_below(s, 3);
	t->require = (struct sim_require){ .task = -1 };
	if (i == 0 || !sim_chance(s, 10))
		return;
	t->require.task = t->nneeds > 0 && sim_chance(s, 60)
	    ? t->needs[0].task
	    : (int)sim_below(s, (uint64_t)i);
	t->require.same = sim_chance(s, 70);
	t->require.wait = sim_chance(s, 50);
	t->require.within_min = sim_chance(s, 50)
	    ? 1 + (int)sim_below(s, 40)
	    : 0;
}

static void
task_make(struct sim *s, int i)
{
	struct sim_folder *f = &s->folder;
	struct sim_task *t = &f->tasks[i];
	int most = i < 3 ? i : 3;

	*t = (struct sim_task){ .command = true };
	for (int k = (int)sim_below(s, (uint64_t)most + 1); k > 0; k--) {
		struct sim_need need = { .task = (int)sim_below(s,
					     (uint64_t)i) };

		need.with = sim_chance(s, 70) ? WITH_SAME : WITH_CONST;
		if (t->nneeds > 0 && sim_chance(s, 20) &&
		    t->needs[0].each == EACH_NOT)
			need.with = WITH_OUTPUT;
		if (sim_chance(s, 20))
			need.each = t->nneeds > 0 && sim_chance(s, 60) &&
				t->needs[0].each == EACH_NOT
			    ? EACH_OUTPUT
			    : EACH_WRITTEN;
		need.alone = sim_chance(s, 40);
		t->needs[t->nneeds++] = need;
	}
	if (sim_chance(s, 40)) {
		t->target = TARGET_OF_NAME;
		if (t->nneeds > 0 && sim_chance(s, 30) &&
		    t->needs[0].each == EACH_NOT)
			t->target = TARGET_OF_OUTPUT;
	}
	if (t->nneeds > 0 && sim_chance(s, 10))
		t->command = false;
	else if (sim_chance(s, 8))
		t->manual = true, t->target = TARGET_OF_NONE;
	if (!t->command)
		t->target = TARGET_OF_NONE;
	t->retry = sim_chance(s, 30) ? 1 + (int)sim_below(s, 2) : 0;
	t->idempotent = sim_chance(s, 40);
	t->prod_only = sim_chance(s, 10);
	for (int k = 0; k < SIM_LIMITS; k++)
		if (t->command && !t->manual && sim_chance(s, 25))
			t->uses[k] = 1 + (int)sim_chance(s, 20);
	for (int k = 0; k < SIM_LIMITS; k++)
		if (t->uses[k] > f->limits[k])
			t->uses[k] = f->limits[k];
	t->preview = i > 0 && t->command && !t->manual && sim_chance(s, 12);
	t->rule = rights_rule_make(s, t->preview ? 50 : 8);
	cleanups_make(s, i);
	claims_make(s, i);
	t->undo = i > 0 && sim_chance(s, f->undoes) ? cleanup_pick(s, i) : -1;
}

static void
need_write(struct buf *b, const struct sim_need *need, int k)
{
	static const char *const each[] = { "", "foreach: [a, b], ",
		"foreach: $needs.n0.outputs.list, " };

	buf_printf(b, "  n%d: {task: t%d, %swith: {name: ", k, need->task,
	    each[need->each]);
	if (need->each != EACH_NOT) {
		buf_printf(b, "$item}%s}\n",
		    need->alone ? ", max_parallel: 1" : "");
		return;
	}
	switch (need->with) {
	case WITH_SAME:
		buf_adds(b, "$params.name");
		break;
	case WITH_CONST:
		buf_adds(b, "b");
		break;
	case WITH_OUTPUT:
	default:
		buf_adds(b, "$needs.n0.outputs.out");
		break;
	}
	buf_adds(b, "}}\n");
}

static void
uses_write(struct buf *b, const struct sim_task *t)
{
	bool any = false;

	for (int k = 0; k < SIM_LIMITS; k++) {
		if (t->uses[k] == 0)
			continue;
		buf_printf(b, "%s%s: %d", any ? ", " : "uses: {",
		    sim_limits[k], t->uses[k]);
		any = true;
	}
	if (any)
		buf_adds(b, "}\n");
}

static void
cleanup_write(struct buf *b, const struct sim_cleanup *c, const char *key)
{
	static const char *const with[] = { [AFTER_PARAM] = "$params.name",
		[AFTER_CONST] = "a", [AFTER_OUTPUT] = "$outputs.out",
		[AFTER_STATUS] = "$status" };

	if (c->task >= 0)
		buf_printf(b, "%s: {task: t%d, with: {name: %s}}\n", key,
		    c->task, with[c->with]);
}

static void
claims_write(struct buf *b, const struct sim_task *t)
{
	static const char *const busy[] = { [BUSY_QUEUES] = "queue",
		[BUSY_REPLACES] = "replace", [BUSY_REFUSES] = "refuse" };
	const struct sim_require *r = &t->require;

	if (t->key != KEY_NONE)
		buf_printf(b, "key: %s\nwhen_busy: %s\n",
		    t->key == KEY_NAME ? "$params.name" : "one",
		    busy[t->busy]);
	if (r->task < 0)
		return;
	buf_printf(b, "requires: [{task: t%d, with: {name: %s}", r->task,
	    r->same ? "$params.name" : "b");
	if (r->within_min > 0)
		buf_printf(b, ", within: %dm", r->within_min);
	buf_adds(b, r->wait ? ", wait: true}]\n" : "}]\n");
}

static void
task_write(struct sim *s, struct buf *b, int i)
{
	const struct sim_task *t = &s->folder.tasks[i];

	buf_printf(b, "---\ntask: t%d\nparams: {name: {type: string}}\n", i);
	if (t->nneeds > 0)
		buf_adds(b, "needs:\n");
	for (int k = 0; k < t->nneeds; k++)
		need_write(b, &t->needs[k], k);
	if (t->target == TARGET_OF_NAME)
		buf_adds(b, "creates: {argv: [/bin/look]}\n");
	else if (t->target == TARGET_OF_OUTPUT)
		buf_adds(b,
		    "creates: {argv: [/bin/look, $needs.n0.outputs.out]}\n");
	if (t->manual)
		buf_adds(b, "manual: [do it]\n");
	else if (t->command)
		buf_adds(b, "argv: [/bin/do]\n");
	if (t->preview)
		buf_adds(b, "preview: {argv: [/bin/show]}\n");
	buf_adds(b, "outputs: {out: {}, list: {type: list}}\n");
	if (t->retry > 0)
		buf_printf(b, "retry: {times: %d, backoff: 1s..4s}\n",
		    t->retry);
	if (t->idempotent)
		buf_adds(b, "idempotent: true\n");
	if (t->prod_only)
		buf_adds(b, "when: {env: prod}\n");
	uses_write(b, t);
	cleanup_write(b, &t->cleanups[0], "on_failure");
	cleanup_write(b, &t->cleanups[1], "always");
	claims_write(b, t);
	if (t->undo >= 0)
		buf_printf(b, "undo: t%d\n", t->undo);
	rights_rule_write(b, &t->rule, 1);
}

static void
head_write(struct sim *s, struct buf *b)
{
	buf_printf(b,
	    "slipway: 1\nteam: red\nlimits: {db: %d, gpu: %d}\n"
	    "projects: {OPS: {team: red}}\n---\n",
	    s->folder.limits[0], s->folder.limits[1]);
	rights_write(s, b);
}

static struct platform *
folder_load(struct sim *s, struct buf *b)
{
	struct folder_file file = { .name = "slipway.yaml",
		.bytes = buf_str(b) };
	struct folder_errors errs = { 0 };
	struct platform *p = NULL;
	struct err e = { 0 };

	folder_errors_init(&errs, s->arena);
	if (!platform_load_memory("/team", &file, 1, &p, &errs, &e)) {
		fputs(buf_cstr(b), stderr);
		sim_violation(s, "folder: %s: line %d: %s", e.message,
		    errs.count > 0 ? errs.items[0].line : 0,
		    errs.count > 0 ? errs.items[0].what : "");
	}
	return p;
}

static void
schedules_make(struct sim *s)
{
	struct sim_folder *f = &s->folder;

	f->nschedules = sim_chance(s, 35)
	    ? 1 + (int)sim_below(s, SIM_SCHEDULES)
	    : 0;
	for (int i = 0; i < f->nschedules; i++)
		f->schedules[i] = (struct sim_schedule){
			.overlap = (unsigned)sim_below(s, 3),
			.task = (int)sim_below(s, (uint64_t)f->ntasks),
			.name = (int)sim_below(s, 2),
			.env = (int)sim_below(s, SIM_ENVS),
			.latest = sim_chance(s, 50) };
}

/* Those whose name says so may have more than one open run. */
static void
schedules_write(struct sim *s, struct buf *b)
{
	static const char *const overlaps[] = { [OVERLAP_SKIPS] = "skip",
		[OVERLAP_QUEUES] = "queue", [OVERLAP_IS_ALLOWED] = "allow" };

	for (int i = 0; i < s->folder.nschedules; i++) {
		const struct sim_schedule *d = &s->folder.schedules[i];
		const char *overlap = overlaps[d->overlap];

		buf_printf(b,
		    "---\nschedule: %s-%d\ntask: t%d\n"
		    "params: {name: %s}\nenv: %s\ncron: \"*/20 * * * *\"\n"
		    "missed: %s\noverlap: %s\n",
		    overlap, i, d->task, sim_names[d->name], sim_envs[d->env],
		    d->latest ? "latest" : "none", overlap);
	}
}

static void
resource_write(struct sim *s, struct buf *b, int i)
{
	static const char *const ends[] = { [ENDS_ASKING] = "ask",
		[ENDS_REMINDING] = "remind", [ENDS_UNDONE] = "undo" };
	const struct sim_resource *r = &s->folder.resources[i];

	if (r->end == ENDS_NOT)
		buf_adds(b, "resource: false\n");
	else
		buf_printf(b,
		    "lifetime: %dh\nresource: {kind: k%d, expire: %s, "
		    "remind: 1h, grace: 2h}\n",
		    r->hours, i, ends[r->end]);
}

struct platform *
folder_read(struct sim *s)
{
	struct sim_folder *f = &s->folder;
	struct buf b = { .data = NULL };
	struct platform *p;

	head_write(s, &b);
	for (int i = 0; i < f->ntasks; i++)
		if (!f->tasks[i].hidden)
			task_write(s, &b, i);
	for (int i = 0; i < 2; i++) {
		buf_printf(&b, "---\nrequest: r%d\nproject: OPS\ntask: t%d\n",
		    i, f->requests[i]);
		rights_rule_write(&b, &f->rights.request[i], 1);
		resource_write(s, &b, i);
	}
	schedules_write(s, &b);
	if (s->verbose)
		fputs(buf_cstr(&b), stdout);
	p = folder_load(s, &b);
	buf_finish(&b);
	return p;
}

/* What the request makes, and what becomes of it. */
static void
resource_make(struct sim *s, int i)
{
	const struct sim_task *t = &s->folder.tasks[s->folder.requests[i]];
	struct sim_resource *r = &s->folder.resources[i];

	*r = (struct sim_resource){ .end = ENDS_NOT };
	if (sim_chance(s, 50))
		return;
	r->hours = 2 + (int)sim_below(s, 20);
	r->end = t->undo >= 0 && sim_chance(s, 70) ? ENDS_UNDONE
	    : sim_chance(s, 50)			   ? ENDS_ASKING
						   : ENDS_REMINDING;
}

void
folder_generate(struct sim *s)
{
	struct sim_folder *f = &s->folder;

	*f = (struct sim_folder){ .ntasks = 3 + (int)sim_below(s, 10) };
	f->limits[0] = 1 + (int)sim_below(s, 3);
	f->limits[1] = 1 + (int)sim_below(s, 2);
	f->undoes = sim_chance(s, 30) ? 70 : 0;
	f->npeople = 3 + (int)sim_below(s, SIM_PEOPLE - 2);
	s->nversions = 0;
	rights_make(s);
	for (int i = 0; i < f->ntasks; i++)
		task_make(s, i);
	for (int i = 0; i < 2; i++) {
		f->requests[i] = (int)sim_below(s, (uint64_t)f->ntasks);
		resource_make(s, i);
	}
	schedules_make(s);
	s->platform = folder_read(s);
}

/* Does anything that stays speak of the task? */
static bool
task_is_used(const struct sim_folder *f, int task)
{
	for (int i = task + 1; i < f->ntasks; i++) {
		const struct sim_task *t = &f->tasks[i];

		if (t->hidden)
			continue;
		for (int k = 0; k < t->nneeds; k++)
			if (t->needs[k].task == task)
				return true;
		if (t->cleanups[0].task == task ||
		    t->cleanups[1].task == task || t->require.task == task ||
		    t->undo == task)
			return true;
	}
	for (int i = 0; i < f->nschedules; i++)
		if (f->schedules[i].task == task)
			return true;
	return f->requests[0] == task || f->requests[1] == task;
}

/* Room for the largest of those that there are. */
static int
limit_make(struct sim *s, int k)
{
	int amount = 1 + (int)sim_below(s, 3);

	for (int i = 0; i < s->folder.ntasks; i++) {
		const struct sim_task *t = &s->folder.tasks[i];

		if (!t->hidden && t->uses[k] > amount)
			amount = t->uses[k];
	}
	return amount;
}

void
folder_change(struct sim *s)
{
	struct sim_folder *f = &s->folder;
	struct platform *old = s->platform;

	for (int i = f->ntasks - 1; i >= 0; i--)
		f->tasks[i].hidden = sim_chance(s, 40) && !task_is_used(f, i);
	for (int k = 0; k < SIM_LIMITS; k++)
		f->limits[k] = limit_make(s, k);
	if (sim_chance(s, 60))
		rights_change(s);
	s->platform = folder_read(s);
	platform_unref(old);
}
