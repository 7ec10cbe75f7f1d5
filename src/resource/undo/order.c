/* SPDX-License-Identifier: MIT */
/* The edges of a run, turned round. */
#include <string.h>

#include "base/limits.h"
#include "resource/undo/undo_private.h"

/* A step that stays joins what is above it with what is below: a foreach of
 * thousands over thousands would be millions. */
#define UNDO_EDGES 1000000

struct side { /* of the edges: other ends by[first[i]] … by[first[i + 1]] */
	size_t *first, *by;
};

struct order {
	struct cx *cx;
	struct undo *u;
	struct side needing, needed; /* of each step */
	size_t *open;		     /* that need it and have no place yet */
	size_t *seen; /* by part: the step that has it above, plus one */
	size_t nabove;
};

struct pair {
	size_t from, to;
};

static struct pair *
order_pairs(struct order *o, size_t *ret_n)
{
	struct query *q = query(o->cx->db, "undo_edges");
	struct pair *pairs = NULL;
	size_t n = 0, cap = 0;

	bind_int(q, "run_id", o->u->run->id);
	while (query_next(q)) {
		struct pair p = { undo_find(o->u, column_int(q, "from_step")),
			undo_find(o->u, column_int(q, "to_step")) };

		if (p.from == o->u->count || p.to == o->u->count)
			continue;
		if (n == cap) {
			struct pair *more;

			cap = cap == 0 ? 64 : cap * 2;
			more = arena_array(o->cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, pairs, n * sizeof(*more));
			pairs = more;
		}
		pairs[n++] = p;
	}
	query_end(q);
	*ret_n = n;
	return pairs;
}

static struct side
order_side(struct order *o, const struct pair *pairs, size_t n, bool from)
{
	const size_t count = o->u->count;
	struct side side = {
		arena_array(o->cx->arena, count + 2, sizeof(*side.first)),
		arena_array(o->cx->arena, n + 1, sizeof(*side.by)),
	};

	/* first[i + 1] is where i is written next, until it is its end. */
	for (size_t i = 0; i < n; i++)
		side.first[(from ? pairs[i].from : pairs[i].to) + 2]++;
	for (size_t i = 1; i < count + 2; i++)
		side.first[i] += side.first[i - 1];
	for (size_t i = 0; i < n; i++) {
		const size_t end = from ? pairs[i].from : pairs[i].to;

		side.by[side.first[end + 1]++] =
		    from ? pairs[i].to : pairs[i].from;
	}
	return side;
}

static void
order_read(struct order *o)
{
	size_t n;
	const struct pair *pairs = order_pairs(o, &n);

	o->needing = order_side(o, pairs, n, true);
	o->needed = order_side(o, pairs, n, false);
	o->open = arena_array(o->cx->arena, o->u->count + 1,
	    sizeof(*o->open));
	for (size_t i = 0; i < o->u->count; i++)
		o->open[i] = o->needing.first[i + 1] - o->needing.first[i];
}

static bool
order_above(struct order *o, size_t i, struct err *e)
{
	struct undo_step *s = &o->u->steps[i];
	size_t n = 0, cap = 0, *list;

	for (size_t k = o->needing.first[i]; k < o->needing.first[i + 1]; k++) {
		const struct undo_step *d = &o->u->steps[o->needing.by[k]];

		cap += d->undo != NULL ? 1 : d->nabove;
	}
	o->nabove += cap;
	if (o->nabove > UNDO_EDGES)
		return err_set(e, ERR_CONFLICT, "undo.too_large",
		    "%s is too large to be undone in one run",
		    o->u->run->key);
	list = arena_array(o->cx->arena, cap + 1, sizeof(*list));
	for (size_t k = o->needing.first[i]; k < o->needing.first[i + 1]; k++) {
		const struct undo_step *d = &o->u->steps[o->needing.by[k]];
		const size_t *above = d->undo != NULL ? &d->part : d->above;
		size_t many = d->undo != NULL ? 1 : d->nabove;

		for (size_t m = 0; m < many; m++) {
			if (o->seen[above[m]] == i + 1)
				continue;
			o->seen[above[m]] = i + 1;
			list[n++] = above[m];
		}
	}
	s->above = list;
	s->nabove = n;
	return true;
}

/* All that needs it is placed: it is next. */
static bool
order_place(struct order *o, size_t i, size_t *part, struct err *e)
{
	struct undo_step *s = &o->u->steps[i];

	if (!order_above(o, i, e))
		return false;
	if (s->undo == NULL)
		return true;
	s->part = *part;
	o->u->parts[(*part)++] = (struct graph_part){
		.name = arena_printf(o->cx->arena, "undoing step %lld, '%s',",
		    (long long)s->step->id, s->step->task),
		.task = s->undo, .params = s->params, .after = s->above,
		.nafter = s->nabove };
	return true;
}

bool
undo_order(struct cx *cx, struct undo *u, struct err *e)
{
	struct order o = { .cx = cx, .u = u };
	size_t *queue = arena_array(cx->arena, u->count + 1, sizeof(*queue));
	size_t head = 0, tail = 0, part = 0;

	order_read(&o);
	o.seen = arena_array(cx->arena, u->nparts + 1, sizeof(*o.seen));
	u->parts = arena_array(cx->arena, u->nparts + 1, sizeof(*u->parts));
	for (size_t i = u->count; i-- > 0;)
		if (o.open[i] == 0)
			queue[tail++] = i;
	while (head < tail) {
		size_t i = queue[head++];

		if (!order_place(&o, i, &part, e))
			return false;
		for (size_t k = o.needed.first[i]; k < o.needed.first[i + 1];
		     k++)
			if (--o.open[o.needed.by[k]] == 0)
				queue[tail++] = o.needed.by[k];
	}
	ASSERT(part == u->nparts);
	return true;
}
