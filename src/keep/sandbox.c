/* SPDX-License-Identifier: MIT */
#include "keep/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "keep/landlock.h"
#include "keep/mounts.h"
#include "keep/seccomp.h"

#define STEP(name, call)                                                       \
	do {                                                                   \
		*ret_stage = (name);                                           \
		if (!(call))                                                   \
			return false;                                          \
	} while (0)

static const struct {
	unsigned layer;
	unsigned long flag;
} namespaces[] = {
	{ WIRE_LAYER_USER, CLONE_NEWUSER },
	{ WIRE_LAYER_PID, CLONE_NEWPID },
	{ WIRE_LAYER_MOUNT, CLONE_NEWNS },
	{ WIRE_LAYER_IPC, CLONE_NEWIPC },
	{ WIRE_LAYER_NET, CLONE_NEWNET },
};

unsigned long
sandbox_clone_flags(unsigned layers)
{
	unsigned long flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		if (layers & namespaces[i].layer)
			flags |= namespaces[i].flag;
	}
	return flags;
}

/* A kernel may grant a namespace and no rights in it, so try to mount too. */
static bool
probe_namespaces(unsigned long flags)
{
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	int status;

	if (pid == 0) {
		if ((flags & CLONE_NEWNS) &&
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
			_exit(1);
		_exit(0);
	}
	return pid > 0 && waitpid((pid_t)pid, &status, 0) == pid && status == 0;
}

void
sandbox_probe(struct sandbox *s)
{
	unsigned long user = 0;

	*s = (struct sandbox){ .root = geteuid() == 0,
		.landlock = landlock_version(),
		.layers = WIRE_LAYER_NO_NEW_PRIVS };
	if (s->root) {
		s->layers |= WIRE_LAYER_UID;
	} else if (probe_namespaces(CLONE_NEWUSER | CLONE_NEWNS)) {
		user = CLONE_NEWUSER;
		s->layers |= WIRE_LAYER_USER;
	}
	for (size_t i = 1; i < ARRAY_SIZE(namespaces); i++) {
		if ((s->root || user) &&
		    probe_namespaces(user | namespaces[i].flag))
			s->layers |= namespaces[i].layer;
	}
	if (s->landlock > 0)
		s->layers |= WIRE_LAYER_LANDLOCK;
	if (prctl(PR_GET_SECCOMP) == 0)
		s->layers |= WIRE_LAYER_SECCOMP;
}

unsigned
sandbox_layers(const struct sandbox *s, const struct wire_numbers *n)
{
	unsigned layers = s->layers;

	if (n->sandbox == WIRE_SANDBOX_STRICT)
		return layers;
	if (n->sandbox == WIRE_SANDBOX_DEFAULT)
		return layers & ~(unsigned)WIRE_LAYER_NET;
	/* none: another identity, and a way to its workspace */
	if (s->root && n->uid != 0)
		return layers & (WIRE_LAYER_UID | WIRE_LAYER_MOUNT);
	return 0;
}

static bool
file_put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	size_t n = strlen(text);
	bool ok;

	if (fd < 0)
		return false;
	ok = write(fd, text, n) == (ssize_t)n;
	close(fd);
	return ok;
}

/* The only identity in the namespace is the one from outside.  The files of
 * a process that is not dumpable belong to root, so it has to be for this. */
static bool
identity_map(uid_t uid, gid_t gid)
{
	char uids[64], gids[64];
	bool ok;

	snprintf(uids, sizeof(uids), "%u %u 1", uid, uid);
	snprintf(gids, sizeof(gids), "%u %u 1", gid, gid);
	ok = prctl(PR_SET_DUMPABLE, 1) == 0 &&
	    file_put("/proc/self/uid_map", uids) &&
	    file_put("/proc/self/setgroups", "deny") &&
	    file_put("/proc/self/gid_map", gids);
	return prctl(PR_SET_DUMPABLE, 0) == 0 && ok;
}

bool
sandbox_enter(unsigned layers, const struct spec *spec, const char **ret_stage)
{
	const struct wire_numbers *n = &spec->numbers;
	struct mounts m = { .workspace = spec->workspace,
		.volumes = spec->volumes,
		.hidden = spec->hidden,
		.uid = n->uid,
		.gid = n->gid,
		.tmp_bytes = n->memory_bytes,
		.private_tmp = n->sandbox != WIRE_SANDBOX_NONE,
		.private_proc = layers & WIRE_LAYER_PID };

	if (layers & WIRE_LAYER_USER)
		STEP("user namespace", identity_map(n->uid, n->gid));
	return !(layers & WIRE_LAYER_MOUNT) || mounts_make(&m, ret_stage);
}

static bool
limit_set(int what, rlim_t value)
{
	struct rlimit limit = { value, value };

	return setrlimit((__rlimit_resource_t)what, &limit) == 0;
}

static bool
identity_drop(uid_t uid, gid_t gid)
{
	return syscall(SYS_setgroups, 0, NULL) == 0 &&
	    syscall(SYS_setresgid, gid, gid, gid) == 0 &&
	    syscall(SYS_setresuid, uid, uid, uid) == 0;
}

static bool
capabilities_drop(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) == 0;
}

bool
sandbox_confine(const struct sandbox *s, unsigned layers,
    const struct spec *spec, const char **ret_stage)
{
	const struct wire_numbers *n = &spec->numbers;

	STEP("limits", limit_set(RLIMIT_CORE, 0));
	if (n->processes && (layers & (WIRE_LAYER_UID | WIRE_LAYER_USER)))
		STEP("limits", limit_set(RLIMIT_NPROC, n->processes));
	if (layers & WIRE_LAYER_UID)
		STEP("identity", identity_drop(n->uid, n->gid));
	if (n->sandbox == WIRE_SANDBOX_NONE)
		return true;
	STEP("capabilities", capabilities_drop());
	STEP("no_new_privs", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (layers & WIRE_LAYER_LANDLOCK)
		STEP("landlock", landlock_confine(s->landlock, spec->workspace,
		    spec->volumes));
	if (layers & WIRE_LAYER_SECCOMP)
		STEP("seccomp", seccomp_install());
	return true;
}
