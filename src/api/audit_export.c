/* SPDX-License-Identifier: MIT */
/* The audit chain as JSON lines, a page at a time as the client takes them.  It
 * only grows, so that the pages of one answer fit together. */
#include "api/request.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/audit_seal.h"

#define EXPORT_PAGE 100 /* events: about a millisecond */
#define EXPORT_ROOM KIB(128)

struct audit_sender {
	struct request *r;
	int64_t at, last;
	struct buf page;
};

static void
export_over(struct audit_sender *s)
{
	buf_finish(&s->page);
	request_end(s->r); /* and s with it */
}

static void
export_gone(struct exchange *x)
{
	export_over(x->user);
}

static bool
export_line(void *arg, struct str line)
{
	struct audit_sender *s = arg;

	buf_addstr(&s->page, line);
	return true;
}

static void
export_page(struct audit_sender *s)
{
	struct db *db = s->r->api->o.read;
	int64_t to = s->at + EXPORT_PAGE - 1;
	struct err e;

	if (to > s->last)
		to = s->last;
	buf_clear(&s->page);
	db_begin(db);
	if (!audit_export(db, s->at, to, export_line, s, &e)) {
		/* No verifier takes this line for an event. */
		buf_adds(&s->page, "{\"error\":\"not all could be read\"}\n");
		log_error("audit.export", "%s", e.message);
		to = s->last;
	}
	db_rollback(db);
	s->at = to + 1;
}

static void
export_pump(struct exchange *x)
{
	struct audit_sender *s = x->user;

	while (s->at <= s->last && stream_room(x) > EXPORT_ROOM) {
		export_page(s);
		stream_send_bytes(x, buf_str(&s->page));
	}
	if (s->at > s->last) {
		stream_end(x);
		export_over(s);
	}
}

static bool
export_segment(struct audit_sender *s, struct db *db, int64_t no,
    struct err *e)
{
	struct audit_seal seal;

	if (!audit_seal_next(db, no, &seal) || seal.no != no)
		return db_failed(db, e) ? false
		    : call_absent(e, "segment",
			  arena_printf(s->r->arena, "%lld", (long long)no),
			  NULL);
	s->at = seal.first;
	s->last = seal.last;
	return true;
}

void
audit_export_answer(struct request *r)
{
	const int64_t segment = call_int(r->query, "segment");
	struct audit_sender *s = ARENA_NEW(r->arena, struct audit_sender);
	const json_t *last = json_object_get(r->query, "last");
	struct db *db = r->api->o.read;
	struct exchange *x = r->x;
	char head[DIGEST_HEX];
	struct err e;

	s->r = r;
	s->at = call_int(r->query, "first");
	db_begin(db);
	s->last = audit_head(db, head);
	if (segment != 0 && !export_segment(s, db, segment, &e)) {
		db_rollback(db);
		denial_answer(r, &e);
		return;
	}
	if (db_failed(db, &e)) {
		db_rollback(db);
		denial_answer(r, &e);
		return;
	}
	db_rollback(db);
	if (last != NULL && json_integer_value(last) < s->last)
		s->last = json_integer_value(last);
	x->user = s;
	x->on_gone = export_gone;
	answer_headers(r);
	exchange_set(x, "Content-Disposition",
	    "attachment; filename=\"audit.jsonl\"");
	stream_begin_bytes(x, "application/jsonl");
	stream_on_room(x, export_pump);
	export_pump(x);
}
