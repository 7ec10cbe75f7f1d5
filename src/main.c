/* SPDX-License-Identifier: MIT */
/* Picks what this program is; whatever is no role is a call of the API. */
#include <jansson.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "role/role.h"

static const struct {
	const char *word;
	int (*role)(int argc, char **argv);
} roles[] = {
	{ "--version", role_version },
	{ "backup", role_backup },
	{ "check", role_check },
	{ "doctor", role_doctor },
	{ "fsck", role_fsck },
	{ "init", role_init },
	{ "jq-helper", role_jq_helper },
	{ "replay", role_replay },
	{ "restore", role_restore },
	{ "schema", role_schema },
	{ "serve", role_serve },
	{ "version", role_version },
};

static bool
main_has(int argc, char **argv, const char *flag)
{
	for (int i = 1; i < argc; i++) {
		if (streq(argv[i], "--"))
			return false;
		if (streq(argv[i], flag) ||
		    (str_starts(str_of(argv[i]), flag) &&
			argv[i][strlen(flag)] == '='))
			return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "";

	json_object_seed(0); /* before there are threads */
	/* of the server, not of a data folder */
	if (streq(word, "backup") && argc > 2 &&
	    (streq(argv[2], "create") || streq(argv[2], "list")))
		return cli_main(argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (streq(word, roles[i].word))
			return roles[i].role(argc - 1, argv + 1);
	if (streq(word, "audit") && argc > 2 && streq(argv[2], "verify") &&
	    main_has(argc, argv, "--data"))
		return role_audit_verify(argc - 2, argv + 2);
	if ((streq(word, "run") || streq(word, "task")) &&
	    main_has(argc, argv, "--local"))
		return role_local(argc, argv);
	return cli_main(argc, argv);
}
