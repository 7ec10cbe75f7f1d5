/* SPDX-License-Identifier: MIT */
/*
 * file.h: files, whole: read, replace, walk.  Every descriptor is O_CLOEXEC;
 * EINTR and short transfers are handled here.  All calls block on the disk.
 */
#ifndef SYS_FILE_H
#define SYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

/* Append the whole regular file at path (relative to dirfd or AT_FDCWD) to
 * *to; more than max bytes is ERR_TOO_LARGE, absent is ERR_NOT_FOUND.  When it
 * fails *to is as it was.  Never follows a final symlink
 * and never blocks on a FIFO or device: those are ERR_INVALID. */
bool file_read(int dirfd, const char *path, size_t max, struct buf *to,
    struct err *e);
/* Write a temporary file beside path, fsync it, rename it over path, fsync
 * the folder.  mode is taken as it is, whatever the umask. */
bool file_replace(int dirfd, const char *path, const void *p, size_t n,
    mode_t mode, struct err *e);
/* All n bytes, from where the file stands or from `at`; false with errno, which
 * is EIO when there are fewer. */
bool file_read_all(int fd, void *p, size_t n);
bool file_read_all_at(int fd, void *p, size_t n, uint64_t at);
/* All of it, or false with errno. */
bool file_write_all(int fd, const void *p, size_t n);
/* mkdir -p with mode for the missing parts. */
bool file_mkdirs(const char *path, mode_t mode, struct err *e);
/* rm -r without following links and never crossing a mount; absent is fine,
 * locked folders are unlocked first. */
bool file_remove_tree(int dirfd, const char *path, struct err *e);
bool file_exists(const char *path);

#endif
