/* SPDX-License-Identifier: MIT */
/*
 * local_taken.h: what a keeper took from a workspace becomes artifacts.
 *
 * The keeper left each file, durable and hashed, in DATA/artifact/new (see
 * keep/wire.h).  taken_read gives it its name, DATA/artifact/SHA256, and makes
 * the name durable: a row that names it comes afterwards.  It may be done
 * again after a death in between.  The file in new/ is the second name of the
 * same bytes and stays until taken_forget, so that a sweep can tell by it what
 * is still on its way to a row.  Blocks for an fsync of a folder.
 */
#ifndef DRIVER_LOCAL_TAKEN_H
#define DRIVER_LOCAL_TAKEN_H

#include "driver/driver.h"

/* Appends a struct work_artifact for each file that the attempt was to leave:
 * k is DATA/k, artifact is DATA/artifact. */
void taken_read(int k, int artifact, int64_t attempt, struct buf *to);
void taken_forget(int artifact, int64_t attempt);

#endif
