/* SPDX-License-Identifier: MIT */
#include "cli/show.h"

#include <string.h>

#include "cli/alias.h"
#include "cli/gantt.h"
#include "cli/table.h"
#include "cli/text.h"
#include "spec/access.h"
#include "spec/bulk.h"
#include "spec/catalogue.h"
#include "spec/delegation.h"
#include "spec/filter.h"
#include "spec/glass.h"
#include "spec/history.h"
#include "spec/pause.h"
#include "spec/resource.h"
#include "spec/results.h"
#include "spec/review.h"
#include "spec/run.h"
#include "spec/run_plan.h"
#include "spec/schedule.h"
#include "spec/ticket.h"
#include "spec/work.h"

void
show_title(
    struct session *s, const char *key, const char *title, const char *status)
{
	session_say(s, "%s", session_tone(s, TONE_STRONG, key));
	if (*title != '\0')
		session_say(s, "  %s", title);
	if (*status != '\0')
		session_say(s, "  [%s]",
		    session_tone(s, term_status_tone(status),
			text_status(s->arena, status)));
	session_say(s, "\n");
}

void
show_section(struct session *s, const char *name)
{
	session_say(s, "\n%s\n", session_tone(s, TONE_STRONG, name));
}

void
show_field(struct session *s, const char *name, const char *value)
{
	if (*value != '\0')
		session_say(
		    s, "  %-12s %s\n", text_status(s->arena, name), value);
}

void
show_params(struct session *s, const char *name, const json_t *params)
{
	const char *key;
	json_t *value;

	if (!json_is_object(params))
		return;
	json_object_foreach((json_t *)(uintptr_t)params, key, value)
	{
		show_field(s, name,
		    arena_printf(s->arena, "%s=%s", text_word(s->arena, key),
			text_value(s->arena, value)));
		name = "";
	}
}

static bool
show_is_leaf(const json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

static void
show_branch(struct session *s, const char *key, const json_t *value, int indent)
{
	key = text_word(s->arena, key);
	if (show_is_leaf(value)) {
		session_say(s, "%*s%s: %s\n", indent, "", key,
		    text_value(s->arena, value));
		return;
	}
	if (json_object_size(value) + json_array_size(value) == 0)
		return;
	session_say(s, "%*s%s:\n", indent, "", key);
	show_tree(s, value, indent + 2);
}

void
show_tree(struct session *s, const json_t *value, int indent)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, item)
		    show_branch(s, key, item, indent);
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item)
		{
			if (show_is_leaf(item))
				session_say(s, "%*s- %s\n", indent, "",
				    text_value(s->arena, item));
			else
				show_branch(s, "-", item, indent);
		}
	} else {
		session_say(
		    s, "%*s%s\n", indent, "", text_value(s->arena, value));
	}
}

void
show_next(struct session *s, const char *command, const char *why)
{
	session_say(s, "  %-36s %s\n", command, session_tone(s, TONE_DIM, why));
}

int
show_width(const struct session *s)
{
	return s->term.out_tty ? s->term.width : 1 << 20;
}

void
show_below(struct session *s, int indent, const char *text)
{
	if (s->globals.json || s->globals.quiet)
		return;
	text_below(s->out, show_width(s), indent, text);
}

/* --- any answer --- */

/* The key of an object: its own, or that of the noun it is about. */
static const char *
show_key(struct session *s, const struct op *op, const json_t *answer)
{
	static const char *const nouns[] = { "ticket", "run" };

	for (const struct schema *f = op->out->fields; f->name != NULL; f++) {
		if (f->flags & F_KEY)
			return text_get(s->arena, answer, f->name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(nouns); i++) {
		const json_t *noun = json_object_get(answer, nouns[i]);

		if (json_is_string(noun))
			return text_value(s->arena, noun);
		if (json_is_object(noun))
			return text_get(s->arena, noun, "key");
	}
	return "";
}

static void
show_keys(struct session *s, const struct op *op, const json_t *answer)
{
	const json_t *items = json_object_get(answer, "items");
	json_t *row;
	size_t i;

	if (!(op->flags & OP_LIST)) {
		const char *key = show_key(s, op, answer);

		if (*key != '\0')
			fprintf(s->out, "%s\n", key);
		return;
	}
	json_array_foreach(items, i, row)
	    fprintf(s->out, "%s\n", show_key(s, op, row));
}

/* How many tickets a bulk change answers that of. */
static size_t
bulk_count(struct session *s, const struct op *op, const json_t *answer,
    const char *result)
{
	const json_t *items = json_object_get(answer, "items");
	size_t i, n = 0;
	json_t *row;

	if (op != &op_ticket_bulk)
		return 0;
	json_array_foreach(items, i, row)
		n += streq(text_get(s->arena, row, "result"), result);
	return n;
}

static void
show_list(struct session *s, const struct op *op, const json_t *answer)
{
	const json_t *items = json_object_get(answer, "items");
	const json_t *next = json_object_get(answer, "next");

	if (json_array_size(items) == 0) {
		session_note(s, op == &op_work_next
			? "nothing operational waits: slipway backlog\n"
			: "nothing to list\n");
		return;
	}
	if (op == &op_work_backlog)
		show_backlog(s, op, items);
	else
		table_print(s, op, items, s->term.out_tty ? s->term.width : 0);
	if (s->term.out_tty && op == &op_request_list)
		session_note(s, "\nask for one: slipway request NAME\n");
	if (s->term.out_tty && op == &op_task_list)
		session_note(s, "\nrun one: slipway run NAME\n");
	if (bulk_count(s, op, answer, "would change") > 0)
		session_note(s, "\nnothing was changed: the same again with "
		    "--yes does it\n");
	if (json_is_string(next) || json_is_integer(next))
		session_note(s, "more: the same with --after %s\n",
		    text_value(s->arena, next));
}

/* The run of a ticket, which may be one that this person cannot see. */
static const json_t *
show_fetch_run(struct session *s, const json_t *ticket)
{
	const char *key = json_string_value(json_object_get(ticket, "run"));
	json_t *run;
	struct err ignored;

	if (key == NULL || !session_get(s, &op_run_get, key, &run, &ignored))
		return NULL;
	return run;
}

static void
show_one(struct session *s, const struct op *op, const json_t *answer)
{
	static const struct {
		const struct schema *out;
		void (*print)(struct session *s, const json_t *answer);
	} pages[] = {
		{ &run_detail_schema, show_run },
		{ &task_schema, show_task },
		{ &request_schema, show_request },
		{ &plan_schema, show_plan },
		{ &run_plan_schema, show_run_plan },
		{ &plan_diff_schema, show_plan_diff },
		{ &run_gantt_schema, show_gantt },
		{ &run_results_schema, show_results },
		{ &task_stats_schema, show_stats },
		{ &me_schema, show_me },
		{ &can_schema, show_can },
		{ &access_review_schema, show_review },
		{ &platform_schema, show_platform },
		{ &resource_detail_schema, show_resource },
		{ &schedule_detail_schema, show_schedule },
		{ &work_board_schema, show_board },
		{ &ticket_approvals_schema, show_approvals },
	};

	static const struct {
		const struct op *op;
		void (*print)(struct session *s, const json_t *answer);
	} verbs[] = {
		{ &op_health_ready, show_health },
		{ &op_pause_end, show_resumed },
		{ &op_pause_set, show_paused },
		{ &op_schedule_backfill, show_backfilled },
	};

	if (op->out == &ticket_detail_schema) {
		show_ticket(s, answer, show_fetch_run(s, answer), true);
		show_ticket_next(s, answer);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (op == verbs[i].op) {
			verbs[i].print(s, answer);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		if (op->out == pages[i].out) {
			pages[i].print(s, answer);
			return;
		}
	}
	show_object(s, op->out, answer);
}

/* What is shown is no more. */
static void
show_past(struct session *s, const struct op *op)
{
	if (op == &op_filter_remove)
		session_say(s, "forgotten:\n");
	else if (op == &op_delegation_end)
		session_say(s, "ended:\n");
}

/* At three in the morning nobody looks it up. */
static void
show_glass_next(struct session *s, const struct op *op, const json_t *answer)
{
	const char *id = text_value(s->arena, json_object_get(answer, "id"));

	if (op == &op_glass_seal)
		session_note(s, "for the envelope: it is not shown again, and "
		    "the one before is void\n");
	if (op == &op_glass_open)
		session_note(s, "\ngive it back: slipway break-glass close %s\n",
		    id);
	if (op == &op_glass_open || op == &op_glass_close)
		session_note(s, "another looks at it within 24 h: slipway "
		    "break-glass review %s --note …\n", id);
}

int
show_answer(struct session *s, const struct op *op, json_t *answer)
{
	if (s->globals.json)
		session_json(s, answer);
	else if (op->out == NULL || answer == NULL)
		session_say(s, "done\n");
	else if (s->globals.quiet)
		show_keys(s, op, answer);
	else if (op->flags & OP_LIST)
		show_list(s, op, answer);
	else {
		show_past(s, op);
		show_one(s, op, answer);
		show_glass_next(s, op, answer);
	}
	if (op == &op_access_can &&
	    !json_is_true(json_object_get(answer, "allowed")))
		return err_class_info(ERR_DENIED)->exit;
	return bulk_count(s, op, answer, "would change") == 0 &&
		bulk_count(s, op, answer, "refused") > 0
	    ? EXIT_FAILED
	    : EXIT_OK;
}
