/* SPDX-License-Identifier: MIT */
/*
 * bus.h: after a commit, who wants to know that a run changed?
 *
 * The core thread says which runs changed (bus_changed, inside the
 * transaction); after the commit the set goes to the loop thread once, and
 * subscribers of those runs are called there.  It carries no content: a
 * subscriber reads what it needs from its own snapshot.  Subscribe before the
 * first look: what was committed before is in the snapshot, what is committed
 * later is told.  Numbers below 0 are no runs but what else is followed
 * (resource/cx.h: SITE_AUDIT, site_inbox).
 */
#ifndef ENGINE_BUS_H
#define ENGINE_BUS_H

#include <stdint.h>

#include "store/db.h"
#include "sys/loop.h"

struct bus;
struct bus_subscription;

struct bus *bus_create(struct loop *loop);
void bus_destroy(struct bus *b);

/* Core thread, inside a transaction. */
void bus_changed(struct bus *b, struct db *db, int64_t run_id);

/* Loop thread.  fn is called after every commit that changed the run. */
struct bus_subscription *bus_subscribe(struct bus *b, int64_t run_id,
    void (*fn)(void *arg), void *arg);
void bus_unsubscribe(struct bus_subscription *s); /* NULL is fine */

#endif
