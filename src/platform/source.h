/* SPDX-License-Identifier: MIT */
/*
 * source.h: where the bytes of a folder come from: a disk, or memory.
 *
 * A source lists every file once, when it is opened, and reads one at a time.
 * Hidden files and folders (".git") are not in it, links and special files
 * are never followed or opened.
 */
#ifndef PLATFORM_SOURCE_H
#define PLATFORM_SOURCE_H

#include "platform/platform.h"

struct source {
	const char *const *names; /* sorted; relative, "dir/file" */
	size_t n;
	/* Append the whole file.  Blocks. */
	bool (*read)(const struct source *s, const char *name, size_t max,
	    struct buf *to, bool *ret_executable, struct err *e);
	int fd;				 /* of a disk */
	const struct folder_file *files; /* of memory */
};

/* The listing lives in the arena, which also closes the folder. */
bool source_open(struct arena *a, const char *folder, struct source *ret,
    struct err *e);
/* files are borrowed and sorted by name. */
void source_memory(struct arena *a, const struct folder_file *files,
    size_t nfiles, struct source *ret);
bool source_has(const struct source *s, const char *name);

#endif
