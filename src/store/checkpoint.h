/* SPDX-License-Identifier: MIT */
/*
 * checkpoint.h: moves the log of commits into the database file, on the pool.
 *
 * After each commit the core thread says so; every CHECKPOINT_BYTES of log a
 * checkpoint runs on a pool thread with a connection of its own (opened there
 * at the first time), so that nobody waits for its two fsyncs.  Under a load
 * that never pauses it never reaches the end of the log, which then only
 * grows: beyond CHECKPOINT_LARGE the core thread itself moves the short rest
 * that is left when the pool is done, and the log starts over.
 */
#ifndef STORE_CHECKPOINT_H
#define STORE_CHECKPOINT_H

#include "base/limits.h"
#include "store/db.h"
#include "sys/loop.h"

#define CHECKPOINT_BYTES ((int64_t)MIB(4))
#define CHECKPOINT_LARGE ((int64_t)MIB(16))

struct checkpoint;

struct checkpoint *checkpoint_create(const char *path, struct loop *loop);
/* Core thread, between transactions; db is its connection.  False: the disk
 * failed a checkpoint (a full one is no failure: it is tried again). */
bool checkpoint_consider(struct checkpoint *c, struct db *db, struct err *e);
/* When the core thread has ended.  One that is under way ends by itself and
 * needs the loop for that.  NULL is fine. */
void checkpoint_destroy(struct checkpoint *c);

#endif
