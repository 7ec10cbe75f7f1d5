/* SPDX-License-Identifier: MIT */
/*
 * access.h: who you are, what you may, tokens, secrets, and the state of the
 * server.
 */
#ifndef SPEC_ACCESS_H
#define SPEC_ACCESS_H

#include "spec/op.h"

struct token {
	int64_t id;
	const char *prefix; /* shown: "slw_abcd1234" */
	const char *hash;   /* SHA-256 of the whole token */
	const char *person;
	const char *name;
	const char *role;	  /* at most this role, "" no ceiling */
	const char *environments; /* JSON list, "[]" all */
	bool read_only;
	const char *tasks, *projects, *operations; /* JSON lists */
	const char *created_by;
	int64_t created_at, expires_at, used_at, revoked_at;
};

struct secret_row {
	const char *name;
	const char *environment; /* "": all that have none of their own */
	int64_t version;
	const char *sealed;
	const char *created_by;
	int64_t created_at, removed_at;
};

extern const struct schema token_schema, secret_schema, me_schema,
    can_schema;

extern const struct op op_me_get, op_access_can, op_token_create,
    op_token_list, op_token_revoke, op_secret_list, op_secret_set,
    op_secret_remove, op_health_live, op_health_ready, op_metrics_get,
    op_openapi_get, op_schema_get;

#endif
