/* SPDX-License-Identifier: MIT */
#include "store/audit_seal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SEAL_OBJECT 40 /* bytes of "segment NO" */

static const char seal_zeros[DIGEST_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

static bool
seal_bad(const struct audit_seal *s, const char *how, struct err *e)
{
	return err_set(e, ERR_INVALID, "audit.seal",
	    "audit chain: checkpoint %" PRId64 " %s", s->no, how);
}

/* --- a checkpoint --------------------------------------------------------- */

static void
seal_add(struct buf *to, const char *text)
{
	buf_printf(to, "%zu:%s,", strlen(text), text);
}

static void
seal_add_int(struct buf *to, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, v);
	seal_add(to, text);
}

static void
seal_sign(const struct audit_seal *s, const unsigned char key[SEAL_KEY],
    char ret[DIGEST_HEX])
{
	struct buf bytes = { 0 };

	seal_add(&bytes, "audit-segment");
	seal_add(&bytes, s->prev);
	seal_add_int(&bytes, s->no);
	seal_add_int(&bytes, s->first);
	seal_add_int(&bytes, s->last);
	seal_add_int(&bytes, s->from_at);
	seal_add_int(&bytes, s->to_at);
	seal_add(&bytes, s->hash);
	seal_add_int(&bytes, s->bytes);
	seal_add(&bytes, s->sha256);
	seal_add_int(&bytes, s->at);
	digest_hmac_hex(key, SEAL_KEY, bytes.data, bytes.len, ret);
	buf_finish(&bytes);
}

static void
seal_text(struct query *q, int column, char to[DIGEST_HEX])
{
	const struct str text = column_str_at(q, column);

	snprintf(to, DIGEST_HEX, "%.*s", (int)text.n, text.p);
}

static bool
seal_row(struct query *q, struct audit_seal *ret)
{
	if (!query_next(q))
		return false;
	*ret = (struct audit_seal){ .no = column_int_at(q, 0),
		.first = column_int_at(q, 1),
		.last = column_int_at(q, 2),
		.from_at = column_int_at(q, 3),
		.to_at = column_int_at(q, 4),
		.bytes = column_int_at(q, 5),
		.at = column_int_at(q, 6) };
	seal_text(q, 7, ret->hash);
	seal_text(q, 8, ret->sha256);
	seal_text(q, 9, ret->prev);
	seal_text(q, 10, ret->seal);
	return true;
}

bool
audit_seal_next(struct db *db, int64_t no, struct audit_seal *ret)
{
	struct query *q = query(db, "audit_seal_from");
	bool found;

	bind_int(q, "no", no);
	found = seal_row(q, ret);
	query_end(q);
	return found;
}

bool
audit_seal_before(struct db *db, int64_t no, struct audit_seal *ret)
{
	struct query *q = query(db, "audit_seal_before");
	bool found;

	bind_int(q, "no", no);
	found = seal_row(q, ret);
	query_end(q);
	return found;
}

bool
audit_seal_last(struct db *db, struct audit_seal *ret)
{
	struct query *q = query(db, "audit_seal_last");
	const bool found = seal_row(q, ret);

	query_end(q);
	return found;
}

/* --- its events ----------------------------------------------------------- */

struct seal_lines {
	struct digest *digest;
	int64_t bytes;
};

static bool
seal_line(void *arg, struct str line)
{
	struct seal_lines *l = arg;

	digest_add(l->digest, line.p, line.n);
	l->bytes += (int64_t)line.n;
	return true;
}

/* The chain from first to last, and what its lines are. */
static bool
seal_measure(struct db *db, int64_t first, int64_t last,
    struct audit_report *report, int64_t *ret_bytes, char sha256[DIGEST_HEX],
    struct err *e)
{
	struct seal_lines lines = { .digest = digest_begin() };
	bool ok = audit_verify_range(db, first, last, report, e) &&
	    audit_export(db, first, last, seal_line, &lines, e);

	digest_end(lines.digest, sha256);
	*ret_bytes = lines.bytes;
	return ok;
}

static int64_t
seal_time(struct db *db, int64_t seq)
{
	struct query *q = query(db, "audit_seal_time");
	int64_t at = 0;

	bind_int(q, "seq", seq);
	if (query_next(q))
		at = column_int_at(q, 0);
	query_end(q);
	return at;
}

bool
audit_seal_make(struct db *db, const unsigned char key[SEAL_KEY],
    int64_t at_least, int64_t now, struct audit_seal *ret, bool *ret_any,
    struct err *e)
{
	struct audit_seal last = { .no = 0 }, s = { .at = now };
	struct audit_report report;
	char head[DIGEST_HEX];
	int64_t end = audit_head(db, head);

	memcpy(last.seal, seal_zeros, DIGEST_HEX);
	audit_seal_last(db, &last);
	*ret_any = end - last.last >= (at_least < 1 ? 1 : at_least);
	if (!*ret_any)
		return !db_failed(db, e);
	s.no = last.no + 1;
	s.first = last.last + 1;
	s.last = end - last.last > AUDIT_SEGMENT ? last.last + AUDIT_SEGMENT
						 : end;
	memcpy(s.prev, last.seal, DIGEST_HEX);
	if (!seal_measure(db, s.first, s.last, &report, &s.bytes, s.sha256, e))
		return false;
	if (report.head != s.last)
		return seal_bad(&s, "would be of events that are missing", e);
	memcpy(s.hash, report.hash, DIGEST_HEX);
	s.from_at = seal_time(db, s.first);
	s.to_at = seal_time(db, s.last);
	seal_sign(&s, key, s.seal);
	*ret = s;
	return !db_failed(db, e);
}

bool
audit_seal_put(struct db *db, const struct audit_seal *s,
    const struct audit_entry *who, struct err *e)
{
	struct audit_seal last = { .no = 0 };
	struct audit_entry entry = *who;
	char object[SEAL_OBJECT], detail[320];
	struct query *q;

	audit_seal_last(db, &last);
	if (s->no != last.no + 1 || s->first != last.last + 1)
		return db_failed(db, e) ? false :
		    err_set(e, ERR_CONFLICT, "audit.sealed",
			"segment %" PRId64 " was sealed meanwhile", s->no);
	q = query(db, "audit_seal_put");
	bind_int(q, "no", s->no);
	bind_int(q, "first", s->first);
	bind_int(q, "last", s->last);
	bind_int(q, "from_at", s->from_at);
	bind_int(q, "to_at", s->to_at);
	bind_int(q, "bytes", s->bytes);
	bind_int(q, "at", s->at);
	bind_text(q, "hash", s->hash);
	bind_text(q, "sha256", s->sha256);
	bind_text(q, "prev", s->prev);
	bind_text(q, "seal", s->seal);
	query_run(q);
	snprintf(object, sizeof(object), "segment %" PRId64, s->no);
	snprintf(detail, sizeof(detail), "{\"first\":%" PRId64
	    ",\"last\":%" PRId64 ",\"sha256\":\"%s\",\"seal\":\"%s\"}",
	    s->first, s->last, s->sha256, s->seal);
	entry.action = "audit.sealed";
	entry.object = object;
	entry.detail = detail;
	audit_append(db, &entry);
	return !db_failed(db, e);
}

bool
audit_seal_read(struct db *db, const struct audit_seal *s, struct err *e)
{
	struct audit_report report;
	char sha256[DIGEST_HEX];
	int64_t bytes;

	if (!seal_measure(db, s->first, s->last, &report, &bytes, sha256, e))
		return false;
	if (report.head != s->last || !streq(report.hash, s->hash))
		return seal_bad(s, "is of other events than are there", e);
	return (bytes == s->bytes && streq(sha256, s->sha256)) ||
	    seal_bad(s, "has another digest than its events", e);
}

/* --- all of it ------------------------------------------------------------ */

/* What one checkpoint says beside the one before it; nothing is read but its
 * last event. */
static bool
seal_follows(struct db *db, const struct audit_seal *before,
    const struct audit_seal *s, const unsigned char *key,
    struct audit_report *r, struct err *e)
{
	char text[DIGEST_HEX];

	if (s->no != before->no + 1 || s->first != before->last + 1 ||
	    s->last < s->first || !streq(s->prev, before->seal))
		return seal_bad(s, "does not follow from the one before", e);
	if (key != NULL) {
		seal_sign(s, key, text);
		if (!streq(text, s->seal))
			return seal_bad(s, "was not written by this server: "
			    "its seal is wrong", e);
	}
	if (audit_hash_at(db, s->last, text) && streq(text, s->hash))
		return true;
	if (db_failed(db, e))
		return false;
	r->bad = s->last;
	return err_set(e, ERR_INVALID, "audit.broken", "audit chain: event "
	    "%" PRId64 " is not the one that was sealed", s->last);
}

/* The chain tells of each checkpoint. */
static bool
seal_is_last(struct db *db, const struct audit_seal *last, struct err *e)
{
	struct query *q = query(db, "audit_seal_told");
	const struct audit_seal next = { .no = last->no + 1 };
	char object[SEAL_OBJECT];
	bool told;

	snprintf(object, sizeof(object), "segment %" PRId64, next.no);
	bind_text(q, "object", object);
	told = query_next(q);
	query_end(q);
	return !told || seal_bad(&next, "was removed: the chain tells of it", e);
}

static bool
seal_count(struct db *db, struct audit_report *r, struct err *e)
{
	struct query *q = query(db, "audit_count");
	int64_t n = query_next(q) ? column_int_at(q, 0) : 0;

	query_end(q);
	if (n == r->head)
		return true;
	r->bad = 1;
	return err_set(e, ERR_INVALID, "audit.broken", "audit chain: %" PRId64
	    " events are there, and the last is number %" PRId64, n, r->head);
}

bool
audit_verify_sealed(struct db *db, const unsigned char *key, bool full,
    struct audit_report *ret, struct err *e)
{
	struct audit_seal before = { .no = 0 }, s;
	bool ok = true;

	*ret = (struct audit_report){ .count = 0 };
	memcpy(before.seal, seal_zeros, DIGEST_HEX);
	/* Rows with a number below 1 cannot have been written by us. */
	while (ok && audit_seal_next(db, before.no == 0 ? INT64_MIN
			: before.no + 1, &s)) {
		/* The hash that it goes on from is the sealed one. */
		ok = seal_follows(db, &before, &s, key, ret, e) &&
		    (!full || audit_seal_read(db, &s, e));
		before = s;
	}
	if (!ok || db_failed(db, e))
		return false;
	if (!seal_is_last(db, &before, e))
		return false;
	if (!audit_verify(db, before.last + 1, ret, e))
		return false;
	ret->count += before.last;
	return seal_count(db, ret, e) && !db_failed(db, e);
}
