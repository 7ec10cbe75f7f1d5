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
	const char *kind; /* "request", "incident", "operation" … */
	const char *title;
	const char *description; /* Markdown */
	const char *status;
	const char *priority;	     /* in the order of ticket_priorities */
	const char *priority_reason; /* which rule, or who and why */
	int64_t points;		     /* 0: not estimated */
	const char *labels;	     /* JSON list, sorted */
	const char *assignee; /* "tina", "platform:duty", "" nobody */
	const char *epic;     /* key of the epic it belongs to, or "" */
	int64_t due_at;
	const char *requester;
	const char *last_editor;
	const char *request; /* request type, or "" */
	const char *task;
	const char *team; /* owner of the task: for rights */
	const char *environment;
	const char *params; /* JSON; secret values sealed */
	const char *plan_hash;
	int64_t run_id;	     /* 0: made by hand, people move it */
	int64_t scope_id;    /* (team, environment, name): for rights */
	const char *outcome; /* how it ended, in one word; "" not yet */
	bool quick_fix;	     /* it was patched, not solved */
	const char *merged_into; /* key of the one it was merged into, or "" */
	const char *resolution; /* how it ended, in words */
	int64_t created_at, updated_at, closed_at;
};

struct ticket_entry {
	int64_t id;
	int64_t ticket_id;
	int64_t at;
	const char *actor;
	const char *kind; /* "comment", "status", "edit", "vote", "link" … */
	const char *body;
	const char *detail; /* JSON */
	int64_t edited_at, removed_at; /* of a comment */
};

/* A link as one of its ends sees it. */
struct ticket_link_end {
	const char *says; /* of ticket_link_kinds: "is_blocked_by" */
	const char *key, *title, *status; /* of the other end */
	const char *created_by;
	int64_t created_at;
};

struct ticket_watcher {
	int64_t ticket_id;
	const char *person;
	const char *why; /* "requester", "comment", "assignee" … */
	bool off;	 /* said no: not added again unless they ask */
	int64_t since_at;
};

struct need {
	int64_t id;
	int64_t ticket_id;
	int64_t run_id;
	int64_t step_id; /* 0: the whole plan */
	const char *task; /* of the step, or "" */
	const char *preview_hash; /* what its preview said, or "" */
	const char *plan_hash; /* what a vote is over */
	const char *source;    /* "environment prod (envs.yaml:3)" */
	const char *rule;      /* "1 of compliance" */
	const char *approvers; /* team or person */
	int64_t wanted;	       /* 0: all of them */
	const char *eligible;  /* JSON list of people, as of the ask */
	const char *status;    /* open, met, void, expired, declined */
	int64_t expires_at;
	int64_t percent; /* of those who may decide; 0: wanted says it */
	int64_t asked_at, ended_at; /* ended: met, or no longer open */
	const char *reason;	    /* why it is no longer open */
	int64_t valid_ms;    /* how long it counts once met; 0: no end */
	int64_t valid_until; /* 0: no end, or not met */
	int64_t remind_at;   /* 0: not, or it was done */
	const char *when_expired; /* "cancel", "decline", or whom to ask */
	const char *instead_of;	  /* who did not decide in time, or "" */
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
	const char *for_person; /* whom the delegate stands in for, or "" */
};

extern const struct machine ticket_machine;
/* The moves that people make, on tickets that have no run. */
extern const struct machine ticket_hand_machine;
extern const struct machine need_machine;

/* NULL-terminated; the most urgent first. */
extern const char *const ticket_priorities[];
extern const char *const ticket_kinds[], *const ticket_outcomes[];
/* First the kinds of the table, each seen from its `from`, TICKET_LINKS of
 * them; then what they are from the other end, relates_to being its own. */
#define TICKET_LINKS 5
extern const char *const ticket_link_kinds[];

/* More than this is no on-call task. */
#define TICKET_POINTS_ON_CALL 3

extern const struct schema ticket_schema, ticket_entry_schema, need_schema,
    vote_schema, ticket_link_end_schema, ticket_watcher_schema;
extern const struct schema ticket_detail_schema;

/* ticket_approvals.c */
extern const struct schema ticket_approvals_schema;
extern const struct op op_ticket_approvals;

extern const struct op op_ticket_list, op_ticket_get, op_ticket_edit,
    op_ticket_approve, op_ticket_decline, op_ticket_comment,
    op_ticket_withdraw;
/* ticket_work.c */
extern const struct schema ticket_move_schema;
extern const struct op op_ticket_create, op_ticket_move, op_ticket_moves,
    op_ticket_close, op_ticket_link, op_ticket_merge, op_ticket_unlink, op_ticket_watch,
    op_ticket_unwatch, op_ticket_edit_comment, op_ticket_remove_comment;

#endif
