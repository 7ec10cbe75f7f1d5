/* SPDX-License-Identifier: MIT */
/*
 * delivery.h: an artifact of a need, on its way into a workspace.
 *
 * "$needs.NEED.artifacts.NAME" becomes a path from where the command begins:
 * .slipway/artifacts/NEED/NAME, a file; of a need with foreach a folder with
 * the files 0, 1 … in the order of the list and an index.json that says which
 * is whose.  The keeper copies the bytes and holds them against the hash.
 */
#ifndef ENGINE_DELIVERY_H
#define ENGINE_DELIVERY_H

#include "base/str.h"
#include "driver/driver.h"
#include "resource/cx.h"
#include "resource/run/step.h"

struct delivery {
	const char *path; /* NULL: the step that would leave it was skipped */
	struct work_file *files;
	size_t nfiles;
};

bool delivery_make(struct cx *cx, const struct step_need *need,
    struct str artifact, struct delivery *ret, struct err *e);

#endif
