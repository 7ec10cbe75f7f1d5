/* SPDX-License-Identifier: MIT */
#include "spec/jql.h"

#include "base/clock.h"
#include "spec/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
put_values(struct buf *to, const struct jql_node *n)
{
	buf_adds(to, "[");
	for (size_t i = 0; i < n->nvalues; i++) {
		const struct jql_value *v = &n->values[i];

		buf_printf(to, "%s%s", i > 0 ? " " : "", v->text);
		if (v->function != JQL_NO_FUNCTION)
			buf_adds(to, "()");
		if (v->team != NULL)
			buf_printf(to, ":%s", v->team);
		if (v->amount != 0)
			buf_printf(to, ":%lld%c", (long long)v->amount,
			    "mhdwMy"[v->unit]);
	}
	buf_adds(to, "]");
}

/* The tree with every parenthesis in it. */
static void
put_node(struct buf *to, const struct jql_node *n)
{
	if (n == NULL) {
		buf_adds(to, "all");
	} else if (n->kind == JQL_TEST) {
		buf_printf(to, "%s %s", n->field->name, jql_op_text(n->op));
		if (n->nvalues > 0)
			put_values(to, n);
	} else if (n->kind == JQL_NOT) {
		buf_adds(to, "not (");
		put_node(to, n->left);
		buf_adds(to, ")");
	} else {
		buf_adds(to, "(");
		put_node(to, n->left);
		buf_adds(to, n->kind == JQL_AND ? " and " : " or ");
		put_node(to, n->right);
		buf_adds(to, ")");
	}
}

static void
put_query(struct buf *to, const struct jql *q)
{
	put_node(to, q->where);
	for (size_t i = 0; i < q->norders; i++)
		buf_printf(to, "%s%s%s", i == 0 ? " by " : ", ",
		    q->orders[i].field->name,
		    q->orders[i].descending ? " desc" : "");
}

static const struct {
	const char *query, *tree;
} good[] = {
	{ "", "all" },
	{ "  \t\n ", "all" },
	{ "project = OPS AND labels = operations AND created >= -30d "
	  "ORDER BY priority",
	    "((project =[OPS] and labels =[operations]) and "
	    "created >=[-30d:-30d]) by priority" },
	/* The draft of the people who asked for it. */
	{ "project = 'OPS', label = 'operations', date <= '2026-01-02'",
	    "((project =[OPS] and labels =[operations]) and "
	    "created <=[2026-01-02])" },
	{ "project = '<TEAM>', label = 'operations'",
	    "(project =[<TEAM>] and labels =[operations])" },
	{ "project = ops", "project =[OPS]" },
	{ "a = 1 OR b = 2", NULL },
	{ "key=OPS-1 or key=OPS-2 and key=OPS-3",
	    "(ticket =[OPS-1] or (ticket =[OPS-2] and ticket =[OPS-3]))" },
	{ "(key=OPS-1 or key=OPS-2) && key=ops-3",
	    "((ticket =[OPS-1] or ticket =[OPS-2]) and ticket =[OPS-3])" },
	{ "NOT status = done | ! type = Feature",
	    "(not (status =[done]) or not (kind =[feature]))" },
	{ "not not key = X-1", "not (not (ticket =[X-1]))" },
	{ "status IN (\"In Progress\", 'waiting approval', open)",
	    "status IN[in_progress waiting_approval open]" },
	{ "Status NOT IN (Done)", "status NOT IN[done]" },
	{ "assignee = currentUser()", "assignee =[currentUser()]" },
	{ "assignee in (currentUser(), ernie)",
	    "assignee IN[currentUser() ernie]" },
	{ "reporter NOT in membersOf(\"platform\")",
	    "requester NOT IN[membersOf():platform]" },
	{ "watcher in (membersOf(a), membersOf(b))",
	    "watcher IN[membersOf():a membersOf():b]" },
	{ "assignee is empty", "assignee IS EMPTY" },
	{ "assignee IS NOT NULL", "assignee IS NOT EMPTY" },
	{ "assignee = EMPTY", "assignee IS EMPTY" },
	{ "assignee != null", "assignee IS NOT EMPTY" },
	{ "assignee = 'EMPTY'", "assignee =[EMPTY]" },
	{ "resolution = Unresolved", "resolution =[unresolved]" },
	{ "priority >= security", "priority >=[security]" },
	{ "statusCategory != Done", "statuscategory !=[done]" },
	{ "\"Story Points\" > 3", "points >[3]" },
	{ "storyPoints <= 3", "points <=[3]" },
	{ "story_points = -3", "points =[-3]" },
	{ "\"Epic Link\" = ops-3", "epic =[OPS-3]" },
	{ "text ~ \"it's \\\"here\\\"\"", "text ~[it's \"here\"]" },
	{ "summary !~ 'a\\'b'", "title !~[a'b]" },
	{ "title = 'Make a database'", "title =[Make a database]" },
	{ "created > startOfDay(-1d)", "created >[startOfDay():-1d]" },
	{ "created > startOfMonth(-1)", "created >[startOfMonth():-1M]" },
	{ "due < endOfWeek()", "due <[endOfWeek()]" },
	{ "updated >= now()", "updated >=[now()]" },
	{ "due < 4w AND due > -2M", "(due <[4w:4w] and due >[-2M:-2M])" },
	{ "created = 2026/01/31", "created =[2026/01/31]" },
	{ "created = '2026-01-31 23:59'", "created =[2026-01-31 23:59]" },
	{ "order by created", "all by created" },
	{ "ORDER BY due ASC, priority DESC,key",
	    "all by due, priority desc, ticket" },
	{ "labels = größe", "labels =[größe]" },
	{ "labels=a-b_c.d/e:f@g", "labels =[a-b_c.d/e:f@g]" },
};

static void
test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct arena *a = arena_create();
		struct err e = { .class = ERR_NONE };
		struct buf tree = { 0 };
		struct jql q;
		bool ok = jql_parse(a, str_of(good[i].query), &q, &e);

		if (good[i].tree == NULL) {
			assert_false(ok);
		} else {
			if (!ok)
				fail_msg("%s: %s", good[i].query, e.message);
			put_query(&tree, &q);
			assert_string_equal(buf_cstr(&tree), good[i].tree);
		}
		buf_finish(&tree);
		arena_destroy(a);
	}
}

/* Exactly what a person reads. */
static const struct {
	const char *query, *message, *hint;
} bad[] = {
	{ "project = OPS AND labls = operations",
	    "query, column 19: no field 'labls'\n"
	    "  project = OPS AND labls = operations\n"
	    "                    ^^^^^",
	    "did you mean 'labels'?" },
	{ "projct = OPS",
	    "query, column 1: no field 'projct'\n"
	    "  projct = OPS\n"
	    "  ^^^^^^",
	    "did you mean 'project'?" },
	{ "project = <TEAM>",
	    "query, column 11: expected a value, found '<'\n"
	    "  project = <TEAM>\n"
	    "            ^",
	    "" },
	{ "project OPS",
	    "query, column 9: expected an operator "
	    "(= != < <= > >= ~ !~ IN IS), found 'OPS'\n"
	    "  project OPS\n"
	    "          ^^^",
	    "" },
	{ "project = OPS labels = x",
	    "query, column 15: expected AND, OR or ORDER BY, found 'labels'\n"
	    "  project = OPS labels = x\n"
	    "                ^^^^^^",
	    "" },
	{ "project = OPS AND",
	    "query, column 18: expected a field, and there it ends\n"
	    "  project = OPS AND\n"
	    "                   ^",
	    "" },
	{ "project == OPS",
	    "query, column 9: no such operator\n"
	    "  project == OPS\n"
	    "          ^^",
	    "write =" },
	{ "project <> OPS",
	    "query, column 9: no such operator\n"
	    "  project <> OPS\n"
	    "          ^^",
	    "write !=" },
	{ "project ~ OPS",
	    "query, column 9: 'project' has no operator ~\n"
	    "  project ~ OPS\n"
	    "          ^",
	    "project knows: =, !=, IN, NOT IN" },
	{ "status = dnoe",
	    "query, column 10: no status 'dnoe'\n"
	    "  status = dnoe\n"
	    "           ^^^^",
	    "did you mean 'done'?" },
	{ "priority = Blocker",
	    "query, column 12: no priority 'Blocker'\n"
	    "  priority = Blocker\n"
	    "             ^^^^^^^",
	    "here it is 'interruption'; one of: feature, operational, customer, "
	    "security, interruption" },
	{ "created >= yesterday",
	    "query, column 12: not a time: 'yesterday'\n"
	    "  created >= yesterday\n"
	    "             ^^^^^^^^^",
	    "e.g. -30d, 4w, 2026-01-31, '2026-01-31 09:30', "
	    "startOfMonth()" },
	{ "created = 2026-02-29",
	    "query, column 11: not a time: '2026-02-29'\n"
	    "  created = 2026-02-29\n"
	    "            ^^^^^^^^^^",
	    NULL },
	{ "created > 30",
	    "query, column 11: not a time: '30'\n"
	    "  created > 30\n"
	    "            ^^",
	    NULL },
	{ "assignee = curentUser()",
	    "query, column 12: no function 'curentUser'\n"
	    "  assignee = curentUser()\n"
	    "             ^^^^^^^^^^",
	    "did you mean currentUser()?" },
	{ "created > currentUser()",
	    "query, column 11: 'created' cannot be compared with "
	    "currentUser()\n"
	    "  created > currentUser()\n"
	    "            ^^^^^^^^^^^",
	    "" },
	{ "assignee = membersOf(platform)",
	    "query, column 12: 'assignee' cannot be compared with "
	    "membersOf()\n"
	    "  assignee = membersOf(platform)\n"
	    "             ^^^^^^^^^",
	    "write: assignee IN membersOf(…)" },
	{ "assignee IN membersOf()",
	    "query, column 23: membersOf of which team?\n"
	    "  assignee IN membersOf()\n"
	    "                        ^",
	    "e.g. membersOf(platform)" },
	{ "assignee IN ernie",
	    "query, column 13: IN wants a list\n"
	    "  assignee IN ernie\n"
	    "              ^^^^^",
	    "write: assignee IN (ernie, …)" },
	{ "status IN (open",
	    "query, column 16: expected ',' or ')', and there it ends\n"
	    "  status IN (open\n"
	    "                 ^",
	    "" },
	{ "status IN ()",
	    "query, column 12: expected a value, found ')'\n"
	    "  status IN ()\n"
	    "             ^",
	    "" },
	{ "(key = OPS-1",
	    "query, column 13: expected AND, OR or ')', and there it ends\n"
	    "  (key = OPS-1\n"
	    "              ^",
	    "" },
	{ "title ~ 'open",
	    "query, column 9: this quote does not end\n"
	    "  title ~ 'open\n"
	    "          ^",
	    "" },
	{ "text ~ '...'",
	    "query, column 8: nothing to search for in '...'\n"
	    "  text ~ '...'\n"
	    "         ^^^^^",
	    "" },
	{ "database",
	    "query, column 1: no field 'database'\n"
	    "  database\n"
	    "  ^^^^^^^^",
	    NULL },
	{ "key = OPS-1 ORDER priority",
	    "query, column 19: expected BY, found 'priority'\n"
	    "  key = OPS-1 ORDER priority\n"
	    "                    ^^^^^^^^",
	    "write: ORDER BY priority" },
	{ "ORDER BY labels",
	    "query, column 10: nothing can be ordered by 'labels'\n"
	    "  ORDER BY labels\n"
	    "           ^^^^^^",
	    "" },
	{ "points > many",
	    "query, column 10: not a whole number: 'many'\n"
	    "  points > many\n"
	    "           ^^^^",
	    "" },
	{ "key = OPS-1; DROP TABLE ticket",
	    "query, column 12: this character needs quotes around it\n"
	    "  key = OPS-1; DROP TABLE ticket\n"
	    "             ^",
	    "" },
	/* Characters, not bytes; and no more of a long query than helps. */
	{ "labels = größe AND labls = x",
	    "query, column 20: no field 'labls'\n"
	    "  labels = größe AND labls = x\n"
	    "                     ^^^^^",
	    "did you mean 'labels'?" },
	{ "project = OPS AND project = OPS AND project = OPS AND "
	  "project = OPS AND labls = x AND project = OPS AND project = OPS",
	    "query, column 73: no field 'labls'\n"
	    "  …OPS AND project = OPS AND labls = x AND project = OP…\n"
	    "                             ^^^^^",
	    "did you mean 'labels'?" },
};

/* What was left to be filled in, and the line with something in it. */
static const struct {
	const char *query, *line;
} holes[] = {
	{ "project = '<TEAM_NAME>', label = 'operations', "
	  "date <= '<ARBITRARY_PERIOD_OF_TIME>'",
	    "project = OPS, label = 'operations', date >= -30d" },
	{ "project = '<TEAM>', label = 'operations', date <= '…'",
	    "project = OPS, label = 'operations', date >= -30d" },
	{ "project='<x>'AND date<='<y>'and key = A-1",
	    "project=OPS AND date>= -30d and key = A-1" },
	{ "date <= '...' ORDER BY due", "date >= -30d ORDER BY due" },
	{ "assignee in (\"<you>\", ernie) and environment = '<env>'",
	    "assignee in (currentUser(), ernie) and environment = 'NAME'" },
	{ "title = '<x>' and project != OPS", NULL },
};

static void
test_holes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(holes); i++) {
		struct arena *a = arena_create();
		struct err e = { .class = ERR_NONE };
		struct jql q;

		assert_true(
		    jql_parse(a, str_of(holes[i].query), &q, &e));
		assert_true((q.nholes > 0) == (holes[i].line != NULL));
		if (holes[i].line != NULL)
			assert_string_equal(
			    jql_filled(a, &q, "OPS"), holes[i].line);
		arena_destroy(a);
	}
}

static size_t
count(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

static bool
holds(const char *const *list, const char *word)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, word) == 0)
			return true;
	return false;
}

/* The words of a ticket are those that it can be found by. */
static void
test_choices(void **state)
{
	const char *const *found;
	size_t n;

	(void)state;
	found = jql_field_find(str_of("resolution"))->choices;
	assert_int_equal(count(found), count(ticket_outcomes) + 1);
	for (size_t i = 0; ticket_outcomes[i] != NULL; i++)
		assert_true(holds(found, ticket_outcomes[i]));
	found = jql_field_find(str_of("kind"))->choices;
	assert_int_equal(count(found), count(ticket_kinds));
	found = jql_field_find(str_of("status"))->choices;
	assert_int_equal(count(found), count(ticket_machine.states));
	for (size_t i = 0; ticket_machine.states[i] != NULL; i++)
		assert_string_equal(found[i], ticket_machine.states[i]);
	/* The other way round. */
	found = jql_field_find(str_of("priority"))->choices;
	n = count(ticket_priorities);
	assert_int_equal(count(found), n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(found[i], ticket_priorities[n - 1 - i]);
}

static void
test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct arena *a = arena_create();
		struct err e = { .class = ERR_NONE };
		struct jql q;

		if (jql_parse(a, str_of(bad[i].query), &q, &e))
			fail_msg("taken: %s", bad[i].query);
		assert_int_equal(e.class, ERR_SYNTAX);
		assert_string_equal(e.message, bad[i].message);
		if (bad[i].hint != NULL)
			assert_string_equal(e.hint, bad[i].hint);
		arena_destroy(a);
	}
}

/* Too long, too deep, too many: refused, whatever else it is. */
static void
test_limits(void **state)
{
	static const char test[] = "key = A-1 ";
	struct arena *a = arena_create();
	struct err e = { .class = ERR_NONE };
	struct buf b = { 0 };
	struct jql q;

	(void)state;
	for (int i = 0; i < JQL_DEPTH * 2; i++)
		buf_adds(&b, "(");
	assert_false(jql_parse(a, buf_str(&b), &q, &e));
	assert_non_null(strstr(e.message, "too deep in parentheses"));
	buf_clear(&b);
	for (int i = 0; i < JQL_DEPTH * 2; i++)
		buf_adds(&b, "NOT ");
	assert_false(jql_parse(a, buf_str(&b), &q, &e));
	assert_non_null(strstr(e.message, "too deep in parentheses"));
	buf_clear(&b);
	for (int i = 0; i <= JQL_TESTS; i++)
		buf_printf(&b, "%s%s", i > 0 ? "OR " : "", test);
	assert_false(jql_parse(a, buf_str(&b), &q, &e));
	assert_non_null(strstr(e.message, "too many conditions"));
	buf_clear(&b);
	for (int i = 0; i <= JQL_BYTES; i++)
		buf_adds(&b, " ");
	assert_false(jql_parse(a, buf_str(&b), &q, &e));
	assert_string_equal(e.message, "query: longer than 4000 bytes");
	assert_false(jql_parse(a, STR("key = \xff"), &q, &e));
	assert_string_equal(e.message, "query: not valid UTF-8");
	buf_finish(&b);
	arena_destroy(a);
}

/* Whatever is wrong is of some part of the text, and the caret below it. */
static void
test_every_prefix(void **state)
{
	static const char whole[] =
	    "(project = 'ÖPS' OR NOT labels IN (a, \"b c\")) AND due < "
	    "endOfMonth(-1) AND assignee IN membersOf(x) ORDER BY due DESC";

	(void)state;
	for (size_t n = 0; n < sizeof(whole); n++) {
		struct arena *a = arena_create();
		struct err e = { .class = ERR_NONE };
		struct jql q;

		if (!jql_parse(a, (struct str){ whole, n }, &q, &e) &&
		    str_is_utf8((struct str){ whole, n }))
			assert_non_null(strstr(e.message, "^"));
		arena_destroy(a);
	}
}

/* Names can be found, and none is two fields'. */
static void
test_fields(void **state)
{
	unsigned seen = 0;

	(void)state;
	for (const struct jql_field *f = jql_fields; f->name != NULL; f++) {
		struct str left = str_of(f->also);

		assert_ptr_equal(jql_field_find(str_of(f->name)), f);
		while (left.n > 0) {
			struct str word = str_cut(left, ' ', &left);

			if (word.n > 0)
				assert_ptr_equal(jql_field_find(word), f);
		}
		if (f[1].name != NULL)
			assert_true(strcmp(f->name, f[1].name) < 0);
		assert_int_equal(seen & (1u << f->id), 0);
		seen |= 1u << f->id;
	}
	assert_int_equal(seen, (1u << JQL_IDS) - 1);
}

static const struct {
	const char *value, *from, *until;
} times[] = { /* now is Wednesday 2026-03-25 10:30 in London, before spring */
	{ "now()", "2026-03-25T10:30", NULL },
	{ "-90m", "2026-03-25T09:00", NULL },
	{ "-24h", "2026-03-24T10:30", NULL },
	{ "-30d", "2026-02-23T10:30", NULL },
	{ "1w", "2026-04-01T09:30", NULL }, /* summer time by then */
	{ "-1M", "2026-02-25T10:30", NULL },
	{ "-1y", "2025-03-25T10:30", NULL },
	{ "startOfDay()", "2026-03-25T00:00", NULL },
	{ "startOfDay(-1)", "2026-03-24T00:00", NULL },
	{ "startOfWeek()", "2026-03-23T00:00", NULL },
	{ "startOfWeek(1)", "2026-03-29T23:00", NULL },
	{ "startOfMonth(1)", "2026-03-31T23:00", NULL },
	{ "startOfYear()", "2026-01-01T00:00", NULL },
	{ "startOfYear(\"-1y\")", "2025-01-01T00:00", NULL },
	{ "endOfDay()", "2026-03-25T23:59", NULL },
	{ "endOfWeek()", "2026-03-29T22:59", NULL }, /* the day has 23 hours */
	{ "endOfMonth(-1)", "2026-02-28T23:59", NULL },
	{ "endOfYear()", "2026-12-31T23:59", NULL },
	{ "2026-03-29", "2026-03-29T00:00", "2026-03-29T23:00" },
	{ "'2026-07-01 12:00'", "2026-07-01T11:00", "2026-07-01T11:01" },
};

static void
test_times(void **state)
{
	const int64_t now = civil_ms(2026, 3, 25, 10, 30);
	struct arena *a = arena_create();
	struct err e = { .class = ERR_NONE };
	struct zone *london;

	(void)state;
	assert_true(
	    zone_parse_rule(a, STR("GMT0BST,M3.5.0/1,M10.5.0"), &london, &e));
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const char *text =
		    arena_printf(a, "created = %s", times[i].value);
		char from[CLOCK_TEXT], until[CLOCK_TEXT];
		int64_t from_ms, until_ms;
		struct jql q;

		if (!jql_parse(a, str_of(text), &q, &e))
			fail_msg("%s: %s", text, e.message);
		jql_time(q.where->values, now, london, &from_ms, &until_ms);
		clock_text(from_ms, from);
		clock_text(until_ms, until);
		assert_memory_equal(from, times[i].from, 16);
		assert_memory_equal(until,
		    times[i].until == NULL ? times[i].from : times[i].until,
		    16);
	}
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_choices),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_every_prefix),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
