/* SPDX-License-Identifier: MIT */
/*
 * The program: seeds, each in a process of its own.
 *
 * What no seed has touched is made once: an empty database in memory, its
 * triggers, its prepared statements.  Each seed is played in a fork of that,
 * so nothing one does can be seen by the next, and all begin alike.  A seed
 * that is played alone is not forked, for the sake of debuggers; it is the
 * same seed: test/sim/replay.sh holds their digests against each other.
 */
#include "sim.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/id.h"
#include "base/log.h"

#define STEPS 50
#define START_WALL_MS INT64_C(1795000000000)
#define START_BOOT_MS INT64_C(1000000)

/* What the seeds came to, of all processes together. */
struct totals {
	_Atomic uint64_t seeds, turns, restarts, hours;
};

struct options {
	uint64_t first, seeds;
	int jobs;
	bool keep_going, digests;
};

static struct sim *sim_now; /* for the words after an abort */
static struct totals *totals; /* shared */

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
	sim_digest(s, line, strlen(line));
	if (s->verbose)
		puts(line);
}

void
sim_digest(struct sim *s, const void *p, size_t n)
{
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++)
		s->digest = (s->digest ^ bytes[i]) * 0x100000001b3u;
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
rows_print(struct sim *s, const char *sql)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(s->raw, sql, -1, &q, NULL) != SQLITE_OK)
		return;
	while (sqlite3_step(q) == SQLITE_ROW)
		fprintf(stderr, "%s\n", sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
}

static void
state_print(struct sim *s)
{
	rows_print(s,
	    "SELECT ticket.key || ' ' || ticket.status || ': ' || "
	    "ticket.requester || ' ' || ticket.request || ' ' || "
	    "COALESCE(run.key || ' ' || run.status, '') || ' ' || resolution "
	    "FROM ticket LEFT JOIN run ON run.id = ticket.run_id");
	rows_print(s,
	    "SELECT run.key || ' ' || run.status || ': ' || step.id || ' ' || "
	    "step.task || ' ' || step.status || ' waiting ' || waiting || "
	    "' held ' || held || ' shares ' || shares || ' attempts ' || "
	    "attempts || ' tries ' || tries || ' ' || step.reason || "
	    "' needs ' || COALESCE((SELECT group_concat(from_step) FROM edge "
	    "WHERE to_step = step.id), '') FROM step JOIN run ON run.id = "
	    "step.run_id");
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
		state_print(s);
	trace_print(s);
	fflush(stderr);
	_exit(1);
}

/* The process is lost already: whatever this does is better than nothing. */
static void
on_crash(int number)
{
	signal(number, SIG_DFL);
	fprintf(stderr, "VIOLATION: the server crashed, signal %d\n", number);
	trace_print(sim_now);
	fflush(stderr);
	_exit(1);
}

static void
seed_run(struct sim *s, uint64_t seed)
{
	s->seed = seed;
	s->random = seed * 0x2545f4914f6cdd1du + 1;
	s->step = 0;
	s->ntrace = 0;
	s->calm = false;
	s->digest = 0xcbf29ce484222325u;
	s->dies_after = -1;
	s->doomed = false;
	s->checked = 0;
	s->ndue = 0;
	approval_forget(s);
	s->slots = 1 + (int)sim_below(s, 4);
	id_seed(seed + 1);
	s->wall_ms = START_WALL_MS;
	s->boot_ms = START_BOOT_MS;
	turn_clock(s, 0, 0);
	memset(s->targets, 0, sizeof(s->targets));
	memset(s->said, 0, sizeof(s->said));
	memset(s->lists, 0, sizeof(s->lists));
	s->site = (struct site){ .data = "/nowhere", .epoch = 1,
		.boot_id = "odd" };
	outside_driver(s);
	outside_reset(s);
	folder_generate(s);
	turn_engine(s);
	for (s->step = 1; s->step <= s->steps; s->step++)
		act(s);
	turn_settle(s);
	database_digest(s);
	engine_destroy(s->engine);
	fake_destroy(s->fake);
	platform_unref(s->platform);
	totals->seeds++;
	totals->turns += s->turns;
	totals->restarts += s->restarts;
	totals->hours += (uint64_t)s->hours;
	if (s->verbose || s->digests)
		printf("seed %llu digest %016llx\n", (unsigned long long)seed,
		    (unsigned long long)s->digest);
	fflush(stdout);
}

static double
seconds_of(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

/* Seconds are of one processor, whatever was shared out. */
static void
report(void)
{
	double seconds = 0;
	struct rusage use;

	for (int i = 0; i < 2; i++) {
		getrusage(i == 0 ? RUSAGE_SELF : RUSAGE_CHILDREN, &use);
		seconds += seconds_of(&use.ru_utime) +
		    seconds_of(&use.ru_stime);
	}
	printf("%llu seeds, %llu turns, %llu restarts, %llu platform hours "
	       "in %.1f s: %.0f turns/s, %.0f hours/s; no violation\n",
	    (unsigned long long)totals->seeds,
	    (unsigned long long)totals->turns,
	    (unsigned long long)totals->restarts,
	    (unsigned long long)totals->hours, seconds,
	    (double)totals->turns / seconds, (double)totals->hours / seconds);
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

/* What one process has to say comes in one piece. */
static void
seed_fork(struct sim *s, uint64_t seed)
{
	static char words[1 << 16];
	pid_t pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (pid > 0)
		return;
	setvbuf(stderr, words, _IOFBF, sizeof(words));
	seed_run(s, seed);
	_exit(0);
}

/* As many at once as there are jobs.  False: something was found. */
static bool
seeds_run(struct sim *s, const struct options *o)
{
	uint64_t next = 0;
	bool well = true;
	int status, busy = 0;

	while (busy > 0 || (next < o->seeds && (well || o->keep_going))) {
		if (busy < o->jobs && next < o->seeds &&
		    (well || o->keep_going)) {
			seed_fork(s, o->first + next++);
			busy++;
			continue;
		}
		if (wait(&status) < 0)
			break;
		busy--;
		well = well && status == 0;
	}
	return well;
}

static void
options_read(struct sim *s, struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "digests", no_argument, NULL, 'd' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "keep-going", no_argument, NULL, 'k' },
		{ "seed", required_argument, NULL, 's' },
		{ "steps", required_argument, NULL, 'm' },
		{ "seeds", required_argument, NULL, 'n' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};

	for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;)
		switch (c) {
		case 'd':
			s->digests = true;
			break;
		case 'j':
			o->jobs = (int)number(optarg);
			break;
		case 'k':
			o->keep_going = true;
			break;
		case 's':
			o->first = number(optarg);
			break;
		case 'm':
			s->steps = (int)number(optarg);
			break;
		case 'n':
			o->seeds = number(optarg);
			break;
		case 'v':
			s->verbose = true;
			break;
		default:
			fputs("usage: sim [--seed N] [--seeds COUNT] "
			      "[--steps M] [--jobs N] [--keep-going] "
			      "[--digests] [--verbose]\n",
			    stderr);
			exit(2);
		}
}

int
main(int argc, char **argv)
{
	static struct sim sim = { .steps = STEPS };
	struct options o = { .first = 1, .seeds = 1, .jobs = 1 };
	bool well = true;

	options_read(&sim, &o, argc, argv);
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT(totals != MAP_FAILED);
	sim_now = &sim;
	sim.arena = arena_create();
	log_set_level(LOG_ERROR);
	signal(SIGABRT, on_crash);
	signal(SIGSEGV, on_crash);
	database_make(&sim);
	if (o.seeds == 1)
		seed_run(&sim, o.first);
	else
		well = seeds_run(&sim, &o);
	if (well)
		report();
	database_close(&sim);
	arena_destroy(sim.arena);
	free(sim.attempts);
	free(sim.released);
	free(sim.decided);
	return !well;
}
