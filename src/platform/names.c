/* SPDX-License-Identifier: MIT */
#include "platform/names.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/check.h"

bool
names_reserved(const char *name)
{
	static const char *const names[] = { "BASHOPTS", "BASH_ENV", "CDPATH",
		"GIT_ASKPASS", "GIT_CONFIG", "GIT_EXEC_PATH",
		"GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_PROXY_COMMAND",
		"GIT_SSH", "GIT_SSH_COMMAND", "GLIBC_TUNABLES", "HOME", "IFS",
		"LOCPATH", "NODE_OPTIONS", "PATH", "PERL5LIB", "PERL5OPT",
		"PROMPT_COMMAND", "PS4", "PYTHONHOME", "PYTHONPATH",
		"PYTHONSTARTUP", "RUBYOPT", "SHELLOPTS" };
	static const char *const prefixes[] = { "BASH_FUNC_", "DYLD_",
		"GIT_CONFIG_", "LD_" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcasecmp(name, names[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (strncasecmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

bool
names_reserved_variable(const char *name)
{
	static const char *const prefixes[] = { "NEEDS_", "PARAM_",
		"SLIPWAY_" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return names_reserved(name);
}

bool
names_reserved_person(const char *name)
{
	static const char *const names[] = { "anonymous", "operator",
		"requester", "slipway" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

bool
names_flag(const char *name)
{
	static const char *const flags[] = { "as", "dry_run", "env", "follow",
		"help", "json", "local", "wait", "yes" };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strcmp(name, flags[i]) == 0)
			return true;
	}
	return false;
}
