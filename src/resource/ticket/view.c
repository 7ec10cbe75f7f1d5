/* SPDX-License-Identifier: MIT */
#include "resource/ticket/view.h"

#include "resource/approval/approval.h"
#include "resource/duty.h"
#include "resource/markdown/markdown.h"
#include "resource/plan/plan.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/ticket/same.h"
#include "resource/ticket/work.h"
#include "store/record.h"

void
ticket_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	struct ticket masked = *t;

	masked.params = sealed_mask_text(cx->arena, t->params);
	json_object_begin(out);
	record_json(out, &ticket_schema, &masked);
	json_object_end(out);
}

static void
links_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	size_t n;
	struct ticket_link_end *ends = ticket_links(cx, t, &n);

	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		record_json(out, &ticket_link_end_schema, &ends[i]);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
watchers_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	size_t n;
	struct ticket_watcher *watchers = ticket_watchers(cx, t->id, &n);

	json_array_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		record_json(out, &ticket_watcher_schema, &watchers[i]);
		json_object_end(out);
	}
	json_array_end(out);
}

static void
warnings_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	size_t n = 0;
	const char **warnings = approval_warnings(cx, t, &n);
	const bool feature = streq(t->kind, "feature") ||
	    streq(t->kind, "epic");

	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		json_str(out, warnings[i]);
	if (t->points > TICKET_POINTS_ON_CALL && !feature)
		json_str(out, arena_printf(cx->arena,
		    "%lld points: more than %d is not an on-call task",
		    (long long)t->points, TICKET_POINTS_ON_CALL));
	json_array_end(out);
}

static void
needs_json(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	size_t n;
	struct need *needs = approval_needs(cx, t->id, &n);

	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		approval_need_json(cx, out, &needs[i]);
	json_array_end(out);
}

static void
before_json(struct cx *cx, struct json_out *out,
    const struct ticket_entry *entry)
{
	struct query *q;

	json_key(out, "before");
	json_array_begin(out);
	if (entry->edited_at != 0 && entry->removed_at == 0) {
		q = query(cx->db, "comment_before");
		bind_int(q, "entry_id", entry->id);
		while (query_next(q)) {
			json_object_begin(out);
			json_kv_time(out, "at", column_int(q, "at"));
			json_kv_str(out, "body",
			    column_text(q, "body", cx->arena));
			json_object_end(out);
		}
		query_end(q);
	}
	json_array_end(out);
}

static void
history_json(struct cx *cx, struct json_out *out, const struct ticket *t,
    bool html)
{
	struct query *q = query(cx->db, "ticket_entries");
	struct ticket_entry entry;

	bind_int(q, "ticket_id", t->id);
	json_array_begin(out);
	while (query_next(q)) {
		entry = (struct ticket_entry){ .id = 0 };
		record_read(q, &ticket_entry_schema, &entry, cx->arena);
		if (entry.removed_at != 0)
			entry.body = "";
		json_object_begin(out);
		record_json(out, &ticket_entry_schema, &entry);
		before_json(cx, out, &entry);
		json_kv_str(out, "body_html",
		    html && streq(entry.kind, "comment")
			? markdown_html(cx->arena, entry.body)
			: NULL);
		json_object_end(out);
	}
	json_array_end(out);
	query_end(q);
}

bool
ticket_detail(struct cx *cx, struct json_out *out, const struct ticket *t)
{
	return ticket_detail_as(cx, out, t, false);
}

static const char *
view_duty(struct cx *cx, const struct ticket *t)
{
	const struct team_def *team = duty_team(cx, t->assignee);

	return team == NULL ? NULL : duty_person(cx, team);
}

bool
ticket_detail_as(struct cx *cx, struct json_out *out, const struct ticket *t,
    bool html)
{
	struct run *run = run_by_id(cx, t->run_id);
	struct step *root =
	    run == NULL ? NULL : run_step(cx, run->root_step);

	json_object_begin(out);
	json_key(out, "ticket");
	ticket_json(cx, out, t);
	json_kv_str(out, "run", run == NULL ? NULL : run->key);
	json_key(out, "needs");
	needs_json(cx, out, t);
	json_key(out, "history");
	history_json(cx, out, t, html);
	json_kv_str(out, "description_html",
	    html ? markdown_html(cx->arena, t->description) : NULL);
	json_key(out, "links");
	links_json(cx, out, t);
	json_key(out, "watchers");
	watchers_json(cx, out, t);
	same_json(cx, out, t);
	json_kv_str(out, "on_duty", view_duty(cx, t));
	json_kv_str(out, "cost", plan_says(cx, t->plan_hash, "cost"));
	json_kv_raw(out, "outputs",
	    root == NULL ? "{}" : sealed_mask_text(cx->arena, root->outputs));
	json_key(out, "warnings");
	warnings_json(cx, out, t);
	json_object_end(out);
	return true;
}
