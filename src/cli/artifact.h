/* SPDX-License-Identifier: MIT */
/*
 * artifact.h: files that a run left behind, into files here.
 *
 * A file gets its name when it is whole: it is written beside its place and
 * renamed.
 */
#ifndef CLI_ARTIFACT_H
#define CLI_ARTIFACT_H

#include "cli/alias.h"
#include "cli/session.h"

/* `artifact get RUN/STEP/NAME` or `artifact get RUN STEP NAME`. */
int verb_artifact_get(
    struct session *s, const struct verb *v, int argc, char **argv);

/* Everything that is there of a run: FOLDER/results.json and
 * FOLDER/TASK/NAME, TASK.STEP where several steps have the task. */
bool artifact_save_run(
    struct session *s, const char *run, const char *folder, struct err *e);

#endif
