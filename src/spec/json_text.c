/* SPDX-License-Identifier: MIT */
#include "spec/validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/*
 * Reading.  jansson does the work; what it takes more kindly than we do (2,048
 * levels) or names less well (NUL, half a surrogate pair) is found by one walk
 * before it.
 */

struct json_walk {
	struct str text;
	size_t at;
	unsigned depth;
	bool inside; /* a string */
};

static bool
json_refuse(struct str text, size_t at, enum err_class class, const char *code,
    const char *hint, const char *what, struct err *e)
{
	unsigned line = 1, column = 1;

	for (size_t i = 0; i < at; i++) {
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text.p[i] & 0xc0) != 0x80) {
			column++;
		}
	}
	err_set(e, class, code, "line %u column %u: %s", line, column, what);
	return err_hint(e, "%s", hint);
}

static bool
json_refuse_encoding(const struct json_walk *w, const char *what, struct err *e)
{
	return json_refuse(w->text, w->at, ERR_INVALID, "param.encoding",
	    "text must be UTF-8 and free of NUL", what, e);
}

/* The code unit of \uXXXX at p; -1 when it is none. */
static int
json_unit(struct str text, size_t at)
{
	char digits[5] = "";
	char *end;
	long v;

	if (at > text.n || text.n - at < 6 || text.p[at] != '\\' ||
	    text.p[at + 1] != 'u')
		return -1;
	memcpy(digits, text.p + at + 2, 4);
	if (strspn(digits, "0123456789abcdefABCDEF") != 4)
		return -1;
	v = strtol(digits, &end, 16);
	return (int)v;
}

static bool
json_walk_escape(struct json_walk *w, struct err *e)
{
	int unit = json_unit(w->text, w->at);

	if (unit == 0)
		return json_refuse_encoding(w, "NUL in a text", e);
	if (unit >= 0xd800 && unit <= 0xdfff) {
		int low = json_unit(w->text, w->at + 6);

		if (unit > 0xdbff || low < 0xdc00 || low > 0xdfff)
			return json_refuse_encoding(
			    w, "half a surrogate pair in a text", e);
		w->at += 12;
	} else {
		w->at += 2;
	}
	return true;
}

static bool
json_walk(struct json_walk *w, struct err *e)
{
	const struct str text = w->text;

	while (w->at < text.n) {
		struct str rest = { text.p + w->at, text.n - w->at };
		size_t n = str_utf8_char(rest);
		char c = *rest.p;

		if (c == '\0')
			return json_refuse_encoding(w, "NUL byte", e);
		if (n == 0)
			return json_refuse_encoding(w, "invalid UTF-8", e);
		if (w->inside && c == '\\') {
			if (!json_walk_escape(w, e))
				return false;
			continue;
		}
		if (c == '"')
			w->inside = !w->inside;
		if (!w->inside && (c == '[' || c == '{') &&
		    ++w->depth > LIMIT_JSON_DEPTH)
			return json_refuse(text, w->at, ERR_SYNTAX, "json.depth",
			    "nest at most 32 lists and objects",
			    "nested too deep", e);
		if (!w->inside && (c == ']' || c == '}') && w->depth > 0)
			w->depth--;
		w->at += n;
	}
	return true;
}

static bool
json_refuse_jansson(const json_error_t *error, struct err *e)
{
	const char *code = "json.syntax";
	const char *hint = "JSON wants double quotes around texts and names, "
			   "and no comma behind the last element";
	int code_number = (int)json_error_code(error);

	if (code_number == json_error_duplicate_key) {
		code = "json.duplicate";
		hint = "give every name of an object once";
	} else if (code_number == json_error_numeric_overflow) {
		code = "json.number";
		hint = "whole numbers have 64 bits, others are IEEE doubles; "
		       "send longer ones as text";
	} else if (code_number == json_error_premature_end_of_input) {
		hint = "the text ends too early: was it cut off?";
	}
	err_set(e, ERR_SYNTAX, code, "line %d column %d: %s",
	    error->line > 0 ? error->line : 1,
	    error->column > 0 ? error->column : 1, error->text);
	return err_hint(e, "%s", hint);
}

/* *ret_at: where it went wrong, in bytes. */
static json_t *
json_read(struct str text, size_t *ret_at, struct err *e)
{
	struct json_walk walk = { .text = text };
	json_error_t error;
	json_t *value;

	*ret_at = 0;
	if (!json_walk(&walk, e)) {
		*ret_at = walk.at;
		return NULL;
	}
	value = json_loadb(text.n == 0 ? "" : text.p, text.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (value == NULL) {
		json_refuse_jansson(&error, e);
		*ret_at = error.position > 0 ? (size_t)error.position : 0;
	}
	return value;
}

json_t *
json_parse(struct str text, struct err *e)
{
	size_t at;

	return json_read(text, &at, e);
}

json_t *
json_parse_body(struct str text, struct problems *problems, struct err *e)
{
	size_t at;
	json_t *value = json_read(text, &at, e);

	if (value == NULL)
		problem_add(problems, json_where(problems->arena, text, at),
		    e->code, e->hint, "%s", e->message);
	return value;
}

/*
 * Writing, after RFC 8785.
 */

static void
canonical_text(struct buf *to, const char *s, size_t n)
{
	static const char plain[] = "\"\\\b\t\n\f\r";
	static const char letter[] = "\"\\btnfr";

	buf_addc(to, '"');
	for (size_t i = 0; i < n; i++) {
		const char *at = s[i] == '\0' ? NULL : strchr(plain, s[i]);

		if (at != NULL) {
			buf_addc(to, '\\');
			buf_addc(to, letter[at - plain]);
		} else if ((unsigned char)s[i] < 0x20) {
			buf_printf(to, "\\u%04x", (unsigned)s[i]);
		} else {
			buf_addc(to, s[i]);
		}
	}
	buf_addc(to, '"');
}

/*
 * The shortest digits that read back as v, laid out as ECMAScript does, but
 * for one thing: plain only below 1e18, because as a whole number it would not
 * read back from there on.  Only digits and the exponent are taken from
 * printf; the decimal point depends on the locale.
 */
static void
canonical_real(struct buf *to, double v)
{
	char text[40], digits[24];
	int n = 0, point, precision = 0;
	const char *p;

	if (!(v < 0 || v > 0) || !isfinite(v)) {
		buf_addc(to, '0'); /* also -0; jansson has no NaN */
		return;
	}
	do {
		snprintf(text, sizeof(text), "%.*e", precision, fabs(v));
	} while (precision++ < 16 && (strtod(text, NULL) < fabs(v) ||
					 strtod(text, NULL) > fabs(v)));
	for (p = text; *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	}
	point = 1 + (int)strtol(p + 1, NULL, 10); /* digits before the point */
	if (v < 0)
		buf_addc(to, '-');
	if (point > 18 || point < -5) {
		buf_addc(to, digits[0]);
		if (n > 1)
			buf_printf(to, ".%.*s", n - 1, digits + 1);
		buf_printf(to, "e%+d", point - 1);
	} else if (point <= 0) {
		buf_printf(to, "0.%.*s%.*s", -point, "00000", n, digits);
	} else if (point >= n) {
		buf_add(to, digits, (size_t)n);
		for (; n < point; n++)
			buf_addc(to, '0');
	} else {
		buf_printf(
		    to, "%.*s.%.*s", point, digits, n - point, digits + point);
	}
}

/* By UTF-16 code units: characters beyond the basic plane (0xf0 …) sort as
 * surrogates, before U+E000 … U+FFFF (0xee, 0xef). */
static int
canonical_order(const void *pa, const void *pb)
{
	const unsigned char *a = *(const unsigned char *const *)pa;
	const unsigned char *b = *(const unsigned char *const *)pb;

	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	if (*a >= 0xee && *b >= 0xee && (*a >= 0xf0) != (*b >= 0xf0))
		return *a >= 0xf0 ? -1 : 1;
	return (int)*a - (int)*b;
}

static void canonical_value(struct buf *to, const json_t *value);

static void
canonical_object(struct buf *to, const json_t *object)
{
	size_t n = 0, count = json_object_size(object);
	const char **keys = calloc(count + 1, sizeof(*keys));
	/* jansson iterates over const objects through a mutable pointer. */
	json_t *walked = (json_t *)(uintptr_t)object;
	const char *key;
	json_t *value;

	ASSERT(keys != NULL);
	json_object_foreach(walked, key, value) keys[n++] = key;
	qsort(keys, n, sizeof(*keys), canonical_order);
	buf_addc(to, '{');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(to, ',');
		canonical_text(to, keys[i], strlen(keys[i]));
		buf_addc(to, ':');
		canonical_value(to, json_object_get(object, keys[i]));
	}
	buf_addc(to, '}');
	free(keys);
}

static void
canonical_value(struct buf *to, const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		canonical_object(to, value);
		break;
	case JSON_ARRAY:
		buf_addc(to, '[');
		for (size_t i = 0; i < json_array_size(value); i++) {
			if (i > 0)
				buf_addc(to, ',');
			canonical_value(to, json_array_get(value, i));
		}
		buf_addc(to, ']');
		break;
	case JSON_STRING:
		canonical_text(
		    to, json_string_value(value), json_string_length(value));
		break;
	case JSON_INTEGER:
		buf_printf(to, "%lld", (long long)json_integer_value(value));
		break;
	case JSON_REAL:
		canonical_real(to, json_real_value(value));
		break;
	case JSON_TRUE:
		buf_adds(to, "true");
		break;
	case JSON_FALSE:
		buf_adds(to, "false");
		break;
	case JSON_NULL:
		buf_adds(to, "null");
		break;
	}
}

char *
json_canonical(struct arena *a, const json_t *value)
{
	struct buf text = { 0 };
	char *canonical;

	canonical_value(&text, value);
	canonical = arena_str(a, buf_str(&text));
	buf_finish(&text);
	return canonical;
}
