/* SPDX-License-Identifier: MIT */
#include "cli/dump.h"

#include <stdlib.h>

#include "base/arena.h"
#include "spec/validate.h"

struct dump {
	FILE *out;
	int indent;
	bool ascii;
};

static void
dump_scalar(const struct dump *d, const json_t *value)
{
	struct arena *a;
	char *text;

	if (json_is_real(value)) {
		a = arena_create();
		fputs(json_canonical(a, value), d->out);
		arena_destroy(a);
		return;
	}
	text = json_dumps(value,
	    JSON_ENCODE_ANY | (d->ascii ? JSON_ENSURE_ASCII : 0));
	fputs(text == NULL ? "null" : text, d->out);
	free(text);
}

static void
dump_line(const struct dump *d, int depth)
{
	if (d->indent > 0)
		fprintf(d->out, "\n%*s", depth * d->indent, "");
}

static void
dump_value(const struct dump *d, const json_t *value, int depth)
{
	json_t *walked = (json_t *)(uintptr_t)value, *item, *name;
	const char *key, *comma = "";
	size_t i;

	if (!json_is_object(value) && !json_is_array(value)) {
		dump_scalar(d, value);
		return;
	}
	fputc(json_is_object(value) ? '{' : '[', d->out);
	json_object_foreach (walked, key, item) {
		fputs(comma, d->out);
		dump_line(d, depth + 1);
		name = json_string(key);
		dump_scalar(d, name);
		json_decref(name);
		fputs(d->indent > 0 ? ": " : ":", d->out);
		dump_value(d, item, depth + 1);
		comma = ",";
	}
	json_array_foreach (value, i, item) {
		fputs(comma, d->out);
		dump_line(d, depth + 1);
		dump_value(d, item, depth + 1);
		comma = ",";
	}
	if (*comma != '\0')
		dump_line(d, depth);
	fputc(json_is_object(value) ? '}' : ']', d->out);
}

void
dump_json(FILE *out, const json_t *value, int indent, bool ascii)
{
	const struct dump d = { out, indent, ascii };

	dump_value(&d, value, 0);
}
