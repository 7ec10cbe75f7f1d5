/* SPDX-License-Identifier: MIT */
#include "spec/jql_lex.h"

#include <string.h>

static const struct {
	const char *text;
	enum jql_token_kind kind;
	enum jql_op op;
	const char *instead; /* BAD: what to write */
} signs[] = { /* the longer ones first */
	{ "!=", JQL_OPERATOR, JQL_NE, NULL },
	{ "!~", JQL_OPERATOR, JQL_NOT_LIKE, NULL },
	{ "<=", JQL_OPERATOR, JQL_LE, NULL },
	{ ">=", JQL_OPERATOR, JQL_GE, NULL },
	{ "==", JQL_BAD, JQL_EQ, "write =" },
	{ "=~", JQL_BAD, JQL_EQ, "write ~" },
	{ "<>", JQL_BAD, JQL_NE, "write !=" },
	{ "&&", JQL_ANDS, JQL_EQ, NULL },
	{ "||", JQL_ORS, JQL_EQ, NULL },
	{ "=", JQL_OPERATOR, JQL_EQ, NULL },
	{ "<", JQL_OPERATOR, JQL_LT, NULL },
	{ ">", JQL_OPERATOR, JQL_GT, NULL },
	{ "~", JQL_OPERATOR, JQL_LIKE, NULL },
	{ "(", JQL_OPEN, JQL_EQ, NULL },
	{ ")", JQL_CLOSE, JQL_EQ, NULL },
	{ ",", JQL_COMMA, JQL_EQ, NULL },
	{ "!", JQL_BANG, JQL_EQ, NULL },
	{ "&", JQL_ANDS, JQL_EQ, NULL },
	{ "|", JQL_ORS, JQL_EQ, NULL },
};

static bool
lex_is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
lex_is_word(char c)
{
	return (unsigned char)c > ' ' && c != 0x7f &&
	    strchr("()=!<>~,&|\"';", c) == NULL;
}

static struct jql_token
lex_bad(size_t at, size_t length, const char *why, const char *hint)
{
	return (struct jql_token){ .kind = JQL_BAD, .at = at,
		.length = length, .value = "", .why = why, .hint = hint };
}

/* A backslash before a quote or a backslash takes it as it is. */
static struct jql_token
lex_quoted(struct jql_lex *l, struct arena *a)
{
	const size_t start = l->at;
	const char quote = l->text.p[start];
	char *value = arena_alloc(a, l->text.n - start + 1);
	size_t n = 0, i = start + 1;

	for (; i < l->text.n && l->text.p[i] != quote; i++) {
		if (l->text.p[i] == '\\' && i + 1 < l->text.n &&
		    strchr("\\\"'", l->text.p[i + 1]) != NULL)
			i++;
		value[n++] = l->text.p[i];
	}
	if (i == l->text.n)
		return lex_bad(start, 1, "this quote does not end", NULL);
	l->at = i + 1;
	return (struct jql_token){ .kind = JQL_QUOTED, .at = start,
		.length = l->at - start, .value = value };
}

static struct jql_token
lex_sign(struct jql_lex *l)
{
	const struct str left = { l->text.p + l->at, l->text.n - l->at };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		struct jql_token t = { .kind = signs[i].kind, .at = l->at,
			.length = strlen(signs[i].text), .value = "",
			.op = signs[i].op };

		if (!str_starts(left, signs[i].text))
			continue;
		if (t.kind == JQL_BAD)
			return lex_bad(t.at, t.length, "no such operator",
			    signs[i].instead);
		l->at += t.length;
		return t;
	}
	return lex_bad(l->at, 1, "this character needs quotes around it",
	    NULL);
}

struct jql_token
jql_lex_next(struct jql_lex *l, struct arena *a)
{
	struct jql_token t;
	size_t start;

	while (l->at < l->text.n && lex_is_space(l->text.p[l->at]))
		l->at++;
	start = l->at;
	if (start == l->text.n)
		return (struct jql_token){ .kind = JQL_END, .at = start,
			.value = "" };
	if (l->text.p[start] == '\'' || l->text.p[start] == '"')
		return lex_quoted(l, a);
	if (!lex_is_word(l->text.p[start]))
		return lex_sign(l);
	while (l->at < l->text.n && lex_is_word(l->text.p[l->at]))
		l->at++;
	t = (struct jql_token){ .kind = JQL_BARE, .at = start,
		.length = l->at - start };
	t.value = arena_strndup(a, l->text.p + start, t.length);
	return t;
}
