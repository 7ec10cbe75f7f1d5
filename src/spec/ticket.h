/* SPDX-License-Identifier: MIT */
/*
 * ticket.h: one thing somebody asked for, and who decided what about it.
 *
 * A need is an approval that is wanted ("1 of compliance"); a vote is one
 * person's decision on it, over the hash of the plan that person saw.
 */
#ifndef SPEC_TICKET_H
#define SPEC_TICKET_H

#include "base/machine.h"
#include "spec/op.h"

struct ticket {
	int64_t id;
	const char *key; /* "OPS-12" */
	const char *project;
	const char *kind; /* "request", "operation" */
	const char *title;
	const char *status;
	const char *priority;
	const char *requester;
	const char *last_editor;
	const char *request; /* request type, or "" */
	const char *task;
	const char *team; /* owner of the task: for rights */
	const char *environment;
	const char *params; /* JSON; secret values sealed */
	const char *plan_hash;
	int64_t run_id;
	const char *resolution;
	int64_t created_at, updated_at, closed_at;
};

struct ticket_entry {
	int64_t id;
	int64_t ticket_id;
	int64_t at;
	const char *actor;
	const char *kind; /* "comment", "status", "edit", "vote", "result" */
	const char *body;
	const char *detail; /* JSON */
};

struct need {
	int64_t id;
	int64_t ticket_id;
	int64_t run_id;
	int64_t step_id; /* 0: the whole plan */
	const char *plan_hash;
	const char *source;    /* "environment prod (envs.yaml:3)" */
	const char *rule;      /* "1 of compliance" */
	const char *approvers; /* team or person */
	int64_t wanted;	       /* 0: all of them */
	const char *eligible;  /* JSON list of people, as of the ask */
	const char *status;    /* open, met, void, expired, declined */
	int64_t expires_at;
};

struct vote {
	int64_t id;
	int64_t need_id;
	const char *plan_hash;
	const char *person;
	const char *decision; /* "approve", "decline" */
	const char *note;
	const char *via;
	int64_t at;
};

extern const struct machine ticket_machine;
extern const struct machine need_machine;

extern const struct schema ticket_schema, ticket_entry_schema, need_schema,
    vote_schema;
extern const struct schema ticket_detail_schema;

extern const struct op op_ticket_list, op_ticket_get, op_ticket_edit,
    op_ticket_approve, op_ticket_decline, op_ticket_comment,
    op_ticket_withdraw;

#endif
