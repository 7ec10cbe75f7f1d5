/* SPDX-License-Identifier: MIT */
#include "role/data.h"

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
