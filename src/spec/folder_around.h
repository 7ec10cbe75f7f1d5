/* SPDX-License-Identifier: MIT */
/*
 * folder_around.h: keys of a task about the steps around it: what cleans up
 * after it, what it may not run beside, what must have been done before.
 * Only folder.c includes this.
 */
#ifndef SPEC_FOLDER_AROUND_H
#define SPEC_FOLDER_AROUND_H

#include "spec/schema.h"

/* Forms of SCHEMA_ONE_OF. */
extern const struct schema *const folder_cleanup_forms[],
    *const folder_key_forms[];
extern const struct schema folder_require_schema;
extern const char *const folder_when_busy[];

#endif
