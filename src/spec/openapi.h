/* SPDX-License-Identifier: MIT */
/*
 * openapi.h: the OpenAPI 3.1 document of the operations a caller may see.
 *
 * Static operations come from the tables of spec/; each task and request type
 * of the team's folder is added as an operation of its own: a general one
 * ("task.run" at "/v1/tasks/{task}/runs") with the first path parameter filled
 * in and the schema of its parameters in the place of the member `params` of
 * the body.  Who may see what is the caller's business.
 *
 * Pure; all inputs are borrowed.  500 tasks take a few milliseconds and about
 * a megabyte.
 */
#ifndef SPEC_OPENAPI_H
#define SPEC_OPENAPI_H

#include "base/json_out.h"
#include "spec/op.h"

struct openapi_dynamic {
	const struct op *op;         /* the general one: task.run */
	const char *name;            /* of its first path parameter */
	const char *doc;             /* or NULL */
	const struct schema *params; /* OBJECT, or NULL: as in op */
	/* Choices of the member `environment` or `env` of the body, ends with
	 * NULL; or NULL: as in op. */
	const char *const *environments;
};

struct openapi_source {
	const struct op *const *ops; /* ends with NULL */
	const char *version;         /* of the product */
	const struct openapi_dynamic *dynamic;
	size_t count;
};

void openapi_write(const struct openapi_source *src, struct json_out *out);

#endif
