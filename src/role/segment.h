/* SPDX-License-Identifier: MIT */
/*
 * segment.h: the audit chain is sealed as it grows, and what is sealed is read
 * again.
 *
 * Once after the start the chain is looked at quickly, and the pages of the
 * database when it is not larger than SEGMENT_PAGES_BYTES.  Then, every
 * SEGMENT_EVERY_MS: when AUDIT_SEGMENT events are not sealed, they are read and
 * checked on the pool and sealed by the core thread (store/audit_seal.h);
 * otherwise one sealed segment is read again, one after the other, from the
 * first.  What is found is said in the log, and by segments_check until the
 * server starts again.
 *
 * Loop thread, but for what says otherwise.  A kill anywhere loses nothing:
 * there is one write, and it is the checkpoint.
 */
#ifndef ROLE_SEGMENT_H
#define ROLE_SEGMENT_H

#include "resource/cx.h"
#include "store/writer.h"
#include "sys/loop.h"

#define SEGMENT_PAGES_BYTES (INT64_C(1) << 30)
#define SEGMENT_FIRST_MS 2000
#define SEGMENT_MORE_MS 1000
#define SEGMENT_EVERY_MS 600000

struct segments;

struct segments *segments_start(struct site *site, struct loop *l,
    struct writer *w, const char *db);
/* Before the writer ends. */
void segments_stop(struct segments *s);
/* After the loop.  NULL is fine, for both. */
void segments_free(struct segments *s);

/* self: the segments.  False when one was found that is not what was sealed.
 * Any thread. */
bool segments_check(void *self, struct err *e);

#endif
