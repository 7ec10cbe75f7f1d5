/* SPDX-License-Identifier: MIT */
#include "api/request.h"
#include "base/limits.h"
#include "driver/log_read.h"
#include "resource/run/run.h"
#include "resource/server/usage.h"

#define LOG_PIECE KIB(64)
#define LOG_CHUNKS 64

/* The logs of some attempts, one after the other. */
struct log_sender {
	struct request *r;
	const int64_t *attempts; /* ends with 0 */
	struct log_read *reader; /* of the first of them; NULL: not open */
	uint64_t offset;
};

static void
log_over(struct log_sender *s)
{
	log_read_close(s->reader);
	request_end(s->r); /* and s with it */
}

static void
log_gone(struct exchange *x)
{
	log_over(x->user);
}

static void
log_next(struct log_sender *s)
{
	log_read_close(s->reader);
	s->reader = NULL;
	s->offset = 0;
	s->attempts++;
}

/* What was not kept has its place in the text. */
static void
log_note_gap(struct exchange *x, uint64_t bytes)
{
	struct buf note = { 0 };

	buf_printf(&note, "\n[%llu bytes of the log were not kept]\n",
	    (unsigned long long)bytes);
	stream_send_bytes(x, buf_str(&note));
	buf_finish(&note);
}

static void
log_note_damage(struct log_sender *s)
{
	stream_send_bytes(s->r->x, STR("\n" LOG_DAMAGED));
}

static void
log_send_piece(struct log_sender *s)
{
	struct exchange *x = s->r->x;
	struct log_chunk chunks[LOG_CHUNKS];
	size_t n = LOG_CHUNKS, at = 0;
	struct buf bytes = { 0 };

	const bool ok = log_read_at(s->reader, s->offset, LOG_PIECE, &bytes,
	    chunks, &n, NULL);

	if (!ok)
		log_note_damage(s);
	if (!ok || n == 0) {
		buf_finish(&bytes);
		log_next(s);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (chunks[i].offset > s->offset)
			log_note_gap(x, chunks[i].offset - s->offset);
		stream_send_bytes(x,
		    (struct str){ bytes.data + at, chunks[i].length });
		at += chunks[i].length;
		s->offset = chunks[i].offset + chunks[i].length;
	}
	buf_finish(&bytes);
}

static void
log_pump(struct exchange *x)
{
	struct log_sender *s = x->user;
	const char *data = s->r->api->o.site->data;
	struct err e;

	while (*s->attempts != 0 && stream_room(x) > 2 * LOG_PIECE) {
		if (s->reader != NULL)
			log_send_piece(s);
		else if (!log_read_open(data, *s->attempts, &s->reader, &e)) {
			if (!streq(e.code, "log.absent"))
				log_note_damage(s);
			log_next(s);
		}
	}
	if (*s->attempts == 0) {
		stream_end(x);
		log_over(s);
	}
}

/* One attempt if that is asked for, else the commands themselves: checks are
 * not what people mean by the log of a run. */
static bool
log_find(struct request *r, struct cx *cx, const int64_t **ret,
    struct err *e)
{
	const int64_t step = call_int(r->query, "step");
	const int64_t one = call_int(r->query, "attempt");
	struct attempt **attempts;
	int64_t *ids;
	const struct step *named = step == 0 ? NULL : run_step(cx, step);
	struct run *run;
	size_t count, n = 0;

	if (!run_by_key(cx, r->call.path[0], &run, e))
		return false;
	if (step != 0 && (named == NULL || named->run_id != run->id))
		return call_absent(e, "step",
		    arena_printf(r->arena, "%lld", (long long)step), NULL);
	attempts = run_attempts(cx, run->id, 0, &count);
	ids = arena_array(r->arena, count + 1, sizeof(*ids));
	for (size_t i = 0; i < count; i++) {
		const struct attempt *a = attempts[i];

		if ((one != 0 ? a->id == one : streq(a->kind, "run")) &&
		    (step == 0 || a->step_id == step))
			ids[n++] = a->id;
	}
	if (one != 0 && n == 0)
		return call_absent(e, "attempt",
		    arena_printf(r->arena, "%lld", (long long)one), NULL);
	if (n > 0 && usage_log_is_pruned(cx, ids[n - 1], e))
		return false;
	*ret = ids;
	exchange_set(r->x, "Content-Disposition",
	    arena_printf(r->arena, "attachment; filename=\"%s.log\"",
		run->key));
	return true;
}

void
log_answer(struct request *r)
{
	struct log_sender *s = ARENA_NEW(r->arena, struct log_sender);
	struct db *db = r->api->o.read;
	struct exchange *x = r->x;
	struct err e = { 0 };
	struct cx cx;
	bool ok;

	db_begin(db);
	cx = request_cx(r, db);
	ok = log_find(r, &cx, &s->attempts, &e);
	if (ok && db_failed(db, &e))
		ok = false;
	db_rollback(db);
	if (!ok) {
		denial_answer(r, &e);
		return;
	}
	s->r = r;
	x->user = s;
	x->on_gone = log_gone;
	answer_headers(r);
	stream_begin_bytes(x, "text/plain; charset=utf-8");
	stream_on_room(x, log_pump);
	log_pump(x);
}
