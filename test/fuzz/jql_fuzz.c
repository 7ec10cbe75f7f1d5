/* SPDX-License-Identifier: MIT */
/*
 * Text from outside as a query.  What is taken has times that the calendar
 * has; what is refused says where, and shows it with a caret.
 */
#include <stdint.h>
#include <string.h>

#include "spec/jql.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_node(const struct jql_node *n, const struct zone *z, unsigned depth)
{
	ASSERT(depth < 2 * JQL_TESTS + JQL_DEPTH);
	if (n == NULL)
		return;
	if (n->kind != JQL_TEST) {
		check_node(n->left, z, depth + 1);
		check_node(n->right, z, depth + 1);
		return;
	}
	ASSERT((n->field->ops & JQL_BIT(n->op)) != 0);
	for (size_t i = 0; i < n->nvalues; i++) {
		int64_t from_ms, until_ms;

		if (n->field->type != JQL_TIME)
			continue;
		jql_time(&n->values[i], civil_ms(2026, 3, 29, 0, 30), z,
		    &from_ms, &until_ms);
		ASSERT(from_ms >= CIVIL_MIN_MS - CIVIL_DAY_MS);
		ASSERT(from_ms <= until_ms);
		ASSERT(until_ms <= CIVIL_MAX_MS + CIVIL_DAY_MS);
	}
}

/* With its holes filled it is a query again, and has none. */
static void
check_query(struct arena *a, const struct jql *q, const struct zone *z)
{
	struct jql filled;
	struct err e;

	check_node(q->where, z, 0);
	ASSERT(q->nholes <= JQL_HOLES);
	if (q->nholes == 0 || q->nholes == JQL_HOLES ||
	    strlen(q->text) > JQL_BYTES / 2)
		return;
	ASSERT(jql_parse(a, str_of(jql_filled(a, q, "OPS")), &filled, &e));
	ASSERT(filled.nholes == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create();
	struct err e = { .class = ERR_NONE };
	struct zone *z;
	struct jql q;

	ASSERT(zone_parse_rule(a, STR("GMT0BST,M3.5.0/1,M10.5.0"), &z, &e));
	if (jql_parse(a, (struct str){ (const char *)data, size }, &q, &e))
		check_query(a, &q, z);
	else
		ASSERT(e.class == ERR_SYNTAX &&
		    strncmp(e.message, "query", 5) == 0);
	arena_destroy(a);
	return 0;
}
