/* SPDX-License-Identifier: MIT */
#include "store/record.h"

#include <stdlib.h>

/* Columns mostly come in the order of the fields: the search goes on behind
 * the last hit and starts over once. */
static const struct schema *
record_field(const struct schema *object, const char *column,
    const struct schema **after)
{
	const struct schema *f;

	for (f = *after; f->name != NULL; f++) {
		if (streq(f->name, column)) {
			*after = f + 1;
			return f;
		}
	}
	for (f = object->fields; f != *after; f++) {
		if (streq(f->name, column)) {
			*after = f + 1;
			return f;
		}
	}
	return NULL;
}

static void
record_read_field(struct query *q, int i, const struct schema *f, void *record,
    struct arena *a)
{
	void *member = (char *)record + f->offset;
	struct str text;

	switch (f->type) {
	case SCHEMA_C_TEXT:
		text = column_str_at(q, i);
		*(const char **)member =
		    text.p == NULL ? NULL : arena_str(a, text);
		break;
	case SCHEMA_C_INT:
		*(int64_t *)member = column_int_at(q, i);
		break;
	case SCHEMA_C_BOOL:
		*(bool *)member = column_int_at(q, i) != 0;
		break;
	case SCHEMA_C_NONE:
		break;
	}
}

/* The fields of the record in the order of `count` names. */
static const struct schema *const *
record_fields(struct query *q, struct query_fields *known,
    const struct schema *object, int count, int first,
    const char *(*name)(struct query *q, int i))
{
	const struct schema *after = object->fields;

	if (known->of != object || known->count != count) {
		free(known->fields);
		known->fields = calloc((size_t)count + 1,
		    sizeof(*known->fields));
		ASSERT(known->fields != NULL);
		for (int i = 0; i < count; i++)
			known->fields[i] =
			    record_field(object, name(q, first + i), &after);
		known->of = object;
		known->count = count;
	}
	return (const struct schema *const *)(const void *)known->fields;
}

void
record_read(struct query *q, const struct schema *object, void *record,
    struct arena *a)
{
	int count = column_count(q);
	const struct schema *const *fields = record_fields(q,
	    query_read_fields(q), object, count, 0, column_name);

	for (int i = 0; i < count; i++)
		if (fields[i] != NULL)
			record_read_field(q, i, fields[i], record, a);
}

static void
record_bind_field(struct query *q, int i, const struct schema *f,
    const void *record)
{
	const void *member = (const char *)record + f->offset;

	switch (f->type) {
	case SCHEMA_C_TEXT:
		bind_text_at(q, i, *(const char *const *)member);
		break;
	case SCHEMA_C_INT:
		bind_int_at(q, i, *(const int64_t *)member);
		break;
	case SCHEMA_C_BOOL:
		bind_int_at(q, i, *(const bool *)member ? 1 : 0);
		break;
	case SCHEMA_C_NONE:
		break;
	}
}

void
record_bind(struct query *q, const struct schema *object, const void *record)
{
	int count = query_param_count(q);
	const struct schema *const *fields = record_fields(q,
	    query_bound_fields(q), object, count, 1, query_param_name);

	for (int i = 0; i < count; i++)
		if (fields[i] != NULL)
			record_bind_field(q, i + 1, fields[i], record);
}

static void
record_json_text(struct json_out *j, const struct schema *f, const char *text)
{
	bool empty = text == NULL || text[0] == '\0';

	switch (f->kind) {
	case SCHEMA_JSON:
	case SCHEMA_LIST:
	case SCHEMA_MAP:
	case SCHEMA_OBJECT:
	case SCHEMA_ONE_OF:
		json_kv_raw(j, f->name, empty ? "null" : text);
		break;
	case SCHEMA_STRING:
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
	case SCHEMA_BOOL:
	case SCHEMA_CHOICE:
	case SCHEMA_TIME:
	case SCHEMA_DURATION:
		if (empty && (f->flags & F_NULLABLE) != 0)
			json_kv_null(j, f->name);
		else
			json_kv_str(j, f->name, text);
		break;
	}
}

void
record_json(struct json_out *j, const struct schema *object,
    const void *record)
{
	for (const struct schema *f = object->fields; f->name != NULL; f++) {
		const void *member = (const char *)record + f->offset;

		if ((f->flags & F_HIDDEN) != 0)
			continue;
		switch (f->type) {
		case SCHEMA_C_TEXT:
			record_json_text(j, f, *(const char *const *)member);
			break;
		case SCHEMA_C_INT:
			if (f->kind == SCHEMA_TIME)
				json_kv_time(j, f->name,
				    *(const int64_t *)member);
			else
				json_kv_int(j, f->name,
				    *(const int64_t *)member);
			break;
		case SCHEMA_C_BOOL:
			json_kv_bool(j, f->name, *(const bool *)member);
			break;
		case SCHEMA_C_NONE:
			break;
		}
	}
}
