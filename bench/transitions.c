/* SPDX-License-Identifier: MIT */
/*
 * transitions.c: how fast runs move when no command is run.
 *
 *	transitions STEPS SLOTS FOLDER
 *	transitions STEPS SLOTS FOLDER size
 *
 * One run of so many equal steps (rounded down to groups of 200) over the fake
 * driver, turned as store/writer turns it, on a database of its own below the
 * empty FOLDER: the engine's figure.  Then SQLite's own: the same rows (both
 * updates of each step, the counter of its group, its attempt twice, its audit
 * events) written by prepared statements on a copy of the database as it was
 * when the run was asked for, in batches as large as the engine's were.
 *
 * Prints: transitions, the engine's seconds, SQLite's seconds.  A transition
 * is one move of a step or of an attempt; there are four per step.
 *
 * With `size` it prints how large runs do: seconds from the ask to its commit,
 * to the first step that runs, to the end, and by how many MiB the process grew
 * at most (SQLite's cache included).
 */
#include <err.h>
#include <fcntl.h>
#include <malloc.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "driver/fake.h"
#include "engine/engine.h"
#include "resource/ask/ask.h"
#include "resource/run/run.h"
#include "store/migrate.h"
#include "sys/file.h"

#define GROUP 200 /* LIMIT_PARAMS: needs of one task */
#define PART 20	  /* groups of one file: LIMIT_YAML_BYTES */
#define PARTS 50

struct bench {
	const char *folder;
	char file[512], copy[512];
	struct db *db;
	struct site site;
	struct engine *engine;
	struct writer_hooks hooks;
	struct platform *platform;
	struct fake *fake;
	long groups;
	int64_t run;
	double seconds, asked, first;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
fail(const char *what, const struct err *e)
{
	errx(1, "%s: %s", what, e->message);
}

/* --- the folder ------------------------------------------------------------ */

/* A part needs its groups, a group its steps. */
static void
folder_part(struct buf *to, long part, long groups)
{
	long from = part * PART;
	long until = from + PART < groups ? from + PART : groups;

	for (long g = from; g < until; g++) {
		buf_printf(to, "---\ntask: group-%ld\nneeds:\n", g);
		for (long i = g * GROUP; i < (g + 1) * GROUP; i++)
			buf_printf(to,
			    "  s%ld: {task: step, with: {n: %ld}}\n", i, i);
	}
	buf_printf(to, "---\ntask: part-%ld\nneeds:\n", part);
	for (long g = from; g < until; g++)
		buf_printf(to, "  g%ld: group-%ld\n", g, g);
}

static void
folder_load(struct bench *b)
{
	long parts = (b->groups + PART - 1) / PART;
	struct folder_file files[PARTS + 1]; /* by name */
	struct folder_errors errors;
	struct arena *arena = arena_create();
	struct buf texts[PARTS + 1] = { { 0 } };
	struct err e = { 0 };

	buf_adds(&texts[parts], "slipway: 1\nteam: platform\n---\n"
			    "people: {tina: {}}\n"
			    "teams: {platform: {members: [tina]}}\n---\n"
			    "task: step\nparams: {n: {type: integer}}\n"
			    "argv: [/bin/true]\n---\ntask: all\nneeds:\n");
	for (long p = 0; p < parts; p++) {
		buf_printf(&texts[parts], "  p%ld: part-%ld\n", p, p);
		folder_part(&texts[p], p, b->groups);
		files[p] = (struct folder_file){
			.name = arena_printf(arena, "part-%03ld.yaml", p),
			.bytes = buf_str(&texts[p]) };
	}
	files[parts] = (struct folder_file){ .name = "slipway.yaml",
		.bytes = buf_str(&texts[parts]) };
	folder_errors_init(&errors, arena);
	if (!platform_load_memory("bench", files, (size_t)parts + 1,
		&b->platform, &errors, &e))
		fail("folder", &e);
	for (long p = 0; p <= parts; p++)
		buf_finish(&texts[p]);
	arena_destroy(arena);
}

/* MiB of this process: VmRSS now, VmHWM at most. */
static double
memory(const char *which)
{
	char line[128];
	double kib = 0;
	FILE *f = fopen("/proc/self/status", "re");

	if (f == NULL)
		err(1, "/proc/self/status");
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, which, strlen(which)) == 0)
			kib = atof(line + strlen(which) + 1);
	fclose(f);
	return kib / 1024;
}

/* --- the engine ------------------------------------------------------------ */

static void
nobody_listens(void *self, struct db *db, int64_t run_id)
{
	(void)self;
	(void)db;
	(void)run_id;
}

/* What the load of the folder took is no part of it. */
static void
memory_forget(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	malloc_trim(0);
	if (fd < 0 || write(fd, "5", 1) != 1)
		err(1, "/proc/self/clear_refs");
	close(fd);
}

static void
engine_open(struct bench *b, int slots)
{
	struct driver driver;
	struct err e = { 0 };

	b->site = (struct site){ .data = b->folder, .epoch = 1,
		.boot_id = "bench" };
	if (!file_mkdirs(b->folder, 0755, &e) ||
	    !db_open(b->file, DB_WRITE, &b->db, &e) || !migrate(b->db, &e))
		fail(b->file, &e);
	b->fake = fake_create(NULL, NULL, &driver);
	b->engine = engine_create(&(struct engine_options){ .site = &b->site,
	    .driver = driver, .slots = slots });
	b->site.changed = nobody_listens;
	engine_set_platform(b->engine, platform_ref(b->platform));
	b->hooks = engine_hooks(b->engine);
}

static struct cx
context(struct bench *b, struct arena *arena, const struct actor *actor)
{
	return (struct cx){ .arena = arena, .db = b->db,
		.platform = b->platform, .actor = actor, .site = &b->site,
		.request_id = "", .now = 1 };
}

static void
run_ask(struct bench *b)
{
	const struct actor tina = { .person = "tina", .via = "bench",
		.address = "", .ceiling = ROLE_ADMIN };
	struct arena *arena = arena_create();
	struct cx cx = context(b, arena, &tina);
	struct problems problems;
	struct asked asked;
	struct ask ask = { .requester = "tina",
		.task = platform_task(b->platform, "all"),
		.environment = platform_environment(b->platform, "default") };
	json_t *params;
	struct err e = { 0 };
	double began = now();

	problems_init(&problems, arena);
	db_begin(b->db);
	if (!ask_params(&cx, ask.task, NULL, &problems, &params, &e))
		fail("params", &e);
	ask.params = params;
	if (!ask_make(&cx, &ask, &asked, &e) || !db_commit(b->db, &e))
		fail("ask", &e);
	b->run = asked.run->id;
	arena_destroy(arena);
	b->asked = now() - began;
}

static bool
run_is_over(struct bench *b)
{
	struct arena *arena = arena_create();
	struct cx cx = context(b, arena, &actor_engine);
	struct run *run = run_by_id(&cx, b->run);
	bool over = machine_is_final(&run_machine, run->status);

	if (over && !streq(run->status, "succeeded"))
		errx(1, "the run is %s", run->status);
	arena_destroy(arena);
	return over;
}

static void
engine_run(struct bench *b)
{
	struct err e = { 0 };
	double began = now();

	for (bool over = false; !over;) {
		db_begin(b->db);
		b->hooks.on_fd(b->hooks.self, b->db);
		b->hooks.duties(b->hooks.self, b->db);
		/* As cheap as asking is, only when it may be. */
		over = engine_live(b->engine) == 0 && run_is_over(b);
		if (!db_commit(b->db, &e))
			fail("commit", &e);
		if (b->first == 0 && fake_started(b->fake) > 0)
			b->first = now() - began;
	}
	b->seconds = now() - began;
	engine_destroy(b->engine);
	fake_destroy(b->fake);
	db_close(b->db);
}

/* --- SQLite alone ----------------------------------------------------------- */

static void
sql(sqlite3 *db, const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(db, text, NULL, NULL, &why) != SQLITE_OK)
		errx(1, "%s: %s", text, why);
}

static sqlite3_stmt *
prepare(sqlite3 *db, const char *text)
{
	sqlite3_stmt *q;

	if (sqlite3_prepare_v2(db, text, -1, &q, NULL) != SQLITE_OK)
		errx(1, "%s: %s", text, sqlite3_errmsg(db));
	return q;
}

static sqlite3 *
open_raw(const char *file)
{
	sqlite3 *db;

	if (sqlite3_open(file, &db) != SQLITE_OK)
		errx(1, "%s", sqlite3_errmsg(db));
	sql(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 0;");
	return db;
}

/* Rows in memory, to be written again. */
struct rows {
	int columns;
	size_t count, cap;
	sqlite3_value **values;
};

static void
rows_read(sqlite3 *db, const char *text, struct rows *r)
{
	sqlite3_stmt *q = prepare(db, text);

	r->columns = sqlite3_column_count(q);
	while (sqlite3_step(q) == SQLITE_ROW) {
		if (r->count == r->cap) {
			r->cap = r->cap == 0 ? 4096 : r->cap * 2;
			r->values = realloc(r->values, r->cap *
				(size_t)r->columns * sizeof(*r->values));
			if (r->values == NULL)
				err(1, "realloc");
		}
		for (int i = 0; i < r->columns; i++)
			r->values[r->count * (size_t)r->columns + (size_t)i] =
			    sqlite3_value_dup(sqlite3_column_value(q, i));
		r->count++;
	}
	sqlite3_finalize(q);
}

static void
rows_write(const struct rows *r, size_t row, sqlite3_stmt *q)
{
	for (int i = 0; i < r->columns; i++)
		sqlite3_bind_value(q, i + 1,
		    r->values[row * (size_t)r->columns + (size_t)i]);
	if (sqlite3_step(q) != SQLITE_DONE)
		errx(1, "%s", sqlite3_errmsg(sqlite3_db_handle(q)));
	sqlite3_reset(q);
}

struct floor {
	sqlite3 *db;
	struct rows attempts, starts, steps, audits;
	sqlite3_stmt *attempt, *attempt_end, *step, *step_end, *counter, *audit;
};

static void
floor_open(struct floor *f, const struct bench *b)
{
	sqlite3 *made = open_raw(b->file);
	sqlite3_stmt *q;

	rows_read(made,
	    "SELECT * FROM audit WHERE seq > (SELECT max(seq) FROM audit "
	    "WHERE action = 'run.asked')",
	    &f->audits);
	rows_read(made, "SELECT * FROM attempt ORDER BY id", &f->attempts);
	rows_read(made,
	    "SELECT status, code, ended_at, duration_ms, id FROM attempt "
	    "ORDER BY id",
	    &f->starts);
	rows_read(made,
	    "SELECT step.status, reason, attempts, tries, outputs, step.seq, "
	    "step.started_at, step.ended_at, step.id FROM attempt "
	    "JOIN step ON step.id = attempt.step_id ORDER BY attempt.id",
	    &f->steps);
	sqlite3_close(made);
	f->db = open_raw(b->copy);
	f->attempt = NULL;
	for (int i = 0; i < 2; i++) {
		const struct rows *r = i == 0 ? &f->attempts : &f->audits;
		char insert[256];
		int n = snprintf(insert, sizeof(insert),
		    "INSERT INTO %s VALUES (?1", i == 0 ? "attempt" : "audit");

		for (int k = 2; k <= r->columns; k++)
			n += snprintf(insert + n, sizeof(insert) - (size_t)n,
			    ",?%d", k);
		snprintf(insert + n, sizeof(insert) - (size_t)n, ")");
		q = prepare(f->db, insert);
		*(i == 0 ? &f->attempt : &f->audit) = q;
	}
	f->attempt_end = prepare(f->db,
	    "UPDATE attempt SET status = ?1, code = ?2, ended_at = ?3, "
	    "duration_ms = ?4 WHERE id = ?5");
	f->step = prepare(f->db,
	    "UPDATE step SET status = ?1, reason = ?2, attempts = ?3, "
	    "tries = ?4, outputs = ?5, seq = ?6, started_at = ?7, "
	    "ended_at = ?8 WHERE id = ?9");
	f->counter = prepare(f->db,
	    "UPDATE step SET waiting = waiting - 1 WHERE id IN "
	    "(SELECT to_step FROM edge WHERE from_step = ?1)");
}

/* As the engine does: what began in the turn before ends, and the next ones
 * begin, in one transaction. */
static double
floor_run(struct floor *f)
{
	size_t n = f->attempts.count, audits = f->audits.count, said = 0;
	double began = now();

	for (size_t at = 0; at < n + LIMIT_BATCH; at += LIMIT_BATCH) {
		sql(f->db, "BEGIN IMMEDIATE");
		for (size_t i = at < LIMIT_BATCH ? 0 : at - LIMIT_BATCH;
		     i < at && i < n; i++) {
			rows_write(&f->starts, i, f->attempt_end);
			rows_write(&f->steps, i, f->step);
			sqlite3_bind_value(f->counter, 1,
			    f->steps.values[i * (size_t)f->steps.columns + 8]);
			sqlite3_step(f->counter);
			sqlite3_reset(f->counter);
		}
		for (size_t i = at; i < at + LIMIT_BATCH && i < n; i++) {
			rows_write(&f->attempts, i, f->attempt);
			rows_write(&f->steps, i, f->step);
		}
		for (; said < audits &&
		     said * n < audits * (at + LIMIT_BATCH / 2 + 1); said++)
			rows_write(&f->audits, said, f->audit);
		sql(f->db, "COMMIT");
	}
	return now() - began;
}

static void
database_copy(const struct bench *b)
{
	sqlite3 *db = open_raw(b->file);
	char text[1200];

	sql(db, "PRAGMA wal_checkpoint(TRUNCATE)");
	snprintf(text, sizeof(text), "VACUUM INTO '%s'", b->copy);
	sql(db, text);
	sqlite3_close(db);
}

int
main(int argc, char **argv)
{
	struct bench b = { 0 };
	struct floor f = { 0 };
	double floor, before;

	if (argc != 4 && (argc != 5 || strcmp(argv[4], "size") != 0))
		errx(2, "usage: transitions STEPS SLOTS FOLDER [size]");
	b.groups = atol(argv[1]) / GROUP;
	b.folder = argv[3];
	snprintf(b.file, sizeof(b.file), "%s/db", b.folder);
	snprintf(b.copy, sizeof(b.copy), "%s/copy", b.folder);
	if (b.groups < 1 || b.groups > PART * PARTS)
		errx(2, "between %d and %d steps", GROUP, GROUP * PART * PARTS);
	folder_load(&b);
	engine_open(&b, atoi(argv[2]));
	memory_forget();
	before = memory("VmRSS");
	run_ask(&b);
	if (argc == 5) {
		engine_run(&b);
		printf("%.6f %.6f %.6f %.1f\n", b.asked, b.asked + b.first,
		    b.asked + b.seconds, memory("VmHWM") - before);
		platform_unref(b.platform);
		return 0;
	}
	database_copy(&b);
	engine_run(&b);
	floor_open(&f, &b);
	floor = floor_run(&f);
	printf("%zu %.6f %.6f\n", 4 * f.attempts.count, b.seconds, floor);
	platform_unref(b.platform);
	return 0;
}
