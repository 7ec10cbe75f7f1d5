/* SPDX-License-Identifier: MIT */
#include "cli/backup.h"

#include <time.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/backup.h"

#define BACKUP_POLL_MS 250

/* The row of that number; it is among the newest. */
static bool
backup_look(struct session *s, int64_t id, const json_t **ret, struct err *e)
{
	json_t *answer, *row;
	size_t i;

	if (!session_get(s, &op_backup_list, NULL, &answer, e))
		return false;
	*ret = NULL;
	json_array_foreach (json_object_get(answer, "items"), i, row)
		if (int_get(row, "id", 0) == id)
			*ret = row;
	return *ret != NULL ||
	    err_set(e, ERR_NOT_FOUND, "not_found", "backup %lld is not there",
		(long long)id);
}

static bool
backup_wait(struct session *s, const json_t **row, struct err *e)
{
	const struct timespec pause = { .tv_nsec = BACKUP_POLL_MS * 1000000L };
	const int64_t id = int_get(*row, "id", 0);

	while (streq(text_get(s->arena, *row, "status"), BACKUP_MAKING)) {
		nanosleep(&pause, NULL);
		if (!backup_look(s, id, row, e))
			return false;
	}
	if (streq(text_get(s->arena, *row, "status"), BACKUP_DONE))
		return true;
	return err_set(e, ERR_IO, "backup.failed", "backup %s: %s",
	    text_get(s->arena, *row, "name"),
	    text_get(s->arena, *row, "reason"));
}

int
verb_backup(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	const json_t *row;
	json_t *answer;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!session_call(s, v->op, args.path, args.query, args.body, &answer,
		&e))
		return session_fail(s, &e);
	row = answer;
	if (!backup_wait(s, &row, &e))
		return session_fail(s, &e);
	if (s->globals.json)
		return session_json(s, row);
	session_say(s, "%s: %s files, %s bytes, %s events, SHA-256 %s\n",
	    text_get(s->arena, row, "name"), text_get(s->arena, row, "files"),
	    text_get(s->arena, row, "size"), text_get(s->arena, row, "events"),
	    text_get(s->arena, row, "sha256"));
	session_say(s, "the key is not in it: keep a copy of it elsewhere\n");
	return EXIT_OK;
}
