/* SPDX-License-Identifier: MIT */
/*
 * json_schema.h: our schemas as JSON Schema 2020-12, the dialect of OpenAPI
 * 3.1.
 *
 * Objects with a title are written once, in a table, and referred to from
 * everywhere else; a schema that contains itself must have one.  Two different
 * objects of one title: the second is written where it is used.  Hidden
 * members are left out.  JSON Schema counts characters where we count bytes,
 * so minLength and maxLength are what any text we accept fulfils.
 *
 * Pure; the table lives in its arena.
 */
#ifndef SPEC_JSON_SCHEMA_H
#define SPEC_JSON_SCHEMA_H

#include "base/arena.h"
#include "base/json_out.h"
#include "spec/schema.h"

struct json_schema_table {
	struct arena *arena;
	const char *where; /* "#/components/schemas/" */
	const struct schema **items;
	size_t count, cap;
};

/* A whole document, with the URI id (NULL: none). */
void json_schema_write(
    const struct schema *s, const char *id, struct json_out *out);

/* In parts: add all that is used, put them, write the members of the table
 * (inside an object that the caller has begun). */
void json_schema_add(struct json_schema_table *t, const struct schema *s);
void json_schema_put(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out);
void json_schema_members(
    const struct json_schema_table *t, struct json_out *out);

#endif
