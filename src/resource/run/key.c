/* SPDX-License-Identifier: MIT */
#include "resource/run/key.h"

#include <string.h>

#include "resource/run/run.h"
#include "spec/validate.h"
#include "sys/digest.h"

#define KEY_BYTES 200 /* of the values, before they are shortened */

/* One value; '/' stands between them, so one inside is written otherwise. */
static void
key_add(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if (c == '/' || c == '%' || c < 0x20)
			buf_printf(b, "%%%02X", c);
		else
			buf_addc(b, (char)c);
	}
}

/* false: the value is not known yet. */
static bool
key_part(struct cx *cx, struct buf *b, const json_t *part,
    const json_t *params)
{
	struct reference ref = reference_parse(json_string_value(part));
	const json_t *value;

	if (ref.kind != REFERENCE_PARAM) {
		key_add(b, str_of(reference_literal(json_string_value(part))));
		return true;
	}
	value = json_object_getn(params, ref.name.p, ref.name.n);
	if (graph_is_symbolic(value))
		return false;
	if (json_is_string(value))
		key_add(b, str_of(json_string_value(value)));
	else if (value != NULL && !json_is_null(value))
		key_add(b, str_of(json_canonical(cx->arena, value)));
	return true;
}

const char *
key_lock(struct cx *cx, const struct task *task, const json_t *params,
    const char *environment)
{
	struct buf b = { .data = NULL };
	char hash[DIGEST_HEX];
	const char *lock;
	bool known = true;

	if (task->key == NULL)
		return "";
	for (size_t i = 0; known && i < json_array_size(task->key); i++) {
		if (i > 0)
			buf_addc(&b, '/');
		known = key_part(cx, &b, json_array_get(task->key, i), params);
	}
	if (b.len > KEY_BYTES)
		lock = arena_printf(cx->arena, "%s:%s/%.40s…%.16s",
		    environment, task->name, buf_cstr(&b),
		    digest_hex(b.data, b.len, hash));
	else
		lock = arena_printf(cx->arena, "%s:%s/%s", environment,
		    task->name, buf_cstr(&b));
	buf_finish(&b);
	return known ? lock : NULL;
}

const char *
key_lock_of(struct cx *cx, const struct graph_step *s,
    const char *environment)
{
	const char *lock;
	json_t *params;

	if (s->task->key == NULL)
		return "";
	params = graph_step_params(s);
	lock = key_lock(cx, s->task, params, environment);
	json_decref(params);
	return lock;
}

const char *
key_words(const char *lock)
{
	const char *colon = strchr(lock, ':');

	return colon == NULL ? lock : colon + 1;
}

bool
key_holder(struct cx *cx, const char *lock, struct key_holder *ret)
{
	struct query *q = query(cx->db, "key_holder");
	bool held;

	bind_text(q, "lock", lock);
	held = query_next(q);
	if (held)
		*ret = (struct key_holder){ .run_id = column_int(q, "run_id"),
			.step_id = column_int(q, "step_id"),
			.run_key = column_text(q, "run_key", cx->arena) };
	query_end(q);
	return held;
}

const char *
key_waiting(struct cx *cx, const char *lock)
{
	struct key_holder h;

	if (!key_holder(cx, lock, &h))
		return arena_printf(cx->arena,
		    "waiting for key %s: others come first", key_words(lock));
	return arena_printf(cx->arena, "waiting for key %s held by %s",
	    key_words(lock), h.run_key);
}

void
key_take(struct cx *cx, const char *lock, const struct run *run,
    int64_t step_id)
{
	struct query *q = query(cx->db, "key_take");

	bind_text(q, "lock", lock);
	bind_int(q, "run_id", run->id);
	bind_int(q, "step_id", step_id);
	query_run(q);
}

static void
key_freed(struct cx *cx, struct query *q)
{
	while (query_next(q))
		if (cx->site->freed != NULL)
			cx->site->freed(cx->site->freed_self,
			    column_text(q, "lock", cx->arena));
	query_end(q);
}

void
key_leave(struct cx *cx, const struct run *run, int64_t step_id)
{
	struct query *q;

	if (!run->keyed)
		return;
	q = query(cx->db, "key_leave");
	bind_int(q, "run_id", run->id);
	bind_int(q, "step_id", step_id);
	key_freed(cx, q);
}

void
key_leave_all(struct cx *cx, const struct run *run)
{
	struct query *q;

	if (!run->keyed)
		return;
	q = query(cx->db, "key_leave_all");
	bind_int(q, "run_id", run->id);
	key_freed(cx, q);
}

static bool
key_is_busy(struct cx *cx, const char *lock, bool root, const char **ret_run)
{
	struct key_holder h;
	struct query *q;

	if (key_holder(cx, lock, &h)) {
		*ret_run = h.run_key;
		return true;
	}
	*ret_run = NULL;
	if (!root)
		return false;
	q = query(cx->db, "key_asked");
	bind_text(q, "lock", lock);
	if (query_next(q))
		*ret_run = column_text(q, "key", cx->arena);
	query_end(q);
	return *ret_run != NULL;
}

bool
run_key_is_free(struct cx *cx, const struct graph *g,
    const char *environment, struct err *e)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct graph_step *s = g->steps[i];
		const char *lock, *run;

		if (s->task->key == NULL || s->fan != FAN_NONE ||
		    s->cleans != NULL || s->task->when_busy != BUSY_REFUSE)
			continue;
		lock = key_lock_of(cx, s, environment);
		if (lock == NULL ||
		    !key_is_busy(cx, lock, s == g->root, &run))
			continue;
		err_set(e, ERR_CONFLICT, "key.busy",
		    "%s is busy: %s has its key, and one at a time is allowed",
		    key_words(lock), run);
		return err_hint(e, "wait for it: slipway follow %s", run);
	}
	return true;
}
