/* SPDX-License-Identifier: MIT */
/*
 * compress.h: logs of attempts that are over are compressed.
 *
 * COMPRESS_AFTER_MS after its end an attempt's `log` becomes `log.zst`
 * (driver/log_pack.h), COMPRESS_BATCH of them at a time with one sync.  What
 * is done already is seen by its file alone: nothing is written down, a start
 * looks at each attempt once, from the first whose log was not removed.
 * A process that runs for months holds nobody up.
 *
 * Loop thread; all work is on the pool, and nothing waits for it.
 */
#ifndef ROLE_COMPRESS_H
#define ROLE_COMPRESS_H

#include "resource/cx.h"
#include "sys/loop.h"

#define COMPRESS_AFTER_MS 600000
#define COMPRESS_BATCH 100
#define COMPRESS_LOOKS 5000 /* in one turn: most were done before */
#define COMPRESS_FIRST_MS 1500
#define COMPRESS_MORE_MS 500
#define COMPRESS_EVERY_MS 600000

struct compress;

struct compress *compress_start(struct site *site, struct loop *l,
    const char *db);
void compress_stop(struct compress *c);
/* After the loop.  NULL is fine, for both. */
void compress_free(struct compress *c);

#endif
