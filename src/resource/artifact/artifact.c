/* SPDX-License-Identifier: MIT */
#include "resource/artifact/artifact.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "resource/audit.h"
#include "store/record.h"

/* When one may not go yet, for its run is not over. */
#define LATE_MS 600000

static struct artifact *
artifact_read(struct cx *cx, struct query *q)
{
	struct artifact *a = ARENA_NEW(cx->arena, struct artifact);

	record_read(q, &artifact_schema, a, cx->arena);
	return a;
}

static struct artifact **
artifact_rows(struct cx *cx, struct query *q, size_t *ret_n)
{
	struct artifact **rows = NULL;
	size_t n = 0, cap = 0;

	while (query_next(q)) {
		if (n == cap) {
			struct artifact **more;

			cap = cap == 0 ? 8 : cap * 2;
			more = arena_array(cx->arena, cap, sizeof(*more));
			if (n > 0)
				memcpy(more, rows, n * sizeof(*more));
			rows = more;
		}
		rows[n++] = artifact_read(cx, q);
	}
	query_end(q);
	*ret_n = n;
	return rows;
}

static const char *
artifact_object(struct cx *cx, const struct artifact *a)
{
	return arena_printf(cx->arena, "R-%lld/%lld/%s", (long long)a->run_id,
	    (long long)a->step_id, a->name);
}

static void
artifact_remove(struct cx *cx, const struct artifact *a, const char *reason)
{
	struct query *q = query(cx->db, "artifact_remove");

	bind_int(q, "id", a->id);
	bind_int(q, "removed_at", cx->now);
	bind_text(q, "reason", reason);
	query_run(q);
	audit(cx, "artifact.removed", artifact_object(cx, a), "done", reason,
	    arena_printf(cx->arena, "{\"sha256\":\"%s\"}", a->sha256));
}

/* --- keeping -------------------------------------------------------------- */

static int64_t
artifact_total(struct cx *cx)
{
	struct query *q = query(cx->db, "artifact_total");
	int64_t bytes = 0;

	if (query_next(q))
		bytes = column_int(q, "bytes");
	query_end(q);
	return bytes;
}

static bool
artifact_make_room(struct cx *cx, int64_t wanted, struct err *e)
{
	int64_t max = cx->platform->artifacts_max;
	int64_t total = artifact_total(cx);

	while (total + wanted > max && wanted <= max) {
		struct query *q = query(cx->db, "artifact_oldest");
		struct artifact **oldest;
		size_t n;

		bind_int(q, "limit", LIMIT_BATCH);
		oldest = artifact_rows(cx, q, &n);
		for (size_t i = 0; i < n && total + wanted > max; i++) {
			artifact_remove(cx, oldest[i],
			    "it made room for newer ones");
			total -= oldest[i]->size;
		}
		if (n == 0)
			break;
	}
	if (total + wanted <= max || db_failed(cx->db, e))
		return true;
	err_set(e, ERR_FULL, "artifact.full",
	    "its artifacts have %lld bytes, and all together may have %lld",
	    (long long)wanted, (long long)max);
	return err_hint(e, "artifacts: {max: …} in the settings of the folder");
}

static void
artifact_write(struct cx *cx, const struct step *step,
    const struct artifact_def *def, const struct artifact_bytes *bytes)
{
	struct artifact a = { .run_id = step->run_id, .step_id = step->id,
		.name = def->name, .path = def->path,
		.sha256 = bytes->sha256, .size = bytes->size,
		.keep = def->keep, .created_at = cx->now,
		.expires_at = cx->now + def->keep_ms };
	struct artifact *old = artifact_newest(cx, step->id, def->name);
	struct query *q;

	if (old != NULL && old->removed_at == 0)
		artifact_remove(cx, old, "a later attempt left another one");
	q = query(cx->db, "artifact_insert");
	record_bind(q, &artifact_schema, &a);
	query_run(q);
	audit(cx, "artifact.kept", artifact_object(cx, &a), "done", "",
	    arena_printf(cx->arena, "{\"sha256\":\"%s\",\"size\":%lld}",
		a.sha256, (long long)a.size));
}

bool
artifact_keep(struct cx *cx, const struct step *step, const struct task *task,
    const struct artifact_bytes *left, struct err *e)
{
	int64_t wanted = 0;

	for (size_t i = 0; i < task->nartifacts; i++)
		wanted += left[i].size;
	if (!artifact_make_room(cx, wanted, e))
		return false;
	for (size_t i = 0; i < task->nartifacts; i++)
		artifact_write(cx, step, &task->artifacts[i], &left[i]);
	return true;
}

void
artifact_adopt(struct cx *cx, const struct step *step, int64_t from)
{
	struct query *q;
	size_t n;

	(void)artifact_of_step(cx, step->id, &n);
	if (n > 0 || from == step->id)
		return;
	q = query(cx->db, "artifact_adopt");
	bind_int(q, "run_id", step->run_id);
	bind_int(q, "step_id", step->id);
	bind_int(q, "from", from);
	query_run(q);
}

void
artifact_adopt_known(struct cx *cx, const struct step *step)
{
	struct query *q = query(cx->db, "artifact_known_step");
	int64_t from = 0;

	bind_text(q, "ident", step->ident);
	bind_int(q, "id", step->id);
	if (query_next(q))
		from = column_int(q, "id");
	query_end(q);
	if (from != 0)
		artifact_adopt(cx, step, from);
}

void
artifact_given(struct cx *cx, int64_t run_id, int64_t from)
{
	struct query *q = query(cx->db, "artifact_given");

	bind_int(q, "run_id", run_id);
	bind_int(q, "from", from);
	query_run(q);
}

/* --- reading -------------------------------------------------------------- */

struct artifact *
artifact_newest(struct cx *cx, int64_t step_id, const char *name)
{
	struct query *q = query(cx->db, "artifact_newest");
	struct artifact *a = NULL;

	bind_int(q, "step_id", step_id);
	bind_text(q, "name", name);
	if (query_next(q))
		a = artifact_read(cx, q);
	query_end(q);
	return a;
}

struct artifact **
artifact_of_step(struct cx *cx, int64_t step_id, size_t *ret_n)
{
	struct query *q = query(cx->db, "artifact_of_step");

	bind_int(q, "step_id", step_id);
	return artifact_rows(cx, q, ret_n);
}

bool
artifact_gone(const struct artifact *a, struct err *e)
{
	char when[CLOCK_TEXT];

	err_set(e, ERR_GONE, "artifact.removed",
	    "artifact '%s' of '%s' was removed on %.10s: %s", a->name, a->task,
	    clock_text(a->removed_at, when), a->reason);
	return err_hint(e, "make it again: slipway retry R-%lld --from %lld",
	    (long long)a->run_id, (long long)a->step_id);
}

bool
artifact_named(struct cx *cx, const char *sha256)
{
	struct query *q = query(cx->db, "artifact_named");
	bool named;

	bind_text(q, "sha256", sha256);
	named = query_next(q);
	query_end(q);
	return named;
}

/* --- removing ------------------------------------------------------------- */

static int64_t
artifact_next_due(struct cx *cx)
{
	struct query *q = query(cx->db, "artifact_next_due");
	int64_t next = INT64_MAX;
	bool late;

	bind_int(q, "now", cx->now);
	if (query_next(q) && !column_is_null(q, "at"))
		next = column_int(q, "at");
	query_end(q);
	q = query(cx->db, "artifact_late");
	bind_int(q, "now", cx->now);
	late = query_next(q);
	query_end(q);
	return late && next > cx->now + LATE_MS ? cx->now + LATE_MS : next;
}

int64_t
artifact_expire(struct cx *cx)
{
	struct query *q = query(cx->db, "artifact_due");
	struct artifact **due;
	size_t n;

	bind_int(q, "now", cx->now);
	bind_int(q, "limit", LIMIT_BATCH);
	due = artifact_rows(cx, q, &n);
	for (size_t i = 0; i < n; i++)
		artifact_remove(cx, due[i],
		    arena_printf(cx->arena, "its task keeps it for %s",
			due[i]->keep));
	return n == LIMIT_BATCH ? cx->now : artifact_next_due(cx);
}
