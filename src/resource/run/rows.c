/* SPDX-License-Identifier: MIT */
#include "resource/run/rows.h"

#include <stdlib.h>
#include <string.h>

#include "store/record.h"

void
step_list_add(struct cx *cx, struct step_list *list, struct step *s)
{
	if (list->count == list->cap) {
		struct step **more;

		list->cap = list->cap == 0 ? 8 : list->cap * 2;
		more = arena_array(cx->arena, list->cap, sizeof(*more));
		if (list->count > 0)
			memcpy(more, list->items,
			    list->count * sizeof(*more));
		list->items = more;
	}
	list->items[list->count++] = s;
}

static int
step_compare(const void *a, const void *b)
{
	const struct step *x = *(struct step *const *)a;
	const struct step *y = *(struct step *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

void
step_list_sort(struct step_list *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items),
		    step_compare);
}

struct step *
rows_step(struct cx *cx, struct query *q)
{
	struct step *s = ARENA_NEW(cx->arena, struct step);

	record_read(q, &step_schema, s, cx->arena);
	return s;
}

struct step_list
rows_steps_by(struct cx *cx, const char *statement, const char *param,
    int64_t value, const char *status)
{
	struct step_list list = { .items = NULL };
	struct query *q = query(cx->db, statement);

	bind_int(q, param, value);
	if (status != NULL)
		bind_text(q, "status", status);
	while (query_next(q))
		step_list_add(cx, &list, rows_step(cx, q));
	query_end(q);
	return list;
}

struct step_list
rows_steps_first(struct cx *cx, int64_t run_id, size_t most, size_t *ret_total)
{
	struct query *q = query(cx->db, "step_since");
	struct step_list list = { .items = NULL };

	bind_int(q, "run_id", run_id);
	bind_int(q, "seq", 0);
	while (list.count <= most && query_next(q))
		step_list_add(cx, &list, rows_step(cx, q));
	query_end(q);
	step_list_sort(&list);
	*ret_total = list.count;
	if (list.count <= most)
		return list;
	list.count = 0;
	q = query(cx->db, "step_first");
	bind_int(q, "run_id", run_id);
	bind_int(q, "most", (int64_t)most);
	while (query_next(q))
		step_list_add(cx, &list, rows_step(cx, q));
	query_end(q);
	q = query(cx->db, "step_count");
	bind_int(q, "run_id", run_id);
	*ret_total = query_next(q) ? (size_t)column_int(q, "n") : list.count;
	query_end(q);
	return list;
}

struct attempt **
rows_attempts(struct cx *cx, struct query *q, size_t *ret_n)
{
	struct attempt **items = NULL;
	size_t n = 0, cap = 0;

	while (query_next(q)) {
		if (n == cap) {
			struct attempt **more;

			cap = cap == 0 ? 8 : cap * 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, items, n * sizeof(*more));
			items = more;
		}
		items[n] = ARENA_NEW(cx->arena, struct attempt);
		record_read(q, &attempt_schema, items[n++], cx->arena);
	}
	query_end(q);
	*ret_n = n;
	return items;
}
