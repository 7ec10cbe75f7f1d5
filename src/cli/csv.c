/* SPDX-License-Identifier: MIT */
#include "cli/csv.h"

#include <string.h>

#include "cli/text.h"

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

static void
csv_text(FILE *out, const char *text)
{
	const bool formula = *text != '\0' && strchr("=+-@\t\r", *text) != NULL;

	if (!formula && strpbrk(text, ",\"\r\n") == NULL) {
		fputs(text, out);
		return;
	}
	fputs(formula ? "\"'" : "\"", out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static const char *
csv_list(struct arena *a, const json_t *list)
{
	const char *text = "";
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	    text = arena_printf(a, "%s%s%s", text, i > 0 ? " " : "",
		text_value(a, item));
	return text;
}

static void
csv_cell(struct session *s, const json_t *value)
{
	if (json_is_string(value))
		csv_text(s->out, text_lines(s->arena, value));
	else if (json_is_array(value))
		csv_text(s->out, csv_list(s->arena, value));
	else if (json_is_integer(value))
		fprintf(s->out, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		fprintf(s->out, "%g", json_real_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", s->out);
}

void
csv_head(struct session *s, const struct op *op)
{
	const char *before = "";

	for (const struct schema *f = op->out->fields; f->name != NULL; f++) {
		if (!csv_has(f))
			continue;
		fprintf(s->out, "%s%s", before, f->name);
		before = ",";
	}
	fputs("\r\n", s->out);
}

void
csv_rows(struct session *s, const struct op *op, const json_t *items)
{
	json_t *row;
	size_t i;

	json_array_foreach(items, i, row)
	{
		const char *before = "";

		for (const struct schema *f = op->out->fields; f->name != NULL;
		     f++) {
			if (!csv_has(f))
				continue;
			fputs(before, s->out);
			csv_cell(s, json_object_get(row, f->name));
			before = ",";
		}
		fputs("\r\n", s->out);
	}
}
