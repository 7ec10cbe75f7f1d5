/* SPDX-License-Identifier: MIT */
/*
 * backup.h: backups that the server is asked for.  Owns the table backup.
 *
 * Asking writes a row; after the commit site->backup_asked has it made
 * (role/backups.h), which tells the end here.  One is made at a time.
 */
#ifndef RESOURCE_BACKUP_H
#define RESOURCE_BACKUP_H

#include "resource/cx.h"
#include "spec/backup.h"
#include "store/backup.h"

/* ERR_CONFLICT "backup.nowhere" (the server has no folder for them),
 * "backup.making" (one is being made). */
bool backup_ask(struct cx *cx, bool logs, struct backup **ret,
    struct err *e);
/* The one that is being made, or NULL. */
struct backup *backup_open(struct cx *cx);
/* Its end: what is in it, or why there is none (then report is NULL). */
void backup_end(struct cx *cx, struct backup *b,
    const struct backup_report *report, int64_t size, const char *sha256,
    const char *why);

#endif
