/* SPDX-License-Identifier: MIT */
/*
 * workspace.h: the private folder of one attempt.
 *
 * Made before the command starts, filled with the files of the spec, and
 * removed when it has ended.  The folder and all in it belong to the uid of
 * the attempt; nothing of it is trusted afterwards: the outputs file is taken
 * only when it is a regular file with one name, of that uid, and not too
 * large, reached without a symbolic link.
 *
 * identity_act_as changes whose rights the file system sees; it is how a
 * keeper that is root makes files for others without a chown each, and meets
 * their permissions.  It does nothing in a keeper that is not root.
 */
#ifndef KEEP_WORKSPACE_H
#define KEEP_WORKSPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "keep/spec.h"

void identity_act_as(bool root, uid_t uid, gid_t gid);

/* Makes and fills it; *ret_fd is the folder.  False with errno and stage.
 * Acts as the attempt when it returns true. */
bool workspace_make(const struct spec *spec, bool root, int *ret_fd,
    const char **ret_stage);
/* The outputs file, open for reading, and its size; -1 with *ret_cut false:
 * there is none; with *ret_cut true: it is not one that we take. */
int workspace_outputs(int fd, uid_t uid, uint32_t *ret_bytes, bool *ret_cut);
void workspace_remove(const char *path);

#endif
