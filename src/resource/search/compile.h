/* SPDX-License-Identifier: MIT */
/*
 * compile.h: a query as a condition and an order in SQL, over `ticket`.
 */
#ifndef RESOURCE_SEARCH_COMPILE_H
#define RESOURCE_SEARCH_COMPILE_H

#include "resource/cx.h"
#include "spec/jql.h"
#include "store/select.h"

struct compile {
	struct cx *cx;
	const struct jql *query;
	const struct zone *zone;
	struct select *to;
};

/* Appends a condition; ERR_SYNTAX "query.value" for a team nobody has heard
 * of. */
bool compile_where(struct compile *c, struct err *e);
/* Appends what stands behind ORDER BY. */
void compile_order(struct compile *c);

#endif
