/* SPDX-License-Identifier: MIT */
#include "api/follow.h"

#include <stdlib.h>

#include "base/clock.h"
#include "resource/glass/glass.h"
#include "resource/run/run.h"
#include "resource/token/token.h"

#define FOLLOW_MAGIC 0xf0110001u
#define FOLLOW_CHECK_MS 1000 /* rights, while events flow */

/* --- life ----------------------------------------------------------------- */

static void follow_tick(void *arg);

static void
follow_free(struct follow *f)
{
	struct api *a = f->api;

	ASSERT_MAGIC(f, FOLLOW_MAGIC);
	*f->back = f->next;
	if (f->next != NULL)
		f->next->back = f->back;
	bus_unsubscribe(f->news);
	while (f->logs != NULL) {
		struct follow_log *log = f->logs;

		f->logs = log->next;
		follow_log_free(f, log);
	}
	json_decref(f->query);
	f->magic = 0;
	free(f);
	if (a->follows == NULL) {
		loop_timer_stop(a->follow_timer);
		a->follow_timer = NULL;
		platform_unref(a->follow_platform);
		a->follow_platform = NULL;
	}
}

static void
follow_gone(struct exchange *x)
{
	follow_free(x->user);
}

static void
follow_break(struct follow *f)
{
	struct exchange *x = f->x;

	follow_free(f);
	x->on_gone = NULL;
	stream_end(x);
}

void
follow_stop(struct api *a)
{
	while (a->follows != NULL)
		follow_free(a->follows);
	map_finish(&a->hubs);
}

/* --- when ----------------------------------------------------------------- */

static void
follow_news(void *arg)
{
	struct follow *f = arg;

	f->changed = true;
	follow_grown(f);
}

static void
follow_on_room(struct exchange *x)
{
	struct follow *f = x->user;

	stream_on_room(x, NULL);
	follow_news(f);
}

/* Still somebody who may see this run, or this list? */
static bool
follow_allowed(struct follow *f, struct cx *cx, const struct run *run,
    int64_t version)
{
	const int64_t now = clock_boot_ms();

	if (f->checked_ms != 0 && now - f->checked_ms < FOLLOW_CHECK_MS)
		return true;
	f->checked_ms = now;
	f->version = version;
	f->actor.glass = f->actor.person != NULL &&
	    glass_is_open(cx->db, f->actor.person, cx->now);
	return auth_again(cx, NULL) &&
	    (run == NULL ? follow_list_allowed(f, cx) : run_visible(cx, run));
}

/* True when the stream is over. */
static bool
follow_run_pump(struct follow *f, struct cx *cx, int64_t version)
{
	const struct run *run = run_by_id(cx, f->run_id);

	return run == NULL || !follow_allowed(f, cx, run, version) ||
	    follow_tell(f, cx, run);
}

static bool
follow_list_pump(struct follow *f, struct cx *cx, int64_t version)
{
	if (!follow_allowed(f, cx, NULL, version))
		return true;
	follow_list_tell(f, cx);
	return false;
}

/* One look at the database for all that are pumped together. */
struct follow_turn {
	struct arena *arena; /* reset after each */
	struct platform *platform;
	int64_t version; /* of the database; 0: not known */
};

static int64_t
follow_version(struct db *db)
{
	struct query *q = query(db, "follow_version");
	const int64_t version = query_next(q) ? column_int_at(q, 0) : 0;

	query_end(q);
	return version;
}

/* True when the stream is over. */
static bool
follow_pump_database(struct follow *f, const struct follow_turn *t)
{
	struct cx cx = { .arena = t->arena,
		.db = f->api->o.read,
		.platform = t->platform,
		.actor = &f->actor,
		.site = f->api->o.site,
		.now = clock_wall_ms(),
		.request_id = f->request_id };
	bool over;

	f->changed = false;
	over = f->list == NULL ? follow_run_pump(f, &cx, t->version)
			       : follow_list_pump(f, &cx, t->version);
	over = over || db_failed(cx.db, NULL);
	arena_reset(t->arena);
	return over;
}

/* Rights may have changed: the database did, or the time of a break-glass is
 * over.  That of a token, and the folder, are looked at by follow_tick. */
static bool
follow_must_check(const struct follow *f, const struct follow_turn *t)
{
	if (f->checked_ms == 0)
		return true;
	return clock_boot_ms() - f->checked_ms >= FOLLOW_CHECK_MS &&
	    (f->actor.glass || t->version == 0 || t->version != f->version);
}

static void
follow_pump(struct follow *f, const struct follow_turn *t)
{
	f->due = false;
	f->stopped = false;
	if (f->changed || follow_must_check(f, t)) {
		if (follow_pump_database(f, t)) {
			follow_break(f);
			return;
		}
	} else {
		follow_tell_logs(f);
	}
	if (f->stopped)
		stream_on_room(f->x, follow_on_room);
	else if (f->run_over && f->logs == NULL)
		follow_news(f); /* only `end` is missing */
}

/* All that are due, once a turn of the loop however often they were called. */
static void
follow_pump_due(void *arg)
{
	struct api *a = arg;
	struct db *db = a->o.read;
	struct follow_turn turn = { .arena = arena_create(),
		.platform = a->o.platform(a->o.platform_self),
		.version = follow_version(db) };
	struct follow *f, *next;

	a->follow_posted = false;
	a->follow_turns++;
	db_begin(db);
	for (f = a->follows; f != NULL; f = next) {
		next = f->next;
		if (f->due)
			follow_pump(f, &turn);
	}
	db_rollback(db);
	platform_unref(turn.platform);
	arena_destroy(turn.arena);
}

void
follow_grown(void *arg)
{
	struct follow *f = arg;

	f->due = true;
	if (f->api->follow_posted)
		return;
	f->api->follow_posted = true;
	loop_post(f->api->o.loop, follow_pump_due, f->api);
}

void
follow_recheck(struct api *a)
{
	for (struct follow *f = a->follows; f != NULL; f = f->next) {
		f->checked_ms = 0;
		follow_news(f);
	}
}

/* Once a second while anybody follows anything. */
static void
follow_tick(void *arg)
{
	struct api *a = arg;
	struct platform *p = a->o.platform(a->o.platform_self);
	const int64_t now = clock_wall_ms();

	a->follow_timer =
	    loop_timer_start(a->o.loop, FOLLOW_CHECK_MS, follow_tick, a);
	if (p != a->follow_platform)
		follow_recheck(a);
	platform_unref(a->follow_platform);
	a->follow_platform = p;
	for (struct follow *f = a->follows; f != NULL; f = f->next) {
		if (now < f->token_expires)
			continue;
		f->checked_ms = 0;
		follow_news(f);
	}
}

/* --- beginning ------------------------------------------------------------ */

static const char *const *
follow_names(struct arena *a, const char *const *names)
{
	const char **copy;
	size_t n = 0;

	if (names == NULL)
		return NULL;
	while (names[n] != NULL)
		n++;
	copy = arena_array(a, n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_strdup(a, names[i]);
	return copy;
}

/* When the token that asks is over. */
static int64_t
follow_expires(struct request *r)
{
	struct cx cx = request_cx(r, r->api->o.read);
	const struct token *t = NULL;

	if (r->actor.token != NULL)
		t = token_by_prefix(&cx, r->actor.token);
	return t == NULL ? INT64_MAX : t->expires_at;
}

struct follow *
follow_create(struct request *r, int64_t topic)
{
	struct api *a = r->api;
	struct arena *arena = r->x->arena;
	struct follow *f = calloc(1, sizeof(*f));

	ASSERT(f != NULL);
	f->magic = FOLLOW_MAGIC;
	f->api = a;
	f->x = r->x;
	f->actor = r->actor;
	f->actor.person = arena_strdup(arena, r->actor.person);
	f->actor.address = arena_strdup(arena, r->actor.address);
	f->actor.token = arena_strdup(arena, r->actor.token);
	f->actor.environments =
	    follow_names(arena, r->actor.environments);
	f->actor.tasks = follow_names(arena, r->actor.tasks);
	f->actor.projects = follow_names(arena, r->actor.projects);
	f->actor.operations = NULL; /* it was asked for already */
	f->request_id = arena_strdup(arena, r->id);
	f->token_expires = follow_expires(r);
	f->back = &a->follows;
	f->next = a->follows;
	if (f->next != NULL)
		f->next->back = &f->next;
	a->follows = f;
	f->news = bus_subscribe(a->o.bus, topic, follow_news, f);
	if (a->follow_timer == NULL)
		follow_tick(a);
	return f;
}

static struct follow *
follow_open(struct request *r, struct cx *cx, struct err *e)
{
	const struct str last = exchange_header(r->x, "Last-Event-ID");
	struct follow *f;
	struct run *run;

	if (!run_by_key(cx, r->call.path[0], &run, e))
		return NULL;
	f = follow_create(r, run->id);
	f->run_id = run->id;
	if (last.n > 0)
		follow_resume(f, cx, last);
	return f;
}

void
follow_begin(struct request *r, struct follow *f)
{
	struct exchange *x = r->x;

	x->user = f;
	x->on_gone = follow_gone;
	answer_headers(r);
	request_end(r);
	stream_begin(x);
	follow_news(f);
}

void
follow_answer(struct request *r)
{
	struct db *db = r->api->o.read;
	struct err e = { 0 };
	struct follow *f;
	struct cx cx;

	db_begin(db);
	cx = request_cx(r, db);
	f = follow_open(r, &cx, &e);
	db_rollback(db);
	if (f == NULL) {
		denial_answer(r, &e);
		return;
	}
	follow_begin(r, f);
}
