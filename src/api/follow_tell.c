/* SPDX-License-Identifier: MIT */
#include "api/follow.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "resource/run/run_view.h"
#include "store/record.h"

#define FOLLOW_ROOM KIB(128) /* less than that: wait for the client */
#define FOLLOW_EVENT KIB(96) /* a longer step is told in short */
#define FOLLOW_PAGE 100

void
follow_log_free(struct follow *f, struct follow_log *log)
{
	log_hub_leave(f->api, &log->watch);
	free(log->task);
	free(log);
}

/* --- one event ------------------------------------------------------------ */

bool
follow_has_room(struct follow *f)
{
	if (stream_room(f->x) >= FOLLOW_ROOM)
		return true;
	f->stopped = true;
	return false;
}

static void
follow_send(struct follow *f, const char *event, struct str data)
{
	struct buf id = { 0 };
	bool first = true;

	follow_place_write(&id, &f->place);
	for (const struct follow_log *l = f->logs; l != NULL; l = l->next) {
		follow_place_add(&id,
		    &(struct follow_open){ l->attempt, l->offset }, first);
		first = false;
	}
	stream_send(f->x, buf_cstr(&id), event, data);
	buf_finish(&id);
}

static void
follow_send_run(struct follow *f, struct cx *cx, const struct run *run,
    const char *event)
{
	struct buf data = { 0 };
	struct json_out out;

	json_out_init(&out, &data);
	run_view_run(cx, &out, run);
	f->place.run = run->seq;
	follow_send(f, event, buf_str(&data));
	buf_finish(&data);
}

static void
follow_send_step(struct follow *f, struct cx *cx, const struct step *step)
{
	struct buf data = { 0 };
	struct json_out out;

	json_out_init(&out, &data);
	run_view_step(cx, &out, step);
	if (data.len > FOLLOW_EVENT) {
		buf_clear(&data);
		json_out_init(&out, &data);
		json_object_begin(&out);
		json_kv_int(&out, "id", step->id);
		json_kv_str(&out, "task", step->task);
		json_kv_str(&out, "status", step->status);
		json_kv_str(&out, "reason", step->reason);
		json_object_end(&out);
	}
	f->place.seq = step->seq;
	f->place.step = step->id;
	follow_send(f, "step", buf_str(&data));
	buf_finish(&data);
}

/* --- from the database ---------------------------------------------------- */

/* A page of changed steps; false: there are no more. */
static bool
follow_steps_page(struct follow *f, struct cx *cx)
{
	struct step *steps[FOLLOW_PAGE];
	struct query *q = query(cx->db, "follow_steps");
	size_t n = 0;

	bind_int(q, "run_id", f->run_id);
	bind_int(q, "seq", f->place.seq);
	bind_int(q, "id", f->place.step);
	bind_int(q, "limit", FOLLOW_PAGE);
	while (n < FOLLOW_PAGE && query_next(q)) {
		steps[n] = ARENA_NEW(cx->arena, struct step);
		record_read(q, &step_schema, steps[n++], cx->arena);
	}
	query_end(q);
	for (size_t i = 0; i < n && follow_has_room(f); i++)
		follow_send_step(f, cx, steps[i]);
	return n == FOLLOW_PAGE && !f->stopped;
}

static bool
follow_is_over(const char *status)
{
	return machine_is_final(&attempt_machine, status);
}

static struct follow_log *
follow_log_create(struct follow *f, struct cx *cx, struct query *q)
{
	struct follow_log *log = calloc(1, sizeof(*log));

	ASSERT(log != NULL);
	log->attempt = column_int(q, "id");
	log->step = column_int(q, "step_id");
	log->task = strdup(column_text(q, "task", cx->arena));
	ASSERT(log->task != NULL);
	log->over = follow_is_over(column_text(q, "status", cx->arena));
	log->watch.grown = follow_grown;
	log->watch.arg = f;
	return log;
}

/* Are those that are told live still? */
static void
follow_attempts_again(struct follow *f, struct cx *cx)
{
	for (struct follow_log *l = f->logs; l != NULL; l = l->next) {
		struct query *q = query(cx->db, "follow_attempt");

		bind_int(q, "run_id", f->run_id);
		bind_int(q, "id", l->attempt);
		if (query_next(q))
			l->over = follow_is_over(
			    column_text(q, "status", cx->arena));
		query_end(q);
	}
}

/* A page of new attempts; true when there may be more. */
static bool
follow_attempts(struct follow *f, struct cx *cx)
{
	struct follow_log **end = &f->logs;
	struct query *q = query(cx->db, "follow_attempts");
	int n = 0;

	while (*end != NULL)
		end = &(*end)->next;
	bind_int(q, "run_id", f->run_id);
	bind_int(q, "after", f->place.attempt);
	bind_int(q, "limit", FOLLOW_PAGE);
	while (query_next(q)) {
		*end = follow_log_create(f, cx, q);
		f->place.attempt = (*end)->attempt;
		end = &(*end)->next;
		n++;
	}
	query_end(q);
	return n == FOLLOW_PAGE;
}

/* --- logs ----------------------------------------------------------------- */

/* False when it is told to its end. */
static bool
follow_log_tell(struct follow *f, struct follow_log *log)
{
	struct log_piece piece;

	if (log->watch.hub == NULL) {
		if (!log_hub_join(f->api, log->attempt, log->step, log->task,
			&log->watch))
			return !log->over;
		free(log->task); /* the hub has it */
		log->task = NULL;
	}
	while (follow_has_room(f)) {
		if (!log_hub_piece(log->watch.hub, log->offset, log->over,
			&piece))
			return !log->over;
		log->offset = piece.next;
		follow_send(f, "log", piece.data);
	}
	return true;
}

void
follow_tell_logs(struct follow *f)
{
	struct follow_log **at = &f->logs;

	while (*at != NULL && !f->stopped) {
		struct follow_log *log = *at;

		if (follow_log_tell(f, log)) {
			at = &log->next;
		} else {
			*at = log->next;
			follow_log_free(f, log);
		}
	}
}

/* --- all of it ------------------------------------------------------------ */

bool
follow_tell(struct follow *f, struct cx *cx, const struct run *run)
{
	bool more = true;

	f->run_over = machine_is_final(&run_machine, run->status);
	if (run->seq > f->place.run && follow_has_room(f))
		follow_send_run(f, cx, run, "run");
	while (!f->stopped && follow_steps_page(f, cx))
		;
	follow_attempts_again(f, cx);
	while (more && !f->stopped) {
		more = follow_attempts(f, cx);
		follow_tell_logs(f);
	}
	if (!f->run_over || f->stopped || f->logs != NULL)
		return false;
	follow_send_run(f, cx, run, "end");
	return true;
}

void
follow_resume(struct follow *f, struct cx *cx, struct str id)
{
	struct follow_open *open =
	    arena_array(cx->arena, FOLLOW_OPEN, sizeof(*open));
	struct follow_log **end = &f->logs;
	size_t n = 0;

	if (!follow_place_parse(id, &f->place, open, &n))
		return;
	for (size_t i = 0; i < n; i++) {
		struct query *q = query(cx->db, "follow_attempt");

		bind_int(q, "run_id", f->run_id);
		bind_int(q, "id", open[i].attempt);
		if (query_next(q)) {
			*end = follow_log_create(f, cx, q);
			(*end)->offset = open[i].offset;
			end = &(*end)->next;
		}
		query_end(q);
	}
}
