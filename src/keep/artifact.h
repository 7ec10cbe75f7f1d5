/* SPDX-License-Identifier: MIT */
/*
 * artifact.h: files of the workspace that outlive it.
 *
 * When the command has ended well, each file that the spec names is copied to
 * ../../artifact/new/ATTEMPT.NUMBER, hashed on the way and made durable, and
 * what came of it is written to `taken` (wire.h) in the folder of the attempt,
 * which is the current one.  The workspace is not trusted: a file is taken
 * when it is a regular one with one name, of the uid of the attempt, no larger
 * than it may be, and reached from the workspace without a symbolic link; the
 * descriptor that was looked at is the one that is read.  The first file that
 * is not taken ends it.
 *
 * artifacts_prepare makes `taken` beforehand, so that a full disk cannot keep
 * the word back.  Allocates nothing.
 */
#ifndef KEEP_ARTIFACT_H
#define KEEP_ARTIFACT_H

#include <stdbool.h>
#include <sys/types.h>

#include "keep/spec.h"
#include "sys/sha256.h"

struct artifact_who { /* whose rights to use; see identity_act_as */
	bool root;
	uid_t server_uid;
	gid_t server_gid;
};

bool artifacts_prepare(const struct spec *spec);
/* Acts as the server when it returns. */
void artifacts_take(const struct spec *spec, int workspace, int64_t attempt,
    const struct artifact_who *who);

/* Copy `size` bytes and their hash; false with errno, EBADMSG when there were
 * not that many. */
bool artifact_copy(int from, int to, uint64_t size, char hex[SHA256_HEX]);

#endif
