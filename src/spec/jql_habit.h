/* SPDX-License-Identifier: MIT */
/*
 * jql_habit.h: what people write who come from Jira, and what to write here.
 *
 * Names of fields, values and operators that Jira has and this language has
 * not: each with the line to type, or what is there instead.  Pure tables.
 */
#ifndef SPEC_JQL_HABIT_H
#define SPEC_JQL_HABIT_H

#include "spec/jql.h"

/* A hint for a field, an operator or a word behind a query; NULL: none. */
const char *jql_habit_field(struct str name);
const char *jql_habit_op(struct str word);
const char *jql_habit_end(struct str word);
/* What a choice of Jira's is called here: "Bug" is an incident; or NULL. */
const char *jql_habit_choice(const struct jql_field *f, const char *value);

#endif
