/* SPDX-License-Identifier: MIT */
/*
 * show.h: answers as pages for people, a printer per noun.
 *
 * Printers read the JSON of an answer and nothing else.  All text goes
 * through text.h.  With --json show_answer prints the answer as it came, with
 * --quiet only its key.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/form.h"
#include "cli/session.h"

/* Any answer of any operation; the exit code. */
int show_answer(struct session *s, const struct op *op, json_t *answer);

/* --- building blocks (show.c) --- */
void show_title(
    struct session *s, const char *key, const char *title, const char *status);
void show_section(struct session *s, const char *name);
/* "  name         value"; nothing when the value is empty. */
void show_field(struct session *s, const char *name, const char *value);
/* One per line, the first beside the name. */
void show_params(struct session *s, const char *name, const json_t *params);
/* Any JSON, indented: {"a": {"b": 1}} as a tree of names. */
void show_tree(struct session *s, const json_t *value, int indent);
/* "  slipway approve OPS-1   why" */
void show_next(struct session *s, const char *command, const char *why);

/* Columns that a line may have: without a terminal as many as it takes. */
int show_width(const struct session *s);
/* A text on lines of its own, indented; nothing when it is empty. */
void show_below(struct session *s, int indent, const char *text);

/* --- steps (show_step.c) --- */
/* What will be done, or was: a line per step.  plan: its facts (run.plan), or
 * NULL. */
void show_steps(struct session *s, const json_t *detail, const json_t *plan);
bool show_step_failed(const char *status);
/* What a person has to do for a step, and what to type then; nothing unless
 * it is manual or unknown. */
void show_hand(struct session *s, const char *run, const json_t *step);

/* --- runs (show_run.c) --- */
void show_run(struct session *s, const json_t *detail);
/* The steps of a run on its way that wait for a person. */
void show_hands(struct session *s, const json_t *detail);
/* Why it failed: the last lines and exit code of what failed, and how to go
 * on.  Nothing when nothing failed. */
void show_failure(struct session *s, const json_t *detail);
void show_outputs(struct session *s, const char *run, const json_t *outputs);
/* One sentence: "R-1 succeeded in 3.4 s"; why not is for show_failure. */
void show_run_end(struct session *s, const json_t *detail);
/* Outputs of the task that was asked for; NULL when there are none. */
const json_t *show_run_outputs(const json_t *detail);

/* --- what came of it (show_results.c) --- */
void show_results(struct session *s, const json_t *results);
void show_stats(struct session *s, const json_t *stats);

/* --- plans (show_plan.c) --- */
void show_run_plan(struct session *s, const json_t *plan);
void show_plan_diff(struct session *s, const json_t *diff);
/* What it would do, and how long it takes. */
void show_plan_facts(struct session *s, const json_t *plan);
/* What may keep a step of the plan from starting. */
void show_claims(struct session *s, int indent, const json_t *step);
/* Rules that hold at other times of the week. */
void show_later(struct session *s, const json_t *of);
/* The same, behind who is asked. */
void show_plan_rest(struct session *s, const json_t *plan);

/* --- tickets (show_ticket.c) --- */
/* run: the detail of its run, or NULL; whole: with what happened. */
void show_ticket(
    struct session *s, const json_t *detail, const json_t *run, bool whole);
/* What the person may want to type now. */
void show_ticket_next(struct session *s, const json_t *detail);
void show_needs(struct session *s, const json_t *needs);
void show_warnings(struct session *s, const json_t *warnings);

/* --- the rest (show_misc.c) --- */
void show_form(struct session *s, const struct form *form);
void show_task(struct session *s, const json_t *task);
void show_request(struct session *s, const json_t *request);
void show_plan(struct session *s, const json_t *plan);
void show_me(struct session *s, const json_t *me);
void show_can(struct session *s, const json_t *can);
void show_review(struct session *s, const json_t *review); /* show_access.c */
void show_health(struct session *s, const json_t *health);
void show_approvals(struct session *s, const json_t *answer);
void show_schedule(struct session *s, const json_t *schedule);
void show_paused(struct session *s, const json_t *pause);
void show_resumed(struct session *s, const json_t *pause);
void show_backfilled(struct session *s, const json_t *made);
void show_resource(struct session *s, const json_t *detail);
void show_platform(struct session *s, const json_t *platform);
/* --- work (show_work.c) --- */
void show_board(struct session *s, const json_t *board);
/* Operations and features, each with a heading. */
void show_backlog(
    struct session *s, const struct op *op, const json_t *items);
/* Any object, in the order of its schema. */
void show_object(
    struct session *s, const struct schema *schema, const json_t *object);

#endif
