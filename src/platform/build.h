/* SPDX-License-Identifier: MIT */
/*
 * build.h: parts of definitions, from JSON that was validated to structs.
 *
 * Texts and JSON values are borrowed from the JSON, arrays live in the arena.
 * What is wrong in spite of validation is left out or NULL: the caller, who
 * knows the whole, says so.
 */
#ifndef PLATFORM_BUILD_H
#define PLATFORM_BUILD_H

#include "platform/task.h"

/* NULL when absent or no text. */
const char *build_text(const json_t *object, const char *key);
/* A duration in ms; `absent` when there is none. */
int64_t build_duration(const json_t *object, const char *key, int64_t absent);
int64_t build_size(const json_t *object, const char *key, int64_t absent);
/* The texts of a list (or a single text), NULL-terminated; NULL when absent. */
const char *const *build_names(struct arena *a, const json_t *list);
struct rule_def build_rule(struct arena *a, const json_t *rule);
const struct rule_def *build_rules(struct arena *a, const json_t *list,
    size_t *ret_n);
/* The schema OBJECT of params: (NULL: none).  NULL: a type is unknown. */
const struct schema *build_params(struct arena *a, const json_t *params);
/* The schema of one parameter or output.  false: its type is unknown. */
bool build_param(struct arena *a, const char *name, const json_t *def,
    struct schema *ret);
/* run: or argv: of object. */
struct command build_command(const json_t *object);
/* "./create-db" is a file, returned without "./"; else NULL. */
const char *build_command_file(const char *run);

#endif
