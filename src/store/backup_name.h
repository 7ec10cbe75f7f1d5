/* SPDX-License-Identifier: MIT */
/*
 * backup_name.h: the names that a backup may hold, for those who pack and
 * those who unpack.
 */
#ifndef STORE_BACKUP_NAME_H
#define STORE_BACKUP_NAME_H

#include "base/str.h"

#define BACKUP_FORMAT 1
#define BACKUP_MANIFEST "manifest.json"

bool backup_is_digest(struct str name); /* of blob/ */
bool backup_is_number(struct str name); /* of k/ */
/* Whole names below a data folder, nothing else. */
bool backup_is_name(struct str name);

#endif
