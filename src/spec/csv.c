/* SPDX-License-Identifier: MIT */
#include "spec/csv.h"

#include <string.h>

#include "base/check.h"

static bool
csv_has(const struct schema *f)
{
	switch (f->kind) {
	case SCHEMA_JSON:
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
	case SCHEMA_ONE_OF:
		return false;
	case SCHEMA_LIST:
		return f->of != NULL && f->of->kind == SCHEMA_STRING;
	case SCHEMA_STRING:
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
	case SCHEMA_BOOL:
	case SCHEMA_CHOICE:
	case SCHEMA_TIME:
	case SCHEMA_DURATION:
		break;
	}
	return (f->flags & F_HIDDEN) == 0;
}

/* Where cells go, and how. */
struct csv {
	struct buf *to;
	csv_clean *clean;
	struct arena *arena;
};

static void
csv_text(struct csv *c, const char *text)
{
	const bool formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;

	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		buf_adds(c->to, text);
		return;
	}
	buf_adds(c->to, formula ? "\"'" : "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buf_addc(c->to, '"');
		buf_addc(c->to, *text);
	}
	buf_addc(c->to, '"');
}

static const char *
csv_shown(const struct csv *c, const json_t *text)
{
	return c->clean != NULL ? c->clean(c->arena, text)
				: json_string_value(text);
}

static const char *
csv_list(const struct csv *c, const json_t *list)
{
	const char *text = "";

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_string(item))
			text = arena_printf(c->arena, "%s%s%s", text,
			    i > 0 ? " " : "", csv_shown(c, item));
	}
	return text;
}

static void
csv_cell(struct csv *c, const json_t *value)
{
	if (json_is_string(value))
		csv_text(c, csv_shown(c, value));
	else if (json_is_array(value))
		csv_text(c, csv_list(c, value));
	else if (json_is_integer(value))
		buf_printf(c->to, "%lld",
		    (long long)json_integer_value(value));
	else if (json_is_real(value))
		buf_printf(c->to, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		buf_adds(c->to, json_is_true(value) ? "true" : "false");
}

void
csv_head(struct buf *to, const struct op *op)
{
	const char *before = "";

	for (const struct schema *f = op->out->fields; f->name != NULL; f++) {
		if (!csv_has(f))
			continue;
		buf_printf(to, "%s%s", before, f->name);
		before = ",";
	}
	buf_adds(to, "\r\n");
}

void
csv_rows(struct buf *to, const struct op *op, const json_t *items,
    csv_clean *clean, struct arena *a)
{
	struct csv c = { .to = to, .clean = clean, .arena = a };

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *row = json_array_get(items, i);
		const char *before = "";

		for (const struct schema *f = op->out->fields; f->name != NULL;
		     f++) {
			if (!csv_has(f))
				continue;
			buf_adds(to, before);
			csv_cell(&c, json_object_get(row, f->name));
			before = ",";
		}
		buf_adds(to, "\r\n");
	}
}
