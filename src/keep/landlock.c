/* SPDX-License-Identifier: MIT */
#include "keep/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Later than the headers of Debian 12. */
#define ACCESS_TRUNCATE (1ULL << 14)  /* version 3 */
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0) /* version 6 */
#define SCOPE_SIGNAL (1ULL << 1)

struct ruleset { /* landlock_ruleset_attr of version 6 */
	uint64_t fs;
	uint64_t net;
	uint64_t scoped;
};

#define WRITE_FILE LANDLOCK_ACCESS_FS_WRITE_FILE
#define WRITE_TREE                                                             \
	(LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |      \
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |       \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |       \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |     \
	    LANDLOCK_ACCESS_FS_MAKE_SYM)

static const char *const places[] = { "/tmp", "/dev/shm", "/dev/pts", NULL };
static const char *const devices[] = { "/dev/null", "/dev/zero", "/dev/full",
	"/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", NULL };

int
landlock_version(void)
{
	long v = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	return v > 0 ? (int)v : 0;
}

static bool
rule_add(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr below = { .allowed_access = access };
	long r;

	below.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (below.parent_fd < 0)
		return errno == ENOENT || errno == EACCES;
	r = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
	    &below, 0);
	close(below.parent_fd);
	return r == 0;
}

static bool
rules_add(int ruleset, const char *const *paths, uint64_t access)
{
	for (; *paths; paths++) {
		if (!rule_add(ruleset, *paths, access))
			return false;
	}
	return true;
}

bool
landlock_confine(int version, const char *workspace,
    const char *const *folders)
{
	uint64_t file = WRITE_FILE | (version >= 3 ? ACCESS_TRUNCATE : 0);
	uint64_t tree = file | WRITE_TREE |
	    (version >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0);
	struct ruleset rules = { .fs = tree };
	size_t size = version >= 6 ? sizeof(rules) : sizeof(rules.fs);
	int ruleset;
	bool ok;

	if (version >= 6)
		rules.scoped = SCOPE_ABSTRACT_SOCKET | SCOPE_SIGNAL;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (ruleset < 0)
		return false;
	ok = rule_add(ruleset, workspace, tree) &&
	    rules_add(ruleset, folders, tree) &&
	    rules_add(ruleset, places, tree) &&
	    rule_add(ruleset, "/proc", file) &&
	    rules_add(ruleset, devices, file) &&
	    syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return ok;
}
