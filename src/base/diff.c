/* SPDX-License-Identifier: MIT */
#include "base/diff.h"

#include "base/str.h"

struct lines {
	struct str *items;
	size_t count;
};

static struct lines
lines_of(struct arena *a, const char *text)
{
	struct str rest = str_of(text);
	struct lines l = { .items = NULL };
	size_t n = 1;

	for (const char *p = text; *p != '\0'; p++)
		n += *p == '\n';
	l.items = arena_array(a, n, sizeof(*l.items));
	while (rest.p != NULL && rest.n > 0)
		l.items[l.count++] = str_cut(rest, '\n', &rest);
	return l;
}

static void
lines_add(struct buf *out, const struct lines *l, size_t from, size_t to,
    char sign)
{
	for (size_t i = from; i < to && i < from + DIFF_LINES; i++)
		buf_printf(out, "%c %.*s\n", sign, (int)l->items[i].n,
		    l->items[i].p);
	if (to > from + DIFF_LINES)
		buf_printf(out, "%c … %zu more lines\n", sign,
		    to - from - DIFF_LINES);
}

const char *
diff_lines(struct arena *a, const char *old, const char *now)
{
	struct lines x = lines_of(a, old), y = lines_of(a, now);
	size_t head = 0, tail = 0;
	struct buf out = { .data = NULL };
	const char *text;

	while (head < x.count && head < y.count &&
	    str_eq(x.items[head], y.items[head]))
		head++;
	while (tail < x.count - head && tail < y.count - head &&
	    str_eq(x.items[x.count - 1 - tail],
		y.items[y.count - 1 - tail]))
		tail++;
	lines_add(&out, &x, head, x.count - tail, '-');
	lines_add(&out, &y, head, y.count - tail, '+');
	text = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return text;
}
