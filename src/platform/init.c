/* SPDX-License-Identifier: MIT */
#include "platform/platform.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spec/folder.h"
#include "spec/pattern.h"
#include "sys/file.h"

static const char init_settings[] =
    "# The settings of your platform. Every *.yaml file of this folder is\n"
    "# read; the first key of a document tells what it is. After a change:\n"
    "# slipway check\n"
    "slipway: 1\n"
    "timezone: %s\n"
    "team: platform                 # owns what names no owner\n"
    "projects:\n"
    "  OPS: {team: platform}        # tickets are called OPS-1, OPS-2 ...\n"
    "volumes:\n"
    "  reports: {path: %s}\n";

static const char init_people[] =
    "# Who is here, and who may do what. A second person: add them under\n"
    "# people and to the team.\n"
    "people:\n"
    "  %s: {name: %s%s}\n"
    "teams:\n"
    "  platform: {members: [%s]}\n"
    "grants:\n"
    "  - {to: %s, role: admin}\n"
    "  - {to: platform, role: member, on: platform}\n";

static const char init_tasks[] =
    "# A first task, and how people ask for it.\n"
    "task: hello\n"
    "doc: Writes today's disk report. Asked again on the same day, it is\n"
    "  already done.\n"
    "params:\n"
    "  title: {type: string, max: 80, default: Disk report,\n"
    "    doc: The first line of the report}\n"
    "env: {REPORTS: %s}\n"
    "volumes: [reports]\n"
    "creates:\n"
    "  run: test -s \"$REPORTS/disk-$(date +%%F).txt\"\n"
    "outputs:\n"
    "  report: {doc: Where the report is}\n"
    "timeout: 1m\n"
    "idempotent: true\n"
    "run: |\n"
    "  report=\"$REPORTS/disk-$(date +%%F).txt\"\n"
    "  new=$(mktemp \"$report.XXXXXX\")  # two may write at once\n"
    "  chmod 644 \"$new\"\n"
    "  {\n"
    "          echo \"$PARAM_TITLE: $(uname -n), $(date)\"\n"
    "          df -h \"$REPORTS\"\n"
    "  } | tee \"$new\"\n"
    "  mv \"$new\" \"$report\"\n"
    "  echo \"report=$report\" >> \"$SLIPWAY_OUTPUT\"\n"
    "---\n"
    "request: disk-report\n"
    "title: A disk report\n"
    "doc: How full the disk is, today.\n"
    "project: OPS\n"
    "task: hello\n"
    "# Nobody approves what they asked for themselves. You are alone, so\n"
    "# this rule says that nobody needs to. With a second team, write\n"
    "#   approve: [{of: TEAM, count: 1}]\n"
    "approve: [{none: true}]\n";

/* A text as YAML takes it whatever is in it: JSON's quotes. */
static const char *
init_quote(struct arena *a, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = value == NULL ? NULL
	    : json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	const char *copy = arena_strdup(a, quoted == NULL ? "\"\"" : quoted);

	free(quoted);
	json_decref(value);
	return copy;
}

/* The machine's time zone, by where /etc/localtime points. */
static const char *
init_timezone(struct arena *a)
{
	char link[256];
	ssize_t n = readlink("/etc/localtime", link, sizeof(link) - 1);
	const char *zone;

	if (n <= 0)
		return "UTC";
	link[n] = '\0';
	zone = strstr(link, "zoneinfo/");
	return zone == NULL || strcmp(zone + 9, "Etc/UTC") == 0
	    ? "UTC" : arena_strdup(a, zone + 9);
}

static bool
init_check(const char *folder, const char *person, struct arena *a,
    struct err *e)
{
	static const char *const names[] = { "slipway.yaml", "people.yaml",
		"tasks.yaml" };
	struct pattern_cache cache = { .used = 0 };
	bool named = pattern_match(&cache, FOLDER_NAME, person);

	pattern_cache_finish(&cache);
	if (!named || streq(person, "platform")) {
		err_set(e, ERR_INVALID, "person.name",
		    "'%s' cannot be the name of a person here", person);
		return err_hint(e, "small letters, digits, _ and -, beginning "
		    "with a letter, and not 'platform'");
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!file_exists(arena_printf(a, "%s/%s", folder, names[i])))
			continue;
		err_set(e, ERR_CONFLICT, "folder.exists",
		    "make a first folder in '%s': there is a %s already",
		    folder, names[i]);
		return err_hint(e, "choose an empty folder, or type: "
		    "slipway check");
	}
	return true;
}

/* Where hello writes.  A server that was started as root runs it under a
 * user id that nobody owns anything with. */
static bool
init_reports(const char *path, struct err *e)
{
	if (!file_mkdirs(path, 0755, e))
		return false;
	if (geteuid() == 0 && chmod(path, 01777) != 0)
		return err_sys(e, "open '%s' to tasks", path);
	return true;
}

static bool
init_write(struct arena *a, const char *folder, const char *name,
    const char *text, struct err *e)
{
	return file_replace(AT_FDCWD, arena_printf(a, "%s/%s", folder, name),
	    text, strlen(text), 0644, e);
}

static bool
init_folder(struct arena *a, const char *folder, const char *person,
    const char *unix_name, struct err *e)
{
	const char *reports, *linked = "";
	char *absolute;

	if (!init_check(folder, person, a, e) ||
	    !file_mkdirs(folder, 0755, e))
		return false;
	absolute = realpath(folder, NULL);
	if (absolute == NULL)
		return err_sys(e, "open the folder '%s'", folder);
	reports = arena_printf(a, "%s/.reports", absolute);
	free(absolute);
	if (unix_name != NULL && unix_name[0] != '\0')
		linked = arena_printf(a, ", unix: %s",
		    init_quote(a, unix_name));
	/* The settings last: they say that the folder is there. */
	return init_reports(reports, e) &&
	    init_write(a, folder, "people.yaml", arena_printf(a, init_people,
	    person, init_quote(a, person), linked, person, person), e) &&
	    init_write(a, folder, "tasks.yaml", arena_printf(a, init_tasks,
	    init_quote(a, reports)), e) &&
	    init_write(a, folder, "slipway.yaml", arena_printf(a,
	    init_settings, init_timezone(a), init_quote(a, reports)), e);
}

bool
platform_init(const char *folder, const char *person, const char *unix_name,
    struct err *e)
{
	struct arena *a = arena_create();
	bool ok = init_folder(a, folder, person, unix_name, e);

	arena_destroy(a);
	return ok;
}
