/* SPDX-License-Identifier: MIT */
/* The outside world: the fake driver, targets, late and repeated words. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

struct sim_attempt *
outside_attempt(struct sim *s, int64_t id)
{
	if ((size_t)id >= s->nattempts) {
		size_t n = (size_t)id * 2 + 64;

		s->attempts = realloc(s->attempts, n * sizeof(*s->attempts));
		ASSERT(s->attempts != NULL);
		memset(s->attempts + s->nattempts, 0,
		    (n - s->nattempts) * sizeof(*s->attempts));
		s->nattempts = n;
	}
	return &s->attempts[id];
}

void
outside_reset(struct sim *s)
{
	if (s->nattempts > 0)
		memset(s->attempts, 0, s->nattempts * sizeof(*s->attempts));
	s->nextra = 0;
}

int
outside_live(struct sim *s)
{
	int n = 0;

	for (size_t i = 0; i < s->nattempts; i++)
		n += s->attempts[i].live;
	return n;
}

int64_t
outside_pick(struct sim *s)
{
	int n = outside_live(s);
	uint64_t k;

	if (n == 0)
		return 0;
	k = sim_below(s, (uint64_t)n);
	for (size_t i = 0; i < s->nattempts; i++)
		if (s->attempts[i].live && k-- == 0)
			return (int64_t)i;
	return 0;
}

static int
name_index(const char *const *names, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (streq(names[i], text))
			return i;
	return -1;
}

static const char *
env_value(const struct work *w, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; w->env[i] != NULL; i++)
		if (strncmp(w->env[i], name, n) == 0 && w->env[i][n] == '=')
			return w->env[i] + n + 1;
	return "";
}

static void
attempt_fill(struct sim_attempt *a, const struct work *w)
{
	const char *mode = env_value(w, "SLIPWAY_MODE");

	a->task = atoi(env_value(w, "SLIPWAY_TASK") + 1);
	a->name = name_index(sim_names, SIM_NAMES, env_value(w, "PARAM_NAME"));
	a->env = name_index(sim_envs, SIM_ENVS,
	    env_value(w, "SLIPWAY_ENVIRONMENT"));
	a->kind = streq(mode, "run")   ? SIM_RUN
	    : streq(mode, "verify")    ? SIM_VERIFY
	    : streq(mode, "preview")   ? SIM_PREVIEW
				       : SIM_CHECK;
	a->token = w->token;
	snprintf(a->run_key, sizeof(a->run_key), "%s",
	    env_value(w, "SLIPWAY_RUN"));
}

/* How it ends now; a command that ends well makes its target, as a rule. */
static enum work_reason
outside_result(struct sim *s, struct sim_attempt *a, int *ret_code)
{
	bool *target = &s->targets[a->task][a->name < 0 ? 0 : a->name][a->env];
	uint64_t luck = s->calm ? 99 : sim_below(s, 100);

	*ret_code = -1;
	if (a->kind == SIM_CHECK || a->kind == SIM_VERIFY) {
		if (luck < 2)
			return WORK_TIMED_OUT;
		*ret_code = luck < 6 ? 2 : *target ? 0 : 1;
		return WORK_EXITED;
	}
	if (a->kind == SIM_PREVIEW) {
		*ret_code = luck < 5;
		return WORK_EXITED;
	}
	if (luck < 4)
		return WORK_TIMED_OUT;
	if (luck < 7)
		return WORK_SIGNALLED;
	if (luck < 9)
		return WORK_OUT_OF_MEMORY;
	if (luck < 10)
		return WORK_UNKILLABLE;
	if (luck < 25) {
		*ret_code = 1;
		return WORK_EXITED;
	}
	if (luck >= 30)
		*target = true;
	*ret_code = 0;
	return WORK_EXITED;
}

static void
limits_check(struct sim *s, const struct sim_attempt *begins)
{
	const struct sim_folder *f = &s->folder;
	int live = 0;

	for (int k = 0; k < SIM_LIMITS; k++) {
		int used = 0, holders = 0;

		for (size_t i = 0; i < s->nattempts; i++) {
			struct sim_attempt *a = &s->attempts[i];

			if (!a->live || a->kind == SIM_CHECK ||
			    f->tasks[a->task].uses[k] == 0)
				continue;
			used += f->tasks[a->task].uses[k];
			holders++;
		}
		/* what runs already may be more than a new folder allows */
		if (used > f->limits[k] && holders > 1 &&
		    (begins->kind == SIM_RUN || begins->kind == SIM_PREVIEW) &&
		    f->tasks[begins->task].uses[k] > 0)
			sim_violation(s, "limit %s: %d of %d in use",
			    sim_limits[k], used, f->limits[k]);
	}
	live = outside_live(s);
	if (live > s->slots)
		sim_violation(s, "%d attempts live, %d slots", live,
		    s->slots);
}

static bool
outside_dead(struct sim *s)
{
	if (s->dies_after > 0)
		s->dies_after--;
	return s->dies_after == 0;
}

static bool
outside_start(void *self, const struct work *w, struct err *e)
{
	struct sim *s = self;
	struct sim_attempt *a;

	if (outside_dead(s))
		return true;
	a = outside_attempt(s, w->attempt);
	if (++a->starts > 1)
		sim_violation(s, "attempt %lld started twice",
		    (long long)w->attempt);
	if (!s->calm && sim_chance(s, 2))
		return err_set(e, ERR_FULL, "spawn", "no process");
	attempt_fill(a, w);
	if (s->site.full && a->kind != SIM_VERIFY)
		sim_violation(s, "attempt %lld starts, and the disk is full",
		    (long long)w->attempt);
	a->live = true;
	limits_check(s, a);
	if (a->kind == SIM_RUN)
		claims_check(s, w->attempt);
	return s->fake_driver.ops->start(s->fake, w, e);
}

/* Some end at once, before anybody looks. */
static bool
outside_script(void *self, const struct work *w, struct work_event *ret)
{
	struct sim *s = self;
	struct sim_attempt *a = outside_attempt(s, w->attempt);

	if (!sim_chance(s, a->kind == SIM_RUN ? 25 : 50))
		return false;
	ret->reason = outside_result(s, a, &ret->code);
	a->live = false;
	return true;
}

static void
outside_cancel(void *self, int64_t attempt, int64_t token, int64_t grace_ms)
{
	struct sim *s = self;

	(void)token;
	(void)grace_ms;
	if (!outside_dead(s))
		outside_attempt(s, attempt)->cancelled = true;
}

static int
outside_fd(void *self)
{
	struct sim *s = self;

	return s->fake_driver.ops->fd(s->fake);
}

static void
outside_outputs(struct sim *s, struct work_event *ev)
{
	struct sim_attempt *a = outside_attempt(s, ev->attempt);

	static const char *const lists[] = { "[\"a\"]", "[\"a\",\"b\"]",
		"[]", "[\"b\",\"o\",\"b\"]" };

	if (ev->kind == WORK_ENDED && ev->reason == WORK_EXITED &&
	    ev->code == 0 && a->kind == SIM_RUN && ev->outputs.len == 0)
		buf_printf(&ev->outputs, "out=o\nlist=%s\n",
		    lists[s->lists[a->task]]);
}

static bool
outside_next(void *self, struct work_event *ret)
{
	struct sim *s = self;

	if (s->nextra > 0) {
		*ret = s->extra[--s->nextra];
		return true;
	}
	if (!s->fake_driver.ops->next(s->fake, ret))
		return false;
	outside_outputs(s, ret);
	if (!s->calm && sim_chance(s, 3))
		outside_repeat(s, ret->attempt);
	return true;
}

static enum work_state
outside_recover(void *self, int64_t attempt, int64_t token,
    struct work_event *ret_end)
{
	struct sim *s = self;
	enum work_state state = s->fake_driver.ops->recover(s->fake, attempt,
	    token, ret_end);

	if (state == WORK_OVER)
		outside_outputs(s, ret_end);
	return state;
}

/* What a command wrote: a preview says what the world is like. */
static bool
outside_log(void *self, int64_t attempt, size_t max, struct buf *to)
{
	struct sim *s = self;

	(void)max;
	buf_printf(to, "%d\n",
	    s->said[outside_attempt(s, attempt)->task]);
	return true;
}

static void
outside_destroy(void *self)
{
	(void)self;
}

const struct driver_ops outside_ops = {
	.name = "outside",
	.start = outside_start,
	.cancel = outside_cancel,
	.fd = outside_fd,
	.next = outside_next,
	.recover = outside_recover,
	.destroy = outside_destroy,
};

struct driver
outside_driver(struct sim *s)
{
	s->fake = fake_create(outside_script, s, &s->fake_driver);
	s->site.log_output = outside_log;
	s->site.log_tail_self = s;
	return (struct driver){ .ops = &outside_ops, .self = s };
}

void
outside_end(struct sim *s, int64_t id)
{
	struct sim_attempt *a = outside_attempt(s, id);
	int code = -1;
	enum work_reason reason = WORK_CANCELLED;

	if (!a->cancelled || sim_chance(s, 20))
		reason = outside_result(s, a, &code);
	a->live = false;
	fake_end(s->fake, id, reason, code);
}

void
outside_lose(struct sim *s, int64_t id)
{
	outside_attempt(s, id)->live = false;
	fake_lose(s->fake, id);
}

/* A word with a token of the past, or one about what is over: a started, or
 * an end that says the contrary. */
void
outside_repeat(struct sim *s, int64_t id)
{
	struct sim_attempt *a = outside_attempt(s, id);
	struct work_event ev = { .attempt = id, .token = a->token };

	if (a->starts == 0 || s->nextra == ARRAY_SIZE(s->extra))
		return;
	if (a->live && sim_chance(s, 40))
		ev.kind = WORK_STARTED;
	else {
		ev.kind = WORK_ENDED;
		ev.reason = WORK_EXITED;
		ev.code = (int)sim_below(s, 2);
		if (a->live)
			ev.token -= INT64_C(1) << 32;
	}
	s->extra[s->nextra++] = ev;
}
