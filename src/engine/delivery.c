/* SPDX-License-Identifier: MIT */
#include "engine/delivery.h"

#include <string.h>

#include "base/json_out.h"
#include "resource/artifact/artifact.h"
#include "resource/sealed.h"

#define PLACE "artifacts" /* below .slipway */

struct delivering {
	struct cx *cx;
	const struct step_need *need;
	const char *name;
	struct delivery *to;
	size_t cap;
	struct json_out index;
	struct buf text;
	size_t no;
	struct err *e;
};

static void
delivery_add(struct delivering *d, const char *name, const char *sha256)
{
	struct cx *cx = d->cx;
	struct delivery *to = d->to;

	if (to->nfiles == d->cap) {
		size_t cap = d->cap == 0 ? 4 : d->cap * 2;
		struct work_file *more =
		    arena_array(cx->arena, cap, sizeof(*more));

		if (to->nfiles > 0)
			memcpy(more, to->files, to->nfiles * sizeof(*more));
		to->files = more;
		d->cap = cap;
	}
	to->files[to->nfiles++] = (struct work_file){
		.name = arena_printf(cx->arena, ".slipway/%s", name),
		.bytes = STR(""),
		.source = arena_printf(cx->arena, "%s/artifact/%s",
		    cx->site->data, sha256),
		.sha256 = sha256 };
}

static bool
delivery_one(struct delivering *d)
{
	struct cx *cx = d->cx;
	const struct step *step = d->need->step;
	struct artifact *a = artifact_newest(cx, step->id, d->name);
	const char *name = arena_printf(cx->arena, PLACE "/%s/%s",
	    d->need->name, d->name);

	if (a != NULL && a->removed_at != 0)
		return artifact_gone(a, d->e);
	if (a == NULL && streq(step->status, "skipped"))
		return true;
	if (a == NULL)
		return err_set(d->e, ERR_INVALID, "artifact.missing",
		    "artifact '%s' of '%s' is not there: step %lld left none",
		    d->name, step->task, (long long)step->id);
	delivery_add(d, name, a->sha256);
	d->to->path = arena_printf(cx->arena, ".slipway/%s", name);
	return true;
}

/* The row of one child: into the folder and its index. */
static bool
delivery_child(struct delivering *d, struct query *q, const char *folder)
{
	struct cx *cx = d->cx;
	const char *sha256 = column_text(q, "sha256", cx->arena);
	int64_t step = column_int(q, "step");
	const char *file = NULL;

	if (sha256 == NULL &&
	    !streq(column_text(q, "status", cx->arena), "skipped"))
		return err_set(d->e, ERR_GONE, "artifact.missing",
		    "artifact '%s' of '%s' is not there any more: step %lld",
		    d->name, d->need->step->task, (long long)step);
	if (sha256 != NULL) {
		file = arena_printf(cx->arena, "%zu", d->no);
		delivery_add(d, arena_printf(cx->arena, "%s/%s", folder, file),
		    sha256);
	}
	d->no++;
	json_object_begin(&d->index);
	json_kv_str(&d->index, "file", file);
	json_kv_int(&d->index, "step", step);
	json_kv_raw(&d->index, "params",
	    sealed_mask_text(cx->arena, column_text(q, "params", cx->arena)));
	json_kv_str(&d->index, "sha256", sha256);
	if (sha256 == NULL)
		json_kv_null(&d->index, "size");
	else
		json_kv_int(&d->index, "size", column_int(q, "size"));
	json_object_end(&d->index);
	return true;
}

static void
delivery_index(struct delivering *d, const char *folder)
{
	struct cx *cx = d->cx;

	json_array_end(&d->index);
	delivery_add(d, "", "");
	d->to->files[d->to->nfiles - 1] = (struct work_file){
		.name = arena_printf(cx->arena, "%s/index.json", folder),
		.bytes = str_of(arena_str(cx->arena, buf_str(&d->text))) };
	d->to->path = arena_printf(cx->arena, ".slipway/%s", folder);
}

static bool
delivery_fan(struct delivering *d)
{
	const char *folder = arena_printf(d->cx->arena, PLACE "/%s/%s",
	    d->need->name, d->name);
	struct query *q = query(d->cx->db, "artifact_of_fan");
	bool ok = true;

	json_out_init(&d->index, &d->text);
	json_array_begin(&d->index);
	bind_int(q, "id", d->need->step->id);
	bind_text(q, "name", d->name);
	while (ok && query_next(q))
		ok = delivery_child(d, q, folder);
	query_end(q);
	if (ok)
		delivery_index(d, folder);
	buf_finish(&d->text);
	return ok;
}

bool
delivery_make(struct cx *cx, const struct step_need *need,
    struct str artifact, struct delivery *ret, struct err *e)
{
	struct delivering d = { .cx = cx, .need = need, .to = ret, .e = e,
		.name = arena_str(cx->arena, artifact) };

	*ret = (struct delivery){ .path = NULL };
	return need->step->fan == FAN_NONE ? delivery_one(&d)
					   : delivery_fan(&d);
}
