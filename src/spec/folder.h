/* SPDX-License-Identifier: MIT */
/*
 * folder.h: the shape of the team's folder.
 *
 * One row of folder_kinds per kind of YAML document; the first key of a
 * document is the key of its row.  From these come validation at load
 * (platform/), JSON Schema for editors (schema.get) and docs/guide/folder.md.
 * What a schema cannot say (names that must exist, references, cycles) is
 * checked in platform/check_*.c.
 */
#ifndef SPEC_FOLDER_H
#define SPEC_FOLDER_H

#include "base/json_out.h"
#include "spec/schema.h"

struct folder_kind {
	const char *key;
	const char *doc;
	const struct schema *schema; /* NULL: not in this release */
};
/* Sorted by key, ends with key NULL. */
extern const struct folder_kind folder_kinds[];

/* Keys that are known and wait for a later release, NULL-terminated. */
extern const char *const folder_task_later[];

extern const struct schema folder_settings_schema, folder_people_schema,
    folder_task_schema, folder_request_schema, folder_schedule_schema,
    folder_param_schema, folder_matcher_schema, folder_artifact_schema,
    folder_name_schema;
/* folder_resource.c: parts of a request type. */
extern const struct schema *const folder_resource_forms[];
extern const struct schema folder_cost_fields[];

#define FOLDER_NAME "[a-z][a-z0-9_-]{0,62}"   /* tasks, people, teams … */
#define FOLDER_PARAM "[a-z][a-z0-9_]{0,40}"   /* parameters and outputs */
#define FOLDER_ENV "[A-Z_][A-Z0-9_]{0,62}"    /* environment variables */
#define FOLDER_PROJECT "[A-Z][A-Z0-9]{1,9}"   /* projects: OPS */
#define FOLDER_SIZE "[1-9][0-9]{0,8}[KMG]"    /* 512M */

/* JSON Schema of one document of a folder, whatever its kind. */
void folder_schema_write(struct json_out *out);

/* "512M" to bytes, K, M and G being powers of 1024; false: not one. */
bool folder_size(const char *text, int64_t *ret_bytes);
/* "10s..2m" or "10s" to its ends; false: not one. */
bool folder_span(const char *text, int64_t *ret_min_ms, int64_t *ret_max_ms);

#endif
