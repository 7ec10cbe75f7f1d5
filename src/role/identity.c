/* SPDX-License-Identifier: MIT */
#include "role/identity.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

/* Numbers that no account, container or service manager hands out; and those
 * for a machine that has only the lowest 65536. */
#define IDENTITY_FAR 1879100000u
#define IDENTITY_FAR_COUNT 65536u
#define IDENTITY_NEAR 61440u
#define IDENTITY_NEAR_COUNT 3072u

static bool
identity_mapped(uid_t uid)
{
	unsigned inside, outside, count;
	bool found = false;
	FILE *map = fopen("/proc/self/uid_map", "re");

	if (map == NULL)
		return false;
	while (!found &&
	    fscanf(map, "%u %u %u", &inside, &outside, &count) == 3)
		found = uid >= inside && uid - inside < count;
	fclose(map);
	return found;
}

static void
identity_range(struct identity *id)
{
	const bool far = identity_mapped(IDENTITY_FAR) &&
	    identity_mapped(IDENTITY_FAR + IDENTITY_FAR_COUNT - 1);

	id->uid_first = far ? IDENTITY_FAR : IDENTITY_NEAR;
	id->uid_count = far ? IDENTITY_FAR_COUNT : IDENTITY_NEAR_COUNT;
}

static void
identity_take(struct identity *id, const struct passwd *pw)
{
	id->uid = pw->pw_uid;
	id->gid = pw->pw_gid;
	snprintf(id->name, sizeof(id->name), "%s", pw->pw_name);
}

static bool
identity_root(const char *user, struct identity *id, struct err *e)
{
	const struct passwd *pw = getpwnam(user == NULL ? "slipway" : user);
	int64_t number = IDENTITY_UID;

	identity_range(id);
	if (pw != NULL) {
		identity_take(id, pw);
	} else if (user == NULL || str_to_int64(str_of(user), &number)) {
		if (number < 0 || number >= UINT32_MAX)
			return err_set(e, ERR_CONFIG, "user.number",
			    "'%s' is no user id", user);
		id->uid = (uid_t)number;
		id->gid = (gid_t)number;
	} else {
		return err_set(e, ERR_CONFIG, "user.unknown",
		    "there is no account '%s'", user);
	}
	id->drop = id->uid != 0;
	return true;
}

bool
identity_find(const char *user, struct identity *ret, struct err *e)
{
	struct identity id = { .uid = geteuid(), .gid = getegid() };
	const struct passwd *pw;
	int64_t number;

	if (id.uid == 0) {
		if (!identity_root(user, &id, e))
			return false;
		*ret = id;
		return true;
	}
	pw = getpwuid(id.uid);
	if (pw != NULL)
		identity_take(&id, pw);
	if (user != NULL && !streq(user, id.name) &&
	    (!str_to_int64(str_of(user), &number) ||
		number != (int64_t)id.uid)) {
		err_set(e, ERR_CONFIG, "user.not_root",
		    "only root can become '%s'", user);
		return err_hint(e, "leave --user out, or start as root");
	}
	*ret = id;
	return true;
}

static bool
identity_own_at(const struct identity *id, int dir, const char *name,
    struct err *e)
{
	if (fchownat(dir, name, id->uid, id->gid, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return err_sys(e, "give '%s' to user %u", name, (unsigned)id->uid);
}

/* A folder and what is directly in it. */
static bool
identity_own_folder(const struct identity *id, const char *path,
    struct err *e)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool ok;

	if (dir == NULL)
		return errno == ENOENT || err_sys(e, "open '%s'", path);
	ok = identity_own_at(id, dirfd(dir), ".", e);
	while (ok && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			ok = identity_own_at(id, dirfd(dir), entry->d_name,
			    e);
	closedir(dir);
	return ok;
}

/* Logs that a restore has just put there: root's. */
static bool
identity_own_logs(const struct identity *id, const char *data, struct err *e)
{
	struct buf path = { 0 };
	struct dirent *entry;
	bool ok = true;
	DIR *dir;

	buf_printf(&path, "%s/k", data);
	dir = opendir(buf_cstr(&path));
	while (ok && dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		buf_clear(&path);
		buf_printf(&path, "%s/k/%s", data, entry->d_name);
		ok = identity_own_folder(id, buf_cstr(&path), e);
	}
	if (dir != NULL)
		closedir(dir);
	buf_finish(&path);
	return ok;
}

static bool
identity_owns_db(const struct identity *id, const char *data)
{
	struct buf path = { 0 };
	struct stat st;
	bool owns;

	buf_printf(&path, "%s/db", data);
	owns = stat(buf_cstr(&path), &st) == 0 && st.st_uid == id->uid;
	buf_finish(&path);
	return owns;
}

/* What is below k and ws belongs to keepers and attempts. */
bool
identity_own(const struct identity *id, const char *data, struct err *e)
{
	static const char *const folders[] = { "", "/log", "/blob", "/artifact",
		"/artifact/new" };
	struct buf path = { 0 };
	bool ok = identity_owns_db(id, data) || identity_own_logs(id, data, e);

	for (size_t i = 0; ok && i < ARRAY_SIZE(folders); i++) {
		buf_clear(&path);
		buf_printf(&path, "%s%s", data, folders[i]);
		ok = identity_own_folder(id, buf_cstr(&path), e);
	}
	buf_finish(&path);
	return ok;
}

bool
identity_drop(const struct identity *id, struct err *e)
{
	if (!id->drop)
		return true;
	if (setgroups(0, NULL) != 0 ||
	    setresgid(id->gid, id->gid, id->gid) != 0 ||
	    setresuid(id->uid, id->uid, id->uid) != 0)
		return err_sys(e, "become user %u", (unsigned)id->uid);
	if (setuid(0) == 0)
		return err_set(e, ERR_INTERNAL, "user.root",
		    "root could not be given up");
	return true;
}
