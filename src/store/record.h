/* SPDX-License-Identifier: MIT */
/*
 * record.h: rows to structs to JSON, by the field tables of spec/.
 *
 * Columns and struct members have the same names.  A column or parameter that
 * is no member, and a member without column or parameter, are left alone.
 * Text is copied into the arena.
 *
 *	member in C	column		JSON
 *	text		TEXT		string; with F_NULLABLE "" is null
 *	text, JSON kind	TEXT		as it is, "" is null
 *	int64_t		INTEGER		number; NULL reads 0
 *	int64_t, TIME	INTEGER		RFC 3339 text, 0 is null
 *	bool		INTEGER 0, 1	true, false
 *
 * JSON kinds are SCHEMA_JSON, LIST, MAP and OBJECT.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/json_out.h"
#include "spec/schema.h"
#include "store/db.h"

/* Read every field that the current row has a column for. */
void record_read(struct query *q, const struct schema *object, void *record,
    struct arena *a);
/* Bind every field that the statement has a parameter for. */
void record_bind(struct query *q, const struct schema *object,
    const void *record);
/* Write the members that have a place in the struct, without the braces;
 * F_HIDDEN ones are left out. */
void record_json(struct json_out *j, const struct schema *object,
    const void *record);

#endif
