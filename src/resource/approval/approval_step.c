/* SPDX-License-Identifier: MIT */
/* Approvals of single steps, in the middle of a run. */
#include <string.h>

#include "base/diff.h"
#include "base/plant.h"
#include "resource/approval/approval_private.h"
#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/delegation/delegation.h"
#include "resource/move.h"
#include "resource/plan/plan.h"
#include "resource/sealed.h"
#include "resource/ticket/ticket.h"
#include "spec/validate.h"
#include "store/record.h"
#include "sys/digest.h"

const char *
approval_preview_store(struct cx *cx, const char *text)
{
	char *hash = arena_alloc(cx->arena, DIGEST_HEX);
	struct query *q = query(cx->db, "preview_insert");

	digest_hex(text, strlen(text), hash);
	bind_text(q, "hash", hash);
	bind_text(q, "body", text);
	bind_int(q, "created_at", cx->now);
	query_run(q);
	return hash;
}

const char *
approval_preview(struct cx *cx, const char *hash)
{
	struct query *q = query(cx->db, "preview_get");
	const char *text = "";

	bind_text(q, "hash", hash);
	if (query_next(q))
		text = column_text(q, "body", cx->arena);
	query_end(q);
	return text;
}

static void
step_decref(void *json)
{
	json_decref(json);
}

/* Parameters as they may lie about: secret values as hashes. */
static json_t *
step_params(struct cx *cx, const struct task *task, const json_t *plain)
{
	json_t *sealed = sealed_from_plain(cx->site, task->params, plain);
	json_t *hashed = sealed_to_hmac(cx->site, sealed);

	json_decref(sealed);
	arena_cleanup(cx->arena, step_decref, hashed);
	return hashed;
}

static struct approval_subject
step_subject(struct cx *cx, const struct run *run, const struct step *step,
    json_t *params, const char *preview_hash)
{
	json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:O,s:s,s:{s:s},s:s}",
	    "plan", run->plan_hash, "step", step->ident, "task", step->task,
	    "definition", step->definition, "params", params, "preview",
	    preview_hash, "environment", "name", run->environment,
	    "requester", run->requester);
	const char *hash;

	ASSERT(body != NULL);
	hash = plan_store_body(cx, body);
	json_decref(body);
	return (struct approval_subject){ .hash = hash, .step_id = step->id,
		.task = step->task, .preview_hash = preview_hash };
}

void
approval_step_void(struct cx *cx, const struct ticket *ticket,
    int64_t step_id, const char *reason)
{
	size_t n;
	struct need *needs = approval_step_needs(cx, step_id, &n);

	for (size_t i = 0; i < n; i++)
		if (needs[i].ticket_id == ticket->id &&
		    (streq(needs[i].status, "open") ||
			streq(needs[i].status, "met")))
			move_need(cx, &needs[i], "void", reason);
}

/* It would do something else now than what was asked for. */
static void
step_changed(struct cx *cx, const struct ticket *ticket,
    const struct need *old, const struct approval_subject *about)
{
	const char *diff = diff_lines(cx->arena,
	    approval_preview(cx, old->preview_hash),
	    approval_preview(cx, about->preview_hash));
	json_t *detail = json_pack("{s:s,s:s,s:I,s:s}", "old_hash",
	    old->plan_hash, "new_hash", about->hash, "step",
	    (json_int_t)about->step_id, "diff", diff);
	const char *text = json_canonical(cx->arena, detail);

	json_decref(detail);
	approval_step_void(cx, ticket, about->step_id, "its preview changed");
	audit(cx, "approval.voided", ticket->key, "done",
	    arena_printf(cx->arena, "the preview of '%s' changed",
		about->task),
	    text);
	ticket_note(cx, ticket, "edit",
	    arena_printf(cx->arena,
		"the preview of step %lld '%s' changed, its approval is "
		"void:\n%s",
		(long long)about->step_id, about->task, diff),
	    text);
}

static void
step_ask(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, const struct approval_rule *rules,
    size_t n)
{
	const char *text = "";

	for (size_t i = 0; i < n; i++) {
		need_open(cx, ticket, about, &rules[i]);
		text = arena_printf(cx->arena, "%s%s%s by %s", text,
		    i == 0 ? "" : " and ", rules[i].text, rules[i].source);
	}
	ticket_note(cx, ticket, "status",
	    arena_printf(cx->arena, "step %lld '%s' waits for %s",
		(long long)about->step_id, about->task, text),
	    arena_printf(cx->arena, "{\"step\":%lld,\"plan_hash\":\"%s\"}",
		(long long)about->step_id, about->hash));
}

static struct ticket *
step_ticket(struct cx *cx, struct run *run)
{
	return run->ticket_id == 0 ? ask_ticket_of_run(cx, run)
				   : ticket_by_id(cx, run->ticket_id);
}

enum approval_state
approval_step(struct cx *cx, struct run *run, struct step *step,
    const struct task *task, const json_t *plain, const char *preview_hash)
{
	const bool preview = task->preview.command.kind != COMMAND_NONE;
	struct approval_subject about;
	struct approval_rule *rules;
	const struct need *old = NULL;
	struct ticket *ticket;
	struct need *needs;
	size_t n, nrules, met = 0, open = 0;
	json_t *params;

	if (cx->site->local || (step->asked && !preview))
		return APPROVAL_NONE;
	params = step_params(cx, task, plain);
	rules = approval_step_rules(cx, run,
	    run->ticket_id == 0 ? NULL : ticket_by_id(cx, run->ticket_id),
	    task, params, &nrules);
	if (nrules == 0)
		return APPROVAL_NONE;
	ticket = step_ticket(cx, run);
	if (ticket == NULL)
		return APPROVAL_ASKED; /* the database failed */
	about = step_subject(cx, run, step, params,
	    PLANTED("preview-not-approved") ? "" : preview_hash);
	needs = approval_step_needs(cx, step->id, &n);
	for (size_t i = 0; i < n; i++) {
		if (streq(needs[i].status, "met") &&
		    need_has_lapsed(cx, &needs[i]))
			move_need(cx, &needs[i], "expired",
			    "it lapsed before the step began");
		met += need_is_of(&needs[i], about.hash) &&
		    streq(needs[i].status, "met");
		open += need_is_of(&needs[i], about.hash) &&
		    streq(needs[i].status, "open");
		if (!streq(needs[i].plan_hash, about.hash) &&
		    need_is_of(&needs[i], needs[i].plan_hash))
			old = &needs[i];
	}
	if (old != NULL)
		step_changed(cx, ticket, old, &about);
	if (met == 0 && open == 0)
		step_ask(cx, ticket, &about, rules, nrules);
	else if (open == 0 &&
	    approval_open_missing(cx, ticket, &about, rules, nrules) == 0)
		return APPROVAL_GIVEN;
	return APPROVAL_ASKED;
}

bool
approval_step_was_given(struct cx *cx, const struct run *run,
    const struct step *step)
{
	size_t n = 0, met = 0;
	struct need *needs = run->ticket_id == 0
	    ? NULL
	    : approval_step_needs(cx, step->id, &n);

	for (size_t i = 0; i < n; i++) {
		if (streq(needs[i].status, "open"))
			return false;
		met += streq(needs[i].status, "met");
	}
	return met > 0;
}

bool
approval_step_complete(struct cx *cx, struct ticket *ticket,
    const struct run *run, const struct step *step, const struct need *need)
{
	const struct approval_subject about = { .hash = need->plan_hash,
		.step_id = step->id, .task = step->task,
		.preview_hash = need->preview_hash };
	const struct task *task = platform_task(cx->platform, step->task);
	json_t *body = json_loads(plan_body(cx, need->plan_hash), 0, NULL);
	struct approval_rule *today = NULL;
	size_t n = 0, open;

	arena_cleanup(cx->arena, step_decref, body);
	if (task != NULL)
		today = approval_step_rules(cx, run, ticket, task,
		    json_object_get(body, "params"), &n);
	return approval_complete(cx, ticket, &about, today, n, &open);
}

/* Who decides for those who are away, while it is open. */
static void
stand_ins_json(struct cx *cx, struct json_out *out, const struct need *need)
{
	const struct ticket *ticket = ticket_by_id(cx, need->ticket_id);
	const struct platform *p = cx->platform;

	json_key(out, "stand_ins");
	json_array_begin(out);
	for (size_t i = 0; ticket != NULL && streq(need->status, "open") &&
	     i < p->npeople; i++) {
		size_t n;
		struct delegation *list;

		if (!need_names(cx, need, p->people[i].name))
			continue;
		list = delegation_of(cx, p->people[i].name, ticket, &n);
		for (size_t k = 0; k < n; k++) {
			json_object_begin(out);
			json_kv_str(out, "person", list[k].delegate);
			json_kv_str(out, "stands_in_for", list[k].person);
			json_kv_time(out, "until_at", list[k].until_at);
			json_object_end(out);
		}
	}
	json_array_end(out);
}

/* Of those it was asked of, while it is open: who is not kept out. */
static void
may_decide_json(struct cx *cx, struct json_out *out, const struct need *need)
{
	const struct ticket *ticket = ticket_by_id(cx, need->ticket_id);
	const struct platform *p = cx->platform;

	json_key(out, "may_decide");
	json_array_begin(out);
	for (size_t i = 0; ticket != NULL && streq(need->status, "open") &&
	     i < p->npeople; i++)
		if (need_names(cx, need, p->people[i].name) &&
		    !ticket_is_own(cx, ticket, p->people[i].name))
			json_str(out, p->people[i].name);
	json_array_end(out);
}

void
approval_need_json(struct cx *cx, struct json_out *out,
    const struct need *need)
{
	size_t n;
	struct vote *votes = approval_votes(cx, need->id, &n);
	const char *body =
	    need->step_id == 0 ? NULL : plan_body(cx, need->plan_hash);
	json_t *plan = body == NULL ? NULL : json_loads(body, 0, NULL);
	json_t *params = sealed_to_mask(json_object_get(plan, "params"));

	json_object_begin(out);
	record_json(out, &need_schema, need);
	may_decide_json(cx, out, need);
	stand_ins_json(cx, out, need);
	json_key(out, "votes");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		record_json(out, &vote_schema, &votes[i]);
		json_object_end(out);
	}
	json_array_end(out);
	json_kv_raw(out, "params",
	    params == NULL ? "{}" : json_canonical(cx->arena, params));
	json_kv_str(out, "preview",
	    need->preview_hash[0] == '\0'
		? NULL
		: approval_preview(cx, need->preview_hash));
	json_object_end(out);
	json_decref(plan);
	json_decref(params);
}
