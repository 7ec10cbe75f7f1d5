/* SPDX-License-Identifier: MIT */
/*
 * kept_folder.h: the last version of the team's folder without errors, for a
 * start while the folder has some.
 *
 * DATA/folder has the bytes of every file that the version was made of, so
 * that it loads as it did, and the path it is from.  Written anew, by rename,
 * whenever another version is read.  Blocks on the disk; any thread.
 */
#ifndef ROLE_KEPT_FOLDER_H
#define ROLE_KEPT_FOLDER_H

#include "platform/platform.h"

/* What cannot be written is no reason not to work: the caller logs it. */
bool kept_folder_write(const char *data, const struct platform *p,
    struct err *e);

struct kept_folder {
	const char *path; /* of the folder it is from */
	int64_t kept_ms;
	struct folder_file *files; /* sorted by name */
	size_t nfiles;
};
/* In the arena.  ERR_NOT_FOUND "folder.kept" when there is none, or when it is
 * damaged. */
bool kept_folder_read(const char *data, struct arena *a,
    struct kept_folder *ret, struct err *e);

#endif
