/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform/platform.h"
#include "sys/file.h"

#define INIT_NOBODY 65534

/* Who sits here, whoever the shell is. */
static const char *
init_account(void)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *pw;

	if (getuid() == 0 && sudo != NULL && sudo[0] != '\0')
		return sudo;
	pw = getpwuid(getuid());
	return pw == NULL ? NULL : pw->pw_name;
}

/* An account's name as the name of a person: "J.Doe" is "j-doe". */
static void
init_person(const char *account, char *to, size_t n)
{
	size_t at = 0;

	for (; *account != '\0' && at + 1 < n; account++) {
		const char c = (char)tolower((unsigned char)*account);

		if (c >= 'a' && c <= 'z')
			to[at++] = c;
		else if (at > 0)
			to[at++] = c >= '0' && c <= '9' ? c : '-';
	}
	to[at] = '\0';
	if (at == 0)
		snprintf(to, n, "me");
}

/*
 * What root writes belongs to whoever became root for it; the volume of the
 * first task to nobody when that was really root, for no task runs as root.
 */
static bool
init_own(const char *folder, const char *account, struct err *e)
{
	static const char *const names[] = { ".", "slipway.yaml",
		"people.yaml", "tasks.yaml", ".reports" };
	const struct passwd *pw = getpwnam(account);
	int dir;
	bool ok = true;

	if (getuid() != 0)
		return true;
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; ok && i < ARRAY_SIZE(names); i++) {
		const bool real = pw == NULL || pw->pw_uid == 0;
		const uid_t uid = real ? INIT_NOBODY : pw->pw_uid;
		const gid_t gid = real ? INIT_NOBODY : pw->pw_gid;

		if (real && !streq(names[i], ".reports"))
			continue;
		ok = fchownat(dir, names[i], uid, gid,
			 AT_SYMLINK_NOFOLLOW) == 0 ||
		    errno == ENOENT;
	}
	if (!ok)
		err_sys(e, "give '%s' to '%s'", folder, account);
	if (dir >= 0)
		close(dir);
	return ok;
}

static bool
init_do(const char *folder, struct err *e)
{
	const char *account = init_account();
	char person[64];

	if (account == NULL)
		return err_set(e, ERR_CONFIG, "init.account",
		    "your user id %u has no account", (unsigned)getuid());
	init_person(account, person, sizeof(person));
	if (!file_mkdirs(folder, 0755, e) ||
	    !platform_init(folder, person, account, e) ||
	    !init_own(folder, account, e))
		return false;
	printf("wrote a first folder for '%s' to %s\n\n"
	       "  slipway check %s\n"
	       "  slipway serve --folder %s\n",
	    person, folder, folder, folder);
	return true;
}

int
role_init(int argc, char **argv)
{
	struct err e;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		const bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

		fputs("usage: slipway init [DIR]\n\n"
		      "Write a first folder: you, your team, one task.\n",
		    help ? stdout : stderr);
		return help ? 0 : 2;
	}
	return init_do(argc == 2 ? argv[1] : ".", &e) ? 0 : role_fail(&e);
}
