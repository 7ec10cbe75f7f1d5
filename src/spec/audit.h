/* SPDX-License-Identifier: MIT */
/*
 * audit.h: the audit chain as people and their tools read it.
 */
#ifndef SPEC_AUDIT_H
#define SPEC_AUDIT_H

#include "spec/op.h"

struct audit_row {
	int64_t seq;
	int64_t at;
	const char *actor, *via, *address, *action, *object, *decision,
	    *reason, *detail, *request_id, *prev, *hash;
};

extern const struct schema audit_schema;

extern const struct op op_audit_export, op_audit_follow, op_audit_list,
    op_audit_seal, op_audit_segments, op_audit_verify;

#endif
