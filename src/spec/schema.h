/* SPDX-License-Identifier: MIT */
/*
 * schema.h: the shape of a value, as const data.
 *
 * One tree describes everything that enters or leaves: bodies and query
 * strings of operations, rows of nouns, the team's folder, and (built at load
 * time in an arena) the parameters of its tasks.  From it come validation
 * (validate.h), JSON Schema and OpenAPI (openapi.h), row binding and
 * rendering (store/record.h), command line flags and the reference docs.
 *
 * A struct schema is a node; as a member of an object it has a name.  Static
 * nouns use FIELD, which takes name, offset and C type from the struct, so
 * that a renamed member does not compile.
 */
#ifndef SPEC_SCHEMA_H
#define SPEC_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schema_kind {
	SCHEMA_STRING = 1,
	SCHEMA_INTEGER,
	SCHEMA_NUMBER,
	SCHEMA_BOOL,
	SCHEMA_CHOICE,	 /* one of `choices` */
	SCHEMA_TIME,	 /* JSON: RFC 3339 text; C and SQL: UTC ms, 0 = null */
	SCHEMA_DURATION, /* "5m", "90d", "1h30m"; C: ms */
	SCHEMA_OBJECT,	 /* `fields`, nothing else allowed */
	SCHEMA_MAP,	 /* free keys (matching `pattern`), values `of` */
	SCHEMA_LIST,	 /* elements `of` */
	SCHEMA_ONE_OF,	 /* first of `any_of` that fits by JSON type */
	SCHEMA_JSON	 /* anything; C: JSON text */
};

/* How a member is stored in its C struct. */
enum schema_type { SCHEMA_C_NONE, SCHEMA_C_TEXT, SCHEMA_C_INT, SCHEMA_C_BOOL };

enum schema_flag {
	F_REQUIRED = 1 << 0,
	F_KEY = 1 << 1,	   /* names the object in paths and tables */
	F_HIDDEN = 1 << 2, /* in the row, never on the wire */
	F_SECRET = 1 << 3, /* value must be masked and sealed */
	F_NULLABLE = 1 << 4,
	F_ABSENT = 1 << 5, /* on the wire only, not a column of the row */
	F_REFERENCE = 1 << 6, /* folder: may be a "$params.x" scalar instead */
	F_WORDS = 1 << 7, /* STRING: says something, is not blank */
	F_LINE = 1 << 8	  /* STRING: the same, on one line */
};

struct schema {
	const char *name; /* as a member of an object; else NULL */
	const char *doc;  /* one sentence for people */
	enum schema_kind kind;
	unsigned flags; /* enum schema_flag */

	const struct schema *fields;	    /* OBJECT: ends with name NULL */
	const struct schema *of;	    /* LIST, MAP */
	const char *const *choices;	    /* CHOICE: ends with NULL */
	const struct schema *const *any_of; /* ONE_OF: ends with NULL */
	const char *pattern; /* STRING, MAP keys: POSIX ERE, whole text */
	bool has_min, has_max;
	int64_t min, max; /* INTEGER, NUMBER, DURATION (ms): value; STRING:
			   * bytes; LIST, MAP: count */
	const char *default_json; /* JSON text, or NULL */
	const char *example;	  /* JSON text, or NULL */
	const char *title; /* OBJECT: its name in components/schemas */

	enum schema_type type; /* static binding, see FIELD */
	size_t offset;
};

#define BETWEEN(a, b)                                                          \
	.has_min = true, .min = (a), .has_max = true, .max = (b)
#define AT_LEAST(a) .has_min = true, .min = (a)
#define AT_MOST(b) .has_max = true, .max = (b)

#define FIELD_TYPE(T, m)                                                       \
	_Generic(((T *)0)->m, const char * : SCHEMA_C_TEXT, char *             \
		 : SCHEMA_C_TEXT, int64_t                                      \
		 : SCHEMA_C_INT, bool                                          \
		 : SCHEMA_C_BOOL)
#define FIELD_KIND(T, m)                                                       \
	_Generic(((T *)0)->m, const char * : SCHEMA_STRING, char *             \
		 : SCHEMA_STRING, int64_t                                      \
		 : SCHEMA_INTEGER, bool                                        \
		 : SCHEMA_BOOL)
/* A member of struct T of the same name.  FIELD_AS gives another kind. */
#define FIELD(T, m, ...)                                                       \
	{                                                                      \
		.name = #m, .kind = FIELD_KIND(T, m),                          \
		.type = FIELD_TYPE(T, m), .offset = offsetof(T, m),            \
		__VA_ARGS__                                                    \
	}
#define FIELD_AS(T, m, k, ...)                                                 \
	{                                                                      \
		.name = #m, .kind = (k), .type = FIELD_TYPE(T, m),             \
		.offset = offsetof(T, m), __VA_ARGS__                          \
	}

/* null is a value of s: by its flag, or because it is a time that its struct
 * keeps as 0. */
bool schema_nullable(const struct schema *s);
/* The member called name, or NULL. */
const struct schema *schema_member(const struct schema *object,
    const char *name);

/* "1h30m" to ms; units ms s m h d w; false when it is not a duration. */
bool schema_duration(const char *text, int64_t *ret_ms);
/* RFC 3339 to UTC ms, false when it is not one. */
bool schema_time(const char *text, int64_t *ret_ms);

#endif
