/* SPDX-License-Identifier: MIT */
/*
 * bind.h: which function does which operation.
 *
 * The one place that links spec/ to handlers.  To add an operation: see
 * spec/op.h, then one line here.
 */
#ifndef API_BIND_H
#define API_BIND_H

#include "api/request.h"

struct binding {
	const struct op *op;
	call_handler *handler; /* either this … */
	request_raw *raw;      /* … or this, which answers by itself */
	bool pool;	       /* a read that may take long */
};

/* Sorted by name of the operation; ends with op NULL. */
extern const struct binding bindings[];

/* NULL when nothing does it: a test holds that this cannot be. */
const struct binding *binding_find(const struct op *op);

#endif
