/* SPDX-License-Identifier: MIT */
/*
 * backup.h: `slipway backup create`: ask the server for a backup and wait until
 * it is whole.
 */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#include "cli/verbs.h"

int verb_backup(struct session *s, const struct verb *v, int argc,
    char **argv);

#endif
