/* SPDX-License-Identifier: MIT */
/* Which member of a text that is no JSON a place in it belongs to. */
#include "base/limits.h"
#include "spec/validate.h"

#define KEY_BYTES 256

struct level {
	bool object;
	bool key;	/* the next string names a member */
	struct str name; /* of that which is read */
	size_t index;
};

struct where {
	struct str text;
	size_t at;
	struct level levels[LIMIT_JSON_DEPTH + 1];
	size_t depth;
};

/* Behind the string that begins at `from`, or the end. */
static size_t
where_string_end(struct str text, size_t from)
{
	size_t i = from + 1;

	for (; i < text.n && text.p[i] != '"'; i++)
		if (text.p[i] == '\\')
			i++;
	return i < text.n ? i + 1 : text.n;
}

static void
where_string(struct where *w)
{
	struct level *top = w->depth > 0 ? &w->levels[w->depth - 1] : NULL;
	const size_t end = where_string_end(w->text, w->at);
	const size_t closed = end > w->at + 1 && w->text.p[end - 1] == '"';

	if (top != NULL && top->object && top->key && closed)
		top->name = (struct str){ w->text.p + w->at + 1,
			end - w->at - 2 };
	w->at = end;
}

static void
where_open(struct where *w, bool object)
{
	if (w->depth < ARRAY_SIZE(w->levels))
		w->levels[w->depth] = (struct level){ .object = object,
			.key = object };
	w->depth++;
}

static void
where_next(struct where *w, char c)
{
	struct level *top = w->depth > 0 && w->depth <= ARRAY_SIZE(w->levels)
	    ? &w->levels[w->depth - 1]
	    : NULL;

	if (c == '{' || c == '[')
		where_open(w, c == '{');
	else if ((c == '}' || c == ']') && w->depth > 0)
		w->depth--;
	else if (c == ':' && top != NULL)
		top->key = false;
	else if (c == ',' && top != NULL) {
		top->key = top->object;
		top->name = (struct str){ 0 };
		top->index++;
	}
	w->at++;
}

/* A member has a name that can be shown, or the pointer ends before it. */
static const char *
where_pointer(struct arena *a, const struct where *w)
{
	const char *pointer = "";

	for (size_t i = 0; i < w->depth && i < ARRAY_SIZE(w->levels); i++) {
		const struct level *l = &w->levels[i];

		if (!l->object) {
			pointer = arena_printf(a, "%s/%zu", pointer, l->index);
			continue;
		}
		if (l->name.p == NULL || l->name.n > KEY_BYTES ||
		    !str_is_utf8(l->name))
			break;
		pointer = pointer_join(a, pointer, arena_str(a, l->name));
	}
	return pointer;
}

const char *
json_where(struct arena *a, struct str text, size_t at)
{
	struct where w = { .text = { text.p, at < text.n ? at : text.n } };

	while (w.at < w.text.n) {
		if (w.text.p[w.at] == '"' && w.depth <= ARRAY_SIZE(w.levels))
			where_string(&w);
		else if (w.text.p[w.at] == '"')
			w.at = where_string_end(w.text, w.at);
		else
			where_next(&w, w.text.p[w.at]);
	}
	return where_pointer(a, &w);
}
