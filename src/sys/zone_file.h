/* SPDX-License-Identifier: MIT */
/*
 * zone_file.h: the system's time zones, Debian's package tzdata.
 *
 * A name comes from a person ("Europe/London") and becomes a path, so it may
 * only be words of [A-Za-z0-9_+-] joined by single slashes, and what it leads
 * to, links resolved, must be a regular file of the folder that is no larger
 * than LIMIT_ZONE_BYTES.  Blocks on the disk.
 */
#ifndef SYS_ZONE_FILE_H
#define SYS_ZONE_FILE_H

#include "base/zone.h"

#define ZONE_FILE_FOLDER "/usr/share/zoneinfo"

bool zone_file_name_fits(const char *name);

/*
 * Read and parse the zone from folder (ZONE_FILE_FOLDER but for tests).
 * "UTC" is known without any file.  ERR_INVALID "zone.name" for what cannot be
 * a name, ERR_NOT_FOUND "zone.unknown", ERR_CONFIG "zone.folder" when there is
 * no such folder at all, ERR_INVALID "zone.data" for a broken file.
 */
bool zone_file_load(struct arena *a, const char *folder, const char *name,
    const struct zone **ret_zone, struct err *e);

#endif
