/* SPDX-License-Identifier: MIT */
#include "platform/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define REPORT_EXCERPT 160 /* bytes of a source line that are kept */

void
folder_errors_init(struct folder_errors *errs, struct arena *a)
{
	*errs = (struct folder_errors){ .arena = a };
}

/* Would a terminal do something about that character?  Control characters and
 * those that turn the direction of a text. */
static bool
report_acts(struct str s, size_t n)
{
	const unsigned char *c = (const unsigned char *)s.p;

	if (n == 1)
		return (c[0] < 0x20 && c[0] != '\t' && c[0] != '\n') ||
		    c[0] >= 0x7f;
	if (n == 2)
		return c[0] == 0xc2 && c[1] < 0xa0;
	return n == 3 && c[0] == 0xe2 &&
	    ((c[1] == 0x80 && (c[2] >= 0xaa && c[2] <= 0xae)) ||
		(c[1] == 0x81 && (c[2] >= 0xa6 && c[2] <= 0xa9)));
}

/* The folder that is checked may be a stranger's. */
static const char *
report_plain(char *text)
{
	struct str rest = str_of(text);
	char *to = text;

	while (rest.n > 0) {
		size_t n = str_utf8_char(rest);

		n = n == 0 ? 1 : n;
		if (report_acts(rest, n)) {
			*to++ = '?';
		} else {
			memmove(to, rest.p, n);
			to += n;
		}
		rest.p += n;
		rest.n -= n;
	}
	if (text != NULL)
		*to = '\0';
	return text;
}

/* The line that a place points to, without its end, cut when it is long. */
static const char *
report_excerpt(struct arena *a, struct place at)
{
	struct str rest = at.text, line = { 0 };
	size_t n = 0;

	if (str_starts(rest, "\xef\xbb\xbf")) {
		rest.p += 3;
		rest.n -= 3;
	}
	for (int i = 0; i < at.line && rest.p != NULL; i++)
		line = str_cut(rest, '\n', &rest);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	while (n < line.n && n < REPORT_EXCERPT) {
		struct str left = { line.p + n, line.n - n };
		size_t c = str_utf8_char(left);

		if (c == 0)
			break;
		n += c;
	}
	return report_plain(arena_str(a, (struct str){ line.p, n }));
}

static void PRINTF_LIKE(5, 0)
report_add(struct folder_errors *errs, struct place at, bool warning,
    const char *hint, const char *fmt, va_list ap)
{
	struct folder_error *item;

	if (errs->count == LIMIT_FOLDER_ERRORS)
		return;
	if (errs->count == errs->cap) {
		size_t cap = errs->cap == 0 ? 16 : errs->cap * 2;
		struct folder_error *more = arena_array(errs->arena, cap,
		    sizeof(*more));

		if (errs->count > 0)
			memcpy(more, errs->items, errs->count * sizeof(*more));
		errs->items = more;
		errs->cap = cap;
	}
	item = &errs->items[errs->count++];
	*item = (struct folder_error){
		.file = report_plain(arena_strdup(errs->arena, at.file)),
		.line = at.line > 0 ? at.line : 1,
		.column = at.column > 0 ? at.column : 1,
		.what = report_plain(arena_vprintf(errs->arena, fmt, ap)),
		.hint = report_plain(arena_strdup(errs->arena, hint)),
		.excerpt = report_excerpt(errs->arena, at),
		.warning = warning,
	};
	if (warning)
		errs->warnings++;
}

void
folder_error_add(struct folder_errors *errs, struct place at, const char *hint,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_add(errs, at, false, hint, fmt, ap);
	va_end(ap);
}

void
folder_warning_add(struct folder_errors *errs, struct place at,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report_add(errs, at, true, hint, fmt, ap);
	va_end(ap);
}

static int
report_compare(const void *a, const void *b)
{
	const struct folder_error *x = a, *y = b;
	int d = strcmp(x->file, y->file);

	if (d != 0)
		return d;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->what, y->what);
}

void
folder_errors_sort(struct folder_errors *errs)
{
	size_t kept = 0;

	if (errs->count == 0)
		return;
	qsort(errs->items, errs->count, sizeof(*errs->items), report_compare);
	errs->warnings = 0;
	for (size_t i = 0; i < errs->count; i++) {
		if (kept > 0 && report_compare(&errs->items[kept - 1],
		    &errs->items[i]) == 0)
			continue;
		errs->warnings += errs->items[i].warning;
		errs->items[kept++] = errs->items[i];
	}
	errs->count = kept;
}

/* Spaces up to the column, tabs kept, so that the caret stands right. */
static void
report_caret(struct buf *to, const struct folder_error *item)
{
	struct str rest = str_of(item->excerpt);

	for (int i = 1; i < item->column && rest.n > 0; i++) {
		size_t n = str_utf8_char(rest);

		buf_addc(to, rest.p[0] == '\t' ? '\t' : ' ');
		n = n == 0 ? 1 : n;
		rest.p += n;
		rest.n -= n;
	}
	buf_addc(to, '^');
}

void
folder_errors_print(const struct folder_errors *errs, struct buf *to,
    bool colour)
{
	const char *bold = colour ? "\033[1m" : "";
	const char *dim = colour ? "\033[2m" : "";
	const char *off = colour ? "\033[0m" : "";

	for (size_t i = 0; i < errs->count; i++) {
		const struct folder_error *item = &errs->items[i];
		const char *red = colour ? "\033[31m" : "";

		if (item->warning)
			red = colour ? "\033[33m" : "";
		buf_printf(to, "%s%s:%d:%d:%s %s%s%s%s\n", bold, item->file,
		    item->line, item->column, off, red,
		    item->warning ? "warning: " : "", item->what, off);
		if (item->excerpt[0] != '\0') {
			buf_printf(to, "    %s\n    %s", item->excerpt, red);
			report_caret(to, item);
			buf_printf(to, "%s\n", off);
		}
		if (item->hint != NULL)
			buf_printf(to, "    %shint: %s%s\n", dim, item->hint,
			    off);
	}
	if (errs->count == LIMIT_FOLDER_ERRORS)
		buf_adds(to, "there may be more: the list ends here\n");
}
