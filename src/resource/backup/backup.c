/* SPDX-License-Identifier: MIT */
#include "resource/backup/backup.h"

#include <time.h>

#include "resource/audit.h"
#include "store/record.h"

struct backup *
backup_open(struct cx *cx)
{
	struct query *q = query(cx->db, "backup_open");
	struct backup *b = NULL;

	if (query_next(q)) {
		b = ARENA_NEW(cx->arena, struct backup);
		record_read(q, &backup_schema, b, cx->arena);
	}
	query_end(q);
	return b;
}

/* slipway-20260102-030405-7.tar.zst */
static const char *
backup_name(struct cx *cx, int64_t id)
{
	const time_t now = (time_t)(cx->now / 1000);
	char text[32];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%Y%m%d-%H%M%S", &tm);
	return arena_printf(cx->arena, "slipway-%s-%lld.tar.zst", text,
	    (long long)id);
}

static int64_t
backup_next(struct cx *cx)
{
	struct query *q = query(cx->db, "backup_last");
	const int64_t last = query_next(q) ? column_int_at(q, 0) : 0;

	query_end(q);
	return last + 1;
}

bool
backup_ask(struct cx *cx, bool logs, struct backup **ret, struct err *e)
{
	struct backup *b = ARENA_NEW(cx->arena, struct backup);
	struct query *q;

	if (cx->site->backup_asked == NULL) {
		err_set(e, ERR_CONFLICT, "backup.nowhere",
		    "the server knows no folder for backups");
		return err_hint(e, "slipway serve --backups DIR; or on its "
				   "machine: slipway backup DIR/");
	}
	if (backup_open(cx) != NULL) {
		err_set(e, ERR_CONFLICT, "backup.making",
		    "a backup is being made");
		return err_hint(e, "slipway backup list");
	}
	*b = (struct backup){ .id = backup_next(cx),
		.status = BACKUP_MAKING,
		.reason = "",
		.logs = logs,
		.person = actor_name(cx->actor),
		.asked_at = cx->now,
		.sha256 = "",
		.head = "" };
	b->name = backup_name(cx, b->id);
	q = query(cx->db, "backup_insert");
	record_bind(q, &backup_schema, b);
	query_run(q);
	audit(cx, "backup.asked", b->name, "done",
	    logs ? "with logs" : "", NULL);
	db_after_commit(cx->db, cx->site->backup_asked,
	    cx->site->backup_self);
	*ret = b;
	return !db_failed(cx->db, e);
}

void
backup_end(struct cx *cx, struct backup *b,
    const struct backup_report *report, int64_t size, const char *sha256,
    const char *why)
{
	struct query *q = query(cx->db, "backup_update");

	b->status = report != NULL ? BACKUP_DONE : BACKUP_FAILED;
	b->reason = report != NULL ? "" : why;
	b->ended_at = cx->now;
	if (report != NULL) {
		b->files = report->files;
		b->bytes = report->bytes;
		b->size = size;
		b->sha256 = sha256;
		b->schema = report->schema;
		b->epoch = report->epoch;
		b->events = report->events;
		b->head = arena_strdup(cx->arena, report->head);
	}
	record_bind(q, &backup_schema, b);
	query_run(q);
	audit(cx, report != NULL ? "backup.done" : "backup.failed", b->name,
	    "done", b->reason,
	    arena_printf(cx->arena, "{\"events\":%lld,\"sha256\":\"%s\"}",
		(long long)b->events, b->sha256));
}
