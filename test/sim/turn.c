/* SPDX-License-Identifier: MIT */
/* Turns of the core thread, as store/writer makes them, and their mishaps. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "sim.h"
#include "sys/failpoint.h"

#define TURNS_AT_ONCE 200
#define UNDO_STEPS 12
#define SETTLE_TURNS 500
#define SETTLE_DECIDES 60

void
turn_clock(struct sim *s, int64_t wall_ms, int64_t boot_ms)
{
	s->wall_ms += wall_ms;
	s->boot_ms += boot_ms;
	s->hours += (double)boot_ms / 3600000;
	clock_set(s->wall_ms, s->boot_ms);
}

static void
nobody_listens(void *self, struct db *db, int64_t run_id)
{
	(void)self;
	(void)db;
	(void)run_id;
}

void
turn_engine(struct sim *s)
{
	s->engine = engine_create(&(struct engine_options){ .site = &s->site,
	    .driver = { .ops = &outside_ops, .self = s },
	    .slots = s->slots });
	s->site.changed = nobody_listens;
	engine_set_platform(s->engine, platform_ref(s->platform));
	s->hooks = engine_hooks(s->engine);
}

/* The server is gone; the next one may die while it recovers. */
void
turn_restart(struct sim *s)
{
	struct err e = { 0 };

	engine_destroy(s->engine);
	s->dies_after = -1;
	s->restarts++;
	s->site.epoch++;
	s->site.changes = 0;
	if (!s->calm && sim_chance(s, 15)) {
		s->site.boot_id = s->site.epoch % 2 == 0 ? "even" : "odd";
		for (int64_t id; (id = outside_pick(s)) != 0;)
			outside_lose(s, id);
		sim_note(s, "the host is rebooted");
	}
	turn_engine(s);
	if (!s->calm && sim_chance(s, 10))
		s->dies_after = 0;
	if (!engine_recover(s->engine, s->db, &e))
		sim_violation(s, "recovery: %s", e.message);
	if (s->dies_after == 0)
		turn_restart(s);
}

enum fate { LIVES, DISK_FULL, DISK_FULL_SOON, DIES_BEFORE, DIES_AFTER };

static enum fate
fate_choose(struct sim *s)
{
	uint64_t luck = s->calm ? 99 : sim_below(s, 100);

	if (luck < 2)
		return DISK_FULL;
	if (luck < 4)
		return DISK_FULL_SOON;
	if (luck < 7)
		return DIES_BEFORE;
	if (luck < 10)
		return DIES_AFTER;
	return LIVES;
}

/* The n-th statement, or the n-th commit, from now on finds no room. */
static void
disk_fill(const char *where, uint64_t n)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:fail:%lld", where,
	    (long long)(failpoint_passed() + (int64_t)n));
	setenv("SLIPWAY_FAILPOINT", text, 1);
}

/* Recoverable: the turn came to nothing, and is made again. */
static void
turn_failed(struct sim *s, const struct err *e)
{
	if (e->class != ERR_FULL)
		sim_violation(s, "the transaction failed: %s", e->message);
	if (s->hooks.rolled_back != NULL)
		s->hooks.rolled_back(s->hooks.self, e);
}

static bool
turn_commit(struct sim *s, enum fate fate)
{
	struct err e = { 0 };
	bool ok;

	if (db_failed(s->db, &e) && fate != DISK_FULL_SOON)
		sim_violation(s, "the transaction failed: %s", e.message);
	if (fate == DIES_BEFORE) {
		sim_note(s, "dies before the commit");
		db_rollback(s->db);
		turn_restart(s);
		return true;
	}
	if (fate == DISK_FULL)
		disk_fill("db.commit.full", 1);
	if (fate == DIES_AFTER) {
		s->dies_after = s->doomed ? 1 : 1 + (int)sim_below(s, 3);
		sim_note(s, "dies after the commit, at driver call %d",
		    s->dies_after);
	}
	ok = db_commit(s->db, &e);
	unsetenv("SLIPWAY_FAILPOINT");
	if (!ok) {
		sim_note(s, "the disk is full");
		turn_failed(s, &e);
	} else if (fate == DIES_AFTER)
		turn_restart(s);
	return ok;
}

static void
turn_run_job(struct sim *s, turn_job *job, const char *person)
{
	struct actor actor = { .person = person, .via = "sim", .address = "",
		.ceiling = ROLE_ADMIN };
	struct cx cx = { .arena = s->arena, .db = s->db,
		.platform = s->platform, .actor = &actor, .site = &s->site,
		.request_id = "", .now = clock_wall_ms() };
	struct err e = { 0 };

	db_savepoint(s->db);
	if (job(s, &cx, &e) && !db_failed(s->db, &e))
		db_release(s->db);
	else {
		if (e.class == ERR_INTERNAL)
			sim_violation(s, "%s: %s", e.code, e.message);

		sim_note(s, "  refused: %s: %s", e.code, e.message);
		db_rollback_to(s->db);
	}
}

/* One job, or none, and then rounds until nothing comes of them. */
void
turn(struct sim *s, turn_job *job, const char *person)
{
	int n = 0;
	bool ok, quiet;

	do {
		enum fate fate = fate_choose(s);
		int before = sqlite3_total_changes(s->raw);
		uint64_t restarts = s->restarts;

		if (++n > TURNS_AT_ONCE)
			sim_violation(s, "the engine does not come to rest");
		s->turns++;
		db_begin(s->db);
		if (fate == DISK_FULL_SOON)
			disk_fill("db.step.full", 1 + sim_below(s, 90));
		if (job != NULL)
			turn_run_job(s, job, person);
		if (s->doomed && fate == LIVES)
			fate = DIES_AFTER;
		job = NULL;
		s->hooks.on_fd(s->hooks.self, s->db);
		s->hooks.duties(s->hooks.self, s->db);
		unsetenv("SLIPWAY_FAILPOINT");
		ok = turn_commit(s, fate);
		s->doomed = false;
		arena_reset(s->arena);
		check_all(s, ok);
		quiet = sqlite3_total_changes(s->raw) == before &&
		    s->restarts == restarts;
	} while (!ok || !quiet ||
	    s->hooks.next_due(s->hooks.self) <= s->boot_ms);
}

static void
decide_all(struct sim *s, int settling)
{
	static const char waiting[] =
	    "SELECT COUNT(*) FROM need WHERE status = 'open'";
	static const char in_vain[] =
	    "SELECT COUNT(DISTINCT run_id) FROM step WHERE wait_on LIKE '?%' "
	    "AND status IN ('check', 'ready')";
	/* What cannot be met, and is asked again when a part of it lapses, is
	 * left to expire. */
	int64_t count = settling < SETTLE_DECIDES
	    ? raw_int(s, waiting, 0, 0)
	    : 0;

	for (int64_t i = 0; i < count * s->folder.npeople &&
	     raw_int(s, waiting, 0, 0) > 0; i++)
		turn(s, act_approve, sim_people[i % s->folder.npeople]);
	count = raw_int(s, "SELECT COUNT(*) FROM step WHERE status = 'manual'",
	    0, 0);
	for (int64_t i = 0; i < count; i++)
		turn(s, act_resolve, sim_people[0]);
	/* What is required may come of what else there is to do. */
	for (int64_t i = settling < 20 ? 0 : raw_int(s, in_vain, 0, 0); i > 0;
	     i--)
		turn(s, act_give_up, sim_people[0]);
}

/* No more mishaps: everything that can end ends. */
static void
settle(struct sim *s)
{
	static const char open_runs[] =
	    "SELECT COUNT(*) FROM run WHERE status IN ('waiting_approval',"
	    " 'queued', 'running')";
	static const char paused[] =
	    "SELECT COUNT(*) FROM pause WHERE kind <> 'schedule'";

	int waits = 0; /* for what only time brings */

	s->calm = true;
	if (s->site.full)
		s->hooks.space(s->hooks.self, false);
	turn(s, act_stop_schedules, sim_people[0]);
	while (raw_int(s, paused, 0, 0) > 0)
		turn(s, act_unpause, sim_people[0]);
	for (int i = 0; i < SETTLE_TURNS; i++) {
		int64_t ms;

		for (int64_t id; (id = outside_pick(s)) != 0;)
			outside_end(s, id);
		turn(s, NULL, NULL);
		if (outside_live(s) > 0)
			continue;
		decide_all(s, waits);
		if (raw_int(s, open_runs, 0, 0) == 0 && outside_live(s) == 0)
			break;
		ms = INT64_C(60000) << (waits < 40 ? waits / 4 : 10);
		waits++;
		turn_clock(s, ms, ms);
	}
	turn(s, NULL, NULL);
	check_over(s);
}

/* When all is over, what was made is undone, and not in calm. */
void
turn_settle(struct sim *s)
{
	sim_note(s, "calm");
	settle(s);
	if (s->folder.undoes == 0)
		return;
	s->calm = false;
	for (int i = 0; i < UNDO_STEPS; i++) {
		if (i % 3 == 0)
			turn(s, act_undo,
			    sim_people[sim_below(s,
				(uint64_t)s->folder.npeople)]);
		act(s);
	}
	sim_note(s, "calm");
	settle(s);
}
