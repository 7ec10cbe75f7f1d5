/* SPDX-License-Identifier: MIT */
/*
 * artifact.h: a file that a step left behind, kept by its SHA-256.
 *
 * A row is never deleted: when the bytes go, it says when and why.
 */
#ifndef SPEC_ARTIFACT_H
#define SPEC_ARTIFACT_H

#include "spec/op.h"

struct artifact {
	int64_t id;
	int64_t run_id;
	int64_t step_id;
	const char *task;
	const char *name;
	const char *path; /* in the workspace */
	const char *sha256;
	int64_t size;
	const char *keep; /* "30d" */
	int64_t created_at;
	int64_t expires_at;
	int64_t removed_at; /* 0: it is there */
	const char *reason; /* why it was removed, or "" */
};

extern const struct schema artifact_schema; /* struct artifact */
extern const struct op op_artifact_get, op_artifact_list;

#endif
