/* SPDX-License-Identifier: MIT */
#include "role/replay.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "platform/graph.h"
#include "platform/task.h"
#include "resource/call.h"
#include "spec/bundle.h"
#include "spec/validate.h"
#include "store/audit.h"

struct done {
	const json_t *run, *check; /* the last attempt of each kind */
	int64_t began;		   /* the last command */
};

struct replay {
	struct arena *arena;
	struct jq *jq;
	const json_t *run, *plan, *closure, *definitions, *rows, *edges,
	    *attempts, *needs, *events, *ticket;
	struct map tasks; /* by hash */
	struct map steps; /* rows by ident */
	struct map ids;	  /* rows by id */
	struct map ties;  /* edges by "FROM TO NAME" */
	struct map tries; /* struct done by step id */
	struct map ends;  /* last status by "OBJECT KIND" */
	struct map again; /* the same by object, since the last retry */
	struct replay_report *report;
	struct err *e;
};

static bool differs(struct replay *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

static bool
differs(struct replay *r, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(r->e, ERR_INVALID, "replay.differs", "%s: %s",
	    r->report->run, text);
}

static const char *
text_of(const json_t *object, const char *name)
{
	const char *text = call_text(object, name);

	return text == NULL ? "" : text;
}

static const char *
hash_of(struct replay *r, const json_t *value)
{
	const char *text = json_canonical(r->arena, value);

	return digest_hex(text, strlen(text),
	    arena_alloc(r->arena, DIGEST_HEX));
}

/* --- definitions ---------------------------------------------------------- */

static bool
replay_definitions(struct replay *r)
{
	json_t *all = (json_t *)(uintptr_t)r->definitions, *body, *hash;
	json_t *closure = (json_t *)(uintptr_t)r->closure;
	const char *name;

	json_object_foreach(all, name, body) {
		struct task *task;

		if (!task_from_json(r->arena, body, &task, r->e))
			return err_wrap(r->e, "definition %.12s", name);
		if (!streq(task->hash, name))
			return differs(r, "definition of '%s' is %.12s, not "
			    "%.12s as it says", task->name, task->hash, name);
		map_put(&r->tasks, name, task);
		r->report->definitions++;
	}
	json_object_foreach(closure, name, hash) {
		const struct task *task =
		    map_get(&r->tasks, json_string_value(hash));

		if (task == NULL || !streq(task->name, name))
			return differs(r, "the definition of '%s' is missing",
			    name);
	}
	if (!streq(hash_of(r, r->plan), text_of(r->run, "plan_hash")))
		return differs(r, "the plan is %.12s, not %.12s as the run "
		    "says", hash_of(r, r->plan),
		    text_of(r->run, "plan_hash"));
	if (!streq(text_of(r->plan, "closure"),
		text_of(r->run, "closure_hash")) ||
	    !streq(text_of(r->plan, "task"), text_of(r->run, "task")) ||
	    !streq(text_of(r->plan, "requester"),
		text_of(r->run, "requester")) ||
	    !streq(text_of(json_object_get(r->plan, "environment"), "name"),
		text_of(r->run, "environment")))
		return differs(r, "task, requester, environment or closure of "
		    "the run are not those of its plan");
	return true;
}

/* --- graph ---------------------------------------------------------------- */

static const struct task *
replay_lookup(void *self, const char *name)
{
	struct replay *r = self;

	return map_get(&r->tasks, text_of(r->closure, name));
}

static const char *
replay_hashable(void *self, struct arena *a, const char *params)
{
	(void)self;
	(void)a;
	return params;
}

static const char *
id_text(struct replay *r, int64_t id)
{
	return arena_printf(r->arena, "%" PRId64, id);
}

static const char *
tie_text(struct replay *r, int64_t from, int64_t to, const char *name)
{
	return arena_printf(r->arena, "%" PRId64 " %" PRId64 " %s", from, to,
	    name);
}

static bool
replay_step(struct replay *r, const struct graph_step *s)
{
	const json_t *row = map_get(&r->steps, s->ident);

	if (row == NULL)
		return differs(r, "a step of '%s' follows from the plan and "
		    "is not in the run", s->task->name);
	if (!streq(text_of(row, "task"), s->task->name) ||
	    !streq(text_of(row, "definition"), s->task->hash))
		return differs(r, "step %" PRId64 " is not of the definition "
		    "of '%s' that was planned", call_int(row, "id"),
		    s->task->name);
	for (size_t i = 0; i < s->nedges; i++) {
		const struct graph_edge *edge = &s->edges[i];
		const json_t *from = map_get(&r->steps, edge->from->ident);

		if (from == NULL ||
		    map_get(&r->ties,
			tie_text(r, call_int(from, "id"), call_int(row, "id"),
			    edge->name)) == NULL)
			return differs(r, "step %" PRId64 " of '%s' needs '%s' "
			    "and the run does not say so",
			    call_int(row, "id"), s->task->name,
			    edge->from->task->name);
	}
	return true;
}

/* What the undo ends with: nobody's definition, and the same for all. */
static const struct task *
replay_last(struct replay *r, const json_t *undone)
{
	const json_t *row;
	size_t i;

	json_array_foreach(r->rows, i, row) {
		const struct task *task =
		    map_get(&r->tasks, text_of(row, "definition"));

		if (task != NULL && streq(task->name, "undo") &&
		    task->command.kind == COMMAND_NONE &&
		    streq(text_of(json_object_get(row, "params"), "run"),
			text_of(undone, "run")))
			return task;
	}
	return NULL;
}

static void
replay_forget(void *json)
{
	json_decref(json);
}

/*
 * The steps of an undo are those that its plan names.  In which order they are
 * follows from the run that is undone, which has a bundle of its own.
 */
static bool
replay_undo(struct replay *r, const struct graph_source *source,
    struct graph *ret)
{
	const json_t *undo = json_object_get(r->plan, "undo"), *one;
	const json_t *steps = json_object_get(undo, "steps");
	const struct task *last = replay_last(r, undo);
	struct graph_part *parts = arena_array(r->arena,
	    json_array_size(steps) + 1, sizeof(*parts));
	json_t *params, *given;
	size_t i;
	bool ok;

	if (last == NULL)
		return differs(r, "the step that ends an undo is missing");
	json_array_foreach(steps, i, one) {
		given = json_object_get(one, "params");
		parts[i] = (struct graph_part){ .name = "undoing",
			.task = map_get(&r->tasks, text_of(one, "definition")) };
		if (parts[i].task == NULL || !json_is_object(given))
			return differs(r, "what undoes '%s' is missing",
			    text_of(one, "task"));
		/* Defaults are filled in: not in the bundle. */
		parts[i].params = json_deep_copy(given);
		ASSERT(parts[i].params != NULL);
		arena_cleanup(r->arena, replay_forget, parts[i].params);
	}
	params = json_pack("{s:s}", "run", text_of(undo, "run"));
	ok = graph_join(r->arena, source, last, params, parts, i, ret, r->e);
	json_decref(params);
	return ok;
}

static bool
replay_graph(struct replay *r)
{
	const struct graph_source source = { .lookup = replay_lookup,
		.hashable = replay_hashable,
		.self = r,
		.environment = text_of(r->run, "environment") };
	const struct task *root = replay_lookup(r, text_of(r->run, "task"));
	struct graph graph;
	const json_t *row;
	bool spread = false;
	size_t i;

	json_array_foreach(r->rows, i, row) {
		spread = spread || call_int(row, "fan") == FAN_SPREAD;
		r->report->steps++;
	}
	if (json_object_get(r->plan, "undo") != NULL
		? !replay_undo(r, &source, &graph)
		: !graph_expand(r->arena, &source, root,
		      json_object_get(r->plan, "params"), &graph, r->e))
		return false;
	for (i = 0; i < graph.count; i++)
		if (!replay_step(r, graph.steps[i]))
			return false;
	/* Children of a foreach are known by the outputs alone. */
	if (!spread && graph.count != r->report->steps)
		return differs(r, "it has %zu steps, and %zu follow from the "
		    "plan", r->report->steps, graph.count);
	return true;
}

/* --- what was done -------------------------------------------------------- */

static struct done
replay_attempts(struct replay *r, int64_t step)
{
	const struct done *done = map_get(&r->tries, id_text(r, step));

	return done == NULL ? (struct done){ NULL, NULL, 0 } : *done;
}

/* A bundle has no secrets, and no condition sees any. */
static bool
replay_condition(struct replay *r, const struct task *task,
    const json_t *params, const char **ret_why)
{
	json_t *seen = json_copy((json_t *)(uintptr_t)params), *value;
	struct matched_on on = { .env = text_of(r->run, "environment"),
		.params = seen, .jq = r->jq };
	const char *name;
	enum match match;
	void *next;

	json_object_foreach_safe (seen, next, name, value) {
		const struct schema *s = schema_member(task->params, name);

		if (s == NULL || (s->flags & F_SECRET))
			json_object_del(seen, name);
	}
	match = matchers_try(task->when, &on, r->arena, ret_why);
	json_decref(seen);
	return match == MATCH_YES;
}

static bool
replay_decisions_of(struct replay *r, const json_t *row)
{
	const int64_t id = call_int(row, "id");
	const struct task *task = map_get(&r->tasks, text_of(row, "definition"));
	const char *status = text_of(row, "status"), *why;
	const json_t *params = json_object_get(row, "params");
	const struct done done = replay_attempts(r, id);

	if (task == NULL)
		return differs(r, "step %" PRId64 " has no definition", id);
	if (task->when != NULL && done.run != NULL &&
	    !graph_is_symbolic(params) && !matchers_want_needs(task->when) &&
	    !replay_condition(r, task, params, &why))
		return differs(r, "step %" PRId64 " of '%s' ran, and its when: "
		    "says no: %s", id, task->name, why);
	if (streq(status, "skipped") && done.run != NULL)
		return differs(r, "step %" PRId64 " of '%s' was skipped, and "
		    "ran", id, task->name);
	if (done.run == NULL && done.check != NULL &&
	    streq(text_of(done.check, "status"), "succeeded") &&
	    !streq(status, "succeeded") && !streq(status, "skipped"))
		return differs(r, "what step %" PRId64 " of '%s' makes was "
		    "there, and it is %s", id, task->name, status);
	if (streq(status, "failed") && done.run != NULL &&
	    call_int(done.run, "code") == 0 &&
	    streq(text_of(done.run, "status"), "succeeded") &&
	    text_of(row, "reason")[0] == '\0')
		return differs(r, "step %" PRId64 " of '%s' is failed, and its "
		    "command succeeded", id, task->name);
	return true;
}

/* Has the step come as far as its command again, after a retry? */
static bool
replay_began(struct replay *r, int64_t id)
{
	static const char *const began[] = { "succeeded", "failed",
		"timed_out", "unknown", "unkillable", "running", "verifying",
		"retry" };
	const json_t *row = map_get(&r->ids, id_text(r, id));

	for (size_t i = 0; row != NULL && i < ARRAY_SIZE(began); i++)
		if (streq(text_of(row, "status"), began[i]))
			return true;
	return false;
}

/* By the clock that does not jump, where the bundle has that. */
static int64_t
ended_of(const json_t *row)
{
	const char *name = json_object_get(row, "ended_steady") != NULL
	    ? "ended_steady"
	    : "ended_at";

	return call_int(row, name);
}

/* A command began after all it needs had ended. */
static bool
replay_order(struct replay *r)
{
	const json_t *edge;
	size_t i;

	json_array_foreach(r->edges, i, edge) {
		const int64_t to = call_int(edge, "to_step");
		const int64_t from = call_int(edge, "from_step");
		const json_t *row = map_get(&r->ids, id_text(r, from));
		const struct done done = replay_attempts(r, to);

		if (row == NULL)
			return differs(r, "step %" PRId64 " needs one that is "
			    "not there", to);
		if (done.began != 0 && replay_began(r, to) &&
		    done.began < ended_of(row) &&
		    replay_attempts(r, from).run != NULL)
			return differs(r, "step %" PRId64 " began before step "
			    "%" PRId64 ", which it needs, had ended", to, from);
	}
	return true;
}

static bool
replay_steps(struct replay *r)
{
	const json_t *row;
	size_t i;

	json_array_foreach(r->rows, i, row)
		if (!replay_decisions_of(r, row))
			return false;
	return replay_order(r);
}

/* --- approvals ------------------------------------------------------------ */

static bool
replay_names(const json_t *list, const char *person)
{
	const json_t *name;
	size_t i;

	json_array_foreach(list, i, name)
		if (json_is_string(name) &&
		    streq(json_string_value(name), person))
			return true;
	return false;
}

static bool
replay_own(struct replay *r, const char *person)
{
	return streq(text_of(r->ticket, "requester"), person) ||
	    streq(text_of(r->ticket, "last_editor"), person) ||
	    streq(text_of(r->run, "requester"), person);
}

/* Everybody's approval of this hash, whichever need it was said to. */
static int64_t
replay_approvals(struct replay *r, const json_t *need)
{
	const json_t *eligible = json_object_get(need, "eligible");
	json_t *seen = json_object();
	const json_t *other, *vote;
	size_t i, k;
	int64_t n;

	json_array_foreach(r->needs, i, other)
		json_array_foreach(json_object_get(other, "votes"), k, vote) {
			const char *person = text_of(vote, "person");

			if (streq(text_of(vote, "decision"), "approve") &&
			    streq(text_of(vote, "hash"),
				text_of(need, "hash")) &&
			    replay_names(eligible, person) &&
			    !replay_own(r, person))
				json_object_set_new(seen, person, json_true());
		}
	n = (int64_t)json_object_size(seen);
	json_decref(seen);
	return n;
}

static bool
replay_need(struct replay *r, const json_t *need)
{
	const int64_t id = call_int(need, "need");
	const bool met = streq(text_of(need, "status"), "met");
	const json_t *eligible = json_object_get(need, "eligible"), *name;
	int64_t wanted = call_int(need, "wanted"), have;
	size_t i;

	if (wanted == 0) /* all of them */
		json_array_foreach(eligible, i, name)
			if (json_is_string(name) &&
			    !replay_own(r, json_string_value(name)))
				wanted++;
	have = replay_approvals(r, need);
	if (met && have < wanted)
		return differs(r, "approval %" PRId64 " (%s) counts as given, "
		    "and %" PRId64 " of %" PRId64 " who may approved that "
		    "hash", id, text_of(need, "rule"), have, wanted);
	if (call_int(need, "step") == 0 &&
	    streq(text_of(need, "hash"), text_of(r->run, "plan_hash")) &&
	    call_int(r->run, "started_at") != 0 && !met &&
	    !streq(text_of(need, "status"), "void"))
		return differs(r, "it began, and approval %" PRId64 " (%s) "
		    "was %s", id, text_of(need, "rule"),
		    text_of(need, "status"));
	r->report->needs++;
	return true;
}

static bool
replay_needs(struct replay *r)
{
	const json_t *need;
	size_t i;

	json_array_foreach(r->needs, i, need)
		if (!replay_need(r, need))
			return false;
	return true;
}

/* --- events --------------------------------------------------------------- */

/* What the last event of this kind ("run", "step") on an object says. */
static const char *
replay_ended(struct replay *r, const char *object, const char *kind)
{
	return map_get(&r->ends,
	    arena_printf(r->arena, "%s %s", object, kind));
}

static void
replay_end(struct replay *r, const json_t *event)
{
	struct str status;
	const struct str kind =
	    str_cut(str_of(text_of(event, "action")), '.', &status);

	if (status.p == NULL)
		return;
	/* A retry: what ended before may be begun again, or be left out. */
	if (str_is(kind, "run") && streq(status.p, "running")) {
		map_finish(&r->again);
		map_init(&r->again);
	}
	map_put(&r->ends,
	    arena_printf(r->arena, "%s %.*s", text_of(event, "object"),
		(int)kind.n, kind.p),
	    (void *)(uintptr_t)status.p);
	map_put(&r->again, text_of(event, "object"),
	    (void *)(uintptr_t)status.p);
}

/* Of this status a step may be without an event since the last retry. */
static bool
replay_left_out(struct replay *r, const char *object, const char *status)
{
	static const char *const silent[] = { "blocked", "cancelled",
		"not_needed" };

	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		if (streq(status, silent[i]))
			return map_get(&r->again, object) == NULL;
	return false;
}

static bool
replay_chain(struct replay *r)
{
	const json_t *event;
	int64_t last = 0;
	size_t i;

	json_array_foreach(r->events, i, event) {
		const int64_t seq = call_int(event, "seq");

		if (seq <= last)
			return differs(r, "event %" PRId64 " is out of its "
			    "place", seq);
		last = seq;
		if (!audit_line_is_whole(event))
			return differs(r, "event %" PRId64 " does not have its "
			    "own hash", seq);
		replay_end(r, event);
		r->report->events++;
	}
	return true;
}

static bool
replay_events(struct replay *r)
{
	const char *key = text_of(r->run, "key");
	const char *ended;
	const json_t *row;
	size_t i;

	if (!replay_chain(r))
		return false;
	ended = replay_ended(r, key, "run");
	if (ended == NULL)
		return differs(r, "no event tells of it");
	if (machine_is_final(&run_machine, text_of(r->run, "status")) &&
	    machine_is_final(&run_machine, ended) &&
	    !streq(ended, text_of(r->run, "status")))
		return differs(r, "it is %s, the events say %s",
		    text_of(r->run, "status"), ended);
	json_array_foreach(r->rows, i, row) {
		const char *object = arena_printf(r->arena, "%s/%" PRId64, key,
		    call_int(row, "id"));

		ended = replay_ended(r, object, "step");
		if (ended != NULL &&
		    !replay_left_out(r, object, text_of(row, "status")) &&
		    machine_is_final(&step_machine, text_of(row, "status")) &&
		    machine_is_final(&step_machine, ended) &&
		    !streq(ended, text_of(row, "status")))
			return differs(r, "step %" PRId64 " is %s, the events "
			    "say %s", call_int(row, "id"),
			    text_of(row, "status"), ended);
	}
	return true;
}

/* --- all of it ------------------------------------------------------------ */

static bool
replay_open(struct replay *r, const json_t *b)
{
	const json_t *steps = json_object_get(b, "steps");

	r->run = json_object_get(b, "run");
	r->plan = json_object_get(b, "plan");
	r->closure = json_object_get(b, "closure");
	r->definitions = json_object_get(b, "definitions");
	r->rows = json_object_get(steps, "rows");
	r->edges = json_object_get(steps, "edges");
	r->attempts = json_object_get(steps, "attempts");
	r->needs = json_object_get(b, "needs");
	r->events = json_object_get(b, "events");
	r->ticket = json_object_get(b, "ticket");
	r->report->run = text_of(r->run, "key");
	if (call_int(b, "bundle") == BUNDLE_VERSION &&
	    json_is_object(r->plan) && json_is_object(r->closure) &&
	    json_is_object(r->definitions) && json_is_array(r->rows) &&
	    json_is_array(r->edges) && json_is_array(r->attempts) &&
	    json_is_array(r->needs) && json_is_array(r->events) &&
	    json_is_object(json_object_get(r->plan, "params")) &&
	    json_object_get(r->closure, text_of(r->run, "task")) != NULL)
		return true;
	err_set(r->e, ERR_INVALID, "replay.form", "it is no bundle of a run");
	return err_hint(r->e, "slipway run bundle RUN >FILE");
}

static bool
replay_hash(struct replay *r, const json_t *bundle)
{
	json_t *rest = json_copy((json_t *)(uintptr_t)bundle);
	const char *hash;

	json_object_del(rest, "hash");
	hash = hash_of(r, rest);
	json_decref(rest);
	return streq(hash, text_of(bundle, "hash")) ||
	    differs(r, "the bundle was changed: it is %.12s, not %.12s as it "
		"says", hash, text_of(bundle, "hash"));
}

/* Everything that is looked up, by what it is looked up by. */
static void
replay_index(struct replay *r)
{
	const json_t *row;
	size_t i;

	json_array_foreach(r->rows, i, row) {
		map_put(&r->steps, text_of(row, "ident"),
		    (void *)(uintptr_t)row);
		map_put(&r->ids, id_text(r, call_int(row, "id")),
		    (void *)(uintptr_t)row);
	}
	json_array_foreach(r->edges, i, row)
		map_put(&r->ties,
		    tie_text(r, call_int(row, "from_step"),
			call_int(row, "to_step"), text_of(row, "name")),
		    (void *)(uintptr_t)row);
	json_array_foreach(r->attempts, i, row) {
		const char *id = id_text(r, call_int(row, "step_id"));
		struct done *done = map_get(&r->tries, id);

		if (done == NULL) {
			done = ARENA_NEW(r->arena, struct done);
			map_put(&r->tries, id, done);
		}
		if (streq(text_of(row, "kind"), "check") && done->run == NULL)
			done->check = row;
		if (!streq(text_of(row, "kind"), "run"))
			continue;
		done->run = row;
		/* the last one: what it needs may have been retried */
		done->began = json_object_get(row, "started_steady") != NULL
		    ? call_int(row, "started_steady")
		    : call_int(row, "started_at");
	}
}

bool
replay_bundle(struct arena *a, struct jq *jq, const json_t *bundle,
    struct replay_report *ret, struct err *e)
{
	struct replay r = { .arena = a, .jq = jq, .report = ret, .e = e };
	struct map *const maps[] = { &r.tasks, &r.steps, &r.ids, &r.ties,
		&r.tries, &r.ends, &r.again };
	bool ok;

	*ret = (struct replay_report){ .run = "" };
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		map_init(maps[i]);
	ok = replay_open(&r, bundle);
	if (ok)
		replay_index(&r);
	/* The hash of all last: another difference says more. */
	ok = ok && replay_definitions(&r) && replay_graph(&r) &&
	    replay_steps(&r) && replay_needs(&r) && replay_events(&r) &&
	    replay_hash(&r, bundle);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		map_finish(maps[i]);
	return ok;
}
