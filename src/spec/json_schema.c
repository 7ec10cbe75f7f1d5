/* SPDX-License-Identifier: MIT */
#include "spec/json_schema.h"

#include <string.h>

#include "spec/pattern.h"

/* Levels of json_out that one node may need for itself. */
#define JSON_SCHEMA_ROOM 6

static const struct schema *
json_schema_titled(const struct json_schema_table *t, const char *title)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strcmp(t->items[i]->title, title) == 0)
			return t->items[i];
	}
	return NULL;
}

static bool
json_schema_in_table(const struct json_schema_table *t, const struct schema *s)
{
	const struct schema *known;

	if (s->kind != SCHEMA_OBJECT || s->title == NULL)
		return false;
	known = json_schema_titled(t, s->title);
	return known != NULL && known->fields == s->fields;
}

static void
json_schema_enter(struct json_schema_table *t, const struct schema *s)
{
	if (t->count == t->cap) {
		size_t cap = t->cap == 0 ? 32 : t->cap * 2;
		const struct schema **items =
		    arena_array(t->arena, cap, sizeof(struct schema *));

		for (size_t i = 0; i < t->count; i++)
			items[i] = t->items[i];
		t->items = items;
		t->cap = cap;
	}
	t->items[t->count++] = s;
}

void
json_schema_add(struct json_schema_table *t, const struct schema *s)
{
	if (json_schema_in_table(t, s))
		return;
	if (s->kind == SCHEMA_OBJECT) {
		if (s->title != NULL && json_schema_titled(t, s->title) == NULL)
			json_schema_enter(t, s);
		for (const struct schema *f = s->fields; f->name != NULL; f++)
			if (!(f->flags & F_HIDDEN))
				json_schema_add(t, f);
	} else if (s->kind == SCHEMA_LIST || s->kind == SCHEMA_MAP) {
		json_schema_add(t, s->of);
	} else if (s->kind == SCHEMA_ONE_OF) {
		for (const struct schema *const *m = s->any_of; *m != NULL; m++)
			json_schema_add(t, *m);
	}
}

static void
json_schema_pattern(const char *pattern, struct json_out *out)
{
	struct buf ecma = { 0 };

	pattern_ecma(&ecma, pattern);
	json_kv_str(out, "pattern", ecma.data);
	buf_finish(&ecma);
}

static void
json_schema_bounds(const struct schema *s, const char *least, const char *most,
    struct json_out *out)
{
	if (s->has_min)
		json_kv_int(out, least, s->min);
	if (s->has_max)
		json_kv_int(out, most, s->max);
}

static void
json_schema_string(const struct schema *s, struct json_out *out)
{
	json_kv_str(out, "type", "string");
	if (s->flags & F_SECRET)
		json_kv_str(out, "format", "password");
	if (s->has_min) /* a character has up to four bytes */
		json_kv_int(out, "minLength", s->min / 4 + (s->min % 4 > 0));
	if (s->has_max)
		json_kv_int(out, "maxLength", s->max);
	if (s->pattern != NULL)
		json_schema_pattern(s->pattern, out);
	else if (s->flags & F_LINE)
		json_kv_str(out, "pattern", "^[^\\u0000-\\u001f\\u007f]*"
		    "[^\\u0000-\\u0020\\u007f][^\\u0000-\\u001f\\u007f]*$");
	else if (s->flags & F_WORDS)
		json_kv_str(out, "pattern", "[^\\t-\\r ]");
}

static void
json_schema_choice(const struct schema *s, struct json_out *out)
{
	json_kv_str(out, "type", "string");
	if (s->choices[0] == NULL) /* none is allowed; enum must not be empty */
		return;
	json_key(out, "enum");
	json_array_begin(out);
	for (const char *const *c = s->choices; *c != NULL; c++)
		json_str(out, *c);
	json_array_end(out);
}

static void
json_schema_object(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	bool required = false;

	json_kv_str(out, "type", "object");
	json_key(out, "properties");
	json_object_begin(out);
	for (const struct schema *f = s->fields; f->name != NULL; f++) {
		if (f->flags & F_HIDDEN)
			continue;
		json_key(out, f->name);
		json_schema_put(t, f, out);
	}
	json_object_end(out);
	for (const struct schema *f = s->fields; f->name != NULL; f++) {
		if (!(f->flags & F_REQUIRED) || (f->flags & F_HIDDEN))
			continue;
		if (!required) {
			json_key(out, "required");
			json_array_begin(out);
		}
		required = true;
		json_str(out, f->name);
	}
	if (required)
		json_array_end(out);
	json_kv_bool(out, "additionalProperties", false);
}

static void
json_schema_map(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	json_kv_str(out, "type", "object");
	if (s->pattern != NULL) {
		json_key(out, "propertyNames");
		json_object_begin(out);
		json_schema_pattern(s->pattern, out);
		json_object_end(out);
	}
	json_schema_bounds(s, "minProperties", "maxProperties", out);
	json_key(out, "additionalProperties");
	json_schema_put(t, s->of, out);
}

static void
json_schema_list(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	json_kv_str(out, "type", "array");
	json_schema_bounds(s, "minItems", "maxItems", out);
	json_key(out, "items");
	json_schema_put(t, s->of, out);
}

static void
json_schema_one_of(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	json_key(out, "anyOf");
	json_array_begin(out);
	for (const struct schema *const *m = s->any_of; *m != NULL; m++)
		json_schema_put(t, *m, out);
	json_array_end(out);
}

static void
json_schema_kind(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	switch (s->kind) {
	case SCHEMA_STRING:
		json_schema_string(s, out);
		break;
	case SCHEMA_INTEGER:
		json_kv_str(out, "type", "integer");
		json_kv_str(out, "format", "int64");
		json_schema_bounds(s, "minimum", "maximum", out);
		break;
	case SCHEMA_NUMBER:
		json_kv_str(out, "type", "number");
		json_schema_bounds(s, "minimum", "maximum", out);
		break;
	case SCHEMA_BOOL:
		json_kv_str(out, "type", "boolean");
		break;
	case SCHEMA_CHOICE:
		json_schema_choice(s, out);
		break;
	case SCHEMA_TIME:
		json_kv_str(out, "type", "string");
		json_kv_str(out, "format", "date-time");
		break;
	case SCHEMA_DURATION:
		json_kv_str(out, "type", "string");
		json_schema_pattern("([0-9]+(w|d|h|m|s|ms))+", out);
		break;
	case SCHEMA_OBJECT:
		json_schema_object(t, s, out);
		break;
	case SCHEMA_MAP:
		json_schema_map(t, s, out);
		break;
	case SCHEMA_LIST:
		json_schema_list(t, s, out);
		break;
	case SCHEMA_ONE_OF:
		json_schema_one_of(t, s, out);
		break;
	case SCHEMA_JSON:
		break;
	}
}

/* What the value must be, without words and defaults. */
static void
json_schema_body(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	if (json_schema_in_table(t, s)) {
		char *ref = arena_printf(t->arena, "%s%s", t->where, s->title);

		json_kv_str(out, "$ref", ref);
	} else if (out->depth + JSON_SCHEMA_ROOM < JSON_OUT_DEPTH) {
		json_schema_kind(t, s, out);
	}
	/* Deeper than that, anything goes as far as the document says. */
}

static void
json_schema_alternatives(const struct json_schema_table *t,
    const struct schema *s, struct json_out *out)
{
	json_key(out, "anyOf");
	json_array_begin(out);
	json_object_begin(out);
	json_schema_body(t, s, out);
	json_object_end(out);
	if (schema_nullable(s)) {
		json_object_begin(out);
		json_kv_str(out, "type", "null");
		json_object_end(out);
	}
	if (s->flags & F_REFERENCE) {
		json_object_begin(out);
		json_kv_str(out, "type", "string");
		json_kv_str(out, "pattern", "^\\$[^$]");
		json_kv_str(
		    out, "description", "A reference, like $params.name.");
		json_object_end(out);
	}
	json_array_end(out);
}

void
json_schema_put(const struct json_schema_table *t, const struct schema *s,
    struct json_out *out)
{
	json_object_begin(out);
	if (s->doc != NULL)
		json_kv_str(out, "description", s->doc);
	if (s->kind != SCHEMA_JSON &&
	    (schema_nullable(s) || (s->flags & F_REFERENCE)))
		json_schema_alternatives(t, s, out);
	else
		json_schema_body(t, s, out);
	if (s->default_json != NULL)
		json_kv_raw(out, "default", s->default_json);
	if (s->example != NULL) {
		json_key(out, "examples");
		json_array_begin(out);
		json_raw(out, s->example);
		json_array_end(out);
	}
	json_object_end(out);
}

void
json_schema_members(const struct json_schema_table *t, struct json_out *out)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct schema *s = t->items[i];

		json_key(out, s->title);
		json_object_begin(out);
		json_kv_str(out, "title", s->title);
		if (s->doc != NULL)
			json_kv_str(out, "description", s->doc);
		json_schema_kind(t, s, out);
		json_object_end(out);
	}
}

void
json_schema_write(const struct schema *s, const char *id, struct json_out *out)
{
	struct json_schema_table t = { .where = "#/$defs/" };

	t.arena = arena_create();
	json_schema_add(&t, s);
	json_object_begin(out);
	json_kv_str(
	    out, "$schema", "https://json-schema.org/draft/2020-12/schema");
	if (id != NULL)
		json_kv_str(out, "$id", id);
	if (s->doc != NULL && !json_schema_in_table(&t, s))
		json_kv_str(out, "description", s->doc);
	json_schema_body(&t, s, out);
	if (t.count > 0) {
		json_key(out, "$defs");
		json_object_begin(out);
		json_schema_members(&t, out);
		json_object_end(out);
	}
	json_object_end(out);
	arena_destroy(t.arena);
}
