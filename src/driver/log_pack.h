/* SPDX-License-Identifier: MIT */
/*
 * log_pack.h: the log of an attempt that is over, compressed.
 *
 * `log.zst` in the attempt's folder takes the place of `log`: frames of zstd
 * over LOG_PACK_FRAME bytes each, every one with its checksum, then a seek
 * table, in the "seekable format" of zstd (contrib/seekable_format there), so
 * that any offset costs one frame, and `zstd -dc` reads the file as well.
 * The dropped middle (keep/wire.h) is left out: position in the text = offset,
 * less what was dropped before it.  `idx` stays as it is.
 *
 * Before the frames is one that zstd skips, with the SHA-256 of `idx`, so that
 * a damaged index shows as well.
 *
 * Written beside, synced, renamed; then `log` goes.  A kill in between leaves
 * both, which are the same: a reader takes `log`, the next turn writes the
 * other one anew.  Somebody who reads `log` keeps it open and goes on.
 *
 * Blocks on the disk; any thread.
 */
#ifndef DRIVER_LOG_PACK_H
#define DRIVER_LOG_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define LOG_PACK_FRAME 65536

/*
 * Compress the log of an attempt below the folder k, which is over, into a
 * file beside it; then, when that is on the disk (syncfs, once for many), put
 * it in its place.  *ret_made false: there is nothing to do: no log, an empty
 * one, one that is packed already or still held by its keeper.
 */
bool log_pack_make(int k, int64_t attempt, bool *ret_made, struct err *e);
bool log_pack_put(int k, int64_t attempt, struct err *e);

struct log_pack;

/* Takes fd over, also when it fails.  ERR_IO "log.corrupt". */
bool log_pack_open(int fd, struct log_pack **ret, struct err *e);
void log_pack_close(struct log_pack *p); /* NULL is fine */
/* Is `idx` in this folder the one of then?  ERR_IO "log.corrupt". */
bool log_pack_check(struct log_pack *p, int folder, struct err *e);
/* Exactly n bytes from a position of the text.  ERR_IO "log.corrupt": the file
 * is cut or damaged there. */
bool log_pack_read(struct log_pack *p, uint64_t at, char *to, size_t n,
    struct err *e);

#endif
