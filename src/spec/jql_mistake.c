/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "spec/jql.h"

#define SHOWN 52 /* characters of the query around the mistake */

/* Bytes of the character at p, and a stand-in for what would break a line. */
static size_t
mistake_char(struct str left, struct buf *to)
{
	const size_t n = str_utf8_char(left);
	const unsigned char c = (unsigned char)left.p[0];

	if (n <= 1 && (c < ' ' || c >= 0x7f))
		buf_addc(to, ' ');
	else
		buf_add(to, left.p, n);
	return n == 0 ? 1 : n;
}

/* Where the n-th character before p[at] begins. */
static size_t
mistake_back(const char *p, size_t at, size_t n)
{
	while (at > 0 && n > 0) {
		at--;
		while (at > 0 && ((unsigned char)p[at] & 0xc0) == 0x80)
			at--;
		n--;
	}
	return at;
}

static void
mistake_lines(struct str text, size_t at, size_t length, struct buf *to)
{
	size_t i = mistake_back(text.p, at, SHOWN / 2), before = 0, marks = 0;
	const bool cut = i > 0;

	buf_adds(to, cut ? "\n  …" : "\n  ");
	for (size_t n = 0; i < text.n && n < SHOWN; n++) {
		before += i < at;
		marks += i >= at && i < at + length;
		i += mistake_char((struct str){ text.p + i, text.n - i }, to);
	}
	buf_printf(to, "%s\n  %*s", i < text.n ? "…" : "",
	    (int)(before + (cut ? 1 : 0)), "");
	do
		buf_addc(to, '^');
	while (marks-- > 1);
}

bool
jql_mistake(struct err *e, const char *code, const char *text, size_t at,
    size_t length, const char *fmt, ...)
{
	struct buf message = { 0 }, lines = { 0 };
	size_t column = 1;
	va_list ap;

	for (size_t i = 0; i < at && text[i] != '\0'; i++)
		column += ((unsigned char)text[i] & 0xc0) != 0x80;
	va_start(ap, fmt);
	buf_vprintf(&message, fmt, ap);
	va_end(ap);
	mistake_lines(str_of(text), at, length, &lines);
	/* The caret is worth more than the end of a long word. */
	err_set(e, ERR_SYNTAX, code, "query, column %zu: %.150s%s", column,
	    buf_cstr(&message), buf_cstr(&lines));
	buf_finish(&message);
	buf_finish(&lines);
	return false;
}

const char *
jql_with(struct arena *a, const char *text, const struct jql_value *v,
    const char *value)
{
	return arena_printf(a, "%.*s%s%s", (int)v->at, text, value,
	    text + v->at + v->length);
}

const char *
jql_filled(struct arena *a, const struct jql *q, const char *project)
{
	const char *line = "";
	size_t at = 0;

	for (size_t i = 0; i < q->nholes; i++) {
		const struct jql_hole *h = &q->holes[i];
		const bool time = h->field->type == JQL_TIME;
		const char *value = time ? ">= -30d"
		    : h->field->id == JQL_PROJECT ? project
		    : h->field->type == JQL_PERSON ? "currentUser()"
		    : h->field->id == JQL_LABELS ? "operations"
						 : "'NAME'";
		/* A period is since when, however it was compared. */
		const size_t from = time ? h->op_at : h->at;

		line = arena_printf(a, "%s%.*s%s", line, (int)(from - at),
		    q->text + at, value);
		at = h->at + h->length;
		/* A quote ended the word; now a blank does. */
		if (strchr(" \t\r\n,)", q->text[at]) == NULL)
			line = arena_printf(a, "%s ", line);
	}
	return arena_printf(a, "%s%s", line, q->text + at);
}
