/* SPDX-License-Identifier: MIT */
/*
 * Recursive descent over one token of look-ahead:
 *
 *	query	= [ or ] [ ORDER BY field [ASC|DESC] { "," … } ]
 *	or	= and { OR and }
 *	and	= not { ( AND | "," ) not }
 *	not	= NOT not | "(" or ")" | test
 *	test	= field op value | field [NOT] IN "(" value { "," value } ")"
 *		| field [NOT] IN function | field IS [NOT] EMPTY
 */
#include "spec/jql.h"

#include <string.h>

#include "spec/jql_habit.h"
#include "spec/jql_lex.h"

struct jql_parser {
	struct arena *arena;
	const char *text;
	struct jql_lex lex;
	struct jql_token token; /* the next one */
	unsigned tests, depth;
	size_t op_at; /* of the operator before a value */
	struct jql_hole *holes;
	size_t nholes;
	struct err *e;
};

static struct jql_node *parser_or(struct jql_parser *p);

/* --- words ---------------------------------------------------------------- */

static bool
parser_mistake(struct jql_parser *p, const char *code,
    const struct jql_token *t, const char *what)
{
	return jql_mistake(p->e, code, p->text, t->at, t->length, "%s", what);
}

/* "expected …, found 'x'" */
static bool
parser_expected(struct jql_parser *p, const char *what)
{
	const struct jql_token *t = &p->token;

	if (t->kind == JQL_BAD)
		return parser_mistake(p, "query.syntax", t, t->why) ||
		    (t->hint != NULL && err_hint(p->e, "%s", t->hint));
	if (t->kind == JQL_END)
		return jql_mistake(p->e, "query.syntax", p->text, t->at, 1,
		    "expected %s, and there it ends", what);
	return jql_mistake(p->e, "query.syntax", p->text, t->at, t->length,
	    "expected %s, found '%.*s'", what, (int)t->length,
	    p->text + t->at);
}

static void
parser_next(struct jql_parser *p)
{
	p->token = jql_lex_next(&p->lex, p->arena);
}

static bool
parser_is_word(const struct jql_parser *p, const char *word)
{
	return p->token.kind == JQL_BARE &&
	    str_case_is(str_of(p->token.value), word);
}

static bool
parser_take_word(struct jql_parser *p, const char *word)
{
	if (!parser_is_word(p, word))
		return false;
	parser_next(p);
	return true;
}

static bool
parser_take(struct jql_parser *p, enum jql_token_kind kind)
{
	if (p->token.kind != kind)
		return false;
	parser_next(p);
	return true;
}

/* --- values --------------------------------------------------------------- */

static bool
parser_function_fits(const struct jql_field *f, enum jql_function function,
    bool listed)
{
	if (function == JQL_CURRENT_USER)
		return f->type == JQL_PERSON;
	if (function == JQL_MEMBERS_OF)
		return f->type == JQL_PERSON && listed;
	return f->type == JQL_TIME;
}

static enum jql_unit
parser_usual_unit(enum jql_function f)
{
	switch (f) {
	case JQL_START_OF_WEEK:
	case JQL_END_OF_WEEK:
		return JQL_WEEK;
	case JQL_START_OF_MONTH:
	case JQL_END_OF_MONTH:
		return JQL_MONTH;
	case JQL_START_OF_YEAR:
	case JQL_END_OF_YEAR:
		return JQL_YEAR;
	case JQL_NO_FUNCTION:
	case JQL_CURRENT_USER:
	case JQL_MEMBERS_OF:
	case JQL_NOW:
	case JQL_START_OF_DAY:
	case JQL_END_OF_DAY:
		break;
	}
	return JQL_DAY;
}

/* What stands between the parentheses of a function. */
static bool
parser_argument(struct jql_parser *p, struct jql_value *v)
{
	const struct jql_token t = p->token;
	const bool given = t.kind == JQL_BARE || t.kind == JQL_QUOTED;

	v->unit = JQL_DAY;
	if (given)
		parser_next(p);
	if (p->token.kind != JQL_CLOSE)
		return parser_expected(p, "')'");
	parser_next(p);
	if (v->function == JQL_MEMBERS_OF) {
		if (!given || t.value[0] == '\0') {
			parser_mistake(p, "query.value", &t,
			    "membersOf of which team?");
			return err_hint(p->e, "e.g. membersOf(platform)");
		}
		v->team = t.value;
		return true;
	}
	if (!given)
		return true;
	if (v->function == JQL_CURRENT_USER || v->function == JQL_NOW)
		return parser_mistake(p, "query.value", &t,
		    "this function takes nothing");
	if (jql_offset(str_of(t.value), parser_usual_unit(v->function),
		&v->amount, &v->unit))
		return true;
	parser_mistake(p, "query.value", &t, "not a distance");
	return err_hint(p->e, "e.g. startOfDay(-1d), endOfMonth(1)");
}

static bool
parser_function(struct jql_parser *p, const struct jql_field *f, bool listed,
    const struct jql_token *name, struct jql_value *v)
{
	const char *near = NULL;

	v->function = jql_function_find(str_of(name->value), &near, p->arena);
	if (v->function == JQL_NO_FUNCTION) {
		jql_mistake(p->e, "query.function", p->text, name->at,
		    name->length, "no function '%s'", name->value);
		if (near != NULL)
			err_hint(p->e, "did you mean %s()?", near);
		return false;
	}
	if (!parser_function_fits(f, v->function, listed)) {
		jql_mistake(p->e, "query.function", p->text, name->at,
		    name->length, "'%s' cannot be compared with %s()",
		    f->name, name->value);
		if (v->function == JQL_MEMBERS_OF && f->type == JQL_PERSON)
			err_hint(p->e, "write: %s IN membersOf(…)", f->name);
		return false;
	}
	parser_next(p); /* the parenthesis */
	return parser_argument(p, v);
}

/* '<TEAM>', '…': somebody is meant to write something else there. */
static bool
parser_hole(struct jql_parser *p, const struct jql_field *f,
    const struct jql_value *v)
{
	const struct str text = str_of(v->text);

	if (p->nholes == JQL_HOLES ||
	    (f->type != JQL_NAME && f->type != JQL_PERSON &&
		f->type != JQL_TIME) ||
	    !((str_starts(text, "<") && str_ends(text, ">")) ||
		str_is(text, "…") || str_is(text, "...")))
		return false;
	p->holes[p->nholes++] = (struct jql_hole){ .field = f,
		.op_at = p->op_at, .at = v->at, .length = v->length };
	return true;
}

static bool
parser_value(struct jql_parser *p, const struct jql_field *f, bool listed,
    struct jql_value *v)
{
	const struct jql_token t = p->token;
	const char *wrong, *hint = NULL;

	if (t.kind != JQL_BARE && t.kind != JQL_QUOTED)
		return parser_expected(p, "a value");
	*v = (struct jql_value){ .text = t.value, .at = t.at,
		.length = t.length };
	parser_next(p);
	if (t.kind == JQL_BARE && p->token.kind == JQL_OPEN)
		return parser_function(p, f, listed, &t, v);
	if (parser_hole(p, f, v))
		return true;
	wrong = jql_value_read(p->arena, f, v, &hint);
	if (wrong == NULL)
		return true;
	parser_mistake(p, "query.value", &t, wrong);
	if (hint != NULL)
		err_hint(p->e, "%s", hint);
	return false;
}

struct value_list {
	struct jql_value *items;
	size_t n, cap;
};

static struct jql_value *
values_push(struct arena *a, struct value_list *l)
{
	if (l->n == l->cap) {
		size_t cap = l->cap == 0 ? 4 : l->cap * 2;
		struct jql_value *grown =
		    arena_array(a, cap, sizeof(*grown));

		if (l->n > 0)
			memcpy(grown, l->items, l->n * sizeof(*grown));
		l->items = grown;
		l->cap = cap;
	}
	return &l->items[l->n++];
}

/* Behind IN: a list, or one function that gives one. */
static bool
parser_list(struct jql_parser *p, struct jql_node *n)
{
	struct value_list l = { .items = NULL };

	if (p->token.kind == JQL_BARE) {
		if (!parser_value(p, n->field, true, values_push(p->arena, &l)))
			return false;
		if (l.items[0].function != JQL_MEMBERS_OF) {
			jql_mistake(p->e, "query.syntax", p->text,
			    l.items[0].at, l.items[0].length,
			    "IN wants a list");
			return err_hint(p->e, "write: %s IN (%s, …)",
			    n->field->name, l.items[0].text);
		}
	} else {
		if (!parser_take(p, JQL_OPEN))
			return parser_expected(p, "'(' of a list");
		do {
			if (l.n == JQL_VALUES)
				return parser_mistake(p, "query.syntax",
				    &p->token, "too many values");
			if (!parser_value(p, n->field, true,
				values_push(p->arena, &l)))
				return false;
		} while (parser_take(p, JQL_COMMA));
		if (!parser_take(p, JQL_CLOSE))
			return parser_expected(p, "',' or ')'");
	}
	n->values = l.items;
	n->nvalues = l.n;
	return true;
}

/* --- tests ---------------------------------------------------------------- */

/* A word that is none of the fields: what to write for it. */
static bool
parser_no_field(struct jql_parser *p, const struct jql_token *t)
{
	const char *near = jql_field_near(p->arena, str_of(t->value));
	const char *habit = jql_habit_field(str_of(t->value));
	const size_t letters = strspn(t->value,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

	jql_mistake(p->e, "query.field", p->text, t->at, t->length,
	    "no field '%s'", t->value);
	if (habit != NULL)
		return err_hint(p->e, "%s", habit);
	if (letters > 0 && t->value[letters] == '-' &&
	    strspn(t->value + letters + 1, "0123456789") > 0)
		return err_hint(p->e, "write: key = %s", t->value);
	if (near != NULL)
		return err_hint(p->e, "did you mean '%s'?", near);
	return err_hint(p->e, "fields: project, kind, status, priority, "
		"assignee, requester, labels, created, updated, due, text …; "
		"words alone: text ~ '…'");
}

static const struct jql_field *
parser_field(struct jql_parser *p)
{
	const struct jql_token t = p->token;
	const struct jql_field *f;

	if (t.kind != JQL_BARE && t.kind != JQL_QUOTED) {
		parser_expected(p, "a field");
		return NULL;
	}
	f = jql_field_find(str_of(t.value));
	if (f == NULL)
		parser_no_field(p, &t);
	else
		parser_next(p);
	return f;
}

/* The operator, up to its values. */
static bool
parser_op(struct jql_parser *p, const struct jql_field *f, enum jql_op *ret)
{
	const char *hint;
	bool no;

	if (p->token.kind == JQL_OPERATOR) {
		*ret = p->token.op;
		parser_next(p);
		return true;
	}
	if (parser_take_word(p, "is")) {
		no = parser_take_word(p, "not");
		if (!parser_take_word(p, "empty") &&
		    !parser_take_word(p, "null"))
			return parser_expected(p, "EMPTY") ||
			    (p->token.kind == JQL_BARE &&
				err_hint(p->e, "write: %s %s %s", f->name,
				    no ? "!=" : "=", p->token.value));
		*ret = no ? JQL_NOT_EMPTY : JQL_EMPTY;
		return true;
	}
	no = parser_take_word(p, "not");
	if (parser_take_word(p, "in")) {
		*ret = no ? JQL_NOT_IN : JQL_IN;
		return true;
	}
	hint = p->token.kind == JQL_BARE
	    ? jql_habit_op(str_of(p->token.value))
	    : NULL;
	return parser_expected(p,
		   "an operator (= != < <= > >= ~ !~ IN IS)") ||
	    (hint != NULL && err_hint(p->e, "%s", hint));
}

static const char *
parser_ops_text(struct arena *a, const struct jql_field *f)
{
	const char *text = NULL;

	for (unsigned op = JQL_EQ; op <= JQL_NOT_EMPTY; op++)
		if ((f->ops & JQL_BIT(op)) != 0)
			text = text == NULL
			    ? jql_op_text((enum jql_op)op)
			    : arena_printf(a, "%s, %s", text,
				  jql_op_text((enum jql_op)op));
	return text;
}

static struct jql_node *
parser_test(struct jql_parser *p)
{
	struct jql_node *n = ARENA_NEW(p->arena, struct jql_node);
	struct jql_token op;

	if (++p->tests > JQL_TESTS) {
		parser_mistake(p, "query.syntax", &p->token,
		    "too many conditions");
		return NULL;
	}
	n->field = parser_field(p);
	if (n->field == NULL)
		return NULL;
	op = p->token;
	p->op_at = op.at;
	if (!parser_op(p, n->field, &n->op))
		return NULL;
	if ((n->field->ops & JQL_BIT(n->op)) == 0) {
		jql_mistake(p->e, "query.syntax", p->text, op.at, op.length,
		    "'%s' has no operator %s", n->field->name,
		    jql_op_text(n->op));
		err_hint(p->e, "%s knows: %s", n->field->name,
		    parser_ops_text(p->arena, n->field));
		return NULL;
	}
	if (n->op == JQL_EMPTY || n->op == JQL_NOT_EMPTY)
		return n;
	if (n->op == JQL_IN || n->op == JQL_NOT_IN)
		return parser_list(p, n) ? n : NULL;
	/* "= EMPTY" is what Jira takes too. */
	if ((parser_is_word(p, "empty") || parser_is_word(p, "null")) &&
	    (n->op == JQL_EQ || n->op == JQL_NE) &&
	    (n->field->ops & JQL_BIT(JQL_EMPTY)) != 0) {
		parser_next(p);
		n->op = n->op == JQL_EQ ? JQL_EMPTY : JQL_NOT_EMPTY;
		return n;
	}
	n->nvalues = 1;
	n->values = ARENA_NEW(p->arena, struct jql_value);
	return parser_value(p, n->field, false,
		   (struct jql_value *)(uintptr_t)n->values)
	    ? n
	    : NULL;
}

static struct jql_node *
parser_join(struct jql_parser *p, int kind, const struct jql_node *left,
    const struct jql_node *right)
{
	struct jql_node *n = ARENA_NEW(p->arena, struct jql_node);

	n->kind = kind == JQL_AND ? JQL_AND : kind == JQL_OR ? JQL_OR : JQL_NOT;
	n->left = left;
	n->right = right;
	return n;
}

static struct jql_node *
parser_not(struct jql_parser *p)
{
	struct jql_node *n;

	if (++p->depth > JQL_DEPTH) {
		parser_mistake(p, "query.syntax", &p->token,
		    "too deep in parentheses");
		return NULL;
	}
	if (parser_take_word(p, "not") || parser_take(p, JQL_BANG)) {
		n = parser_not(p);
		n = n == NULL ? NULL : parser_join(p, JQL_NOT, n, NULL);
	} else if (parser_take(p, JQL_OPEN)) {
		n = parser_or(p);
		if (n != NULL && !parser_take(p, JQL_CLOSE)) {
			parser_expected(p, "AND, OR or ')'");
			n = NULL;
		}
	} else {
		n = parser_test(p);
	}
	p->depth--;
	return n;
}

static struct jql_node *
parser_and(struct jql_parser *p)
{
	struct jql_node *left = parser_not(p), *right;

	while (left != NULL &&
	    (parser_take_word(p, "and") || parser_take(p, JQL_ANDS) ||
		parser_take(p, JQL_COMMA))) {
		right = parser_not(p);
		left = right == NULL ? NULL
				     : parser_join(p, JQL_AND, left, right);
	}
	return left;
}

static struct jql_node *
parser_or(struct jql_parser *p)
{
	struct jql_node *left = parser_and(p), *right;

	while (left != NULL &&
	    (parser_take_word(p, "or") || parser_take(p, JQL_ORS))) {
		right = parser_and(p);
		left = right == NULL ? NULL
				     : parser_join(p, JQL_OR, left, right);
	}
	return left;
}

static bool
parser_orders(struct jql_parser *p, struct jql *ret)
{
	if (!parser_take_word(p, "order"))
		return true;
	if (!parser_take_word(p, "by"))
		return parser_expected(p, "BY") ||
		    (p->token.kind == JQL_BARE &&
			err_hint(p->e, "write: ORDER BY %s",
			    p->token.value));
	do {
		const struct jql_token t = p->token;
		struct jql_order *o = &ret->orders[ret->norders];

		if (ret->norders == JQL_ORDERS)
			return parser_mistake(p, "query.syntax", &t,
			    "too much to order by");
		o->field = parser_field(p);
		if (o->field == NULL)
			return false;
		if (!o->field->orders)
			return jql_mistake(p->e, "query.field", p->text, t.at,
			    t.length, "nothing can be ordered by '%s'",
			    o->field->name);
		o->descending = parser_take_word(p, "desc");
		if (!o->descending)
			parser_take_word(p, "asc");
		ret->norders++;
	} while (parser_take(p, JQL_COMMA));
	return true;
}

/* It should end here, and goes on. */
static bool
parser_end(struct jql_parser *p, bool ordered)
{
	const char *hint = p->token.kind == JQL_BARE
	    ? jql_habit_end(str_of(p->token.value))
	    : NULL;

	return parser_expected(p,
		   ordered ? "',' or the end" : "AND, OR or ORDER BY") ||
	    (hint != NULL && err_hint(p->e, "%s", hint));
}

bool
jql_parse(struct arena *a, struct str text, struct jql *ret, struct err *e)
{
	struct jql jql = { .where = NULL };
	struct jql_parser p = { .arena = a, .e = e, .holes = jql.holes };

	if (text.n > JQL_BYTES)
		return err_set(e, ERR_SYNTAX, "query.syntax",
		    "query: longer than %d bytes", JQL_BYTES);
	if (!str_is_utf8(text))
		return err_set(e, ERR_SYNTAX, "query.syntax",
		    "query: not valid UTF-8");
	p.text = jql.text = arena_str(a, text);
	p.lex = (struct jql_lex){ .text = str_of(p.text) };
	parser_next(&p);
	if (p.token.kind != JQL_END && !parser_is_word(&p, "order")) {
		jql.where = parser_or(&p);
		if (jql.where == NULL)
			return false;
	}
	if (!parser_orders(&p, &jql))
		return false;
	if (p.token.kind != JQL_END)
		return parser_end(&p, jql.norders > 0);
	jql.nholes = p.nholes;
	*ret = jql;
	return true;
}
