/* SPDX-License-Identifier: MIT */
/*
 * fan.h: the values of a need with foreach:.
 *
 * Such a need is a step of its own, the fan, which has nothing to run: its
 * parameters are {"foreach": LIST, "with": {...}} and perhaps "max_parallel",
 * its needs are the children, and its outputs are lists, one value of each
 * child in the order of LIST.  Inside "with" {"$item": "PATH"} stands for what
 * differs.  While LIST is an output that is not known yet the fan is open; it
 * is spread when it is.
 * Pure.
 */
#ifndef PLATFORM_FAN_H
#define PLATFORM_FAN_H

#include <jansson.h>

#include "base/err.h"
#include "base/str.h"

/* The value at "x.y" of an item ("": the item itself), or NULL. */
const json_t *item_at(const json_t *item, struct str path);

/* {"$item": PATH}, a new reference. */
json_t *item_symbol(struct str path);

/*
 * The parameters of one child, a new reference: `with`, and the item (number
 * no, from 0) put in.  ERR_INVALID "foreach.item" when it has no such value,
 * or when that is no parameter: objects are not, so nothing that comes from
 * an output can pass for a symbol.
 */
json_t *item_params(const json_t *with, const json_t *item, size_t no,
    struct err *e);

/* The list in a value of foreach:, a new reference: a list, a text that is one
 * as JSON, or null, which is empty.  ERR_INVALID "foreach.list". */
json_t *item_list(const json_t *value, struct err *e);

#endif
