/* SPDX-License-Identifier: MIT */
/*
 * backup.h: a data folder in one file, and back.
 *
 * A backup is a tar compressed by zstd: `db`, a consistent snapshot; every
 * file of `blob/` and `artifact/`; `key` only when it is asked for; with logs, what is kept of
 * attempts that had ended (`k/ATTEMPT/…`); and last `manifest.json`, which
 * names each file with its size and SHA-256, the schema, the epoch and the head
 * of the audit chain.  A file that is cut anywhere has no manifest.
 *
 * Making one reads a snapshot: a running server neither waits nor notices.
 * The copy is checked (pages, audit chain) before it is packed; the file is
 * fsynced and renamed into its place, so that a name is a whole backup.
 *
 * Restoring wants a folder that is not there or empty, takes only the names
 * above, checks every digest, and begins a new epoch (backup_new_epoch).  It
 * happens beside the folder, which is renamed into its place at the end.
 *
 * An epoch's upper bits count restores: a stale server, or an attempt of the
 * time that was lost, can never be taken for one of ours.  What ran in the
 * snapshot is known by that, too (engine_recover makes it unknown).  The
 * server begins drained (resource/server), so that nothing that the lost time
 * may have done already is done again before a person has looked.  The row
 * `restored_at` of the table meta is the moment of the restore: what was due
 * before it is not made up for.
 *
 * All block on the disk.
 */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "store/db.h"
#include "sys/digest.h"

#define BACKUP_EPOCH_BITS 16 /* of starts, below the restores */

struct backup_options {
	bool logs, key;
};

struct backup_report {
	int64_t files, bytes; /* bytes: of the files, unpacked */
	int64_t made_at;      /* wall ms */
	int64_t schema, epoch, events;
	char head[DIGEST_HEX];
	bool has_key;
};

/* `to` is replaced if it exists. */
bool backup_make(const char *data, const char *to,
    const struct backup_options *o, struct backup_report *ret, struct err *e);
/* Every digest, the pages of the database and its audit chain. */
bool backup_verify(const char *file, struct backup_report *ret,
    struct err *e);
/* `key` replaces the one of the backup, or NULL. */
bool backup_restore(const char *file, const char *data, const char *key,
    struct backup_report *ret, struct err *e);
/* The same for a folder that somebody copied back by hand.  What attempts
 * after the copy left behind is put aside. */
bool backup_adopt(const char *data, struct err *e);

/* The pages of a database: ERR_IO "db.corrupt" names the page and its place in
 * the file.  quick: indexes are not held against their tables. */
bool backup_check_pages(struct db *db, bool quick, struct err *e);
/* The pages and the audit chain of a database that nobody else has open. */
bool backup_check_db(const char *path, struct backup_report *ret,
    struct err *e);

#endif
