/* SPDX-License-Identifier: MIT */
/* Exactly the people whom the folder asks have approved exactly this. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define DELEGATED                                                              \
	"EXISTS (SELECT 1 FROM delegation AS d, need JOIN ticket ON "          \
	"ticket.id = need.ticket_id WHERE need.id = new.need_id AND "          \
	"d.person = new.for_person AND d.delegate = new.person AND "           \
	"d.from_at <= new.at AND d.until_at > new.at AND d.ended_at = 0 AND "  \
	"d.environment IN ('', ticket.environment) AND "                       \
	"d.project IN ('', ticket.project))"

const char approval_triggers[] =
    "CREATE TRIGGER sim_lapsed AFTER UPDATE OF status ON run WHEN old.status "
    "= 'queued' AND new.status = 'running' AND EXISTS (SELECT 1 FROM need "
    "WHERE run_id = new.id AND step_id = 0 AND status = 'met' AND "
    "valid_until <> 0 AND valid_until <= sim_wall()) BEGIN SELECT "
    "RAISE(ABORT, 'a run begins, and its approval has lapsed'); END;"
    "CREATE TRIGGER sim_vote AFTER INSERT ON vote BEGIN "
    "SELECT RAISE(ABORT, 'somebody decides for one who is not away') WHERE "
    "new.for_person <> '' AND NOT " DELEGATED ";"
    "SELECT RAISE(ABORT, 'somebody decides who was not asked') FROM need "
    "WHERE id = new.need_id AND instr(eligible, '\"' || CASE new.for_person "
    "WHEN '' THEN new.person ELSE new.for_person END || '\"') = 0;"
    "SELECT RAISE(ABORT, 'somebody decides on their own request') FROM need "
    "JOIN ticket ON ticket.id = need.ticket_id WHERE need.id = new.need_id "
    "AND (requester IN (new.person, new.for_person) OR last_editor IN "
    "(new.person, new.for_person)); END;";

static int
person_index(const struct sim *s, const unsigned char *name)
{
	for (int i = 0; i < s->folder.npeople; i++)
		if (streq(sim_people[i], (const char *)name))
			return i;
	return -1;
}

/* Of those who may decide for the team: who said yes to exactly this run's
 * plan, or to this step of it, each in one place, and neither they nor whoever
 * they stand in for made or edited the request. */
static int
approvals(struct sim *s, int64_t run, int64_t step,
    const struct sim_rights *rights, int team)
{
#define NOT_OWN(who)                                                           \
	who " NOT IN (ticket.requester, ticket.last_editor) AND " who " NOT "  \
	/* nor asked for the same, before there was a ticket */                \
	"IN (SELECT person FROM run_watcher WHERE run_id = run.id)"
	static const char sql[] =
	    "SELECT vote.person, CASE vote.for_person WHEN '' THEN "
	    "vote.person ELSE vote.for_person END FROM run JOIN ticket ON "
	    "ticket.id = "
	    "run.ticket_id AND ticket.run_id = run.id AND ticket.plan_hash = "
	    "run.plan_hash JOIN need ON need.ticket_id = ticket.id AND "
	    "need.step_id = ?2 AND (?2 <> 0 OR need.plan_hash = "
	    "run.plan_hash) AND (?2 = 0 OR need.preview_hash = (SELECT "
	    "preview_hash FROM step WHERE id = ?2)) AND need.status = 'met' "
	    "JOIN vote ON vote.need_id = need.id AND vote.plan_hash = "
	    "need.plan_hash AND vote.decision = 'approve' WHERE run.id = ?1 "
	    "AND " NOT_OWN("vote.person") " AND " NOT_OWN("vote.for_person")
	    /* who decided after all keeps their place */
	    " ORDER BY vote.for_person <> '', vote.id";
	sqlite3_stmt *q = raw_statement(s, sql);
	unsigned voters = 0, seats = 0;

	sqlite3_bind_int64(q, 1, run);
	sqlite3_bind_int64(q, 2, step);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const int voter = person_index(s, sqlite3_column_text(q, 0));
		const int seat = person_index(s, sqlite3_column_text(q, 1));
		const unsigned both = 1u << voter | 1u << seat;

		if ((rights->teams[team] & 1u << seat) == 0 ||
		    (rights->disabled & both) != 0 ||
		    (voters & 1u << voter) != 0 || (seats & 1u << seat) != 0)
			continue;
		voters |= 1u << voter;
		seats |= 1u << seat;
	}
	sqlite3_reset(q);
	return __builtin_popcount(voters);
}

/* Which rights held: kept of each run and step, else those of now. */
static unsigned char *
version_of(unsigned char **list, size_t *n, int64_t id)
{
	if ((size_t)id >= *n) {
		const size_t more = (size_t)id * 2 + 64;

		*list = realloc(*list, more);
		ASSERT(*list != NULL);
		memset(*list + *n, 0, more - *n);
		*n = more;
	}
	return &(*list)[id];
}

static const struct sim_rights *
rights_then(struct sim *s, int64_t run, int64_t step)
{
	const unsigned char v = step == 0
	    ? *version_of(&s->released, &s->nreleased, run)
	    : *version_of(&s->decided, &s->ndecided, step);

	return &s->versions[(v == 0 ? s->nversions : v) - 1];
}

void
approval_forget(struct sim *s)
{
	if (s->nreleased > 0)
		memset(s->released, 0, s->nreleased);
	if (s->ndecided > 0)
		memset(s->decided, 0, s->ndecided);
}

void
approval_note(struct sim *s)
{
	static const char runs[] =
	    "SELECT id, status <> 'waiting_approval' FROM run WHERE dry = 0";
	static const char steps[] =
	    "SELECT step_id, SUM(status = 'open') = 0 AND SUM(status = 'met') "
	    "> 0 FROM need WHERE step_id <> 0 GROUP BY step_id";
	sqlite3_stmt *q = raw_statement(s, runs);

	while (sqlite3_step(q) == SQLITE_ROW) {
		unsigned char *v = version_of(&s->released, &s->nreleased,
		    sqlite3_column_int64(q, 0));

		if (!sqlite3_column_int(q, 1))
			*v = 0;
		else if (*v == 0)
			*v = (unsigned char)s->nversions;
	}
	sqlite3_reset(q);
	q = raw_statement(s, steps);
	while (sqlite3_step(q) == SQLITE_ROW) {
		unsigned char *v = version_of(&s->decided, &s->ndecided,
		    sqlite3_column_int64(q, 0));

		if (!sqlite3_column_int(q, 1))
			*v = 0;
		else if (*v == 0)
			*v = (unsigned char)s->nversions;
	}
	sqlite3_reset(q);
}

static void
rule_check(struct sim *s, int64_t run, int64_t step, const struct sim_rule *r,
    const char *whose)
{
	int have;

	if (r->count == 0)
		return;
	have = approvals(s, run, step, rights_then(s, run, step), r->team);
	if (have < r->count)
		sim_violation(s,
		    "R-%lld runs commands with %d of %d approvals of %s",
		    (long long)run, have, r->count, whose);
}

void
approval_check(struct sim *s, int64_t run, int64_t step)
{
	static const char head[] =
	    "SELECT run.environment, ticket.request FROM run LEFT JOIN ticket "
	    "ON ticket.id = run.ticket_id WHERE run.id = ?1";
	static const char steps[] =
	    /* what cleans up is asked for with the plan, whatever it is handed */
	    "SELECT task, id, cleans = 0 AND (instr(params, '\"$output\"') > 0 "
	    "OR id > (SELECT root_step FROM run WHERE id = ?1)), id = ?2 OR "
	    /* done by a person, or nothing but an approval */
	    "(status = 'succeeded' AND NOT EXISTS (SELECT 1 FROM attempt WHERE "
	    "attempt.step_id = step.id AND kind = 'run')) FROM step "
	    "WHERE run_id = ?1 AND preview <> 'done' AND fan = 0 AND "
	    "reason NOT LIKE 'taken over%' AND task <> 'undo'";
	const struct sim_folder *f = &s->folder;
	const struct sim_rights *then = rights_then(s, run, 0);
	sqlite3_stmt *q = raw_statement(s, head);
	const char *request;
	int env;

	sqlite3_bind_int64(q, 1, run);
	ASSERT(sqlite3_step(q) == SQLITE_ROW);
	env = streq((const char *)sqlite3_column_text(q, 0), "prod");
	request = (const char *)sqlite3_column_text(q, 1);
	for (int i = 0; i < 2; i++)
		rule_check(s, run, 0, &then->env[env][i], "the environment");
	if (request != NULL && request[0] != '\0')
		rule_check(s, run, 0, &then->request[request[1] - '0'],
		    "the request");
	sqlite3_reset(q);
	q = raw_statement(s, steps);
	sqlite3_bind_int64(q, 1, run);
	sqlite3_bind_int64(q, 2, step);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const struct sim_task *t = &f->tasks[atoi(
		    (const char *)sqlite3_column_text(q, 0) + 1)];
		bool late = sqlite3_column_int(q, 2) != 0 || t->preview ||
		    (!t->command && !t->manual && t->nneeds > 0);

		/* what is known only in the middle of the run is asked there,
		 * before that very step */
		if (!late || sqlite3_column_int(q, 3) != 0)
			rule_check(s, run, late ? sqlite3_column_int64(q, 1) : 0,
			    &t->rule, "a task");
	}
	sqlite3_reset(q);
}
