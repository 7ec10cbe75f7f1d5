/* SPDX-License-Identifier: MIT */
/*
 * undo_private.h: what the files of undo share.
 */
#ifndef RESOURCE_UNDO_PRIVATE_H
#define RESOURCE_UNDO_PRIVATE_H

#include "resource/undo/undo.h"

/* Place of the step of that number; count when there is none. */
size_t undo_find(const struct undo *u, int64_t step_id);

/* Dropped with the arena. */
json_t *undo_keep(struct cx *cx, json_t *json);
/* The parameters that the step had, with outputs of needs in them; a secret
 * stays sealed. */
json_t *undo_given(struct cx *cx, const struct undo *u,
    const struct undo_step *s);

/* From the edges of the run: parts in an order in which what depends on
 * others comes first, and above of each.  ERR_CONFLICT "undo.too_large". */
bool undo_order(struct cx *cx, struct undo *u, struct err *e);

#endif
