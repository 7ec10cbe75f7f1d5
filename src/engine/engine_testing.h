/* SPDX-License-Identifier: MIT */
/*
 * engine_testing.h: the core in one process: a fresh database, a folder in
 * memory, the fake driver, and rounds that are turned by hand; for *_test.c
 * and the benches only.
 */
#ifndef ENGINE_ENGINE_TESTING_H
#define ENGINE_ENGINE_TESTING_H

#include <string.h>

#include "base/clock.h"
#include "driver/fake.h"
#include "engine/engine.h"
#include "resource/ask/ask.h"
#include "resource/run/run.h"
#include "resource/ticket/ticket.h"
#include "store/store_testing.h"
#include "sys/failpoint.h"

struct rig {
	struct folder folder;
	struct db *db;
	struct site site;
	struct fake *fake;
	struct driver driver;
	struct engine *engine;
	struct writer_hooks hooks;
	struct loop *loop;
	struct bus *bus;
	struct arena *arena;
	struct cx cx;
	struct actor actor;
};

static inline struct platform *
rig_load(const char *yaml)
{
	struct folder_file file = { .name = "slipway.yaml",
		.bytes = str_of(yaml) };
	struct folder_errors errs = { 0 };
	struct platform *p = NULL;
	struct err e = { 0 };

	errs.arena = arena_create();
	if (!platform_load_memory("/team", &file, 1, &p, &errs, &e))
		fail_msg("%s: %d: %s", e.message,
		    errs.count > 0 ? errs.items[0].line : 0,
		    errs.count > 0 ? errs.items[0].what : "");
	arena_destroy(errs.arena);
	return p;
}

static inline void
rig_engine(struct rig *r, struct platform *p)
{
	r->engine = engine_create(&(struct engine_options){ .site = &r->site,
	    .driver = r->driver, .bus = r->bus, .slots = 8 });
	engine_set_platform(r->engine, p);
	r->hooks = engine_hooks(r->engine);
}

static inline void
rig_make(struct rig *r, const char *yaml, fake_script *script, void *self)
{
	struct err e = { 0 };

	memset(r, 0, sizeof(*r));
	folder_make(&r->folder);
	r->db = folder_open(&r->folder, DB_WRITE);
	assert_ok(migrate(r->db, &e), &e);
	r->site.data = r->folder.path;
	r->site.epoch = 1;
	r->site.boot_id = "boot";
	r->fake = fake_create(script, self, &r->driver);
	r->loop = loop_create();
	r->bus = bus_create(r->loop);
	rig_engine(r, rig_load(yaml));
	r->arena = arena_create();
	r->actor = (struct actor){ .person = "ernie", .via = "test",
		.address = "local", .ceiling = ROLE_ADMIN };
}

static inline void
rig_end(struct rig *r)
{
	if (r->cx.platform != NULL)
		platform_unref((struct platform *)(uintptr_t)r->cx.platform);
	engine_destroy(r->engine);
	db_close(r->db);
	loop_stop(r->loop);
	loop_run(r->loop);
	bus_destroy(r->bus);
	loop_destroy(r->loop);
	fake_destroy(r->fake);
	arena_destroy(r->arena);
	folder_remove(&r->folder);
}

/* A context of the person, inside a transaction of its own. */
static inline struct cx *
rig_begin(struct rig *r, const char *person)
{
	if (r->cx.platform != NULL)
		platform_unref((struct platform *)(uintptr_t)r->cx.platform);
	r->actor.person = person;
	r->cx = (struct cx){ .arena = r->arena, .db = r->db,
		.platform = engine_platform(r->engine), .actor = &r->actor,
		.site = &r->site, .now = clock_wall_ms(),
		.request_id = "test" };
	db_begin(r->db);
	return &r->cx;
}

static inline void
rig_commit(struct rig *r)
{
	struct err e = { 0 };

	if (db_failed(r->db, &e))
		fail_msg("%s", e.message);
	assert_ok(db_commit(r->db, &e), &e);
}

/* Turn rounds until nothing happens any more. */
static inline void
rig_settle(struct rig *r)
{
	uint64_t before;

	do {
		before = fake_started(r->fake);
		db_begin(r->db);
		r->hooks.on_fd(r->hooks.self, r->db);
		r->hooks.duties(r->hooks.self, r->db);
		rig_commit(r);
	} while (r->hooks.next_due(r->hooks.self) == 0 ||
	    fake_started(r->fake) != before);
	db_begin(r->db);
	r->hooks.on_fd(r->hooks.self, r->db);
	r->hooks.duties(r->hooks.self, r->db);
	rig_commit(r);
}

/* The n-th statement from now on finds no room. */
static inline void
rig_disk_fill(int64_t n)
{
	char text[64];

	snprintf(text, sizeof(text), "db.step.full:fail:%lld",
	    (long long)(failpoint_passed() + n));
	setenv("SLIPWAY_FAILPOINT", text, 1);
}

/* Each statement of each round finds no room once, before it is done. */
static inline void
rig_settle_full(struct rig *r)
{
	int64_t n = 1;
	struct err e;

	do {
		bool failed;

		rig_disk_fill(n);
		db_begin(r->db);
		r->hooks.on_fd(r->hooks.self, r->db);
		r->hooks.duties(r->hooks.self, r->db);
		unsetenv("SLIPWAY_FAILPOINT");
		failed = db_failed(r->db, &e);
		if (failed) {
			assert_int_equal(e.class, ERR_FULL);
			db_rollback(r->db);
		} else
			rig_commit(r);
		n = failed ? n + 1 : 1;
	} while (n > 1 || r->hooks.next_due(r->hooks.self) == 0);
}

/* The server dies and another starts over the same data. */
static inline void
rig_restart(struct rig *r)
{
	struct platform *p = engine_platform(r->engine);
	struct err e = { 0 };

	engine_destroy(r->engine);
	r->site.epoch++;
	rig_engine(r, p);
	assert_ok(engine_recover(r->engine, r->db, &e), &e);
}

static inline bool
rig_ask(struct rig *r, const char *person, const char *task,
    const char *request, const char *env, const char *params,
    struct asked *ret, struct err *e)
{
	struct cx *cx = rig_begin(r, person);
	struct problems problems;
	struct ask ask = { .requester = person };
	json_t *given = json_loads(params, 0, NULL), *checked;
	bool ok;

	ask.request =
	    request == NULL ? NULL : platform_request(cx->platform, request);
	ask.task = request == NULL ? platform_task(cx->platform, task)
				   : ask.request->task;
	problems_init(&problems, r->arena);
	ok = ask_environment(cx, env, ask.request, &ask.environment, e) &&
	    ask_params(cx, ask.task, given, &problems, &checked, e);
	json_decref(given);
	ask.params = ok ? checked : NULL;
	ok = ok && ask_make(cx, &ask, ret, e);
	rig_commit(r);
	return ok;
}

static inline const char *
rig_run_status(struct rig *r, const struct run *run)
{
	struct cx *cx = rig_begin(r, "ernie");
	const char *status = run_by_id(cx, run->id)->status;

	rig_commit(r);
	return status;
}

static inline struct step *
rig_step(struct rig *r, const struct run *run, const char *task)
{
	struct cx *cx = rig_begin(r, "ernie");
	size_t n;
	struct step **steps = run_steps_since(cx, run->id, 0, &n);
	struct step *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (streq(steps[i]->task, task))
			found = steps[i];
	rig_commit(r);
	assert_non_null(found);
	return found;
}

#endif
