/* SPDX-License-Identifier: MIT */
/* The program: seeds, one after another. */
#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "store/migrate.h"
#include "sys/file.h"

#define STEPS 50
#define START_WALL_MS INT64_C(1795000000000)
#define START_BOOT_MS INT64_C(1000000)

static struct sim *sim_now; /* for the words after an abort */

uint64_t
sim_below(struct sim *s, uint64_t n)
{
	uint64_t z = s->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (z ^ z >> 31) % n;
}

bool
sim_chance(struct sim *s, unsigned percent)
{
	return sim_below(s, 100) < percent;
}

void
sim_note(struct sim *s, const char *fmt, ...)
{
	char *line = s->trace[s->ntrace++ % SIM_TRACE];
	size_t size = sizeof(s->trace[0]);
	int n = snprintf(line, size, "%4d  ", s->step);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line + n, size - (size_t)n, fmt, ap);
	va_end(ap);
	if (s->verbose)
		puts(line);
}

static void
trace_print(struct sim *s)
{
	int from = s->ntrace > SIM_TRACE ? s->ntrace - SIM_TRACE : 0;

	fflush(stdout);
	fprintf(stderr, "seed %llu, step %d; what was done last:\n",
	    (unsigned long long)s->seed, s->step);
	for (int i = from; i < s->ntrace; i++)
		fprintf(stderr, "%s\n", s->trace[i % SIM_TRACE]);
	fprintf(stderr, "again: sim --seed %llu --steps %d --verbose\n",
	    (unsigned long long)s->seed, s->steps);
}

static void
steps_print(struct sim *s)
{
	static const char sql[] =
	    "SELECT run.key || ' ' || run.status || ': ' || step.id || ' ' || "
	    "step.task || ' ' || step.status || ' waiting ' || waiting || ' held ' "
	    "|| held || ' shares ' || shares || ' attempts ' || attempts || "
	    "' tries ' || tries || ' ' || step.reason || ' needs ' || "
	    "COALESCE((SELECT group_concat(from_step) FROM edge WHERE "
	    "to_step = step.id), '') FROM step JOIN run ON run.id = step.run_id";
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(s->raw, sql, -1, &q, NULL) != SQLITE_OK)
		return;
	while (sqlite3_step(q) == SQLITE_ROW)
		fprintf(stderr, "%s\n", sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
}

static void
files_remove(struct sim *s)
{
	struct err e;

	file_remove_tree(AT_FDCWD, s->path, &e);
}

void
sim_violation(struct sim *s, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("VIOLATION: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (s->verbose)
		steps_print(s);
	trace_print(s);
	files_remove(s);
	_exit(1);
}

/* The process is lost already: whatever this does is better than nothing. */
static void
on_crash(int number)
{
	signal(number, SIG_DFL);
	fprintf(stderr, "VIOLATION: the server crashed, signal %d\n", number);
	trace_print(sim_now);
	files_remove(sim_now);
	_exit(1);
}

static int
take_connection(sqlite3 *conn, const char **ret_why, const void *api)
{
	(void)ret_why;
	(void)api;
	sim_now->raw = conn;
	return SQLITE_OK;
}

static void
database_open(struct sim *s)
{
	char file[96];
	struct err e = { 0 };

	snprintf(s->path, sizeof(s->path), "%s/slipway-sim-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(s->path) == NULL) {
		fprintf(stderr, "%s: %s\n", s->path, strerror(errno));
		exit(2);
	}
	snprintf(file, sizeof(file), "%s/db", s->path);
	sqlite3_auto_extension((void (*)(void))take_connection);
	if (!db_open(file, DB_WRITE, &s->db, &e) || !migrate(s->db, &e))
		sim_violation(s, "%s", e.message);
	/* The disk is not what is tested here. */
	raw_exec(s,
	    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY;"
	    "PRAGMA synchronous = OFF; PRAGMA trusted_schema = ON;"
	    "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;");
	check_prepare(s);
}

static void
database_empty(struct sim *s)
{
	raw_exec(s,
	    "PRAGMA foreign_keys = OFF; BEGIN;"
	    "DELETE FROM attempt; DELETE FROM edge; DELETE FROM step;"
	    "DELETE FROM run_watcher; DELETE FROM vote; DELETE FROM need;"
	    "DELETE FROM ticket_entry; DELETE FROM ticket; DELETE FROM run;"
	    "DELETE FROM plan; DELETE FROM closure; DELETE FROM definition;"
	    "DELETE FROM project_counter; DELETE FROM audit;"
	    "DELETE FROM pause; DELETE FROM schedule; DELETE FROM preview;"
	    "DELETE FROM need_person;"
	    "DELETE FROM schedule_time; DELETE FROM ticket_watcher;"
	    "COMMIT; PRAGMA foreign_keys = ON;");
}

static void
seed_run(struct sim *s, uint64_t seed)
{
	s->seed = seed;
	s->random = seed * 0x2545f4914f6cdd1du + 1;
	s->step = 0;
	s->ntrace = 0;
	s->calm = false;
	s->dies_after = -1;
	s->checked = 0;
	s->slots = 1 + (int)sim_below(s, 4);
	id_seed(seed + 1);
	s->wall_ms = START_WALL_MS;
	s->boot_ms = START_BOOT_MS;
	turn_clock(s, 0, 0);
	memset(s->targets, 0, sizeof(s->targets));
	memset(s->said, 0, sizeof(s->said));
	memset(s->lists, 0, sizeof(s->lists));
	s->site = (struct site){ .data = s->path, .epoch = 1,
		.boot_id = "odd" };
	database_empty(s);
	outside_driver(s);
	outside_reset(s);
	folder_generate(s);
	turn_engine(s);
	for (s->step = 1; s->step <= s->steps; s->step++)
		act(s);
	sim_note(s, "calm");
	turn_settle(s);
	engine_destroy(s->engine);
	fake_destroy(s->fake);
	platform_unref(s->platform);
	arena_reset(s->arena);
}

static void
report(struct sim *s, uint64_t seeds)
{
	double seconds = (double)clock() / CLOCKS_PER_SEC;

	printf("%llu seeds, %llu turns, %llu restarts, %.0f platform hours "
	       "in %.1f s: %.0f turns/s, %.0f hours/s; no violation\n",
	    (unsigned long long)seeds, (unsigned long long)s->turns,
	    (unsigned long long)s->restarts, s->hours, seconds,
	    (double)s->turns / seconds, s->hours / seconds);
}

static uint64_t
number(const char *text)
{
	char *end;
	unsigned long long v = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0') {
		fprintf(stderr, "'%s' is no number\n", text);
		exit(2);
	}
	return v;
}

/* Share the seeds out to processes; true in each of them.  The parent waits,
 * *ret_code is 1 when one of them found something. */
static bool
jobs_share(int jobs, uint64_t *first, uint64_t *seeds, int *ret_code)
{
	uint64_t all = *seeds, from = *first;
	int status;

	if (jobs < 2)
		return true;
	for (int k = 0; k < jobs; k++) {
		pid_t pid = fork();

		if (pid < 0) {
			perror("fork");
			exit(2);
		}
		*first = from + all * (uint64_t)k / (uint64_t)jobs;
		*seeds = from + all * (uint64_t)(k + 1) / (uint64_t)jobs -
		    *first;
		if (pid == 0)
			return true;
	}
	*ret_code = 0;
	while (wait(&status) > 0)
		if (status != 0)
			*ret_code = 1;
	return false;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "jobs", required_argument, NULL, 'j' },
		{ "seed", required_argument, NULL, 's' },
		{ "steps", required_argument, NULL, 'm' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	static struct sim sim;
	uint64_t first = 1, seeds = 1;
	int c, jobs = 1, code;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'j':
			jobs = (int)number(optarg);
			break;
		case 's':
			first = number(optarg);
			break;
		case 'm':
			sim.steps = (int)number(optarg);
			break;
		case 'n':
			seeds = number(optarg);
			break;
		case 'v':
			sim.verbose = true;
			break;
		default:
			fputs("usage: sim [--seed N] [--seeds COUNT] "
			      "[--steps M] [--jobs N] [--verbose]\n",
			    stderr);
			return 2;
		}
	if (!jobs_share(jobs, &first, &seeds, &code))
		return code;
	sim_now = &sim;
	if (sim.steps == 0)
		sim.steps = STEPS;
	sim.arena = arena_create();
	log_set_level(LOG_ERROR);
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	database_open(&sim);
	for (uint64_t i = 0; i < seeds; i++)
		seed_run(&sim, first + i);
	report(&sim, seeds);
	check_finish();
	db_close(sim.db);
	arena_destroy(sim.arena);
	free(sim.attempts);
	files_remove(&sim);
	return 0;
}
