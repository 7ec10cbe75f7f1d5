/* SPDX-License-Identifier: MIT */
#include "role/data.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
data_env(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || value[0] == '\0' ? NULL : value;
}

const char *
data_folder(const char *named, struct arena *a)
{
	const char *state = data_env("XDG_STATE_HOME");
	const char *home = data_env("HOME");

	if (named == NULL)
		named = data_env("SLIPWAY_DATA");
	if (named != NULL)
		return named;
	if (geteuid() == 0)
		return "/var/lib/slipway";
	if (state != NULL)
		return arena_printf(a, "%s/slipway", state);
	if (home != NULL)
		return arena_printf(a, "%s/.local/state/slipway", home);
	return "/var/lib/slipway";
}

bool
data_key(const char *data, unsigned char ret[SEAL_KEY])
{
	char path[PATH_MAX + 8];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/key", data);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	n = read(fd, ret, SEAL_KEY);
	close(fd);
	return n == SEAL_KEY;
}
