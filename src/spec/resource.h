/* SPDX-License-Identifier: MIT */
/*
 * resource.h: what a request made: a database, a repository, a certificate.
 *
 * (kind, environment, name) is what it is: asked for again, it is the same
 * one.  The struct is the row.
 */
#ifndef SPEC_RESOURCE_H
#define SPEC_RESOURCE_H

#include "base/machine.h"
#include "spec/op.h"

/* How far its lifetime has come. */
enum resource_stage { RESOURCE_LIVES, RESOURCE_REMINDED, RESOURCE_ASKED,
	RESOURCE_OVER };

struct resource {
	int64_t id;
	const char *key; /* "RES-12" */
	const char *kind, *name, *environment;
	const char *status;
	const char *reason; /* why it is in this status, for people */
	const char *team;   /* owner, or "" */
	const char *person; /* who asked for it, or "" */
	int64_t scope_id;   /* row of ticket_scope: what rights depend on */
	const char *request;
	const char *params, *outputs; /* JSON without secrets */
	const char *cost; /* "12 EUR per month", or "" */
	int64_t cost_once, cost_month; /* hundredths of currency */
	const char *currency;	       /* or "" */
	int64_t ticket_id, run_id; /* that made it */
	int64_t created_at, updated_at;
	int64_t expires_at; /* 0: never */
	int64_t stage;	    /* enum resource_stage */
	int64_t due_at;	    /* of the next stage, or 0 */
	int64_t expiry_ticket; /* that asks what shall become of it, or 0 */
	int64_t check_at, check_run, checked_at;
	int64_t missing_ticket; /* that says that it is missing, or 0 */
	const char *offered_to, *offered_by; /* a transfer that waits, or "" */
};

extern const struct machine resource_machine;
extern const struct schema resource_schema;	   /* struct resource */
extern const struct schema resource_detail_schema; /* on the wire */

extern const struct op op_resource_accept, op_resource_adopt,
    op_resource_costs, op_resource_extend,
    op_resource_get, op_resource_list, op_resource_release,
    op_resource_transfer;

#endif
