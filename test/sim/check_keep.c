/* SPDX-License-Identifier: MIT */
/* The invariants of back-fills, of what requests made, and of what is removed
 * for its age. */
#include "platform/graph.h"
#include "sim.h"

#define OPEN_TICKETS "('open', 'waiting_approval', 'approved', 'in_progress')"
#define GRACE_MS "7200000" /* folder.c */
/* By the event that is left in the same transaction. */
#define NOW "(SELECT at FROM audit ORDER BY seq DESC LIMIT 1)"
/* No retry made one of them run once more. */
#define NOT_AGAIN(run)                                                         \
	"NOT EXISTS (SELECT 1 FROM audit WHERE object = " run ".key AND "      \
	"action = 'run.running' AND reason LIKE 're%')"

const char keep_triggers[] =
    "CREATE TABLE sim_keep (before INTEGER); INSERT INTO sim_keep VALUES (0);"
    "CREATE TRIGGER sim_removed AFTER INSERT ON removed BEGIN "
    "SELECT RAISE(ABORT, 'a run is removed that an open ticket shows') FROM "
    "ticket WHERE new.kind = 'run' AND (run_id = new.old_id OR id = (SELECT "
    "ticket_id FROM run WHERE id = new.old_id AND ticket_id <> 0)) AND "
    "status IN " OPEN_TICKETS ";"
    "SELECT RAISE(ABORT, 'a run is removed that is not old enough') FROM "
    "run, sim_keep WHERE new.kind = 'run' AND id = new.old_id AND ended_at > "
    "before;"
    "SELECT RAISE(ABORT, 'a run is removed that is not over') FROM run WHERE "
    "new.kind = 'run' AND id = new.old_id AND (ended_at = 0 OR status IN "
    "('unknown', 'unkillable'));"
    "SELECT RAISE(ABORT, 'a run is removed that another one refers to') FROM "
    "run WHERE new.kind = 'run' AND new.old_id IN (retry_of, undo_of);"
    "SELECT RAISE(ABORT, 'a run is removed that a resource refers to') FROM "
    "resource WHERE new.kind = 'run' AND new.old_id IN (run_id, check_run);"
    "SELECT RAISE(ABORT, 'a run is removed with its key') FROM key_holder "
    "WHERE new.kind = 'run' AND run_id = new.old_id;"
    "SELECT RAISE(ABORT, 'a run is removed that others wait for') FROM step "
    "AS mine JOIN step AS other ON other.shares = mine.id WHERE "
    "new.kind = 'run' AND mine.run_id = new.old_id;"
    "SELECT RAISE(ABORT, 'a ticket is removed that is needed') FROM ticket "
    "WHERE new.kind = 'ticket' AND id = new.old_id AND (status IN "
    OPEN_TICKETS " OR EXISTS (SELECT 1 FROM run WHERE ticket_id = "
    "new.old_id) OR EXISTS (SELECT 1 FROM resource WHERE new.old_id IN "
    "(ticket_id, expiry_ticket, missing_ticket))); END;"
    "CREATE TRIGGER sim_removed_step BEFORE DELETE ON step BEGIN "
    "SELECT RAISE(ABORT, 'a step is removed whose run goes on') FROM run "
    "WHERE id = old.run_id AND ended_at = 0;"
    "SELECT RAISE(ABORT, 'a success is forgotten') WHERE "
    "old.status = 'succeeded' AND NOT EXISTS (SELECT 1 FROM removed_step "
    "WHERE ident = old.ident AND ended_at >= old.ended_at); END;"
    "CREATE TRIGGER sim_removed_run BEFORE DELETE ON run BEGIN "
    "SELECT RAISE(ABORT, 'a run goes before its steps') FROM step WHERE "
    "run_id = old.id; END;"
    "CREATE TRIGGER sim_removing AFTER INSERT ON attempt WHEN EXISTS (SELECT "
    "1 FROM removed WHERE left_steps = 1 AND old_id = new.run_id) BEGIN "
    "SELECT RAISE(ABORT, 'something begins in a run that is removed'); END;"
    "CREATE TRIGGER sim_lifetime AFTER UPDATE OF stage ON resource WHEN "
    "new.stage > old.stage BEGIN "
    "SELECT RAISE(ABORT, 'a lifetime goes on before its time') WHERE "
    "old.due_at = 0 OR " NOW " < old.due_at;"
    "SELECT RAISE(ABORT, 'a lifetime ends unsaid') WHERE new.stage > "
    "old.stage + 1 AND new.stage = 2;"
    "SELECT RAISE(ABORT, 'no time is left to object') WHERE new.stage = 2 "
    "AND new.due_at < " NOW " + " GRACE_MS "; END;"
    "CREATE TRIGGER sim_gone AFTER UPDATE OF status ON resource WHEN "
    "new.status = 'gone' AND old.status <> 'gone' BEGIN "
    "SELECT RAISE(ABORT, 'a resource is gone, and nothing undid it') WHERE "
    "NOT EXISTS (SELECT 1 FROM undoing JOIN step AS made ON made.id = "
    "of_step JOIN step AS u ON u.id = undoing.step_id WHERE made.run_id = "
    "new.run_id AND u.status IN ('succeeded', 'skipped')); END;"
    "CREATE TRIGGER sim_glass AFTER UPDATE ON glass BEGIN "
    "SELECT RAISE(ABORT, 'who broke the glass reviews it') WHERE "
    "new.reviewed_by = new.person;"
    "SELECT RAISE(ABORT, 'a glass is reviewed that is open') WHERE "
    "new.reviewed_at <> 0 AND new.closed_at = 0;"
    "SELECT RAISE(ABORT, 'a review is taken back') WHERE old.reviewed_at <> 0 "
    "AND (new.reviewed_at <> old.reviewed_at OR new.reviewed_by <> "
    "old.reviewed_by); END;"
    "CREATE TRIGGER sim_backfilled AFTER INSERT ON schedule_time BEGIN "
    "SELECT RAISE(ABORT, 'a back-fill takes a time that is to come') FROM "
    "backfill WHERE id = new.backfill AND new.at > created_at; END;"
    "CREATE TRIGGER sim_backfill AFTER INSERT ON run WHEN new.backfill <> 0 "
    "BEGIN SELECT RAISE(ABORT, 'more of a back-fill run at once than may') "
    "FROM backfill WHERE id = new.backfill AND at_once < (SELECT COUNT(*) "
    "FROM run WHERE backfill = new.backfill AND ended_at = 0 AND "
    NOT_AGAIN("run") ");"
    "SELECT RAISE(ABORT, 'a back-fill makes a time that is not its own') "
    "WHERE NOT EXISTS (SELECT 1 FROM schedule_time WHERE schedule = "
    "new.schedule AND backfill = new.backfill AND at = new.scheduled_at);"
    "SELECT RAISE(ABORT, 'a back-fill goes on after its end') FROM backfill "
    "WHERE id = new.backfill AND status <> 'running'; END;";

const struct whole keep_wholes[] = {
	{ "a back-fill makes a date twice",
	    "SELECT schedule || ' ' || backfill || ' ' || scheduled_at FROM "
	    "run WHERE backfill <> 0 GROUP BY schedule, backfill, "
	    "scheduled_at HAVING COUNT(*) > 1" },
	{ "a back-fill is over, and some of its times wait",
	    "SELECT schedule || ' ' || id FROM backfill AS b WHERE "
	    "status <> 'running' AND EXISTS (SELECT 1 FROM schedule_time AS t "
	    "WHERE t.schedule = b.schedule AND t.backfill = b.id AND "
	    "outcome = 'waiting')" },
	{ "a back-fill goes on, and none of its times waits",
	    "SELECT schedule || ' ' || id FROM backfill AS b WHERE "
	    "status = 'running' AND NOT EXISTS (SELECT 1 FROM schedule_time AS "
	    "t WHERE t.schedule = b.schedule AND t.backfill = b.id AND "
	    "outcome = 'waiting')" },
	{ "a time was made without a run",
	    "SELECT schedule || ' ' || at FROM schedule_time AS t WHERE "
	    "outcome = 'made' AND NOT EXISTS (SELECT 1 FROM run WHERE id = "
	    "t.run_id) AND NOT EXISTS (SELECT 1 FROM removed WHERE kind = "
	    "'run' AND old_id = t.run_id)" },
	{ "a number is given again",
	    "SELECT run.key FROM run JOIN removed ON removed.key = run.key "
	    "WHERE left_steps = 0 UNION ALL SELECT ticket.key FROM ticket JOIN "
	    "removed ON removed.key = ticket.key" },
	{ "something refers to a run that was removed",
	    "SELECT run.key FROM run WHERE (retry_of <> 0 AND NOT EXISTS "
	    "(SELECT 1 FROM run AS o WHERE o.id = run.retry_of)) OR (undo_of "
	    "<> 0 AND NOT EXISTS (SELECT 1 FROM run AS o WHERE o.id = "
	    "run.undo_of)) UNION ALL SELECT key FROM resource WHERE run_id <> "
	    "0 AND NOT EXISTS (SELECT 1 FROM run AS o WHERE o.id = run_id) "
	    "UNION ALL SELECT key FROM ticket WHERE run_id <> 0 AND NOT "
	    "EXISTS (SELECT 1 FROM run AS o WHERE o.id = ticket.run_id)" },
	{ "a lifetime has no end",
	    "SELECT key FROM resource WHERE stage < 3 AND expires_at > 0 AND "
	    "due_at = 0 AND status = 'active'" },
	{ "a resource was undone, and is there",
	    "SELECT resource.key FROM resource JOIN run AS u ON u.undo_of = "
	    "resource.run_id AND u.undo_of <> 0 WHERE u.status = 'succeeded' "
	    "AND resource.status = 'active'" },
	{ "a broken glass has no ticket",
	    "SELECT id FROM glass WHERE NOT EXISTS (SELECT 1 FROM ticket "
	    "WHERE ticket.key = glass.ticket)" },
	{ NULL, NULL },
};

void
keep_rest_check(struct sim *s)
{
	static const char late[] =
	    "SELECT COUNT(*) FROM resource WHERE due_at > 0 AND due_at <= ?1";
	static const struct whole waits = { "a time waits for nothing",
		"SELECT t.schedule || ' ' || t.at FROM schedule_time AS t LEFT "
		"JOIN backfill AS b ON b.id = t.backfill WHERE outcome = "
		"'waiting' AND NOT EXISTS (SELECT 1 FROM pause WHERE kind = "
		"'schedule' AND name = t.schedule) AND (SELECT COUNT(*) FROM "
		"run WHERE schedule = t.schedule AND run.backfill = "
		"t.backfill AND ended_at = 0) < COALESCE(b.at_once, 1)" };

	static const char open[] =
	    "SELECT COUNT(*) FROM glass WHERE closed_at = 0 AND until_at <= "
	    "?1";
	static const char unreviewed[] =
	    "SELECT COUNT(*) FROM glass WHERE reviewed_at = 0 AND "
	    "max(opened_at, reminded_at) + 86400000 <= ?1";

	if (raw_int(s, open, s->wall_ms, 0) > 0)
		sim_violation(s, "a glass stays open after its time");
	if (raw_int(s, unreviewed, s->wall_ms, 0) > 0)
		sim_violation(s, "nobody hears that a glass is not reviewed");
	if (raw_int(s, late, s->wall_ms, 0) > 0)
		sim_violation(s, "the end of a lifetime is missed");
	whole_check(s, &waits);
}

int64_t
keep_removed_at(struct sim *s, int task, const char *name, int env)
{
	json_t *params = json_pack("{s:s}", "name", name);
	sqlite3_stmt *q = raw_statement(s,
	    "SELECT ended_at FROM removed_step WHERE ident = ?1");
	char ident[DIGEST_HEX], text[16];
	int64_t at = 0;

	snprintf(text, sizeof(text), "t%d", task);
	graph_ident(s->arena, text, params, sim_envs[env], ident);
	json_decref(params);
	sqlite3_bind_text(q, 1, ident, -1, SQLITE_TRANSIENT);
	if (sqlite3_step(q) == SQLITE_ROW)
		at = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return at;
}
