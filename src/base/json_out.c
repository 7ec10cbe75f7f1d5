/* SPDX-License-Identifier: MIT */
#include "base/json_out.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

void
json_out_init(struct json_out *j, struct buf *to)
{
	*j = (struct json_out){ .to = to };
	j->first[0] = true;
}

bool
json_out_done(const struct json_out *j)
{
	return j->depth == 0 && !j->first[0] && !j->key;
}

/* Before every value: check that one may come here, and part it from the
 * one before.  Inside an object json_key has done the parting. */
static void
json_value(struct json_out *j)
{
	if (j->object[j->depth]) {
		ASSERT(j->key);
		j->key = false;
		return;
	}
	ASSERT(j->depth > 0 || j->first[0]);
	if (!j->first[j->depth])
		buf_addc(j->to, ',');
	j->first[j->depth] = false;
}

static void
json_open(struct json_out *j, bool object)
{
	json_value(j);
	ASSERT(j->depth < JSON_OUT_DEPTH);
	j->depth++;
	j->first[j->depth] = true;
	j->object[j->depth] = object;
	buf_addc(j->to, object ? '{' : '[');
}

static void
json_close(struct json_out *j, bool object)
{
	ASSERT(j->depth > 0 && j->object[j->depth] == object && !j->key);
	j->depth--;
	buf_addc(j->to, object ? '}' : ']');
}

void
json_object_begin(struct json_out *j)
{
	json_open(j, true);
}

void
json_object_end(struct json_out *j)
{
	json_close(j, true);
}

void
json_array_begin(struct json_out *j)
{
	json_open(j, false);
}

void
json_array_end(struct json_out *j)
{
	json_close(j, false);
}

static void
json_escape(struct buf *to, char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char letter[] = "\"\\bfnrt";
	const char *at = c == '\0' ? NULL : strchr(plain, c);

	if (at != NULL) {
		buf_addc(to, '\\');
		buf_addc(to, letter[at - plain]);
	} else {
		buf_printf(to, "\\u%04x", (unsigned)(unsigned char)c);
	}
}

#define JSON_ONES UINT64_C(0x0101010101010101)

/* Are all eight bytes ASCII, and neither control characters, '"' nor '\\'?  A
 * byte below what is taken from it shows in its highest bit. */
static bool
json_is_plain(uint64_t eight)
{
	return ((eight | (eight - JSON_ONES * ' ') |
		    ((eight ^ JSON_ONES * '"') - JSON_ONES) |
		    ((eight ^ JSON_ONES * '\\') - JSON_ONES)) &
		   (JSON_ONES << 7)) == 0;
}

/* How many bytes at its beginning surely need no change. */
static size_t
json_plain(struct str s)
{
	uint64_t eight;
	size_t n = 0;

	for (; s.n - n >= sizeof(eight); n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if (!json_is_plain(eight))
			return n;
	}
	if (n == s.n)
		return n;
	eight = JSON_ONES * ' ';
	memcpy(&eight, s.p + n, s.n - n);
	return json_is_plain(eight) ? s.n : n;
}

/* Runs of bytes that need no change are copied in one piece. */
static void
json_escaped(struct buf *to, struct str s)
{
	size_t run = 0;

	while (run < s.n) {
		unsigned char c = (unsigned char)s.p[run];
		size_t n = str_utf8_char((struct str){ s.p + run, s.n - run });

		if (n > 0 && c >= 0x20 && c != '"' && c != '\\') {
			run += n;
			run += json_plain((struct str){ s.p + run, s.n - run });
			continue;
		}
		buf_add(to, s.p, run);
		if (n == 0)
			buf_adds(to, "\xef\xbf\xbd");
		else
			json_escape(to, (char)c);
		s.p += run + 1;
		s.n -= run + 1;
		run = 0;
	}
	buf_add(to, s.p, s.n);
}

/* With its quotes.  Most needs no change at all. */
static void
json_text(struct buf *to, struct str s)
{
	const size_t plain = json_plain(s);

	buf_reserve(to, s.n + 2);
	to->data[to->len++] = '"';
	if (plain > 0)
		memcpy(to->data + to->len, s.p, plain);
	to->len += plain;
	if (plain < s.n)
		json_escaped(to, (struct str){ s.p + plain, s.n - plain });
	buf_addc(to, '"');
}

void
json_key(struct json_out *j, const char *key)
{
	ASSERT(j->object[j->depth] && !j->key);
	if (!j->first[j->depth])
		buf_addc(j->to, ',');
	j->first[j->depth] = false;
	json_text(j->to, str_of(key));
	buf_addc(j->to, ':');
	j->key = true;
}

void
json_str(struct json_out *j, const char *s)
{
	if (s == NULL)
		json_out_null(j);
	else
		json_strn(j, s, strlen(s));
}

void
json_strn(struct json_out *j, const char *s, size_t n)
{
	json_value(j);
	json_text(j->to, (struct str){ s, n });
}

void
json_int(struct json_out *j, int64_t v)
{
	json_value(j);
	buf_addint(j->to, v);
}

/* The shortest text that reads back as v.  A client that speaks the user's
 * language may have set a locale with a decimal comma. */
void
json_double(struct json_out *j, double v)
{
	char text[40], *comma;

	if (!isfinite(v)) {
		json_out_null(j);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, v);
		if (digits == 17 || !(strtod(text, NULL) < v ||
		    strtod(text, NULL) > v))
			break;
	}
	comma = strchr(text, ',');
	if (comma != NULL)
		*comma = '.';
	json_value(j);
	buf_adds(j->to, text);
}

void
json_bool(struct json_out *j, bool v)
{
	json_raw(j, v ? "true" : "false");
}

void
json_out_null(struct json_out *j)
{
	json_raw(j, "null");
}

void
json_raw(struct json_out *j, const char *text)
{
	json_value(j);
	buf_adds(j->to, text);
}

void
json_kv_str(struct json_out *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

void
json_kv_int(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void
json_kv_bool(struct json_out *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

void
json_kv_raw(struct json_out *j, const char *key, const char *text)
{
	json_key(j, key);
	json_raw(j, text);
}

void
json_kv_null(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_out_null(j);
}

void
json_kv_time(struct json_out *j, const char *key, int64_t wall_ms)
{
	char text[CLOCK_TEXT];

	json_kv_str(j, key, wall_ms == 0 ? NULL : clock_text(wall_ms, text));
}
