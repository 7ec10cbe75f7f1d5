/* SPDX-License-Identifier: MIT */
/*
 * lock.h: one server per data folder.
 *
 * DATA/lock is held with an open-file lock (F_OFD_SETLK) and names its
 * holder's process; the kernel lets go of it when the server ends, however it
 * ends.  A second server is
 * refused with ERR_BUSY "store.locked" naming the holder, a data folder on a
 * network file system, where neither lock nor database can be trusted, with
 * ERR_CONFIG "store.network".  A copied or replaced lock file is caught by the
 * epoch (meta.h).
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

/* *ret_fd is the lock: keep it open, close it to let go. */
bool store_lock(const char *folder, int *ret_fd, struct err *e);

#endif
