/* SPDX-License-Identifier: MIT */
/*
 * require.h: pre-conditions (requires: of a task): another task's last success
 * with these very parameters, in whatever run.
 */
#ifndef RESOURCE_RUN_REQUIRE_H
#define RESOURCE_RUN_REQUIRE_H

#include "platform/graph.h"
#include "resource/cx.h"
#include "spec/run.h"

struct required {
	bool known; /* false: parameters that are not known yet */
	bool met;
	char ident[DIGEST_HEX];
	int64_t last_at;   /* its last success, 0: never */
	const char *words; /* "backup (name=orders) succeeded 3 h ago, R-12" */
};

/* params: of the step that requires it, plain. */
struct required require_look(struct cx *cx, const struct require_def *def,
    const json_t *params, const char *environment);

/* When a step of this ident last succeeded; 0: never. */
int64_t require_last(struct cx *cx, const char *ident, const char **ret_run);

#endif
