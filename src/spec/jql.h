/* SPDX-License-Identifier: MIT */
/*
 * jql.h: the search language, as text and as a tree.
 *
 *	project = OPS AND labels = operations AND created >= -30d
 *	    ORDER BY priority, created DESC
 *
 * A subset of what people know from Jira, under Jira's names and ours
 * (jql_fields).  Tests are joined by AND (a comma means the same) and OR,
 * turned by NOT, grouped by parentheses; operators are = != < <= > >= ~ !~,
 * IN, NOT IN, IS EMPTY, IS NOT EMPTY.  Words in any case; a value with a
 * blank or one of ()=!<>~,&|"' in it is quoted by either quote, with \ before
 * a quote inside.
 *
 * Parsing is pure: no clock, no database, no folder.  What depends on who asks
 * and when (currentUser(), membersOf(), -30d, startOfDay()) stays in the tree;
 * jql_time turns what stands for a time into one.  The tree lives in the
 * arena and its texts are copies.
 *
 * A value like '<TEAM>' or '…' in a query that was copied from somewhere is a
 * hole for the reader to fill: it is no mistake here, since only who knows the
 * projects can say what to write there (jql.holes, jql_filled).
 *
 * A mistake is ERR_SYNTAX "query.syntax", "query.field", "query.value" or
 * "query.function"; its message has three lines: what is wrong and in which
 * column, the query around it, and a caret below:
 *
 *	query, column 19: no field 'labls'
 *	  project = OPS AND labls = operations
 *	                    ^^^^^
 */
#ifndef SPEC_JQL_H
#define SPEC_JQL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/zone.h"

#define JQL_BYTES 4000 /* of a query */
#define JQL_TESTS 200
#define JQL_VALUES 500 /* of one list */
#define JQL_DEPTH 40
#define JQL_ORDERS 8
#define JQL_HOLES 8

enum jql_type {
	JQL_KEY,    /* of a ticket */
	JQL_NAME,   /* of something */
	JQL_CHOICE, /* one of choices */
	JQL_PERSON, /* of a person, or a team */
	JQL_TIME,
	JQL_NUMBER,
	JQL_WORDS /* searched by ~ */
};

enum jql_id {
	JQL_ASSIGNEE,
	JQL_CATEGORY,
	JQL_CLOSED,
	JQL_COMMENT,
	JQL_CREATED,
	JQL_DESCRIPTION,
	JQL_DUE,
	JQL_ENVIRONMENT,
	JQL_EPIC,
	JQL_FILTER,
	JQL_KIND,
	JQL_LABELS,
	JQL_POINTS,
	JQL_PRIORITY,
	JQL_PROJECT,
	JQL_REQUEST,
	JQL_REQUESTER,
	JQL_RESOLUTION,
	JQL_STATUS,
	JQL_TASK,
	JQL_TEAM,
	JQL_TEXT,
	JQL_TICKET,
	JQL_TITLE,
	JQL_UPDATED,
	JQL_WATCHER,
	JQL_IDS
};

enum jql_op {
	JQL_EQ,
	JQL_NE,
	JQL_LT,
	JQL_LE,
	JQL_GT,
	JQL_GE,
	JQL_LIKE,
	JQL_NOT_LIKE,
	JQL_IN,
	JQL_NOT_IN,
	JQL_EMPTY,
	JQL_NOT_EMPTY
};
#define JQL_BIT(op) (1u << (op))

struct jql_field {
	enum jql_id id;
	const char *name; /* ours */
	const char *also; /* other names, each with a blank around: " type " */
	enum jql_type type;
	unsigned ops;	 /* JQL_BIT of those it knows */
	bool orders;	 /* may stand behind ORDER BY */
	const char *const *choices; /* CHOICE; in their order for < and > */
	const char *doc;
};
extern const struct jql_field jql_fields[]; /* by name; name NULL ends it */

enum jql_function {
	JQL_NO_FUNCTION,
	JQL_CURRENT_USER,
	JQL_MEMBERS_OF,
	JQL_NOW,
	JQL_START_OF_DAY,
	JQL_START_OF_WEEK,
	JQL_START_OF_MONTH,
	JQL_START_OF_YEAR,
	JQL_END_OF_DAY,
	JQL_END_OF_WEEK,
	JQL_END_OF_MONTH,
	JQL_END_OF_YEAR
};

enum jql_unit {
	JQL_MINUTE,
	JQL_HOUR,
	JQL_DAY,
	JQL_WEEK,
	JQL_MONTH,
	JQL_YEAR,
	JQL_UNITS
};

struct jql_value {
	const char *text; /* as written, without quotes; CHOICE: the choice */
	enum jql_function function;
	const char *team; /* of membersOf */
	int64_t number;	  /* NUMBER; CHOICE: its place among the choices */
	/* TIME: a civil time (local ms) and how long it lasts, or an offset
	 * to now or to what the function gives. */
	bool absolute;
	int64_t local_ms, span_ms;
	int64_t amount;
	enum jql_unit unit;
	size_t at, length; /* in the query, for errors */
};

struct jql_node {
	enum { JQL_TEST, JQL_AND, JQL_OR, JQL_NOT } kind;
	const struct jql_node *left, *right; /* NOT: left */
	const struct jql_field *field;
	enum jql_op op;
	const struct jql_value *values;
	size_t nvalues;
};

struct jql_order {
	const struct jql_field *field;
	bool descending;
};

/* A value that was left to be filled in, with the operator before it. */
struct jql_hole {
	const struct jql_field *field;
	size_t op_at, at, length; /* in the query */
};

struct jql {
	const char *text;
	const struct jql_node *where; /* NULL: all */
	struct jql_hole holes[JQL_HOLES];
	size_t nholes;
	struct jql_order orders[JQL_ORDERS];
	size_t norders;
};

bool jql_parse(
    struct arena *a, struct str text, struct jql *ret, struct err *e);

/* What a value of a TIME stands for: from the first instant up to, and not
 * with, the last; the same twice when it is one instant. */
void jql_time(const struct jql_value *v, int64_t now_ms, const struct zone *z,
    int64_t *ret_from_ms, int64_t *ret_until_ms);

/* A mistake that is found later, about a part of the text: the message gets
 * its column, its line and its caret.  Always returns false. */
bool jql_mistake(struct err *e, const char *code, const char *text, size_t at,
    size_t length, const char *fmt, ...) PRINTF_LIKE(6, 7);

/* The query with its holes filled: project for a project, and what is usual
 * for the others. */
const char *jql_filled(
    struct arena *a, const struct jql *q, const char *project);
/* The query with another value in place of this one. */
const char *jql_with(struct arena *a, const char *text,
    const struct jql_value *v, const char *value);

/* jql_field.c */
const struct jql_field *jql_field_find(struct str name); /* any case */
/* The nearest of the names, or NULL. */
const char *jql_field_near(struct arena *a, struct str name);
const char *jql_op_text(enum jql_op op);
/* ERR_SYNTAX "query.function" for an unknown one is the caller's to say. */
enum jql_function jql_function_find(struct str name, const char **ret_near,
    struct arena *a);
/* Read text as a value of the field; NULL, or what is wrong with it. */
const char *jql_value_read(struct arena *a, const struct jql_field *field,
    struct jql_value *v, const char **ret_hint);
/* "-30d", "2", "+1M" */
bool jql_offset(struct str text, enum jql_unit usual, int64_t *ret_amount,
    enum jql_unit *ret_unit);

#endif
