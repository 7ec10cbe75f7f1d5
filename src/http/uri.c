/* SPDX-License-Identifier: MIT */
#include "http/uri.h"

#include <string.h>

#include "base/limits.h"
#include "http/hex.h"

/* The decoded text, or NULL. */
static const char *
uri_decode(struct arena *a, struct str s, bool plus_is_space)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%') {
			int high = s.n - i > 2 ? hex_digit(s.p[i + 1]) : -1;
			int low = s.n - i > 2 ? hex_digit(s.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return NULL;
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		out[n++] = c;
	}
	return str_is_utf8((struct str){ out, n }) ? out : NULL;
}

bool
uri_segment(
    struct arena *a, struct str escaped, const char **ret, struct err *e)
{
	const char *text = uri_decode(a, escaped, false);

	if (text == NULL)
		return err_set(e, ERR_SYNTAX, "http.path",
		    "read '%.*s' of the path: it is not escaped UTF-8",
		    (int)(escaped.n < 100 ? escaped.n : 100), escaped.p);
	*ret = text;
	return true;
}

static bool
uri_query_pair(
    struct arena *a, struct str piece, struct uri_pair *ret, struct err *e)
{
	struct str value;
	struct str name = str_cut(piece, '=', &value);

	ret->name = uri_decode(a, name, true);
	ret->value = value.p == NULL ? "" : uri_decode(a, value, true);
	if (ret->name == NULL || ret->value == NULL)
		return err_set(e, ERR_SYNTAX, "http.query",
		    "read '%.*s' of the query: it is not escaped UTF-8",
		    (int)(piece.n < 100 ? piece.n : 100), piece.p);
	if (ret->name[0] == '\0')
		return err_set(e, ERR_SYNTAX, "http.query",
		    "read the query: a parameter has no name");
	return true;
}

bool
uri_query(struct arena *a, struct str query, struct uri_pair **ret,
    size_t *ret_n, struct err *e)
{
	struct uri_pair *pairs;
	struct str rest = query;
	size_t most = 1, n = 0;

	for (size_t i = 0; i < query.n; i++)
		most += query.p[i] == '&';
	pairs = arena_array(
	    a, most < LIMIT_PARAMS ? most : LIMIT_PARAMS, sizeof(*pairs));
	while (rest.p != NULL) {
		struct str piece = str_cut(rest, '&', &rest);

		if (piece.n == 0)
			continue;
		if (n == LIMIT_PARAMS)
			return err_set(e, ERR_SYNTAX, "http.query",
			    "read the query: more than %d parameters",
			    LIMIT_PARAMS);
		if (!uri_query_pair(a, piece, &pairs[n++], e))
			return false;
	}
	*ret = pairs;
	*ret_n = n;
	return true;
}

const char *
uri_query_get(const struct uri_pair *pairs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

void
uri_encode(struct buf *to, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') ||
		    (c != '\0' && strchr("-._~", c) != NULL)) {
			buf_addc(to, (char)c);
			continue;
		}
		buf_addc(to, '%');
		buf_addc(to, digits[c >> 4]);
		buf_addc(to, digits[c & 15]);
	}
}
