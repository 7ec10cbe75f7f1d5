/* SPDX-License-Identifier: MIT */
/*
 * approve_testing.h: a folder of tasks that ask in the middle of a run, and
 * what the tests of that share; for *_test.c only.
 */
#ifndef ENGINE_APPROVE_TESTING_H
#define ENGINE_APPROVE_TESTING_H

#include "engine/engine_testing.h"
#include "resource/pause/pause.h"
#include "resource/run/reveal.h"

#define HOUR INT64_C(3600000)

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "projects: {OPS: {team: platform}}\n"
    "limits: {one: 1}\n"
    "---\n"
    "people: {ernie: {name: E}, nora: {name: N}, tina: {name: T}, "
    "casey: {name: C}, robin: {name: R}}\n"
    "teams: {platform: {members: [tina]}, dev: {members: [ernie, nora]}, "
    "risk: {members: [casey, nora]}, legal: {members: [robin]}}\n"
    "grants: [{to: dev, role: member, on: platform}]\n"
    "---\n"
    "environments: {dev: {}, guarded: {approve: [{of: legal}]}, "
    "brief: {approve: [{of: legal, valid: 1h}]}}\n"
    "---\n"
    "task: split\n"
    "outputs: {parts: {type: list}, text: {}}\n"
    "argv: [/bin/split]\n"
    "---\n"
    "task: part\n"
    "params: {name: {type: string, required: true}}\n"
    "approve: [{when: {name: small}, none: true}, {of: risk}]\n"
    "argv: [/bin/part, --, $params.name]\n"
    "---\n"
    "task: open\n"
    "needs:\n"
    "  split: split\n"
    "  part: {task: part, foreach: $needs.split.outputs.parts, "
    "with: {name: $item}}\n"
    "---\n"
    "task: known\n"
    "params: {names: {type: list, required: true}}\n"
    "needs: {part: {task: part, foreach: $params.names, "
    "with: {name: $item}}}\n"
    "---\n"
    "task: gate\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {split: split}\n"
    "approve: [{of: risk}]\n"
    "---\n"
    "task: gates\n"
    "params: {names: {type: list, required: true}}\n"
    "needs: {gate: {task: gate, foreach: $params.names, "
    "with: {name: $item}}}\n"
    "---\n"
    "task: hand\n"
    "params: {name: {type: string, required: true}}\n"
    "manual: [do it]\n"
    "---\n"
    "task: hands\n"
    "needs:\n"
    "  split: split\n"
    "  hand: {task: hand, foreach: $needs.split.outputs.parts, "
    "with: {name: $item}}\n"
    "---\n"
    "task: both\n"
    "needs:\n"
    "  left: {task: left}\n"
    "  right: {task: right}\n"
    "---\n"
    "task: left\n"
    "needs: {gate: {task: gate, with: {name: x}}, "
    "hand: {task: hand, with: {name: x}}}\n"
    "argv: [/bin/left]\n"
    "---\n"
    "task: right\n"
    "needs: {gate: {task: gate, with: {name: x}}, "
    "hand: {task: hand, with: {name: x}}}\n"
    "argv: [/bin/right]\n"
    "---\n"
    "task: holder\n"
    "params: {name: {type: string, required: true}}\n"
    "uses: {one: 1}\n"
    "key: $params.name\n"
    "argv: [/bin/holder]\n"
    "---\n"
    "task: guarded\n"
    "params: {digest: {type: string, required: true}}\n"
    "uses: {one: 1}\n"
    "approve: [{of: risk, valid: 2h}]\n"
    "argv: [/bin/guarded]\n"
    "---\n"
    "task: limited\n"
    "needs:\n"
    "  split: split\n"
    "  guarded: {task: guarded, with: {digest: "
    "$needs.split.outputs.text}}\n"
    "---\n"
    "task: guarded-twice\n"
    "params: {digest: {type: string, required: true}}\n"
    "approve: [{of: risk}, {of: legal}]\n"
    "argv: [/bin/guarded]\n"
    "---\n"
    "task: twice\n"
    "needs:\n"
    "  split: split\n"
    "  guarded: {task: guarded-twice, with: {digest: "
    "$needs.split.outputs.text}}\n"
    "---\n"
    "task: keyed\n"
    "params: {name: {type: string, required: true}}\n"
    "needs: {split: split}\n"
    "key: $params.name\n"
    "approve: [{of: risk}]\n"
    "preview: {argv: [/bin/show]}\n"
    "argv: [/bin/keyed]\n"
    "---\n"
    "task: work\n"
    "params: {name: {type: string, required: true}}\n"
    "argv: [/bin/work]\n"
    "on_failure: {task: drop, with: {name: $params.name}}\n"
    "---\n"
    "task: drop\n"
    "params: {name: {type: string, required: true}}\n"
    "approve: [{of: legal}]\n"
    "argv: [/bin/drop]\n"
    "---\n"
    "task: works\n"
    "needs:\n"
    "  split: split\n"
    "  work: {task: work, foreach: $needs.split.outputs.parts, "
    "with: {name: $item}}\n"
    "---\n"
    "task: after\n"
    "needs: {split: split, gate: {task: gate, with: {name: y}}}\n"
    "argv: [/bin/work]\n"
    "on_failure: plain\n"
    "always: plain\n"
    "---\n"
    "task: plain\n"
    "argv: [/bin/drop]\n"
    "---\n"
    "task: tells\n"
    "needs: {split: split, gate: {task: gate, with: {name: y}}}\n"
    "always: plain\n"
    "---\n"
    "task: list-gate\n"
    "params: {parts: {type: list, required: true}}\n"
    "approve: [{of: risk}]\n"
    "---\n"
    "task: agreed\n"
    "params: {name: {type: string, required: true}, "
    "parts: {type: list, required: true}}\n"
    "needs: {gate: {task: list-gate, with: {parts: $params.parts}}}\n"
    "argv: [/bin/part, --, $params.name]\n"
    "---\n"
    "task: agree-all\n"
    "needs:\n"
    "  split: split\n"
    "  part: {task: agreed, foreach: $needs.split.outputs.parts, "
    "with: {name: $item, parts: $needs.split.outputs.parts}}\n"
    "---\n"
    "task: joined\n"
    "needs: {first: {task: holder, with: {name: j}}}\n"
    "preview: {argv: [/bin/show]}\n"
    "argv: [/bin/guarded]\n";

struct script {
	const char *split;
	bool holds, fails;
	int64_t held;
	unsigned parts, guarded, keyed, dropped, branches, works;
};

static inline bool
script_run(void *self, const struct work *w, struct work_event *ret)
{
	struct script *s = self;
	const char *name = w->argv[0];

	if (streq(name, "/bin/split"))
		buf_adds(&ret->outputs, s->split);
	s->parts += streq(name, "/bin/part");
	s->guarded += streq(name, "/bin/guarded");
	s->keyed += streq(name, "/bin/keyed");
	s->dropped += streq(name, "/bin/drop");
	s->branches += streq(name, "/bin/left") || streq(name, "/bin/right");
	if (streq(name, "/bin/work")) {
		s->works++;
		ret->code = s->fails ? 1 : 0;
	}
	if (streq(name, "/bin/holder") && s->holds) {
		s->held = w->attempt;
		return false;
	}
	return true;
}

static inline bool
script_output(void *self, int64_t attempt, size_t max, struct buf *to)
{
	(void)self;
	(void)attempt;
	(void)max;
	buf_adds(to, "shown\n");
	return true;
}

static inline void
ask(struct rig *r, const char *person, const char *task, const char *env,
    const char *params, struct asked *ret)
{
	struct err e = { 0 };

	assert_ok(rig_ask(r, person, task, NULL, env, params, ret, &e), &e);
	rig_settle(r);
}

static inline void
start(struct rig *r, struct script *s, const char *task, const char *params,
    struct asked *ret)
{
	if (s->split == NULL)
		s->split = "parts=[\"a\",\"small\",\"b\",\"a\"]\n";
	rig_make(r, folder, script_run, s);
	r->site.log_output = script_output;
	ask(r, "ernie", task, "dev", params, ret);
}

/* The needs of the run's ticket that are open; the last of them. */
static inline size_t
open_needs(struct rig *r, const struct run *run, struct need *ret)
{
	struct cx *cx = rig_begin(r, "ernie");
	const struct run *now = run_by_id(cx, run->id);
	size_t n = 0, open = 0;
	struct need *needs = now->ticket_id == 0
	    ? NULL
	    : approval_needs(cx, now->ticket_id, &n);

	for (size_t i = 0; i < n; i++)
		if (streq(needs[i].status, "open")) {
			*ret = needs[i];
			open++;
		}
	rig_commit(r);
	return open;
}

/* "" when it went well, else the code. */
static inline const char *
decide(struct rig *r, const struct need *need, const char *person,
    bool approve)
{
	struct cx *cx = rig_begin(r, person);
	static char code[48];
	struct err e = { 0 };
	bool ok = ticket_decide(cx, ticket_by_id(cx, need->ticket_id),
	    need->plan_hash, approve, "", &e);

	if (ok)
		rig_commit(r);
	else
		db_rollback(r->db);
	rig_settle(r);
	snprintf(code, sizeof(code), "%s", ok ? "" : e.code);
	return code;
}

/* How many steps of the task have the status. */
static inline size_t
count(struct rig *r, const struct run *run, const char *task,
    const char *status)
{
	struct cx *cx = rig_begin(r, "ernie");
	size_t n, found = 0;
	struct step **steps = run_steps_since(cx, run->id, 0, &n);

	for (size_t i = 0; i < n; i++)
		found += steps[i]->fan == FAN_NONE &&
		    streq(steps[i]->task, task) &&
		    streq(steps[i]->status, status);
	rig_commit(r);
	return found;
}

static inline void
shift(struct rig *r, int64_t ms)
{
	clock_shift(ms);
	rig_settle(r);
}

#endif
