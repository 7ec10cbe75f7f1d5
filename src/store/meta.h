/* SPDX-License-Identifier: MIT */
/*
 * meta.h: single values by name, and the server's epoch.
 *
 * The table meta holds what there is one of: the schema's number, the epoch,
 * the installation's own settings.  Every server start takes the next epoch,
 * and the writer compares it in each of its transactions: a server that was
 * stopped for so long that another took its place finds "fence.epoch" and
 * must not write again.
 *
 * Called inside a transaction of the owner of db, but for meta_epoch_take.
 * Failures stick to db.
 */
#ifndef STORE_META_H
#define STORE_META_H

#include "store/db.h"

/* NULL when there is none. */
char *meta_get(struct db *db, const char *name, struct arena *a);
int64_t meta_get_int(struct db *db, const char *name, int64_t otherwise);
void meta_set(struct db *db, const char *name, const char *value);
void meta_set_int(struct db *db, const char *name, int64_t value);

/* One more than the last server's, durable, in a transaction of its own. */
bool meta_epoch_take(struct db *db, int64_t *ret_epoch, struct err *e);
/* ERR_CONFLICT "fence.epoch" when a later server has taken over. */
bool meta_epoch_check(struct db *db, int64_t epoch, struct err *e);

#endif
