/* SPDX-License-Identifier: MIT */
/* The invariants of keys, of what is required, of foreach, and of what cleans
 * up. */
#include "sim.h"

#define OPEN_STEPS                                                             \
	"('check', 'checking', 'waiting', 'ready', 'previewing', 'running', "  \
	"'verifying', 'retry', 'approval', 'manual')"
#define OPEN_RUNS "('waiting_approval', 'queued', 'running')"
#define DONE "('succeeded', 'skipped')"
#define LIVE "('starting', 'running')"
/* The step `owner` has nothing to run itself, */
#define GROUPS                                                                 \
	"EXISTS (SELECT 1 FROM definition WHERE hash = owner.definition AND "  \
	"json_extract(body, '$.argv') IS NULL AND "                            \
	"json_extract(body, '$.manual') IS NULL)"
/* … and something that it needs was begun. */
#define RAN_BELOW                                                              \
	"EXISTS (WITH RECURSIVE below (id) AS (SELECT from_step FROM edge "    \
	"WHERE to_step = owner.id UNION SELECT edge.from_step FROM edge JOIN " \
	"below ON edge.to_step = below.id) SELECT 1 FROM below JOIN step AS "  \
	"b ON b.id = below.id WHERE b.tries > 0)"

/* What folder.c writes as the key of a step's task, with the step's values. */
#define KEY_OF(step)                                                           \
	"CASE WHEN (SELECT json_extract(body, '$.key[0]') FROM definition "    \
	"WHERE hash = " step ".definition) = 'one' THEN 'one' "                \
	"WHEN json_type(" step ".params, '$.name') = 'text' THEN "             \
	"json_extract(" step ".params, '$.name') "                             \
	"WHEN json_type(" step ".params, '$.name.\"$output\"') = 'array' THEN " \
	"(SELECT json_extract(f.outputs, '$.out') FROM step AS f WHERE "       \
	"f.run_id = " step ".run_id AND f.ident = json_extract(" step          \
	".params, '$.name.\"$output\"[0]')) "                                  \
	"ELSE (SELECT owner.status FROM step AS owner WHERE owner.id = " step  \
	".cleans) END"

const char claims_triggers[] =
    "CREATE TRIGGER sim_cleanup AFTER INSERT ON attempt WHEN EXISTS (SELECT 1 "
    "FROM step WHERE id = new.step_id AND cleans <> 0) BEGIN "
    "SELECT RAISE(ABORT, 'something cleans up after what goes on') FROM step "
    "JOIN step AS owner ON owner.id = step.cleans WHERE step.id = new.step_id "
    "AND owner.status IN " OPEN_STEPS ";"
    "SELECT RAISE(ABORT, 'something cleans up after what never began') FROM "
    "step JOIN step AS owner ON owner.id = step.cleans WHERE step.id = "
    "new.step_id AND owner.tries = 0 AND NOT (" GROUPS " AND " RAN_BELOW ");"
    "SELECT RAISE(ABORT, 'something cleans up though all was cancelled') FROM "
    "run WHERE id = new.run_id AND cleanups_off <> 0 AND new.kind <> 'verify'; "
    "END;"
    "CREATE TRIGGER sim_undo AFTER INSERT ON attempt WHEN new.kind = 'run' AND "
    "EXISTS (SELECT 1 FROM undoing WHERE step_id = new.step_id) BEGIN "
    "SELECT RAISE(ABORT, 'something is undone before what depended on it') "
    "FROM undoing AS u JOIN edge ON edge.from_step = u.of_step JOIN undoing AS "
    "o ON o.of_step = edge.to_step JOIN step AS s ON s.id = o.step_id WHERE "
    "u.step_id = new.step_id AND s.run_id = new.run_id AND s.id <> u.step_id "
    "AND s.status NOT IN " DONE " AND "
    /* one may undo several, and then comes after all that depends on one */
    "(SELECT COUNT(*) FROM undoing WHERE step_id = s.id) = 1;"
    "SELECT RAISE(ABORT, 'something is undone in a run that goes on') FROM "
    "undoing AS u JOIN step ON step.id = u.of_step JOIN run ON run.id = "
    "step.run_id WHERE u.step_id = new.step_id AND run.ended_at = 0; END;"
    "CREATE TRIGGER sim_key_turn AFTER INSERT ON key_holder BEGIN SELECT "
    "RAISE(ABORT, 'a key is taken out of turn') FROM step AS w WHERE "
    "w.wait_on = '=' || new.lock AND w.run_id <> new.run_id AND w.status IN "
    "('check', 'ready') AND w.rank < (SELECT MIN(rank) FROM step WHERE "
    "run_id = new.run_id) AND NOT EXISTS (SELECT 1 FROM step JOIN "
    "definition ON hash = definition WHERE step.id = CASE new.step_id WHEN 0 "
    "THEN (SELECT root_step FROM run WHERE id = new.run_id) ELSE new.step_id "
    "END AND json_extract(body, '$.when_busy') IN ('replace', 'refuse')); "
    "END;"
    /* after its preview a command goes on with the limits of that */
    "CREATE TRIGGER sim_turn AFTER INSERT ON attempt WHEN new.kind IN ('run', "
    "'preview') BEGIN SELECT RAISE(ABORT, 'who waits for a limit is passed "
    "by') FROM step JOIN definition ON hash = step.definition JOIN "
    "json_each(body, '$.uses') AS used JOIN step AS w ON w.wait_on = used.key "
    "WHERE step.id = new.step_id AND w.id <> step.id AND w.status = 'ready' "
    "AND (new.kind = 'preview' OR json_extract(body, '$.preview') IS NULL) "
    "AND (w.rank < step.rank OR (w.rank = step.rank AND w.id < step.id)); END;"
    "CREATE TRIGGER sim_pause_of_retry AFTER UPDATE OF status ON step WHEN "
    "old.status = 'retry' AND new.status = 'ready' AND old.due_at > "
    "sim_steady() BEGIN SELECT RAISE(ABORT, 'a step is tried again before its "
    "time'); END;"
    "CREATE TRIGGER sim_shared AFTER UPDATE OF status ON step WHEN "
    "new.status = 'succeeded' AND new.reason LIKE 'the same step %' AND NOT "
    "EXISTS (SELECT 1 FROM step AS o WHERE o.ident = new.ident AND o.id <> "
    "new.id AND o.status = 'succeeded') BEGIN SELECT RAISE(ABORT, 'a step "
    "takes over what did not succeed'); END;"
    "CREATE TRIGGER sim_key AFTER INSERT ON attempt WHEN new.kind = 'run' "
    "BEGIN "
    "SELECT RAISE(ABORT, 'a command starts without the key of its run') FROM "
    "run JOIN step ON step.id = new.step_id WHERE run.id = new.run_id AND "
    "key_lock <> '' AND cleans = 0 AND NOT EXISTS (SELECT 1 FROM key_holder "
    "WHERE lock = key_lock AND run_id = run.id AND step_id = 0);"
    "SELECT RAISE(ABORT, 'a command starts without its key') FROM step JOIN "
    "definition ON hash = definition JOIN run ON run.id = step.run_id WHERE "
    "step.id = new.step_id AND json_extract(body, '$.key') IS NOT NULL AND "
    "step.id <> root_step AND NOT EXISTS (SELECT 1 FROM key_holder WHERE "
    "key_holder.run_id = new.run_id AND step_id = step.id); END;";

const struct whole claims_wholes[] = {
	{ "nothing cleaned up after a step",
	    "SELECT run.key || '/' || step.id || ' after ' || owner.id || ' ' "
	    "|| owner.status FROM step JOIN step AS owner ON owner.id = "
	    "step.cleans JOIN run ON run.id = step.run_id WHERE "
	    "step.cleans <> 0 AND run.dry = 0 AND run.cleanups_off = 0 AND "
	    "run.status NOT IN " OPEN_RUNS " AND step.status IN ('idle', "
	    "'not_needed') AND owner.status <> 'not_needed' AND (step.cleanup = 2 OR owner.status NOT IN " DONE
	    ") AND (owner.tries > 0 OR (" GROUPS " AND " RAN_BELOW "))" },
	{ "a step is over, and what cleans up does not begin",
	    "SELECT 'R-' || step.run_id || '/' || step.id || ' after ' || "
	    "owner.id || ' ' || owner.status FROM step JOIN step AS owner ON "
	    "owner.id = step.cleans JOIN run ON run.id = step.run_id WHERE "
	    "step.cleans <> 0 AND step.status = 'idle' AND run.dry = 0 AND "
	    "run.cleanups_off = 0 AND run.status IN " OPEN_RUNS " AND "
	    "owner.tries > 0 AND owner.status NOT IN " OPEN_STEPS " AND "
	    /* what was cancelled with all else is looked after at the end */
	    "owner.status <> 'cancelled' AND NOT EXISTS (SELECT 1 FROM audit "
	    "WHERE object = run.key AND action = 'run.running' AND reason "
	    "LIKE 're%') AND (step.cleanup = 2 OR "
	    "owner.status NOT IN " DONE ") AND NOT EXISTS (SELECT 1 FROM step "
	    "AS o WHERE o.cleans = owner.id AND o.status IN " OPEN_STEPS ")" },
	{ "a step is undone twice",
	    /* what a person says became of an unknown one is the person's */
	    "SELECT 'step ' || of_step FROM undoing JOIN step ON step.id = "
	    "undoing.step_id JOIN attempt AS u ON u.step_id = step.id AND "
	    "u.kind = 'run' AND u.status = 'succeeded' WHERE step.status = "
	    "'succeeded' GROUP BY of_step HAVING COUNT(DISTINCT step.id) > MAX(1, (SELECT COUNT(*) FROM attempt "
	    "WHERE step_id = of_step AND kind = 'run' AND attempt.status = "
	    "'succeeded'))" },
	{ "something cleaned up after a success",
	    "SELECT 'R-' || step.run_id || '/' || step.id || ' after ' || "
	    "owner.id FROM step JOIN step AS owner ON owner.id = step.cleans "
	    "WHERE step.cleanup = 1 AND step.status NOT IN ('idle', "
	    "'not_needed', 'cancelled') AND owner.status IN " DONE " AND NOT "
	    "EXISTS (SELECT 1 FROM audit WHERE action = 'step.resolved' AND "
	    "object = 'R-' || step.run_id || '/' || owner.id)" },
	{ "what was done again was not cleaned up after again",
	    "SELECT 'R-' || step.run_id || '/' || step.id || ' after ' || "
	    "owner.id FROM step JOIN step AS owner ON owner.id = step.cleans "
	    "JOIN run ON run.id = step.run_id WHERE step.cleans <> 0 AND "
	    "run.status NOT IN " OPEN_RUNS " AND run.cleanups_off = 0 AND "
	    "step.status NOT IN ('idle', 'not_needed', 'cancelled') AND "
	    "(SELECT MAX(id) FROM attempt WHERE step_id = step.id) < (SELECT "
	    "MAX(id) FROM attempt WHERE step_id = owner.id AND kind = 'run')" },
	{ "two clean up after one step at once",
	    "SELECT 'R-' || run_id || '/' || cleans FROM step WHERE "
	    "cleans <> 0 AND status IN " OPEN_STEPS " GROUP BY cleans "
	    "HAVING COUNT(*) > 1" },
	{ "a run that is over has a key",
	    "SELECT run.key || ' ' || lock FROM key_holder JOIN run ON run.id "
	    "= key_holder.run_id WHERE run.status NOT IN " OPEN_RUNS },
	{ "a step that is over has a key",
	    "SELECT 'R-' || step.run_id || '/' || step.id || ' ' || lock FROM "
	    "key_holder JOIN step ON step.id = key_holder.step_id JOIN run ON "
	    "run.id = step.run_id WHERE step.status NOT IN " OPEN_STEPS " AND "
	    "NOT EXISTS (SELECT 1 FROM step AS c WHERE "
	    "c.cleans = step.id AND c.status IN " OPEN_STEPS ")" },
	{ "two runs work under one key",
	    "SELECT a.run_id || ', ' || b.run_id FROM attempt AS a JOIN run "
	    "AS ra ON ra.id = a.run_id JOIN run AS rb ON rb.key_lock = "
	    "ra.key_lock AND rb.id > ra.id JOIN attempt AS b ON b.run_id = "
	    "rb.id WHERE a.status IN " LIVE " AND b.status IN " LIVE " AND "
	    "a.kind = 'run' AND b.kind = 'run' AND ra.key_lock <> ''" },
	{ "more of a foreach run at once than may",
	    "SELECT 'R-' || f.run_id || '/' || f.id || ': ' || COUNT(*) FROM "
	    "attempt JOIN edge ON edge.from_step = attempt.step_id JOIN step "
	    "AS f ON f.id = edge.to_step WHERE attempt.status IN " LIVE
	    " AND attempt.kind = 'run' AND f.fan = 2 AND json_extract("
	    "f.params, '$.max_parallel') IS NOT NULL AND "
	    /* a child of two is one of the first alone */
	    "NOT EXISTS (SELECT 1 FROM edge AS o JOIN step AS g ON g.id = "
	    "o.to_step WHERE o.from_step = attempt.step_id AND g.id <> f.id "
	    "AND g.fan = 2) GROUP BY f.id HAVING COUNT(DISTINCT "
	    "attempt.step_id) > json_extract(f.params, '$.max_parallel')" },
	{ NULL, NULL },
};

/* A key is one's alone, whatever the database says of it. */
static void
key_check(struct sim *s, int64_t id)
{
	const struct sim_attempt *a = &s->attempts[id];
	const struct sim_task *t = &s->folder.tasks[a->task];

	for (size_t i = 0; t->key != KEY_NONE && i < s->nattempts; i++) {
		const struct sim_attempt *o = &s->attempts[i];

		if (o != a && o->live && o->kind == SIM_RUN &&
		    o->task == a->task && o->env == a->env &&
		    (t->key == KEY_ONE ||
			(a->name >= 0 && o->name == a->name)))
			sim_violation(s, "attempts of %s and %s have one key",
			    a->run_key, o->run_key);
	}
}

static void
require_check(struct sim *s, int64_t id)
{
	static const char last[] =
	    "SELECT MAX(step.ended_at) FROM step JOIN run ON run.id = "
	    "step.run_id WHERE step.task = ?1 AND run.environment = ?2 AND "
	    "json_extract(step.params, '$.name') IN (?3, '[\"$output\"]') AND "
	    "step.status = 'succeeded'";
	const struct sim_attempt *a = &s->attempts[id];
	const struct sim_require *r = &s->folder.tasks[a->task].require;
	sqlite3_stmt *q;
	char task[16];
	int64_t at = 0, gone;

	if (r->task < 0 || (r->same && a->name < 0))
		return;
	snprintf(task, sizeof(task), "t%d", r->task);
	q = raw_statement(s, last);
	sqlite3_bind_text(q, 1, task, -1, SQLITE_TRANSIENT);
	sqlite3_bind_text(q, 2, sim_envs[a->env], -1, SQLITE_STATIC);
	sqlite3_bind_text(q, 3, r->same ? sim_names[a->name] : "b", -1,
	    SQLITE_STATIC);
	if (sqlite3_step(q) == SQLITE_ROW)
		at = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	gone = keep_removed_at(s, r->task, r->same ? sim_names[a->name] : "b",
	    a->env);
	if (gone > at)
		at = gone;
	if (at == 0 || (r->within_min > 0 &&
			   s->wall_ms - at > r->within_min * INT64_C(60000)))
		sim_violation(s, "t%d of %s starts, and t%d, which it "
				 "requires, was last done at %lld",
		    a->task, a->run_key, r->task, (long long)at);
}

void
claims_check(struct sim *s, int64_t id)
{
	key_check(s, id);
	require_check(s, id);
}

void
claims_rest_check(struct sim *s)
{
	static const struct whole rests[] = {
		{ "a step waits for a key that is free",
		    "SELECT 'R-' || s.run_id || '/' || s.id || s.wait_on FROM "
		    "step AS s WHERE s.status IN ('check', 'ready') AND "
		    "s.held = 1 AND s.wait_on LIKE '=%' AND NOT EXISTS (SELECT "
		    "1 FROM key_holder WHERE '=' || lock = s.wait_on) AND NOT "
		    /* another one comes first */
		    "EXISTS (SELECT 1 FROM step AS o WHERE o.wait_on = "
		    "s.wait_on AND o.run_id <> s.run_id AND o.status IN "
		    "('check', 'ready') AND (o.rank < s.rank OR (o.rank = "
		    "s.rank AND o.id < s.id))) AND NOT "
		    /* or was let in before, and is being looked for first */
		    "EXISTS (SELECT 1 FROM step AS o JOIN run ON run.id = "
		    "o.run_id WHERE o.status = 'checking' AND o.run_id <> "
		    "s.run_id AND s.wait_on = '=' || run.environment || "
		    "':' || o.task || '/' || " KEY_OF("o") ")" },
		{ "a step waits for what was done",
		    "SELECT 'R-' || s.run_id || '/' || s.id FROM step AS s "
		    "JOIN step AS o ON o.ident = substr(s.wait_on, 2) WHERE "
		    "s.status IN ('check', 'ready') AND s.wait_on LIKE '?%' "
		    "AND o.status = 'succeeded' AND o.ended_at > "
		    "s.wait_amount" },
		{ "a step waits for others of its foreach that do not run",
		    "SELECT 'R-' || s.run_id || '/' || s.id FROM step AS s "
		    "WHERE s.status IN ('check', 'ready') AND s.wait_on LIKE "
		    "'/%' AND NOT EXISTS (SELECT 1 FROM step AS o WHERE "
		    "o.lane = s.lane AND (o.status IN ('running', 'verifying', "
		    "'previewing') OR (o.status = 'ready' AND o.id <> s.id)))" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rests); i++)
		whole_check(s, &rests[i]);
}
