/* SPDX-License-Identifier: MIT */
#include "cli/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/machine.h"
#include "cli/clean.h"
#include "spec/validate.h"

#define TEXT_MINUTE_MS INT64_C(60000)
#define TEXT_HOUR_MS INT64_C(3600000)
#define TEXT_DAY_MS INT64_C(86400000)

static const char *
text_joined(struct arena *a, const json_t *list)
{
	struct buf out = { 0 };
	const char *copy;
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		if (i > 0)
			buf_adds(&out, ", ");
		buf_adds(&out, text_value(a, item));
	}
	copy = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return copy;
}

const char *
text_word(struct arena *a, const char *word)
{
	return clean_line(a, str_of(word));
}

const char *
text_lines(struct arena *a, const json_t *value)
{
	if (!json_is_string(value))
		return text_value(a, value);
	return clean_text(a, (struct str){ json_string_value(value),
				 json_string_length(value) });
}

/* What only the run will tell, as the folder says it; or NULL. */
static const char *
text_reference(struct arena *a, const json_t *value)
{
	const json_t *output = json_object_get(value, "$output");
	const json_t *ended = json_object_get(value, "$ended");

	if (json_object_size(value) != 1)
		return NULL;
	if (json_array_size(output) == 2)
		return arena_printf(a, "$needs.….outputs.%s",
		    text_value(a, json_array_get(output, 1)));
	if (json_is_string(ended))
		return arena_printf(a, "$%s", text_value(a, ended));
	return NULL;
}

const char *
text_value(struct arena *a, const json_t *value)
{
	const char *copy = text_reference(a, value);
	char *dump;

	if (copy != NULL)
		return copy;
	if (value == NULL || json_is_null(value))
		return "";
	if (json_is_string(value))
		return clean_line(a, (struct str){ json_string_value(value),
					 json_string_length(value) });
	if (json_is_array(value))
		return text_joined(a, value);
	if (json_is_real(value))
		return json_canonical(a, value);
	dump = json_dumps(value, JSON_ENCODE_ANY);
	copy = dump == NULL ? "" : clean_line(a, str_of(dump));
	free(dump);
	return copy;
}

const char *
text_get(struct arena *a, const json_t *object, const char *key)
{
	return text_value(a, json_object_get(object, key));
}

const char *
text_field(struct arena *a, const struct schema *field, const json_t *value)
{
	if (json_is_integer(value) && field->name != NULL) {
		if (str_ends(str_of(field->name), "_ms"))
			return text_ms(a, value);
		if (streq(field->name, "bytes") || streq(field->name, "size") ||
		    streq(field->name, "free"))
			return text_bytes(a, json_integer_value(value));
	}
	if (field->kind == SCHEMA_TIME)
		return text_ago(a, value);
	if (field->kind == SCHEMA_BOOL && json_is_boolean(value))
		return json_is_true(value) ? "yes" : "no";
	if (json_is_object(value))
		return text_params(a, value);
	return text_value(a, value);
}

/*
 * One unit is enough; beyond three weeks a date says more than a number.
 */
const char *
text_relative(struct arena *a, int64_t at_ms, int64_t now_ms)
{
	int64_t away = at_ms > now_ms ? at_ms - now_ms : now_ms - at_ms;
	char date[CLOCK_TEXT];
	const char *amount;

	if (away < 5000)
		return at_ms > now_ms ? "in a moment" : "just now";
	if (away >= 21 * TEXT_DAY_MS) /* what ends at midnight has no next day */
		return arena_strndup(a,
		    clock_text(at_ms > now_ms ? at_ms - 1 : at_ms, date), 10);
	if (away < TEXT_MINUTE_MS)
		amount = arena_printf(a, "%" PRId64 " s", away / 1000);
	else if (away < TEXT_HOUR_MS)
		amount =
		    arena_printf(a, "%" PRId64 " min", away / TEXT_MINUTE_MS);
	else if (away < 2 * TEXT_DAY_MS)
		amount = arena_printf(a, "%" PRId64 " h", away / TEXT_HOUR_MS);
	else
		amount =
		    arena_printf(a, "%" PRId64 " days", away / TEXT_DAY_MS);
	return at_ms > now_ms ? arena_printf(a, "in %s", amount)
			      : arena_printf(a, "%s ago", amount);
}

static bool
text_time(const json_t *rfc3339, int64_t *ret_ms)
{
	return json_is_string(rfc3339) &&
	       schema_time(json_string_value(rfc3339), ret_ms);
}

const char *
text_ago(struct arena *a, const json_t *rfc3339)
{
	int64_t at;

	if (!text_time(rfc3339, &at))
		return text_value(a, rfc3339);
	return text_relative(a, at, clock_wall_ms());
}

const char *
text_ms(struct arena *a, const json_t *ms)
{
	if (!json_is_integer(ms))
		return "";
	return clock_duration(json_integer_value(ms), arena_alloc(a, 32), 32);
}

const char *
text_status(struct arena *a, const char *status)
{
	return machine_words(a, status);
}

const char *
text_params(struct arena *a, const json_t *params)
{
	struct buf out = { 0 };
	const char *copy, *key;
	const json_t *value;
	void *at;

	for (at = json_object_iter((json_t *)(uintptr_t)params); at != NULL;
	     at = json_object_iter_next((json_t *)(uintptr_t)params, at)) {
		key = json_object_iter_key(at);
		value = json_object_iter_value(at);
		buf_printf(&out, "%s%s=%s", out.len > 0 ? ", " : "",
		    text_word(a, key), text_value(a, value));
	}
	copy = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return copy;
}

const char *
text_hash(struct arena *a, const json_t *object, const char *key)
{
	return arena_strndup(a, text_get(a, object, key), 12);
}

const char *
text_shell(struct arena *a, const char *word)
{
	struct buf out = { 0 };
	const char *copy;

	if (*word != '\0' &&
	    word[strspn(word,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-./:=@%+,")] == '\0')
		return word;
	buf_addc(&out, '\'');
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			buf_adds(&out, "'\\''");
		else
			buf_addc(&out, *word);
	}
	buf_addc(&out, '\'');
	copy = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return copy;
}

/* Characters that fit into room, cut at a space if there is one. */
static size_t
text_fit(struct str text, size_t room)
{
	size_t n = 0, columns = 0, space = 0;

	for (; n < text.n && columns <= room; n++) {
		if (text.p[n] == ' ')
			space = n;
		columns += (text.p[n] & 0xc0) != 0x80;
	}
	if (n == text.n && columns <= room)
		return n;
	if (space > 0)
		return space;
	n = strcspn(text.p, " ");
	return n < text.n ? n : text.n;
}

/* Cuts the next line off. */
static struct str
text_line(struct str *rest, int width, int indent)
{
	size_t room = width > indent + 20 ? (size_t)(width - indent - 1) : 20;
	struct str line = { rest->p, text_fit(*rest, room) };

	*rest = str_trim((struct str){ rest->p + line.n, rest->n - line.n });
	return line;
}

void
text_below(FILE *out, int width, int indent, const char *text)
{
	struct str rest, more = str_of(text);

	while (more.n > 0) {
		rest = str_cut(more, '\n', &more);
		if (rest.n == 0)
			fputc('\n', out);
		while (rest.n > 0) {
			struct str line = text_line(&rest, width, indent);

			fprintf(out, "%*s%.*s\n", indent, "", (int)line.n,
			    line.p);
		}
	}
}

void
text_wrap(
    FILE *out, int width, int left_width, const char *left, const char *text)
{
	struct str rest = str_of(text), line;
	int indent = left_width + 3;

	if (width < indent + 30) /* narrow: the text goes below */
		indent = 6;
	if (rest.n == 0 || (int)strlen(left) + 3 > indent) {
		fprintf(out, "  %s\n", left);
	} else {
		line = text_line(&rest, width, indent);
		fprintf(
		    out, "  %-*s%.*s\n", indent - 2, left, (int)line.n, line.p);
	}
	if (rest.n > 0)
		text_below(out, width, indent, rest.p);
}

int64_t
int_get(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(object, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

const char *
text_bytes(struct arena *a, int64_t n)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double size = (double)n / 1024;
	size_t i = 0;

	if (n < 1024)
		return arena_printf(a, "%lld B", (long long)n);
	while (size >= 1024 && i + 1 < ARRAY_SIZE(units)) {
		size /= 1024;
		i++;
	}
	return arena_printf(a, "%.1f %s", size, units[i]);
}
