/* SPDX-License-Identifier: MIT */
/*
 * folder.h: the team's folder while the server runs: read at the start, and
 * again when it changes.
 *
 * A change is waited out (editors and git write many files), read on the
 * pool, and put in force on the core thread, with an audit event.  A folder
 * with errors changes nothing: the version before stays, also over a restart,
 * the errors are in the log and in platform.get until one without comes.
 *
 * Functions are for the loop thread but for those that say otherwise.
 */
#ifndef ROLE_FOLDER_H
#define ROLE_FOLDER_H

#include "engine/engine.h"
#include "store/writer.h"

struct folder;

/* Read it; its errors are printed on stderr as `slipway check` does, and its
 * warnings too unless quiet.  With errors the last version without is taken,
 * which is kept in data (NULL: none is; it lives as long as the folder).
 * *ret_platform is a reference. */
bool folder_open(const char *path, const char *data, bool quiet,
    struct folder **ret, struct platform **ret_platform, struct err *e);
/* From now on follow its changes, and fill the hooks of site. */
void folder_watch(struct folder *f, struct site *site, struct loop *loop,
    struct engine *engine, struct writer *writer);
/* Look no more; what is being read is dropped. */
void folder_stop(struct folder *f);
/* After the loop has ended.  NULL is fine. */
void folder_close(struct folder *f);

#endif
