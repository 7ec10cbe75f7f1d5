/* SPDX-License-Identifier: MIT */
#include "resource/search/compile.h"

#include <ctype.h>
#include <string.h>

#include "base/near.h"
#include "resource/search/filter.h"

/* PRIORITY counts up to the most urgent, as spec/jql_field.c does. */
const char *const compile_columns[JQL_IDS] = {
	[JQL_ASSIGNEE] = "ticket.assignee",
	[JQL_CATEGORY] = "CASE WHEN ticket.status IN ('done', 'declined', "
			 "'cancelled') THEN 'done' WHEN ticket.status = "
			 "'in_progress' THEN 'in_progress' ELSE 'to_do' END",
	[JQL_CLOSED] = "ticket.closed_at",
	[JQL_CREATED] = "ticket.created_at",
	[JQL_DESCRIPTION] = "ticket.description",
	[JQL_DUE] = "ticket.due_at",
	[JQL_ENVIRONMENT] = "ticket.environment",
	[JQL_EPIC] = "ticket.epic",
	[JQL_KIND] = "ticket.kind",
	[JQL_POINTS] = "ticket.points",
	[JQL_PRIORITY] = "CASE ticket.priority WHEN 'interruption' THEN 4 "
			 "WHEN 'security' THEN 3 WHEN 'customer' THEN 2 "
			 "WHEN 'operational' THEN 1 ELSE 0 END",
	[JQL_PROJECT] = "ticket.project",
	[JQL_REQUEST] = "ticket.request",
	[JQL_REQUESTER] = "ticket.requester",
	[JQL_RESOLUTION] = "ticket.outcome",
	[JQL_STATUS] = "ticket.status",
	[JQL_TASK] = "ticket.task",
	[JQL_TEAM] = "ticket.team",
	[JQL_TICKET] = "ticket.key",
	[JQL_TITLE] = "ticket.title",
	[JQL_UPDATED] = "ticket.updated_at",
};

/* --- values --------------------------------------------------------------- */

/* A statement takes so many values and no more. */
static bool
compile_room(struct compile *c, size_t wanted, struct err *e)
{
	return c->to->nvalues + wanted < SELECT_VALUES - COMPILE_SPARE ||
	    err_set(e, ERR_SYNTAX, "query.syntax",
		"query: too much to look for at once");
}

struct texts {
	const char **items;
	size_t n, cap;
};

static void
texts_push(struct cx *cx, struct texts *t, const char *text)
{
	if (t->n == t->cap) {
		const size_t cap = t->cap == 0 ? 8 : t->cap * 2;
		const char **grown =
		    arena_array(cx->arena, cap, sizeof(*grown));

		if (t->n > 0)
			memcpy(grown, t->items, t->n * sizeof(*grown));
		t->items = grown;
		t->cap = cap;
	}
	t->items[t->n++] = text;
}

static bool
compile_members(struct compile *c, const struct jql_value *v,
    struct texts *to, struct err *e)
{
	const struct platform *p = c->cx->platform;
	const struct team_def *team = platform_team(p, v->team);
	struct near near = near_start(v->team);

	if (team != NULL) {
		for (size_t i = 0; team->members[i] != NULL; i++)
			texts_push(c->cx, to, team->members[i]);
		return true;
	}
	for (size_t i = 0; i < p->nteams; i++)
		near_offer(&near, p->teams[i].name);
	jql_mistake(e, "query.value", c->query->text, v->at, v->length,
	    "no team '%s'", v->team);
	if (near.best != NULL)
		err_hint(e, "did you mean '%s'?", near.best);
	return false;
}

static bool
compile_texts(struct compile *c, const struct jql_node *n, struct texts *to,
    struct err *e)
{
	const char *person = c->cx->actor->person;

	for (size_t i = 0; i < n->nvalues; i++) {
		const struct jql_value *v = &n->values[i];

		if (v->function == JQL_MEMBERS_OF) {
			if (!compile_members(c, v, to, e))
				return false;
		} else if (v->function == JQL_CURRENT_USER) {
			texts_push(c->cx, to, person == NULL ? "" : person);
		} else if (n->field->id == JQL_RESOLUTION &&
		    streq(v->text, "unresolved")) {
			texts_push(c->cx, to, "");
		} else if (n->field->type == JQL_PERSON) {
			texts_push(c->cx, to,
			    compile_person(c->cx, v->text));
		} else {
			texts_push(c->cx, to, v->text);
		}
	}
	return compile_room(c, to->n, e);
}

/* --- one test ------------------------------------------------------------- */

static bool
compile_turned(enum jql_op op)
{
	return op == JQL_NE || op == JQL_NOT_IN || op == JQL_NOT_LIKE;
}

static void
compile_in(struct compile *c, const struct texts *t)
{
	select_add(c->to, " IN (");
	for (size_t i = 0; i < t->n; i++) {
		if (i > 0)
			select_add(c->to, ", ");
		select_text(c->to, t->items[i]);
	}
	select_add(c->to, ")");
}

static void
compile_empty(struct compile *c, const struct jql_node *n)
{
	const bool number =
	    n->field->type == JQL_TIME || n->field->type == JQL_NUMBER;

	select_fragment(c->to, compile_columns[n->field->id]);
	if (number)
		select_fragment(c->to, n->op == JQL_EMPTY ? " = 0" : " <> 0");
	else
		select_fragment(c->to,
		    n->op == JQL_EMPTY ? " = ''" : " <> ''");
}

/* Of what a ticket has several: labels, watchers. */
static bool
compile_set(struct compile *c, const struct jql_node *n, struct err *e)
{
	const bool labels = n->field->id == JQL_LABELS;
	struct texts t = { .items = NULL };

	if (!compile_texts(c, n, &t, e))
		return false;
	if (compile_turned(n->op) || n->op == JQL_EMPTY)
		select_add(c->to, "NOT ");
	if (labels)
		select_add(c->to, "ticket.id IN (SELECT ticket_id "
				  "FROM ticket_label");
	else
		select_add(c->to, "ticket.id IN (SELECT ticket_id "
				  "FROM ticket_watcher WHERE off = 0");
	if (n->op != JQL_EMPTY && n->op != JQL_NOT_EMPTY) {
		select_fragment(c->to,
		    labels ? " WHERE label" : " AND person");
		compile_in(c, &t);
	}
	select_add(c->to, ")");
	return true;
}

static const char *
compile_compare(enum jql_op op)
{
	switch (op) {
	case JQL_LT:
		return " < ";
	case JQL_LE:
		return " <= ";
	case JQL_GT:
		return " > ";
	case JQL_GE:
		return " >= ";
	case JQL_NE:
		return " <> ";
	case JQL_EQ:
	case JQL_LIKE:
	case JQL_NOT_LIKE:
	case JQL_IN:
	case JQL_NOT_IN:
	case JQL_EMPTY:
	case JQL_NOT_EMPTY:
		break;
	}
	return " = ";
}

/* A day is more than an instant: up to a day is up to its end, and after it
 * is after its end.  What has no time is neither before nor after one. */
static void
compile_time(struct compile *c, const struct jql_node *n)
{
	const char *column = compile_columns[n->field->id];
	int64_t from, until;

	jql_time(n->values, c->cx->now, c->zone, &from, &until);
	if (until == from)
		until = from + 1;
	select_add(c->to, "(");
	select_fragment(c->to, column);
	if (n->op == JQL_EQ || n->op == JQL_NE) {
		select_fragment(c->to, n->op == JQL_EQ ? " >= " : " < ");
		select_int(c->to, from);
		select_fragment(c->to, n->op == JQL_EQ ? " AND " : " OR ");
		select_fragment(c->to, column);
		select_fragment(c->to, n->op == JQL_EQ ? " < " : " >= ");
		select_int(c->to, until);
	} else {
		const bool end = n->op == JQL_LE || n->op == JQL_GT;

		select_fragment(c->to,
		    n->op == JQL_LT || n->op == JQL_LE ? " < " : " >= ");
		select_int(c->to, end ? until : from);
		select_add(c->to, " AND ");
		select_fragment(c->to, column);
		select_add(c->to, " <> 0");
	}
	select_add(c->to, ")");
}

static void
compile_numbers(struct compile *c, const struct jql_node *n)
{
	select_fragment(c->to, compile_columns[n->field->id]);
	if (n->op == JQL_IN || n->op == JQL_NOT_IN) {
		select_fragment(c->to,
		    n->op == JQL_IN ? " IN (" : " NOT IN (");
		for (size_t i = 0; i < n->nvalues; i++) {
			if (i > 0)
				select_add(c->to, ", ");
			select_int(c->to, n->values[i].number);
		}
		select_add(c->to, ")");
		return;
	}
	select_fragment(c->to, compile_compare(n->op));
	select_int(c->to, n->values[0].number);
}

/* --- words ---------------------------------------------------------------- */

/* Is there anything in it that the index would know? */
static bool
words_has(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (isalnum((unsigned char)word.p[i]) ||
		    (word.p[i] & 0x80) != 0)
			return true;
	return false;
}

/* Every word quoted, so that none is an operator: "a" "b"*; what stands in
 * quotes is one phrase. */
static const char *
compile_match(struct cx *cx, const char *text)
{
	struct str left = str_of(text);
	struct buf b = { 0 };
	const char *copy;

	while (left.n > 0) {
		const char by = left.p[0] == '"' ? '"' : ' ';
		struct str word;
		bool starts;

		if (by == '"')
			left = (struct str){ left.p + 1, left.n - 1 };
		word = str_cut(left, by, &left);
		if (!words_has(word))
			continue;
		starts = by == ' ' && str_ends(word, "*");
		buf_addc(&b, '"');
		for (size_t i = 0; i < word.n; i++)
			if (word.p[i] != '"')
				buf_addc(&b, word.p[i]);
		buf_adds(&b, starts ? "\"* " : "\" ");
	}
	copy = arena_str(cx->arena, buf_str(&b));
	buf_finish(&b);
	return copy;
}

static void
compile_words(struct compile *c, const struct jql_node *n)
{
	const char *match = compile_match(c->cx, n->values[0].text);
	const enum jql_id id = n->field->id;

	/* One set of ids, so that it is what the tickets are found by. */
	if (n->op == JQL_NOT_LIKE)
		select_add(c->to, "NOT ");
	select_add(c->to, "ticket.id IN (");
	if (id != JQL_COMMENT) {
		select_add(c->to, "SELECT rowid FROM ticket_words "
				  "WHERE ticket_words MATCH ");
		select_text(c->to,
		    id == JQL_TEXT ? match
				   : arena_printf(c->cx->arena, "%s : (%s)",
					 n->field->name, match));
	}
	if (id == JQL_TEXT)
		select_add(c->to, " UNION ");
	if (id == JQL_TEXT || id == JQL_COMMENT) {
		select_add(c->to, "SELECT ticket_id FROM ticket_entry "
				  "WHERE id IN (SELECT rowid FROM "
				  "comment_words WHERE comment_words MATCH ");
		select_text(c->to, match);
		select_add(c->to, ")");
	}
	select_add(c->to, ")");
}

/* --- the tree ------------------------------------------------------------- */

static bool compile_node(
    struct compile *c, const struct jql_node *n, struct err *e);

/* What a saved filter finds, in place of its name. */
static bool
compile_filter(struct compile *c, const struct jql_value *v, struct err *e)
{
	struct compile inner = *c;
	struct jql query;
	struct err why;

	inner.filter = filter_named(c->cx, v->text, &why);
	if (inner.filter == NULL) {
		jql_mistake(e, "query.value", c->query->text, v->at, v->length,
		    "%s", why.message);
		return why.hint[0] != '\0' ? err_hint(e, "%s", why.hint)
					   : false;
	}
	for (const struct compile *o = c; o != NULL; o = o->outer)
		if (o->filter != NULL && o->filter->id == inner.filter->id)
			return jql_mistake(e, "query.value", c->query->text,
			    v->at, v->length, "filter '%s' asks for itself",
			    inner.filter->key);
	inner.outer = c;
	inner.query = &query;
	if (jql_parse(c->cx->arena, str_of(inner.filter->query), &query, e) &&
	    compile_where(&inner, e))
		return true;
	return err_wrap(e, "filter '%s'", inner.filter->key);
}

static bool
compile_filters(struct compile *c, const struct jql_node *n, struct err *e)
{
	select_fragment(c->to, compile_turned(n->op) ? "NOT (" : "(");
	for (size_t i = 0; i < n->nvalues; i++) {
		if (i > 0)
			select_add(c->to, " OR ");
		if (!compile_filter(c, &n->values[i], e))
			return false;
	}
	select_add(c->to, ")");
	return true;
}

static bool
compile_test(struct compile *c, const struct jql_node *n, struct err *e)
{
	struct texts t = { .items = NULL };

	if (++*c->tests > COMPILE_TESTS)
		return err_set(e, ERR_SYNTAX, "query.syntax",
		    "query: with its filters it has more than %d conditions",
		    COMPILE_TESTS);
	if (!compile_room(c, n->nvalues, e))
		return false;
	if (n->field->id == JQL_FILTER)
		return compile_filters(c, n, e);
	if (n->field->id == JQL_PROJECT && !compile_projects(c, n, e))
		return false;
	if (n->field->id == JQL_LABELS || n->field->id == JQL_WATCHER)
		return compile_set(c, n, e);
	if (n->op == JQL_LIKE || n->op == JQL_NOT_LIKE) {
		compile_words(c, n);
		return true;
	}
	if (n->op == JQL_EMPTY || n->op == JQL_NOT_EMPTY) {
		compile_empty(c, n);
		return true;
	}
	if (n->field->type == JQL_TIME) {
		compile_time(c, n);
		return true;
	}
	if (n->field->type == JQL_NUMBER || n->field->id == JQL_PRIORITY) {
		compile_numbers(c, n);
		return true;
	}
	if (!compile_texts(c, n, &t, e))
		return false;
	select_fragment(c->to, compile_columns[n->field->id]);
	/* As the index over what is not over has it. */
	if (n->field->id == JQL_RESOLUTION && t.n == 1 &&
	    t.items[0][0] == '\0') {
		select_fragment(c->to,
		    compile_turned(n->op) ? " <> ''" : " = ''");
		return true;
	}
	if (compile_turned(n->op))
		select_add(c->to, " NOT");
	compile_in(c, &t);
	return true;
}

static bool
compile_node(struct compile *c, const struct jql_node *n, struct err *e)
{
	if (n->kind == JQL_TEST)
		return compile_test(c, n, e);
	select_fragment(c->to, n->kind == JQL_NOT ? "NOT (" : "(");
	if (!compile_node(c, n->left, e))
		return false;
	if (n->kind != JQL_NOT) {
		select_fragment(c->to, n->kind == JQL_AND ? " AND " : " OR ");
		if (!compile_node(c, n->right, e))
			return false;
	}
	select_add(c->to, ")");
	return true;
}

bool
compile_is(struct compile *c, enum jql_id id, const char *value,
    struct err *e)
{
	struct jql_value v = { .text = value };
	struct jql_node n = { .kind = JQL_TEST, .op = JQL_EQ, .values = &v,
		.nvalues = 1 };
	const char *hint;

	for (n.field = jql_fields; n.field->id != id; n.field++)
		;
	if (id == JQL_LABELS || id == JQL_WATCHER)
		return compile_set(c, &n, e);
	if (jql_value_read(c->cx->arena, n.field, &v, &hint) != NULL)
		return err_set(e, ERR_INVALID, "query.value", "no %s '%s'",
		    n.field->name, value);
	if (id == JQL_PRIORITY) {
		compile_numbers(c, &n);
		return true;
	}
	select_fragment(c->to, compile_columns[id]);
	select_add(c->to, " = ");
	select_text(c->to, v.text);
	return true;
}

bool
compile_where(struct compile *c, struct err *e)
{
	if (c->query->nholes > 0)
		return compile_holes(c, e);
	if (c->query->where != NULL)
		return compile_node(c, c->query->where, e);
	select_add(c->to, "1 = 1");
	return true;
}
