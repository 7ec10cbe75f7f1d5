/* SPDX-License-Identifier: MIT */
/* The machine: clock, zones, what the sandbox needs, programs, limits. */
#include "role/doctor.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "sys/zone_file.h"

#define DOCTOR_NOT_BEFORE INT64_C(1767225600000) /* 2026-01-01 */
#define DOCTOR_FILES 4096

void
doctor_clock(struct doctor *d)
{
	struct timex t = { .modes = 0 };
	char text[CLOCK_TEXT];
	const char *now = clock_text(clock_wall_ms(), text);

	if (clock_wall_ms() < DOCTOR_NOT_BEFORE)
		doctor_tell(d, DOCTOR_FAIL, "clock",
		    "set it, and let chrony or systemd-timesyncd keep it",
		    "it says %s", now);
	else if (adjtimex(&t) == TIME_ERROR || (t.status & STA_UNSYNC) != 0)
		doctor_tell(d, DOCTOR_WARN, "clock",
		    "let chrony or systemd-timesyncd keep it: schedules go by "
		    "it", "nothing keeps it; it says %s", now);
	else
		doctor_tell(d, DOCTOR_OK, "clock", NULL, "kept, %s", now);
}

void
doctor_zones(struct doctor *d)
{
	const struct zone *z;
	struct err e;

	if (zone_file_load(d->arena, ZONE_FILE_FOLDER, "Europe/London", &z,
		&e))
		doctor_tell(d, DOCTOR_OK, "zones", NULL, "%s",
		    ZONE_FILE_FOLDER);
	else
		doctor_tell(d, DOCTOR_FAIL, "zones", "apt install tzdata",
		    "%s", e.message);
}

/* The number in a file of /proc, or -1. */
static int64_t
doctor_number(const char *path)
{
	FILE *f = fopen(path, "re");
	long long n = -1;

	if (f == NULL)
		return -1;
	if (fscanf(f, "%lld", &n) != 1)
		n = -1;
	fclose(f);
	return n;
}

/* What the kernel would have to give; a container takes some of it away. */
void
doctor_sandbox(struct doctor *d)
{
	const bool root = geteuid() == 0;
	const long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	const char *lacks = "";

	if (!root &&
	    (doctor_number("/proc/sys/user/max_user_namespaces") == 0 ||
		doctor_number("/proc/sys/kernel/unprivileged_userns_clone") ==
		    0))
		lacks = arena_printf(d->arena, "%s user namespaces", lacks);
	if (landlock < 1)
		lacks = arena_printf(d->arena, "%s landlock", lacks);
	if (access("/proc/sys/kernel/seccomp/actions_avail", R_OK) != 0)
		lacks = arena_printf(d->arena, "%s seccomp", lacks);
	if (lacks[0] == '\0')
		doctor_tell(d, DOCTOR_OK, "sandbox", NULL,
		    "%s, landlock %ld, seccomp",
		    root ? "a user id per task" : "user namespaces", landlock);
	else
		doctor_tell(d, DOCTOR_WARN, "sandbox",
		    "a kernel of Debian 12 has all of it; containers take it "
		    "away; --require-sandbox refuses to start without",
		    "the kernel lacks:%s", lacks);
}

void
doctor_cgroup(struct doctor *d)
{
	FILE *f = fopen("/sys/fs/cgroup/cgroup.controllers", "re");
	char line[256] = "";

	if (f != NULL) {
		if (fgets(line, sizeof(line), f) == NULL)
			line[0] = '\0';
		fclose(f);
	}
	line[strcspn(line, "\n")] = '\0';
	if (strstr(line, "memory") != NULL && strstr(line, "pids") != NULL)
		doctor_tell(d, DOCTOR_OK, "cgroup", NULL, "v2: %s", line);
	else
		doctor_tell(d, DOCTOR_WARN, "cgroup",
		    "boot with cgroup v2 (Debian's default) and Delegate=yes in "
		    "the unit",
		    "no cgroup v2 with memory and pids: memory is sampled, "
		    "processes are counted by rlimit");
}

static bool
doctor_in_path(struct doctor *d, const char *program)
{
	const char *path = getenv("PATH");
	struct str rest = str_of(path == NULL ? "/usr/bin:/bin" : path);

	while (rest.p != NULL) {
		struct str dir = str_cut(rest, ':', &rest);

		if (access(arena_printf(d->arena, "%.*s/%s", (int)dir.n, dir.p,
			program), X_OK) == 0)
			return true;
	}
	return false;
}

void
doctor_programs(struct doctor *d)
{
	if (!doctor_in_path(d, "sh"))
		doctor_tell(d, DOCTOR_FAIL, "programs", "apt install dash",
		    "there is no sh: `run:` blocks need it");
	else if (!doctor_in_path(d, "git"))
		doctor_tell(d, DOCTOR_WARN, "programs",
		    "apt install git, and keep the team's folder in it",
		    "there is no git: nobody knows who changed the folder");
	else
		doctor_tell(d, DOCTOR_OK, "programs", NULL, "sh, git");
}

void
doctor_files(struct doctor *d)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	if (files.rlim_max < DOCTOR_FILES)
		doctor_tell(d, DOCTOR_WARN, "files",
		    "LimitNOFILE=65536 in the unit, or ulimit -Hn",
		    "%llu open files at most, for this account here",
		    (unsigned long long)files.rlim_max);
	else
		doctor_tell(d, DOCTOR_OK, "files", NULL,
		    "%llu open files at most",
		    (unsigned long long)files.rlim_max);
}
