/* SPDX-License-Identifier: MIT */
#include "http/deadline.h"

#include <stddef.h>

#include "base/check.h"

void
deadline_clear(struct deadlines *all, struct deadline *d)
{
	if (d->kind == DEADLINE_NONE)
		return;
	if (d->prev != NULL)
		d->prev->next = d->next;
	else
		all->first[d->kind] = d->next;
	if (d->next != NULL)
		d->next->prev = d->prev;
	else
		all->last[d->kind] = d->prev;
	*d = (struct deadline){ .kind = DEADLINE_NONE };
}

void
deadline_set(struct deadlines *all, struct deadline *d, enum deadline_kind kind,
    uint64_t now)
{
	ASSERT(kind > DEADLINE_NONE && kind < DEADLINE_KINDS);
	deadline_clear(all, d);
	d->kind = kind;
	d->due = now + all->ms[kind];
	d->prev = all->last[kind];
	if (d->prev != NULL)
		d->prev->next = d;
	else
		all->first[kind] = d;
	all->last[kind] = d;
}

struct deadline *
deadline_take(struct deadlines *all, uint64_t now, enum deadline_kind *ret_kind)
{
	for (int kind = DEADLINE_NONE + 1; kind < DEADLINE_KINDS; kind++) {
		struct deadline *d = all->first[kind];

		if (d == NULL || d->due > now)
			continue;
		*ret_kind = d->kind;
		deadline_clear(all, d);
		return d;
	}
	return NULL;
}

bool
deadline_soonest(const struct deadlines *all, uint64_t *ret_due)
{
	const struct deadline *soonest = NULL;

	for (int kind = DEADLINE_NONE + 1; kind < DEADLINE_KINDS; kind++) {
		const struct deadline *d = all->first[kind];

		if (d != NULL && (soonest == NULL || d->due < soonest->due))
			soonest = d;
	}
	if (soonest == NULL)
		return false;
	*ret_due = soonest->due;
	return true;
}
