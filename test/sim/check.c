/* SPDX-License-Identifier: MIT */
/*
 * The invariants.  Those about single writes are triggers, which see every
 * statement; those about a whole are queries after each turn, each giving a
 * row in words for what is wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "spec/ticket.h"
#include "store/audit.h"

#define OPEN_STEPS                                                             \
	"('check', 'checking', 'waiting', 'ready', 'previewing', 'running', "  \
	"'verifying', 'retry', 'approval', 'manual')"
#define OPEN_RUNS "('waiting_approval', 'queued', 'running')"
#define FAILED_STEPS "('failed', 'timed_out', 'unknown', 'unkillable')"
#define LIVE "('starting', 'running')"
#define MOVES(table, noun, word)                                               \
	"CREATE TRIGGER sim_" table " AFTER UPDATE OF status ON " table        \
	" WHEN old.status <> new.status AND NOT EXISTS (SELECT 1 FROM "        \
	"sim_legal WHERE sim_legal.noun = '" noun "' AND "                     \
	"sim_legal.a = old.status AND sim_legal.b = new.status) BEGIN "        \
	"SELECT RAISE(ABORT, 'illegal move of a " noun "'); END;"
/* Of a step of the work, not of what cleans up, in the trigger of an attempt. */
#define WORKS                                                                  \
	"(SELECT cleans = 0 FROM step WHERE id = new.step_id)"
/* It is being removed, a piece at a time. */
#define GOES(run) run " IN (SELECT old_id FROM removed WHERE left_steps = 1)"
#define HAS_STEP(is)                                                           \
	"EXISTS (SELECT 1 FROM step WHERE run_id = run.id AND cleans = 0 AND " \
	"status = '" is "')"
/* Whether the task of a step uses a limit. */
#define USES(step, limit)                                                      \
	"json_extract((SELECT body FROM definition WHERE hash = " step         \
	".definition), '$.uses.' || " limit ") IS NOT NULL"

static const char triggers[] =
    "CREATE TABLE sim_legal (noun, a, b, PRIMARY KEY (noun, a, b)) "
    "WITHOUT ROWID;"
    MOVES("run", "run", "") MOVES("step", "step", "")
    MOVES("attempt", "attempt", "") MOVES("ticket", "ticket", "")
    MOVES("need", "need", "")
    "CREATE TRIGGER sim_preview AFTER UPDATE OF preview ON step WHEN "
    "old.preview = 'done' AND new.preview <> 'done' AND new.cleans = 0 AND "
    "EXISTS (SELECT 1 "
    "FROM run WHERE id = new.run_id AND status <> 'waiting_approval') AND "
    "EXISTS (SELECT 1 FROM need WHERE run_id = new.run_id AND step_id = 0) "
    "BEGIN "
    "SELECT RAISE(ABORT, 'more runs than was seen at the approval'); END;"
    "CREATE TRIGGER sim_start AFTER INSERT ON attempt BEGIN "
    "SELECT RAISE(ABORT, 'a second live attempt of a step') WHERE EXISTS ("
    "SELECT 1 FROM attempt a WHERE a.step_id = new.step_id AND "
    "a.id <> new.id AND a.status IN " LIVE ");"
    "SELECT RAISE(ABORT, 'a command starts before its needs are done') "
    "WHERE new.kind = 'run' AND EXISTS (SELECT 1 FROM edge JOIN step ON "
    "step.id = edge.from_step WHERE edge.to_step = new.step_id AND "
    "step.status NOT IN ('succeeded', 'skipped')) AND " WORKS ";"
    "SELECT RAISE(ABORT, 'an attempt starts in a cancelled run') WHERE "
    WORKS " AND EXISTS (SELECT 1 FROM run WHERE id = new.run_id AND cancel_by <> '') "
    /* but to look whether what had ended well is there */
    "AND NOT (new.kind = 'verify' AND EXISTS (SELECT 1 FROM attempt a WHERE "
    "a.step_id = new.step_id AND a.kind = 'run' AND "
    "a.status = 'succeeded'));"
    "SELECT RAISE(ABORT, 'something starts that is paused') WHERE "
    "new.kind IN ('run', 'preview') AND EXISTS (SELECT 1 FROM pause JOIN "
    "step ON step.id = new.step_id WHERE pause.kind = 'all' OR (pause.kind "
    "= 'task' AND pause.name = step.task) OR (pause.kind = 'limit' AND "
    USES("step", "pause.name") "));"
    "SELECT RAISE(ABORT, 'a command starts without a fresh preview') WHERE "
    "new.kind = 'run' AND (SELECT json_extract(body, '$.preview') FROM "
    "definition JOIN step ON step.definition = hash WHERE step.id = "
    "new.step_id) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempt a "
    "WHERE a.step_id = new.step_id AND a.no = new.no - 1 AND "
    "a.kind = 'preview' AND a.status = 'succeeded' AND "
    "a.ended_at = new.started_at);"
    "SELECT RAISE(ABORT, 'a command starts in a run that may not') WHERE "
    "new.kind = 'run' AND EXISTS (SELECT 1 FROM run WHERE id = new.run_id "
    "AND (dry = 1 OR (status <> 'running' AND NOT (status = "
    "'waiting_approval' AND NOT " WORKS ")))); END;"
    "CREATE TRIGGER sim_schedule AFTER INSERT ON run WHEN new.schedule <> '' "
    "BEGIN SELECT RAISE(ABORT, 'a schedule fires a time twice') WHERE EXISTS "
    "(SELECT 1 FROM run WHERE schedule = new.schedule AND scheduled_at = "
    "new.scheduled_at AND backfill = new.backfill AND id <> new.id);"
    "SELECT RAISE(ABORT, 'a schedule fires at a time that is not its own') "
    "WHERE new.scheduled_at % 1200000 <> 0 OR (new.scheduled_at > "
    "new.created_at AND "
    /* what waits in line waits also while the clock goes back */
    "new.backfill = 0 AND new.schedule NOT LIKE 'queue%');"
    "SELECT RAISE(ABORT, 'a schedule fires while it is paused') WHERE EXISTS "
    "(SELECT 1 FROM pause WHERE kind = 'schedule' AND name = new.schedule);"
    "SELECT RAISE(ABORT, 'a schedule fires while its last run is open') "
    "WHERE new.schedule NOT LIKE 'allow%' AND new.backfill = 0 AND EXISTS "
    "(SELECT 1 FROM run WHERE schedule = new.schedule AND backfill = 0 AND "
    "id <> new.id AND ended_at = 0); "
    "END;";

static const struct whole wholes[] = {
	{ "open_steps is not what is open",
	    "SELECT key || ': ' || open_steps || ', not ' || n FROM (SELECT "
	    "run.key, run.open_steps, (SELECT COUNT(*) FROM step WHERE "
	    "step.run_id = run.id AND step.status IN " OPEN_STEPS ") AS n "
	    "FROM run WHERE NOT " GOES("id") ") WHERE open_steps <> n" },
	{ "failed_steps is not what failed",
	    "SELECT key || ': ' || failed_steps || ', not ' || n FROM (SELECT "
	    "run.key, run.failed_steps, (SELECT COUNT(*) FROM step WHERE "
	    "step.run_id = run.id AND step.cleans = 0 AND step.status IN "
	    FAILED_STEPS ") AS n FROM run WHERE dry = 0 AND NOT " GOES("id")
	    ") WHERE failed_steps <> n" },
	{ "a run is over with open steps",
	    "SELECT key || ' ' || status FROM run WHERE dry = 0 AND "
	    "status NOT IN " OPEN_RUNS " AND open_steps <> 0" },
	{ "nothing is open, and the run is not over",
	    "SELECT key || ' ' || status FROM run WHERE open_steps = 0 AND "
	    "dry = 0 AND (status IN ('queued', 'running') OR "
	    "(status = 'waiting_approval' AND cancel_by <> ''))" },
	{ "a step is busy without its attempt",
	    "SELECT 'R-' || run_id || '/' || id || ' ' || status FROM step "
	    "WHERE status IN ('checking', 'previewing', 'running', "
	    "'verifying') AND NOT "
	    "EXISTS (SELECT 1 FROM attempt WHERE step_id = step.id AND "
	    "no = step.attempts AND attempt.status IN " LIVE ")" },
	{ "an attempt lives, and its step is not busy",
	    "SELECT 'attempt ' || a.id || ' ' || a.kind || ' of R-' || "
	    "a.run_id || '/' || s.id || ' ' || s.status FROM attempt a JOIN "
	    "step s ON s.id = a.step_id WHERE a.status IN " LIVE " AND "
	    "s.status <> CASE a.kind WHEN 'check' THEN 'checking' WHEN 'run' "
	    "THEN 'running' WHEN 'preview' THEN 'previewing' ELSE 'verifying' "
	    "END" },
	{ "waiting is not the number of undone needs",
	    "SELECT 'R-' || run_id || '/' || id || ' ' || status || ': ' || "
	    "waiting || ', not ' || n FROM (SELECT s.run_id, s.id, s.status, "
	    "s.waiting, (SELECT COUNT(*) FROM edge JOIN step f ON f.id = "
	    "edge.from_step WHERE edge.to_step = s.id AND f.status NOT IN "
	    "('succeeded', 'skipped')) AS n FROM step s WHERE "
	    "s.status <> 'succeeded' AND NOT " GOES("s.run_id") ") WHERE "
	    "waiting <> n" },
	{ "a step waits for what will never be done",
	    "SELECT 'R-' || s.run_id || '/' || s.id || ' for ' || f.id || ' ' "
	    "|| f.status FROM step s JOIN run ON run.id = s.run_id JOIN edge "
	    "ON edge.to_step = s.id JOIN step f ON f.id = edge.from_step "
	    "WHERE s.status = 'waiting' AND run.dry = 0 AND f.status NOT IN "
	    "('succeeded', 'skipped') AND f.status NOT IN " OPEN_STEPS },
	{ "a step waits for nothing",
	    "SELECT 'R-' || run_id || '/' || id FROM step WHERE "
	    "status = 'waiting' AND waiting = 0" },
	{ "a list is not done for each of its items",
	    "SELECT 'R-' || run_id || '/' || id || ': ' || n || ' of ' || "
	    "COALESCE(listed, 0) FROM (SELECT f.run_id, f.id, (SELECT "
	    "COUNT(*) FROM edge WHERE to_step = f.id AND name <> '') AS n, "
	    "CASE json_type(f.params, '$.foreach') WHEN 'array' THEN "
	    "json_array_length(f.params, '$.foreach') ELSE (SELECT "
	    "json_array_length(o.outputs, '$.list') FROM step o WHERE "
	    "o.run_id = f.run_id AND o.ident = json_extract(f.params, "
	    "'$.foreach.\"$output\"[0]')) END AS listed FROM step f WHERE "
	    "f.fan = 2 AND f.status NOT IN ('idle', 'blocked') AND NOT "
	    GOES("f.run_id") ") WHERE n <> "
	    "COALESCE(listed, 0)" },
	{ "a fan has more or fewer results than items",
	    "SELECT 'R-' || run_id || '/' || id FROM step f WHERE fan = 2 AND "
	    "status = 'succeeded' AND reason NOT LIKE 'taken over%' AND NOT "
	    GOES("run_id") " AND json_array_length(outputs, '$.out') <> (SELECT COUNT(*) FROM "
	    "edge WHERE to_step = f.id AND name <> '')" },
	{ "a command was done twice",
	    "SELECT 'attempt ' || b.id || ' after ' || a.id FROM attempt a "
	    "JOIN attempt b ON b.step_id = a.step_id AND b.id > a.id JOIN "
	    "step s ON s.id = a.step_id WHERE a.kind = 'run' AND a.status = "
	    "'succeeded' AND b.kind = 'run' AND s.target = 0 AND NOT EXISTS "
	    "(SELECT 1 FROM audit WHERE object IN ('R-' || a.run_id, 'R-' || "
	    "a.run_id || '/' || s.id) AND action IN ('run.running', "
	    "'step.resolved') AND reason LIKE 're%')" },
	{ "a final run keeps its key",
	    "SELECT key FROM run WHERE dedupe_key IS NOT NULL AND "
	    "status NOT IN " OPEN_RUNS },
	{ "a run is not called after its steps",
	    "SELECT key || ' ' || status FROM run WHERE dry = 0 AND NOT "
	    GOES("id") " AND ((status = 'timed_out' AND " HAS_STEP("failed")
	    ") OR (status = 'failed' AND NOT " HAS_STEP("failed") ") OR "
	    "(status = 'unknown' AND NOT " HAS_STEP("unknown") ") OR (status "
	    "IN ('succeeded', 'failed', 'timed_out') AND "
	    HAS_STEP("unknown") ") OR (status = 'succeeded' AND ("
	    HAS_STEP("failed") " OR " HAS_STEP("timed_out") ")))" },
	{ "a run goes on, and an equal ask would not join it",
	    "SELECT key || ' ' || status FROM run WHERE ended_at = 0 AND "
	    "dry = 0 AND ticket_id = 0 AND undo_of = 0 AND cancel_by = '' "
	    "AND dedupe_key IS NULL AND schedule = '' AND retry_of = 0" },
	{ "a run succeeded, and its root did not",
	    "SELECT run.key || ': ' || step.status FROM run JOIN step ON "
	    "step.id = run.root_step WHERE run.status = 'succeeded' AND "
	    "dry = 0 AND step.status NOT IN ('succeeded', 'skipped')" },
	{ "a ticket does not agree with its run",
	    "SELECT ticket.key || ' ' || ticket.status || ', ' || run.key || "
	    "' ' || run.status FROM ticket JOIN run ON run.id = ticket.run_id "
	    "WHERE ticket.status <> CASE run.status WHEN 'queued' THEN "
	    "'approved' WHEN 'running' THEN 'in_progress' WHEN 'succeeded' "
	    "THEN 'done' WHEN 'waiting_approval' THEN 'waiting_approval' WHEN "
	    "'cancelled' THEN 'cancelled' ELSE 'failed' END AND NOT ("
	    "ticket.status IN ('cancelled', 'declined') AND "
	    "(run.cancel_by <> '' OR run.status NOT IN " OPEN_RUNS "))" },
	{ "a ticket waits for nobody",
	    "SELECT key FROM ticket WHERE status = 'waiting_approval' AND NOT "
	    "EXISTS (SELECT 1 FROM need WHERE ticket_id = ticket.id AND "
	    "need.plan_hash = ticket.plan_hash AND status IN ('open', "
	    "'met'))" },
	{ "somebody is asked about what is over",
	    "SELECT ticket.key || ' need ' || need.id FROM need JOIN ticket "
	    "ON ticket.id = need.ticket_id WHERE need.status = 'open' AND "
	    "ticket.status IN ('done', 'failed', 'cancelled', 'declined') AND "
	    "EXISTS (SELECT 1 FROM run WHERE id = ticket.run_id AND "
	    "ended_at <> 0)" },
	{ "an approval of an older plan still counts",
	    "SELECT ticket.key || ' need ' || need.id FROM need JOIN ticket "
	    "ON ticket.id = need.ticket_id WHERE need.status IN ('open', "
	    "'met') AND need.run_id <> ticket.run_id AND ticket.run_id <> 0" },
	{ "a target was not looked for after the command",
	    "SELECT 'R-' || s.run_id || '/' || s.id FROM step s JOIN attempt a "
	    "ON a.step_id = s.id AND a.no = s.attempts WHERE "
	    "s.status = 'succeeded' AND s.target <> 0 AND s.reason = '' AND "
	    "(a.kind <> 'verify' OR a.status <> 'succeeded') AND NOT EXISTS "
	    "(SELECT 1 FROM run WHERE id = s.run_id AND cancel_by <> '') AND "
	    "NOT EXISTS (SELECT 1 FROM audit WHERE object = 'R-' || s.run_id "
	    "AND action = 'run.running' AND reason LIKE 're%')" },
	{ "a command was run again though nobody knows how it ended",
	    "SELECT 'attempt ' || b.id || ' after ' || a.id FROM attempt a "
	    "JOIN attempt b ON b.step_id = a.step_id AND b.id > a.id JOIN "
	    "step s ON s.id = a.step_id WHERE a.kind = 'run' AND "
	    "a.status = 'unknown' AND b.kind = 'run' AND NOT EXISTS (SELECT 1 "
	    "FROM audit WHERE object IN ('R-' || a.run_id, 'R-' || a.run_id "
	    "|| '/' || s.id) AND action IN ('run.running', 'step.resolved')) "
	    "AND json_extract((SELECT body FROM definition WHERE hash = "
	    "s.definition), '$.idempotent') IS NOT 1" },
};

/* Once nothing more is due: in between somebody may be about to be woken. */
static const struct whole aside = { "a step stands aside for nothing",
    "SELECT 'R-' || s.run_id || '/' || s.id || ' shares ' || s.shares "
    "FROM step s JOIN run ON run.id = s.run_id WHERE s.held = 1 AND "
    "s.status IN ('ready', 'check') AND run.dry = 0 AND run.status IN "
    "('queued', 'running') AND NOT EXISTS (SELECT 1 FROM step o WHERE "
    "o.id = s.shares AND o.status IN ('checking', 'previewing', "
    "'running', 'verifying')) AND NOT (s.shares = -2 AND EXISTS "
    "(SELECT 1 FROM pause WHERE kind = 'all' OR (kind = 'task' AND "
    "name = s.task) OR (kind = 'limit' AND " USES("s", "pause.name")
    "))) AND NOT (s.shares = -1 AND ("
    /* what it waits for is in use */
    "EXISTS (SELECT 1 FROM attempt a JOIN step u ON u.id = a.step_id "
    "WHERE a.kind <> 'check' AND a.status IN " LIVE " AND "
    USES("u", "s.wait_on") ") OR "
    /* or another one comes first, or starts in the next round */
    "EXISTS (SELECT 1 FROM step r WHERE r.id <> s.id AND "
    "r.status = 'ready' AND ((r.held = 0 AND " USES("r", "s.wait_on")
    ") OR (r.held = 1 AND r.shares = -1 AND r.wait_on = s.wait_on AND "
    "(r.rank < s.rank OR (r.rank = s.rank AND r.id < s.id)))))))"
    /* claims_rest_check knows of these */
    " AND substr(s.wait_on, 1, 1) NOT IN ('=', '?', '/')" };

static void
legal_insert(struct sim *s, const struct machine *m)
{
	static const char sql[] = "INSERT INTO sim_legal VALUES (?1, ?2, ?3)";

	for (const struct machine_move *v = m->moves; v->from != NULL; v++) {
		sqlite3_stmt *q = raw_statement(s, sql);

		sqlite3_bind_text(q, 1, m->noun, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 2, v->from, -1, SQLITE_STATIC);
		sqlite3_bind_text(q, 3, v->to, -1, SQLITE_STATIC);
		if (sqlite3_step(q) != SQLITE_DONE)
			sim_violation(s, "a move is listed twice: %s %s → %s",
			    m->noun, v->from, v->to);
		sqlite3_reset(q);
	}
}

void
check_prepare(struct sim *s)
{
	raw_exec(s, triggers);
	raw_exec(s, claims_triggers);
	raw_exec(s, keep_triggers);
	raw_exec(s, approval_triggers);
	legal_insert(s, &run_machine);
	legal_insert(s, &step_machine);
	legal_insert(s, &attempt_machine);
	legal_insert(s, &ticket_machine);
	legal_insert(s, &need_machine);
}

void
whole_check(struct sim *s, const struct whole *whole)
{
	sqlite3_stmt *q = raw_statement(s, whole->sql);

	if (sqlite3_step(q) == SQLITE_ROW)
		sim_violation(s, "%s: %s", whole->name,
		    sqlite3_column_text(q, 0));
	sqlite3_reset(q);
}

static void
wholes_check(struct sim *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(wholes); i++)
		whole_check(s, &wholes[i]);
	for (size_t i = 0; claims_wholes[i].sql != NULL; i++)
		whole_check(s, &claims_wholes[i]);
	for (size_t i = 0; keep_wholes[i].sql != NULL; i++)
		whole_check(s, &keep_wholes[i]);
}

void
check_warm(struct sim *s)
{
	wholes_check(s);
	whole_check(s, &aside);
	claims_rest_check(s);
	keep_rest_check(s);
}

static void
tries_check(struct sim *s, int task, int64_t tries)
{
	const struct sim_task *t = &s->folder.tasks[task];
	int64_t most = t->retry + 1;

	if (t->idempotent && most < 3)
		most = 3;
	if (tries < 1 || tries > most)
		sim_violation(s, "try %lld of t%d, which may be tried %lld "
				 "times",
		    (long long)tries, task, (long long)most);
}

static void
attempts_check(struct sim *s)
{
	static const char sql[] =
	    /* what cleans up after what was stopped was approved before; and
	     * what voids the approval may come right after the start, which
	     * a trigger looked at, in one round */
	    "SELECT attempt.id, attempt.run_id, step.task, step.tries, "
	    "(cleans <> 0 AND cancel_by <> '') OR run.status = "
	    "'waiting_approval', step.id FROM attempt JOIN step ON "
	    "step.id = attempt.step_id JOIN run ON run.id = step.run_id WHERE "
	    "attempt.id > ?1 AND kind = 'run' AND attempt.status = 'starting' "
	    "ORDER BY attempt.id";
	sqlite3_stmt *q = raw_statement(s, sql);
	int64_t runs[64], steps[64];
	size_t n = 0;

	sqlite3_bind_int64(q, 1, s->checked);
	while (n < ARRAY_SIZE(runs) && sqlite3_step(q) == SQLITE_ROW) {
		s->checked = sqlite3_column_int64(q, 0);
		if (!sqlite3_column_int(q, 4)) {
			runs[n] = sqlite3_column_int64(q, 1);
			steps[n++] = sqlite3_column_int64(q, 5);
		}
		tries_check(s,
		    atoi((const char *)sqlite3_column_text(q, 2) + 1),
		    sqlite3_column_int64(q, 3));
	}
	sqlite3_reset(q);
	for (size_t i = 0; i < n; i++)
		approval_check(s, runs[i], steps[i]);
}

/* The engine and the outside world agree on what lives. */
static void
live_check(struct sim *s)
{
	static const char live[] =
	    "SELECT COUNT(*) FROM attempt WHERE status IN " LIVE;
	static const char cancelled[] =
	    "SELECT CASE WHEN cleans = 0 THEN cancel_by <> '' ELSE "
	    "cleanups_off <> 0 END AND kind <> 'verify' FROM attempt JOIN run "
	    "ON run.id = attempt.run_id JOIN step ON step.id = "
	    "attempt.step_id WHERE attempt.id = ?1";
	int64_t n = raw_int(s, live, 0, 0);

	if (n != engine_live(s->engine))
		sim_violation(s, "%lld attempts live, the engine knows %d",
		    (long long)n, engine_live(s->engine));
	for (size_t i = 0; i < s->nattempts; i++)
		if (s->attempts[i].live && !s->attempts[i].cancelled &&
		    raw_int(s, cancelled, (int64_t)i, 0))
			sim_violation(s, "attempt %zu goes on, its run was "
					 "cancelled",
			    i);
}

/* The engine goes to sleep only when nothing can be started. */
static void
rest_check(struct sim *s)
{
	static const char startable[] =
	    "SELECT COUNT(*) FROM step WHERE status IN ('check', 'ready') AND "
	    "held = 0 AND run_id IN (SELECT id FROM run WHERE status IN "
	    OPEN_RUNS ")";
	static const char paused[] =
	    "SELECT COUNT(*) FROM pause WHERE kind = 'all'";

	if (s->site.full || s->changes == s->rested || engine_live(s->engine) >= s->slots ||
	    s->hooks.next_due(s->hooks.self) <= s->boot_ms ||
	    raw_int(s, paused, 0, 0) > 0)
		return;
	if (raw_int(s, startable, 0, 0) > 0)
		sim_violation(s, "a step could start, and the engine sleeps");
	whole_check(s, &aside);
	claims_rest_check(s);
	keep_rest_check(s);
	s->rested = s->changes;
}

void
check_all(struct sim *s, bool committed)
{
	int changes = sqlite3_total_changes(s->raw);

	if (changes != s->changes) {
		wholes_check(s);
		approval_note(s);
		attempts_check(s);
	}
	s->changes = changes;
	live_check(s);
	if (committed)
		rest_check(s);
}

void
check_over(struct sim *s)
{
	static const struct whole overs[] = {
		{ "stuck",
		    "SELECT key || ' ' || status || ' ' || reason FROM run "
		    "WHERE status IN " OPEN_RUNS },
		{ "a ticket stays open",
		    "SELECT key || ' ' || status FROM ticket WHERE status IN "
		    "('open', 'waiting_approval', 'approved', 'in_progress') "
		    "AND run_id <> 0" },
		{ "an attempt is never over",
		    "SELECT 'attempt ' || id FROM attempt WHERE status IN "
		    LIVE },
	};
	struct audit_report report;
	struct err e;

	for (size_t i = 0; i < ARRAY_SIZE(overs); i++)
		whole_check(s, &overs[i]);
	if (engine_live(s->engine) != 0)
		sim_violation(s, "the engine holds slots for ever");
	if (!audit_verify(s->db, 1, &report, &e))
		sim_violation(s, "%s", e.message);
}
