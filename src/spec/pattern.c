/* SPDX-License-Identifier: MIT */
#include "spec/pattern.h"

#include <stdlib.h>
#include <string.h>

enum pattern_kind {
	PATTERN_END,
	PATTERN_TEXT,    /* one character that stands for itself, or . */
	PATTERN_ANCHOR,  /* ^ $ \< \> \b \B \` \' */
	PATTERN_ESCAPE,  /* \x */
	PATTERN_BRACKET, /* [...] */
	PATTERN_OPEN,
	PATTERN_CLOSE,
	PATTERN_OR,
	PATTERN_REPEAT,  /* * + ? */
	PATTERN_INTERVAL /* {m,n} */
};

struct pattern_token {
	enum pattern_kind kind;
	struct str text;
	long most; /* of an interval; 0: no end */
};

/* The end of a bracket expression whose '[' is at p. */
static const char *
pattern_bracket_end(const char *p)
{
	p++;
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	while (*p != '\0' && *p != ']') {
		if (p[0] == '[' && p[1] != '\0' && strchr(":.=", p[1])) {
			const char close[] = { p[1], ']', '\0' };
			const char *end = strstr(p + 2, close);

			if (end == NULL)
				return p + strlen(p);
			p = end + 2;
		} else {
			p++;
		}
	}
	return *p == ']' ? p + 1 : p;
}

/* The end of {m}, {m,}, {,n} or {m,n} at p, or NULL. */
static const char *
pattern_interval_end(const char *p, long *ret_most)
{
	size_t least = strspn(p + 1, "0123456789");
	const char *q = p + 1 + least;
	size_t most = 0;

	if (*q == ',') {
		most = strspn(q + 1, "0123456789");
		*ret_most = most > 0 ? strtol(q + 1, NULL, 10) : 0;
		q += 1 + most;
	} else {
		*ret_most = least > 0 ? strtol(p + 1, NULL, 10) : 0;
	}
	return *q == '}' && least + most > 0 ? q + 1 : NULL;
}

static struct pattern_token
pattern_next(const char **p)
{
	struct pattern_token t = { .kind = PATTERN_TEXT };
	const char *start = *p, *end = start + 1;

	switch (*start) {
	case '\0':
		t.kind = PATTERN_END;
		end = start;
		break;
	case '\\':
		t.kind = PATTERN_ESCAPE;
		if (start[1] != '\0')
			end = start + 2;
		if (start[1] != '\0' && strchr("<>bB`'", start[1]))
			t.kind = PATTERN_ANCHOR;
		break;
	case '[':
		t.kind = PATTERN_BRACKET;
		end = pattern_bracket_end(start);
		break;
	case '{':
		end = pattern_interval_end(start, &t.most);
		if (end != NULL)
			t.kind = PATTERN_INTERVAL;
		else
			end = start + 1;
		break;
	case '^':
	case '$':
		t.kind = PATTERN_ANCHOR;
		break;
	case '(':
		t.kind = PATTERN_OPEN;
		break;
	case ')':
		t.kind = PATTERN_CLOSE;
		break;
	case '|':
		t.kind = PATTERN_OR;
		break;
	case '*':
	case '+':
	case '?':
		t.kind = PATTERN_REPEAT;
		break;
	default:
		break;
	}
	t.text = (struct str){ start, (size_t)(end - start) };
	*p = end;
	return t;
}

/* The weight of what was read so far, by depth of groups. */
struct pattern_scan {
	long sum[PATTERN_DEPTH + 1];
	unsigned depth;
	long last;       /* weight of the last atom */
	bool repeatable; /* an atom ends here */
};

static const char *
pattern_scan_token(struct pattern_scan *s, const struct pattern_token *t)
{
	switch (t->kind) {
	case PATTERN_OPEN:
		if (s->depth == PATTERN_DEPTH)
			return "groups are nested too deep";
		s->sum[++s->depth] = 1;
		s->repeatable = false;
		return NULL;
	case PATTERN_CLOSE:
		if (s->depth == 0)
			return "')' without '('";
		s->last = s->sum[s->depth--];
		break;
	case PATTERN_REPEAT:
	case PATTERN_INTERVAL:
		if (!s->repeatable)
			return "a repeat must follow a character or a group";
		s->repeatable = false;
		if (t->most > PATTERN_WEIGHT)
			return "repeats too often";
		if (t->most > 1)
			s->sum[s->depth] += s->last * (t->most - 1);
		return s->sum[s->depth] > PATTERN_WEIGHT ? "repeats too often"
							 : NULL;
	case PATTERN_ANCHOR:
	case PATTERN_OR:
		s->repeatable = false;
		return NULL;
	case PATTERN_ESCAPE:
		if (t->text.n == 2 && t->text.p[1] >= '1' &&
		    t->text.p[1] <= '9')
			return "back-references are not supported";
		s->last = 1;
		break;
	case PATTERN_TEXT:
	case PATTERN_BRACKET:
		s->last = 1;
		break;
	case PATTERN_END:
		return NULL;
	}
	s->sum[s->depth] += s->last;
	s->repeatable = true;
	return s->sum[s->depth] > PATTERN_WEIGHT ? "repeats too often" : NULL;
}

static int
pattern_compile(regex_t *re, const char *pattern)
{
	struct buf whole = { 0 };
	int rc;

	buf_printf(&whole, "^(%s)$", pattern);
	rc = regcomp(re, whole.data, REG_EXTENDED | REG_NOSUB);
	buf_finish(&whole);
	return rc;
}

bool
pattern_check(const char *pattern, struct err *e)
{
	struct pattern_scan scan = { .depth = 0 };
	struct pattern_token t;
	const char *p = pattern, *why = NULL;
	char text[128];
	regex_t re;
	int rc;

	if (strlen(pattern) > PATTERN_BYTES)
		return err_set(e, ERR_INVALID, "pattern.invalid",
		    "pattern is too long: %zu bytes, at most %d are allowed",
		    strlen(pattern), PATTERN_BYTES);
	do {
		t = pattern_next(&p);
		why = pattern_scan_token(&scan, &t);
	} while (why == NULL && t.kind != PATTERN_END);
	if (why == NULL) {
		rc = pattern_compile(&re, pattern);
		if (rc == 0) {
			regfree(&re);
			return true;
		}
		regerror(rc, NULL, text, sizeof(text));
		why = text;
	}
	err_set(e, ERR_INVALID, "pattern.invalid", "bad pattern '%s': %s",
	    pattern, why);
	return err_hint(e, "write a POSIX extended regular expression of the "
			   "whole text, like [a-z][a-z0-9_]{1,30}");
}

bool
pattern_match(struct pattern_cache *c, const char *pattern, const char *text)
{
	unsigned n = c->used < PATTERN_CACHE ? c->used : PATTERN_CACHE;
	unsigned i = 0;

	while (i < n && c->pattern[i] != pattern)
		i++;
	if (i == n) {
		i = c->used % PATTERN_CACHE;
		if (c->used >= PATTERN_CACHE && !c->broken[i])
			regfree(&c->compiled[i]);
		c->used++;
		c->pattern[i] = pattern;
		c->broken[i] = pattern_compile(&c->compiled[i], pattern) != 0;
	}
	return !c->broken[i] && regexec(&c->compiled[i], text, 0, NULL, 0) == 0;
}

void
pattern_cache_finish(struct pattern_cache *c)
{
	unsigned n = c->used < PATTERN_CACHE ? c->used : PATTERN_CACHE;

	for (unsigned i = 0; i < n; i++) {
		if (!c->broken[i])
			regfree(&c->compiled[i]);
	}
	c->used = 0;
}

static const struct {
	const char *posix, *ecma;
} pattern_classes[] = {
	{ "[:alnum:]", "a-zA-Z0-9" },
	{ "[:alpha:]", "a-zA-Z" },
	{ "[:blank:]", " \\t" },
	{ "[:cntrl:]", "\\x00-\\x1f\\x7f" },
	{ "[:digit:]", "0-9" },
	{ "[:graph:]", "\\x21-\\x7e" },
	{ "[:lower:]", "a-z" },
	{ "[:print:]", "\\x20-\\x7e" },
	{ "[:punct:]", "\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e" },
	{ "[:space:]", " \\t\\n\\v\\f\\r" },
	{ "[:upper:]", "A-Z" },
	{ "[:xdigit:]", "0-9A-Fa-f" },
};

/* "[:alpha:]", "[=a=]" or "[.-.]" at p; returns what follows it. */
static const char *
pattern_ecma_class(struct buf *to, const char *p)
{
	const char close[] = { p[1], ']', '\0' };
	const char *end = strstr(p + 2, close);
	struct str class;

	if (end == NULL)
		return p + strlen(p);
	class = (struct str){ p, (size_t)(end + 2 - p) };
	for (size_t i = 0; i < ARRAY_SIZE(pattern_classes); i++) {
		if (str_is(class, pattern_classes[i].posix))
			buf_adds(to, pattern_classes[i].ecma);
	}
	if (p[1] != ':') {
		if (p[2] == '-' || p[2] == ']' || p[2] == '\\')
			buf_addc(to, '\\');
		buf_add(to, p + 2, class.n - 4);
	}
	return end + 2;
}

/* Between brackets POSIX knows no escapes, and a first ']' is a member. */
static void
pattern_ecma_bracket(struct buf *to, struct str s)
{
	const char *p = s.p + 1, *end = s.p + s.n - 1;

	buf_addc(to, '[');
	if (p < end && *p == '^')
		buf_addc(to, *p++);
	while (p < end) {
		if (p[0] == '[' && strchr(":.=", p[1]) != NULL) {
			p = pattern_ecma_class(to, p);
			continue;
		}
		if (*p == '\\' || *p == '[' || *p == ']')
			buf_addc(to, '\\');
		buf_addc(to, *p++);
	}
	buf_addc(to, ']');
}

static void
pattern_ecma_escape(struct buf *to, struct str s)
{
	char c = s.n == 2 ? s.p[1] : '\\';

	switch (c) {
	case '<':
	case '>':
		buf_adds(to, "\\b");
		break;
	case '`':
		buf_addc(to, '^');
		break;
	case '\'':
		buf_addc(to, '$');
		break;
	default:
		if (strchr("^$\\.*+?()[]{}|/wWsSbB", c) != NULL)
			buf_addc(to, '\\');
		buf_addc(to, c);
		break;
	}
}

void
pattern_ecma(struct buf *to, const char *pattern)
{
	struct pattern_token t;

	buf_adds(to, "^(?:");
	while ((t = pattern_next(&pattern)).kind != PATTERN_END) {
		if (t.kind == PATTERN_BRACKET)
			pattern_ecma_bracket(to, t.text);
		else if (t.text.p[0] == '\\')
			pattern_ecma_escape(to, t.text);
		else if (t.kind == PATTERN_TEXT &&
			 strchr("]{}", t.text.p[0]) != NULL)
			buf_printf(to, "\\%c", t.text.p[0]);
		else if (t.kind == PATTERN_INTERVAL && t.text.p[1] == ',')
			buf_printf(
			    to, "{0%.*s", (int)t.text.n - 1, t.text.p + 1);
		else
			buf_addstr(to, t.text);
	}
	buf_adds(to, ")$");
}
