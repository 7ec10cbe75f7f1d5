/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/secret.h"
#include "client/client.h"
#include "sys/file.h"

static bool
profile_name_check(const char *name, struct err *e)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-@";
	size_t n = strlen(name);

	if (n > 0 && n <= 64 && name[0] != '.' && strspn(name, allowed) == n)
		return true;
	err_set(e, ERR_INVALID, "profile.name",
	    "use the profile '%s': not a name", name);
	return err_hint(e, "letters, digits and ._-@ make a name");
}

static bool
profile_folder(struct arena *a, const char **ret, struct err *e)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		*ret = arena_printf(a, "%s/slipway/profiles", config);
	else if (home != NULL && home[0] == '/')
		*ret = arena_printf(a, "%s/.config/slipway/profiles", home);
	else
		return err_set(e, ERR_CONFIG, "profile.home",
		    "find the profiles: HOME is not set");
	return true;
}

static bool
profile_line(struct buf *to, const char *name, const char *value, struct err *e)
{
	if (value == NULL)
		return true;
	if (strpbrk(value, "\r\n") != NULL)
		return err_set(e, ERR_INVALID, "profile.value",
		    "save the profile: %s holds a line end", name);
	buf_printf(to, "%s=%s\n", name, value);
	return true;
}

bool
profile_save(const char *name, const struct profile *p, struct err *e)
{
	struct arena *a = arena_create();
	struct buf text = { 0 };
	const char *folder = NULL;
	bool ok;

	ok = profile_name_check(name, e) && profile_folder(a, &folder, e) &&
	     profile_line(&text, "url", p->url, e) &&
	     profile_line(&text, "token", p->token, e) &&
	     profile_line(&text, "ca", p->ca, e) &&
	     file_mkdirs(folder, 0700, e) &&
	     file_replace(AT_FDCWD, arena_printf(a, "%s/%s", folder, name),
		 buf_cstr(&text), text.len, 0600, e);
	if (text.data != NULL)
		secret_wipe(text.data, text.len);
	buf_finish(&text);
	arena_destroy(a);
	return ok;
}

/* Where the name of the one that was signed in last is. */
static bool
profile_default_path(struct arena *a, const char **ret, struct err *e)
{
	const char *folder;

	if (!profile_folder(a, &folder, e))
		return false;
	*ret = arena_strndup(a, folder, strlen(folder) - 1);
	return true;
}

const char *
profile_default(struct arena *a)
{
	struct buf text = { 0 };
	const char *path, *name = NULL;
	struct err ignored;

	if (profile_default_path(a, &path, &ignored) &&
	    file_read(AT_FDCWD, path, KIB(1), &text, &ignored))
		name = arena_str(a, str_trim(buf_str(&text)));
	buf_finish(&text);
	return name == NULL || !profile_name_check(name, &ignored) ? NULL
								   : name;
}

bool
profile_set_default(const char *name, struct err *e)
{
	struct arena *a = arena_create();
	const char *path;
	bool ok = profile_default_path(a, &path, e) &&
	    file_replace(AT_FDCWD, path, name, strlen(name), 0600, e);

	arena_destroy(a);
	return ok;
}

bool
profile_remove(const char *name, struct err *e)
{
	struct arena *a = arena_create();
	const char *folder, *path, *signed_in = profile_default(a);
	bool ok = profile_name_check(name, e) && profile_folder(a, &folder, e);

	if (ok && unlink(arena_printf(a, "%s/%s", folder, name)) != 0)
		ok = errno == ENOENT
		    ? err_set(e, ERR_NOT_FOUND, "profile.unknown",
			  "remove the profile '%s': there is none", name)
		    : err_sys(e, "remove the profile '%s'", name);
	if (ok && signed_in != NULL && streq(signed_in, name))
		ok = profile_default_path(a, &path, e) &&
		    (unlink(path) == 0 || err_sys(e, "remove '%s'", path));
	arena_destroy(a);
	return ok;
}

/* A token that others can read is no secret any more: say so. */
static bool
profile_check_mode(const char *name, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0 && errno == ENOENT) {
		err_set(e, ERR_NOT_FOUND, "profile.unknown",
		    "use the profile '%s': there is none at '%s'", name, path);
		return err_hint(
		    e, "make it with: slipway login URL --as %s, or slipway token "
			"create --save %s", name, name);
	}
	if (stat(path, &st) != 0)
		return err_sys(e, "read '%s'", path);
	if ((st.st_mode & 077) != 0) {
		err_set(e, ERR_CONFIG, "profile.mode",
		    "read '%s': others may read it, too", path);
		return err_hint(
		    e, "chmod 600 '%s', then replace the token", path);
	}
	return true;
}

bool
profile_load(struct arena *a, const char *name, struct profile *ret,
    struct err *e)
{
	const char *folder, *path;
	struct buf text = { 0 };
	struct str rest;

	if (!profile_name_check(name, e) || !profile_folder(a, &folder, e))
		return false;
	path = arena_printf(a, "%s/%s", folder, name);
	if (!profile_check_mode(name, path, e) ||
	    !file_read(AT_FDCWD, path, KIB(16), &text, e))
		return false;
	*ret = (struct profile){ NULL, NULL, NULL };
	rest = buf_str(&text);
	while (rest.p != NULL) {
		struct str value;
		struct str key =
		    str_cut(str_cut(rest, '\n', &rest), '=', &value);

		if (value.p == NULL)
			continue;
		if (str_is(key, "url"))
			ret->url = arena_str(a, value);
		else if (str_is(key, "token"))
			ret->token = arena_str(a, value);
		else if (str_is(key, "ca"))
			ret->ca = arena_str(a, value);
	}
	if (text.data != NULL)
		secret_wipe(text.data, text.len);
	buf_finish(&text);
	return true;
}
