/* SPDX-License-Identifier: MIT */
/* Exactly the people whom the folder asks have approved exactly this. */
#include <stdlib.h>

#include "sim.h"

/* Different people of the team who said yes to exactly this run's plan, or to
 * this step of it, and neither made nor edited the request. */
static int
approvals(struct sim *s, int64_t run, int64_t step, int team)
{
	static const char sql[] =
	    "SELECT DISTINCT vote.person FROM run JOIN ticket ON ticket.id = "
	    "run.ticket_id AND ticket.run_id = run.id AND ticket.plan_hash = "
	    "run.plan_hash JOIN need ON need.ticket_id = ticket.id AND "
	    "need.step_id = ?2 AND (?2 <> 0 OR need.plan_hash = "
	    "run.plan_hash) AND (?2 = 0 OR need.preview_hash = (SELECT "
	    "preview_hash FROM step WHERE id = ?2)) AND need.status = 'met' JOIN vote "
	    "ON vote.need_id = need.id AND vote.plan_hash = need.plan_hash "
	    "AND vote.decision = 'approve' WHERE run.id = ?1 AND "
	    "vote.person <> ticket.requester AND "
	    "vote.person <> ticket.last_editor AND vote.person NOT IN "
	    /* nor asked for the same, before there was a ticket */
	    "(SELECT person FROM run_watcher WHERE run_id = run.id)";
	sqlite3_stmt *q = raw_statement(s, sql);
	int n = 0;

	sqlite3_bind_int64(q, 1, run);
	sqlite3_bind_int64(q, 2, step);
	while (sqlite3_step(q) == SQLITE_ROW)
		for (int i = 0; i < s->folder.npeople; i++)
			if ((s->folder.teams[team] & 1u << i) != 0 &&
			    streq(sim_people[i],
				(const char *)sqlite3_column_text(q, 0)))
				n++;
	sqlite3_reset(q);
	return n;
}

static void
rule_check(struct sim *s, int64_t run, int64_t step, const struct sim_rule *r,
    const char *whose)
{
	int have;

	if (r->count == 0)
		return;
	have = approvals(s, run, step, r->team);
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
	sqlite3_stmt *q = raw_statement(s, head);
	const char *request;
	int env;

	sqlite3_bind_int64(q, 1, run);
	ASSERT(sqlite3_step(q) == SQLITE_ROW);
	env = streq((const char *)sqlite3_column_text(q, 0), "prod");
	request = (const char *)sqlite3_column_text(q, 1);
	for (int i = 0; i < 2; i++)
		rule_check(s, run, 0, &f->env[env][i], "the environment");
	if (request != NULL && request[0] != '\0')
		rule_check(s, run, 0, &f->request_rule[request[1] - '0'],
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
