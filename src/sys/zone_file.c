/* SPDX-License-Identifier: MIT */
#include "sys/zone_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "sys/file.h"

#define ZONE_FILE_NAME 64
#define ZONE_FILE_LIST KIB(256)

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

/* "Berlin", "berlin" of "Europe/Berlin". */
static bool
zone_file_is_city(struct str zone, const char *name)
{
	while (zone.n > 0 && memchr(zone.p, '/', zone.n) != NULL)
		str_cut(zone, '/', &zone);
	return str_case_is(zone, name);
}

/* The third column of Debian's list of zones; best is a copy in `to`. */
static void
zone_file_near(const char *folder, const char *name, char *to, size_t size)
{
	struct near near = near_start(name);
	struct buf list = { 0 };
	char path[PATH_MAX], zone[ZONE_FILE_NAME + 1];
	struct str all, line, rest;
	struct err ignored;

	to[0] = '\0';
	snprintf(path, sizeof(path), "%s/zone1970.tab", folder);
	if (!file_read(AT_FDCWD, path, ZONE_FILE_LIST, &list, &ignored))
		list.len = 0;
	for (all = buf_str(&list); all.n > 0;) {
		const bool first = near.best == NULL;
		const unsigned before = near.distance;
		bool city;

		line = str_cut(all, '\n', &all);
		if (str_starts(line, "#"))
			continue;
		str_cut(line, '\t', &rest);
		str_cut(rest, '\t', &rest);
		rest = str_cut(rest, '\t', &line);
		if (rest.n == 0 || rest.n >= sizeof(zone))
			continue;
		snprintf(zone, sizeof(zone), "%.*s", (int)rest.n, rest.p);
		near_offer(&near, zone);
		city = zone_file_is_city(rest, name);
		if (city || (near.best != NULL &&
		    (first || near.distance < before)))
			snprintf(to, size, "%s", zone);
		if (city)
			break;
	}
	buf_finish(&list);
}

static bool
zone_file_unknown(const char *folder, const char *name, struct err *e)
{
	char near[ZONE_FILE_NAME + 1];

	err_set(
	    e, ERR_NOT_FOUND, "zone.unknown", "unknown time zone '%s'", name);
	zone_file_near(folder, name, near, sizeof(near));
	return near[0] != '\0' ? err_hint(e, "did you mean '%s'?", near)
			       : err_hint(e, "write it like Europe/London");
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
		return zone_file_unknown(folder, name, e);
	if (strncmp(path, root, n) != 0 || path[n] != '/')
		return zone_file_unknown(folder, name, e);
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
