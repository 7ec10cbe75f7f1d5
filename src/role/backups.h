/* SPDX-License-Identifier: MIT */
/*
 * backups.h: makes the backups that the server is asked for
 * (resource/backup/backup.h), beside its work.
 *
 * On the pool, into the folder of --backups, as `slipway backup` does: the file
 * has its name when it is whole and on the disk.  One that a stop or a kill cut
 * short is told as failed at the next start, and what it left is removed; so is
 * one whose file was whole already, but for the file.
 *
 * Loop thread; the row is written by the core thread.
 */
#ifndef ROLE_BACKUPS_H
#define ROLE_BACKUPS_H

#include "resource/cx.h"
#include "store/writer.h"
#include "sys/loop.h"

struct backups;

/* NULL without a folder.  Takes what was cut short for failed. */
struct backups *backups_start(struct site *site, struct loop *l,
    struct writer *w, const char *folder);
/* Before the writer ends. */
void backups_stop(struct backups *b);
/* After the loop.  NULL is fine, for both. */
void backups_free(struct backups *b);

#endif
