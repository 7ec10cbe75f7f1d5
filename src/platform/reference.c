/* SPDX-License-Identifier: MIT */
#include "platform/task.h"

#include <string.h>

/* The name at the front of *rest, which moves behind it. */
static struct str
reference_name(struct str *rest, const char *letters)
{
	struct str name = { rest->p, 0 };

	while (name.n < rest->n && strchr(letters, rest->p[name.n]) != NULL)
		name.n++;
	rest->p += name.n;
	rest->n -= name.n;
	return name;
}

static bool
reference_word(struct str *rest, const char *word)
{
	if (!str_starts(*rest, word))
		return false;
	rest->p += strlen(word);
	rest->n -= strlen(word);
	return true;
}

/* "x.y": keys of an item. */
static struct str
reference_path(struct str *rest)
{
	static const char keys[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct str path = reference_name(rest, keys);

	if (path.n == 0 || path.p[0] == '.' || path.p[path.n - 1] == '.' ||
	    memmem(path.p, path.n, "..", 2) != NULL)
		path.n = 0;
	return path;
}

struct reference
reference_parse(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	static const char dashed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	struct reference bad = { .kind = REFERENCE_BAD };
	struct reference r = { .kind = REFERENCE_NONE };
	struct str rest = str_of(text), word;

	if (!reference_word(&rest, "$"))
		return r;
	word = reference_name(&rest, letters);
	if (str_is(word, "item")) {
		r.kind = REFERENCE_ITEM;
		if (reference_word(&rest, ".")) {
			r.name = reference_path(&rest);
			if (r.name.n == 0)
				return bad;
		}
	} else if (str_is(word, "params")) {
		if (!reference_word(&rest, "."))
			return bad;
		r.kind = REFERENCE_PARAM;
		r.name = reference_name(&rest, letters);
	} else if (str_is(word, "needs")) {
		if (!reference_word(&rest, "."))
			return bad;
		r.kind = REFERENCE_OUTPUT;
		r.name = reference_name(&rest, dashed);
		if (reference_word(&rest, ".artifacts."))
			r.kind = REFERENCE_ARTIFACT;
		else if (!reference_word(&rest, ".outputs."))
			return bad;
		r.output = reference_name(&rest, letters);
		if (r.output.n == 0)
			return bad;
	} else if (str_is(word, "status") || str_is(word, "reason")) {
		r.kind = REFERENCE_ENDED;
		r.name = word;
	} else if (str_is(word, "outputs")) {
		if (!reference_word(&rest, "."))
			return bad;
		r.kind = REFERENCE_ENDED;
		r.name = word;
		r.output = reference_name(&rest, letters);
		if (r.output.n == 0)
			return bad;
	} else {
		return r;
	}
	if (rest.n > 0 || (r.kind != REFERENCE_ITEM && r.name.n == 0))
		return bad;
	return r;
}

const char *
reference_literal(const char *text)
{
	return text[0] == '$' && text[1] == '$' ? text + 1 : text;
}
