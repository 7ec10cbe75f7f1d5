/* SPDX-License-Identifier: MIT */
#include "resource/evidence/evidence_api.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "resource/evidence/evidence.h"
#include "resource/period.h"
#include "resource/sealed.h"
#include "spec/glass.h"
#include "spec/run.h"
#include "spec/ticket.h"
#include "store/audit.h"
#include "store/record.h"

struct evidence {
	struct cx *cx;
	int64_t from, to;
	const char *project, *team;
	json_t *changes, *gaps, *notable; /* references */
};

/* A run as the query has it. */
struct change {
	struct run run;
	const char *ticket, *title, *project;
	json_t *json; /* borrowed, of evidence.changes */
	size_t met;   /* needs of this very plan */
	const char *told; /* when it was removed; NULL: it is there */
};

static json_t *
evidence_time(int64_t at)
{
	char text[CLOCK_TEXT];

	return at == 0 || at == INT64_MIN ? json_null()
					  : json_string(clock_text(at, text));
}

static const char *
evidence_text(struct query *q, const char *name, struct arena *a)
{
	const char *text = column_text(q, name, a);

	return text == NULL ? "" : text;
}

static void
evidence_gap(struct evidence *v, const struct change *c, const char *kind,
    const char *text)
{
	json_array_append_new(v->gaps,
	    json_pack("{s:s,s:s,s:s}", "run", c->run.key, "kind", kind, "text",
		text));
}

/* --- who approved --------------------------------------------------------- */

/* A row of the database alone proves nothing. */
static void
evidence_told(struct evidence *v, const struct change *c,
    const struct need *need, const char *person, const char *decision,
    int64_t at)
{
	struct query *q = query(v->cx->db, "evidence_vote_told");
	bool told;

	bind_int(q, "ticket_id", need->ticket_id);
	bind_text(q, "decision", decision);
	bind_text(q, "person", person);
	bind_int(q, "at", at);
	bind_text(q, "plan_hash", need->plan_hash);
	told = query_next(q);
	query_end(q);
	if (!told)
		evidence_gap(v, c, "no_event",
		    arena_printf(v->cx->arena, "the audit chain has no event "
			"of '%s' by %s", decision, person));
}

static json_t *
evidence_decisions(struct evidence *v, const struct change *c,
    const struct need *need)
{
	struct query *q = query(v->cx->db, "evidence_votes");
	json_t *list = json_array();

	bind_int(q, "need_id", need->id);
	while (query_next(q)) {
		const char *person =
		    evidence_text(q, "person", v->cx->arena);
		const char *hash =
		    evidence_text(q, "plan_hash", v->cx->arena);
		const char *decision =
		    evidence_text(q, "decision", v->cx->arena);
		const int64_t at = column_int(q, "at");

		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:s,s:o,s:s,s:s}", "person", person,
			"decision", decision, "hash", hash, "at",
			evidence_time(at), "via",
			evidence_text(q, "via", v->cx->arena), "note",
			evidence_text(q, "note", v->cx->arena)));
		evidence_told(v, c, need, person, decision, at);
		if (!streq(hash, need->plan_hash))
			evidence_gap(v, c, "other_hash",
			    arena_printf(v->cx->arena, "%s decided over %.12s, "
				"asked was %.12s", person, hash,
				need->plan_hash));
		if (streq(person, c->run.requester))
			evidence_gap(v, c, "self_approval",
			    arena_printf(v->cx->arena, "%s asked for it and "
				"decided on it", person));
	}
	query_end(q);
	return list;
}

static void
evidence_need(struct evidence *v, struct change *c, const struct need *need,
    json_t *list)
{
	const bool plan = need->step_id == 0;
	const char *over = plan ? "plan"
				: arena_printf(v->cx->arena, "step %lld",
				      (long long)need->step_id);
	const bool ours = !plan || streq(need->plan_hash, c->run.plan_hash);

	json_array_append_new(list,
	    json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "over", over, "hash",
		need->plan_hash, "rule", need->rule, "source", need->source,
		"status", need->status, "decisions",
		evidence_decisions(v, c, need)));
	if (ours && streq(need->status, "met"))
		c->met++;
	if (ours && plan && !streq(need->status, "met") &&
	    !streq(need->status, "void"))
		evidence_gap(v, c, "not_approved",
		    arena_printf(v->cx->arena, "'%s' by %s was %s when it "
			"began", need->rule, need->source, need->status));
}

static void
evidence_approvals(struct evidence *v, struct change *c)
{
	struct query *q = query(v->cx->db, "evidence_needs");
	struct need needs[64];
	json_t *list = json_array();
	size_t n = 0;

	bind_int(q, "ticket_id", c->run.ticket_id);
	bind_int(q, "run_id", c->run.id);
	while (c->run.ticket_id != 0 && n < ARRAY_SIZE(needs) && query_next(q))
		record_read(q, &need_schema, &needs[n++], v->cx->arena);
	query_end(q);
	for (size_t i = 0; i < n; i++)
		evidence_need(v, c, &needs[i], list);
	json_object_set_new(c->json, "approvals", list);
	if (n == ARRAY_SIZE(needs))
		evidence_gap(v, c, "many_approvals",
		    "only the first 64 approvals are told");
}

/* --- what ran ------------------------------------------------------------- */

static json_t *
evidence_artifacts(struct evidence *v, int64_t step)
{
	struct query *q = query(v->cx->db, "evidence_artifacts");
	json_t *list = json_array();

	bind_int(q, "step_id", step);
	while (query_next(q))
		json_array_append_new(list,
		    json_pack("{s:s,s:s,s:I}", "name",
			evidence_text(q, "name", v->cx->arena), "sha256",
			evidence_text(q, "sha256", v->cx->arena), "size",
			(json_int_t)column_int(q, "size")));
	query_end(q);
	return list;
}

static void
evidence_step(struct evidence *v, const struct change *c, struct query *q,
    json_t *list)
{
	struct arena *a = v->cx->arena;
	const int64_t id = column_int(q, "id");
	const char *status = evidence_text(q, "status", a);

	json_array_append_new(list,
	    json_pack("{s:I,s:s,s:s,s:s,s:s,s:I,s:o,s:o,s:o}", "step",
		(json_int_t)id, "task", evidence_text(q, "task", a),
		"definition", evidence_text(q, "definition", a), "status",
		status, "reason", evidence_text(q, "reason", a), "attempts",
		(json_int_t)column_int(q, "attempts"), "started_at",
		evidence_time(column_int(q, "started_at")), "ended_at",
		evidence_time(column_int(q, "ended_at")), "artifacts",
		evidence_artifacts(v, id)));
	if (streq(status, "unknown") || streq(status, "unkillable"))
		evidence_gap(v, c, "unknown_outcome",
		    arena_printf(a, "what became of step %lld is not known",
			(long long)id));
	if (column_int(q, "dropped") > 0)
		evidence_gap(v, c, "log_cut",
		    arena_printf(a, "%lld bytes of the log of step %lld were "
			"not kept", (long long)column_int(q, "dropped"),
			(long long)id));
}

static void
evidence_steps(struct evidence *v, const struct change *c)
{
	struct query *q = query(v->cx->db, "evidence_steps");
	json_t *list = json_array();

	bind_int(q, "run_id", c->run.id);
	while (query_next(q))
		evidence_step(v, c, q, list);
	query_end(q);
	json_object_set_new(c->json, "steps", list);
}

/* --- the ask -------------------------------------------------------------- */

/* What the chain says of the ask; *ret_why: which rule let it pass. */
static void
evidence_asked(struct evidence *v, struct change *c, const char **ret_why)
{
	struct query *q = query(v->cx->db, "evidence_asked");
	json_t *detail = NULL;
	const char *commit;
	int64_t seq = 0;

	bind_text(q, "run", c->run.key);
	if (query_next(q)) {
		seq = column_int(q, "seq");
		detail = json_loads(evidence_text(q, "detail", v->cx->arena),
		    0, NULL);
	}
	query_end(q);
	commit = call_text(detail, "commit");
	*ret_why = call_text(detail, "why");
	*ret_why = *ret_why == NULL ? "" : arena_strdup(v->cx->arena, *ret_why);
	json_object_set_new(c->json, "commit",
	    json_string(commit == NULL ? "" : commit));
	json_object_set_new(c->json, "event", json_integer(seq));
	if (seq == 0)
		evidence_gap(v, c, "no_event",
		    "the audit chain has no event of the ask");
	else if (commit == NULL || commit[0] == '\0')
		evidence_gap(v, c, "no_commit",
		    "the folder was in no git commit: its definitions are "
		    "known by hash alone");
	json_decref(detail);
}

static void
evidence_change(struct evidence *v, struct change *c)
{
	json_t *params = json_loads(
	    sealed_mask_text(v->cx->arena, c->run.params), 0, NULL);
	const char *why;

	c->json = json_pack("{s:s,s:s?,s:s,s:s,s:s,s:s,s:s,s:o,s:s,s:s}",
	    "run", c->run.key, "ticket", c->ticket, "title", c->title,
	    "project", c->project, "task", c->run.task, "team", c->run.team,
	    "environment", c->run.environment, "params", params, "requester",
	    c->run.requester, "via", c->run.via);
	ASSERT(c->json != NULL);
	json_array_append_new(v->changes, c->json);
	json_object_update_new(c->json,
	    json_pack("{s:o,s:o,s:o,s:s,s:s,s:s,s:s}", "asked_at",
		evidence_time(c->run.created_at), "started_at",
		evidence_time(c->run.started_at), "ended_at",
		evidence_time(c->run.ended_at), "status", c->run.status,
		"reason", c->run.reason, "plan_hash", c->run.plan_hash,
		"closure_hash", c->run.closure_hash));
	evidence_asked(v, c, &why);
	evidence_approvals(v, c);
	evidence_steps(v, c);
	if (c->met == 0)
		evidence_gap(v, c, "no_approval", why[0] != '\0' ? why
		    : arena_printf(v->cx->arena, "nobody approved it: no rule "
			"of the folder asked for it (task %s, environment %s)",
			c->run.task, c->run.environment));
	if (!machine_is_final(&run_machine, c->run.status))
		evidence_gap(v, c, "not_over", "it was not over");
}

/* Of one that was removed: told then. */
static void
evidence_removed(struct evidence *v, const struct change *c)
{
	json_t *told = json_loads(c->told, 0, NULL), *gap;
	json_t *change = json_object_get(told, "change");
	size_t i;

	if (change == NULL) {
		evidence_gap(v, c, "no_event",
		    "it was removed, and what was told of it cannot be read");
	} else {
		json_array_append(v->changes, change);
		json_array_foreach(json_object_get(told, "gaps"), i, gap)
			json_array_append(v->gaps, gap);
	}
	json_decref(told);
}

static void
evidence_read(struct query *q, struct change *c, struct arena *a)
{
	*c = (struct change){ .told = NULL };
	record_read(q, &run_schema, &c->run, a);
	c->ticket = column_text(q, "ticket", a);
	c->title = evidence_text(q, "title", a);
	c->project = evidence_text(q, "project", a);
}

const char *
evidence_of_run(struct cx *cx, int64_t run_id)
{
	struct evidence v = { .cx = cx, .changes = json_array(),
		.gaps = json_array() };
	struct query *q = query(cx->db, "evidence_run");
	const char *text = "";
	struct change c;
	bool found;
	json_t *all;

	bind_int(q, "id", run_id);
	found = query_next(q);
	if (found)
		evidence_read(q, &c, cx->arena);
	query_end(q);
	if (found) {
		evidence_change(&v, &c);
		all = json_pack("{s:O,s:O}", "change",
		    json_array_get(v.changes, 0), "gaps", v.gaps);
		text = json_canonical(cx->arena, all);
		json_decref(all);
	}
	json_decref(v.changes);
	json_decref(v.gaps);
	return text;
}

static size_t
evidence_list(struct evidence *v, const char *statement, struct change *all)
{
	struct arena *a = v->cx->arena;
	struct query *q = query(v->cx->db, statement);
	size_t n = 0;

	bind_int(q, "from", v->from);
	bind_int(q, "to", v->to);
	bind_text(q, "project", v->project);
	bind_text(q, "team", v->team);
	bind_int(q, "limit", EVIDENCE_CHANGES + 1);
	for (; query_next(q); n++) {
		if (streq(statement, "evidence_runs")) {
			evidence_read(q, &all[n], a);
			continue;
		}
		all[n] = (struct change){
			.told = evidence_text(q, "evidence", a) };
		all[n].run.id = column_int(q, "id");
		all[n].run.key = evidence_text(q, "key", a);
	}
	query_end(q);
	return n;
}

static int
evidence_compare(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return (x->run.id > y->run.id) - (x->run.id < y->run.id);
}

static bool
evidence_runs(struct evidence *v, struct err *e)
{
	struct change *all = arena_array(v->cx->arena,
	    2 * (EVIDENCE_CHANGES + 1), sizeof(*all));
	size_t n = evidence_list(v, "evidence_runs", all);

	n += evidence_list(v, "evidence_gone", all + n);
	qsort(all, n, sizeof(*all), evidence_compare);
	if (n > EVIDENCE_CHANGES) {
		err_set(e, ERR_TOO_LARGE, "evidence.many", "more than %d "
		    "changes in this period", EVIDENCE_CHANGES);
		return err_hint(e, "take a shorter one, or one --project");
	}
	for (size_t i = 0; i < n; i++)
		if (all[i].told != NULL)
			evidence_removed(v, &all[i]);
		else
			evidence_change(v, &all[i]);
	return true;
}

/* Whoever broke the glass is looked at by somebody else within a day. */
static void
evidence_glass(struct evidence *v)
{
	struct arena *a = v->cx->arena;
	struct query *q = query(v->cx->db, "evidence_glass");
	char opened[CLOCK_TEXT], reviewed[CLOCK_TEXT];

	bind_int(q, "from", v->from);
	bind_int(q, "to", v->to);
	bind_int(q, "now", v->cx->now);
	bind_int(q, "within", GLASS_REVIEW_MS);
	bind_int(q, "limit", EVIDENCE_CHANGES);
	while (query_next(q)) {
		const int64_t at = column_int(q, "reviewed_at");
		const char *person = evidence_text(q, "person", a);
		const char *when =
		    clock_text(column_int(q, "opened_at"), opened);
		const char *text = at == 0
		    ? arena_printf(a, "%s broke the glass at %s, and nobody "
			  "else has reviewed it", person, when)
		    : arena_printf(a, "%s broke the glass at %s, and %s "
			  "reviewed it at %s: later than 24 hours", person,
			  when, evidence_text(q, "reviewed_by", a),
			  clock_text(at, reviewed));

		json_array_append_new(v->gaps,
		    json_pack("{s:o,s:s,s:s}", "run",
			json_sprintf("G-%lld", (long long)column_int(q, "id")),
			"kind", "break_glass", "text", text));
	}
	query_end(q);
}

static void
evidence_events(struct evidence *v)
{
	struct arena *a = v->cx->arena;
	struct query *q = query(v->cx->db, "evidence_notable");

	bind_int(q, "from", v->from);
	bind_int(q, "to", v->to);
	bind_int(q, "limit", EVIDENCE_CHANGES);
	while (query_next(q))
		json_array_append_new(v->notable,
		    json_pack("{s:I,s:o,s:s,s:s,s:s,s:s}", "event",
			(json_int_t)column_int(q, "seq"), "at",
			evidence_time(column_int(q, "at")), "actor",
			evidence_text(q, "actor", a), "action",
			evidence_text(q, "action", a), "object",
			evidence_text(q, "object", a), "reason",
			evidence_text(q, "reason", a)));
	query_end(q);
}

/* --- all of it ------------------------------------------------------------ */

static bool
evidence_project(struct evidence *v, struct call *call, struct err *e)
{
	const struct platform *p = v->cx->platform;

	v->project = call_text(call->query, "project");
	if (v->project == NULL)
		return true;
	for (size_t i = 0; i < p->nprojects; i++)
		if (streq(p->projects[i].key, v->project))
			v->team = p->projects[i].team;
	return v->team != NULL ||
	    call_absent(e, "project", v->project, NULL);
}

bool
evidence_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct evidence v = { .cx = cx };
	char hash[DIGEST_HEX], head[DIGEST_HEX];
	const char *text;
	json_t *all;

	if (!period_of(cx, call, &v.from, &v.to, e) ||
	    !evidence_project(&v, call, e))
		return false;
	if (v.from > cx->now) {
		problem_add(call->problems, "/from", "field.range",
		    "a time that is over: 30d, or 2026-07-01",
		    "it is still to come");
		return problems_err(call->problems, e);
	}
	if (v.to > cx->now)
		v.to = cx->now;
	v.changes = json_array();
	v.gaps = json_array();
	v.notable = json_array();
	all = json_pack("{s:o,s:o,s:s,s:o,s:o,s:o}", "from",
	    evidence_time(v.from), "to", evidence_time(v.to), "project",
	    v.project == NULL ? "" : v.project, "changes", v.changes, "gaps",
	    v.gaps, "notable", v.notable);
	ASSERT(all != NULL);
	if (!evidence_runs(&v, e)) {
		json_decref(all);
		return false;
	}
	evidence_glass(&v);
	evidence_events(&v);
	text = json_canonical(cx->arena, all);
	digest_hex(text, strlen(text), hash);
	json_object_set_new(all, "hash", json_string(hash));
	json_object_set_new(all, "rests_on",
	    json_pack("{s:I,s:s}", "event",
		(json_int_t)audit_head(cx->db, head), "hash", head));
	json_raw(out, json_canonical(cx->arena, all));
	json_decref(all);
	return true;
}
