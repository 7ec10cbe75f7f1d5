/* SPDX-License-Identifier: MIT */
#include "store/select.h"

#include <stdio.h>

#include "store/db_ops.h"

struct select_value {
	const char *text; /* NULL: a number */
	int64_t number;
	struct select_value *next;
};

void
select_fragment(struct select *s, const char *constant)
{
	buf_adds(&s->text, constant);
}

static void
select_push(struct select *s, struct select_value value)
{
	struct select_value *v = ARENA_NEW(s->arena, struct select_value);

	*v = value;
	if (s->last == NULL)
		s->values = v;
	else
		s->last->next = v;
	s->last = v;
	s->nvalues++;
	ASSERT(s->nvalues <= SELECT_VALUES);
	buf_printf(&s->text, "$v%u", s->nvalues);
}

void
select_text(struct select *s, const char *value)
{
	select_push(s, (struct select_value){ .text = value });
}

void
select_int(struct select *s, int64_t value)
{
	select_push(s, (struct select_value){ .number = value });
}

struct query *
select_query(struct select *s, struct db *db)
{
	struct query *q = query_once(db, "select", buf_cstr(&s->text));
	unsigned n = 0;

	for (const struct select_value *v = s->values; v != NULL;
	     v = v->next) {
		char name[16];

		snprintf(name, sizeof(name), "v%u", ++n);
		if (v->text != NULL)
			bind_text(q, name, v->text);
		else
			bind_int(q, name, v->number);
	}
	buf_finish(&s->text);
	return q;
}

void
select_finish(struct select *s)
{
	buf_finish(&s->text);
}
