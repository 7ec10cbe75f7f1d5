/* SPDX-License-Identifier: MIT */
#include "driver/local_spec.h"

#include <string.h>

/* Names that the driver gives, and what they point to in the workspace. */
static const struct {
	const char *name;
	const char *path;
} own_env[] = {
	{ "HOME", "" },
	{ "SLIPWAY_OUTPUT", "/.slipway/output" },
	{ "SLIPWAY_PARAMS", "/.slipway/params.json" },
	{ "SLIPWAY_SECRETS", "/.slipway/secrets" },
	{ "SLIPWAY_WORKSPACE", "" },
};

/* The head of a record is written last, when the length is known. */
static size_t
record_begin(struct buf *to)
{
	size_t at = to->len;

	buf_add(to, (const uint32_t[2]){ 0, 0 }, sizeof(uint32_t[2]));
	return at;
}

static void
record_end(struct buf *to, size_t at, enum wire_spec type)
{
	uint32_t head[2] = { type, 0 };

	head[1] = (uint32_t)(to->len - at - sizeof(head));
	memcpy(to->data + at, head, sizeof(head));
	buf_addc(to, '\0');
	while (to->len % 4 != 0)
		buf_addc(to, '\0');
}

static void
record_add(struct buf *to, enum wire_spec type, const void *p, size_t n)
{
	size_t at = record_begin(to);

	buf_add(to, p, n);
	record_end(to, at, type);
}

static void
record_adds(struct buf *to, enum wire_spec type, const char *text)
{
	record_add(to, type, text, strlen(text));
}

static void
records_add(struct buf *to, enum wire_spec type, const char *const *texts)
{
	for (; texts && *texts; texts++)
		record_adds(to, type, *texts);
}

static void
spec_argv(struct buf *to, const char *const *argv, const char *workspace)
{
	size_t at = record_begin(to);

	if (argv[0][0] != '/' && strchr(argv[0], '/')) {
		buf_adds(to, workspace);
		buf_addc(to, '/');
	}
	buf_adds(to, argv[0]);
	record_end(to, at, WIRE_ARGV);
	records_add(to, WIRE_ARGV, argv + 1);
}

static bool
env_has(const char *const *env, const char *name)
{
	size_t n = strlen(name);

	for (; *env; env++) {
		if (strncmp(*env, name, n) == 0 && (*env)[n] == '=')
			return true;
	}
	return false;
}

static void
spec_env(struct buf *to, const char *const *env, const char *workspace)
{
	records_add(to, WIRE_ENV, env);
	for (size_t i = 0; i < ARRAY_SIZE(own_env); i++) {
		size_t at;

		if (env_has(env, own_env[i].name))
			continue;
		at = record_begin(to);
		buf_adds(to, own_env[i].name);
		buf_addc(to, '=');
		buf_adds(to, workspace);
		buf_adds(to, own_env[i].path);
		record_end(to, at, WIRE_ENV);
	}
}

static void
spec_files(struct buf *to, const struct work *w)
{
	for (size_t i = 0; i < w->nfiles; i++) {
		const struct work_file *f = &w->files[i];
		size_t at = record_begin(to);

		buf_adds(to, f->name);
		buf_addc(to, '\0');
		if (f->sha256)
			buf_adds(to, f->sha256);
		if (f->source)
			buf_adds(to, f->source);
		else
			buf_addstr(to, f->bytes);
		record_end(to, at, f->sha256 ? WIRE_KEPT
			: f->source	     ? WIRE_LINK
					     : WIRE_FILE);
	}
}

static void
spec_takes(struct buf *to, const struct work *w)
{
	for (size_t i = 0; i < w->ntakes; i++) {
		size_t at = record_begin(to);

		buf_add(to, &w->takes[i].max, sizeof(w->takes[i].max));
		buf_adds(to, w->takes[i].path);
		record_end(to, at, WIRE_TAKE);
	}
}

void
local_spec(struct buf *to, const struct work *w, const struct wire_numbers *n,
    const char *workspace, const char *const *hidden)
{
	static const char *const none[] = { NULL };

	record_add(to, WIRE_NUMBERS, n, sizeof(*n));
	record_adds(to, WIRE_WORKSPACE, workspace);
	spec_argv(to, w->argv, workspace);
	spec_env(to, w->env ? w->env : none, workspace);
	spec_files(to, w);
	spec_takes(to, w);
	for (size_t i = 0; i < w->nsecrets; i++)
		record_add(to, WIRE_SECRET, w->secrets[i].p, w->secrets[i].n);
	records_add(to, WIRE_VOLUME, w->volumes);
	records_add(to, WIRE_HIDE, hidden);
}
