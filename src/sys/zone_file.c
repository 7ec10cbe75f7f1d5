/* SPDX-License-Identifier: MIT */
#include "sys/zone_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "sys/file.h"

#define ZONE_FILE_NAME 64

static bool
zone_file_is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
}

bool
zone_file_name_fits(const char *name)
{
	bool word = false;
	size_t n = 0;

	for (; name[n] != '\0' && n <= ZONE_FILE_NAME; n++) {
		if (!zone_file_is_word(name[n]) && !(word && name[n] == '/'))
			return false;
		word = name[n] != '/';
	}
	return word && n <= ZONE_FILE_NAME;
}

static bool
zone_file_unknown(const char *name, struct err *e)
{
	err_set(
	    e, ERR_NOT_FOUND, "zone.unknown", "unknown time zone '%s'", name);
	return err_hint(e, "write it like Europe/London");
}

static bool
zone_file_path(
    const char *folder, const char *name, char path[PATH_MAX], struct err *e)
{
	char root[PATH_MAX], joined[PATH_MAX + ZONE_FILE_NAME + 1];
	size_t n;

	if (realpath(folder, root) == NULL) {
		err_set(e, ERR_CONFIG, "zone.folder",
		    "time zone '%s': no zone data in '%s'", name, folder);
		return err_hint(e, "install the package tzdata");
	}
	n = strlen(root);
	snprintf(joined, sizeof(joined), "%s/%s", root, name);
	if (realpath(joined, path) == NULL)
		return zone_file_unknown(name, e);
	if (strncmp(path, root, n) != 0 || path[n] != '/')
		return zone_file_unknown(name, e);
	return true;
}

bool
zone_file_load(struct arena *a, const char *folder, const char *name,
    const struct zone **ret_zone, struct err *e)
{
	struct buf bytes = { 0 };
	char path[PATH_MAX];
	struct zone *z;
	bool ok = false;

	if (!zone_file_name_fits(name)) {
		err_set(e, ERR_INVALID, "zone.name",
		    "that cannot be the name of a time zone");
		return err_hint(e, "write it like Europe/London");
	}
	if (streq(name, "UTC")) {
		*ret_zone = zone_utc();
		return true;
	}
	if (!zone_file_path(folder, name, path, e))
		return false;
	if (file_read(AT_FDCWD, path, LIMIT_ZONE_BYTES, &bytes, e))
		ok = zone_parse(a, buf_str(&bytes), &z, e);
	buf_finish(&bytes);
	if (!ok)
		return err_wrap(e, "time zone '%s'", name);
	*ret_zone = z;
	return true;
}
