/* SPDX-License-Identifier: MIT */
/*
 * prune.h: old logs are removed, a few at a time, soon after the start and
 * then once an hour.
 *
 * Only what an attempt left in DATA/k/ATTEMPT goes (log, index, exit record,
 * parameters), in the order of attempts, so that the row `logs_pruned_to` of
 * the table meta says all: whatever is not above it and has no log had one that
 * was removed.  One that is not over holds up those behind it.  Files go first,
 * the row follows: a kill in between repeats what is harmless.  Runs, tickets
 * and the audit chain stay.
 *
 * Loop thread; the disk is asked on the pool, the row written by the core
 * thread, with an audit event for each batch.
 */
#ifndef ROLE_PRUNE_H
#define ROLE_PRUNE_H

#include "resource/cx.h"
#include "store/writer.h"
#include "sys/loop.h"

#define PRUNE_BATCH 200
#define PRUNE_FIRST_MS 1000
#define PRUNE_MORE_MS 1000
#define PRUNE_EVERY_MS 3600000

struct prune;

/* keep_ms: of logs after their attempt's end; 0: for ever, and NULL. */
struct prune *prune_start(struct site *site, struct loop *l, struct writer *w,
    const char *db, int64_t keep_ms);
/* Before the writer ends. */
void prune_stop(struct prune *p);
/* After the loop.  NULL is fine, for both. */
void prune_free(struct prune *p);

#endif
