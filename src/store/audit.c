/* SPDX-License-Identifier: MIT */
#include "store/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json_out.h"

/* Columns of audit_walk: seq, at, the texts, prev, hash. */
enum { AUDIT_SEQ, AUDIT_AT, AUDIT_TEXTS };
#define AUDIT_NTEXTS ARRAY_SIZE(audit_names)

static const char *const audit_names[] = { "actor", "via", "address", "action",
	"object", "decision", "reason", "detail", "request_id" };

struct audit_event {
	int64_t seq, at;
	struct str texts[AUDIT_NTEXTS];
	struct str prev, hash;
};

static const char audit_zeros[DIGEST_HEX] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* "LENGTH:" without printf: eleven of them go into each event. */
static void
audit_add_length(struct buf *to, size_t n)
{
	char text[24], *p = text + sizeof(text);

	*--p = ':';
	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	buf_add(to, p, (size_t)(text + sizeof(text) - p));
}

static void
audit_add(struct buf *to, struct str text)
{
	audit_add_length(to, text.n);
	buf_addstr(to, text);
	buf_addc(to, ',');
}

static void
audit_add_int(struct buf *to, int64_t v)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%" PRId64, v);

	audit_add(to, (struct str){ text, (size_t)n });
}

static void
audit_digest(const struct audit_event *event, char hash[DIGEST_HEX])
{
	struct buf bytes = { 0 };

	audit_add(&bytes, event->prev);
	audit_add_int(&bytes, event->seq);
	audit_add_int(&bytes, event->at);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++)
		audit_add(&bytes, event->texts[i]);
	digest_hex(bytes.data, bytes.len, hash);
	buf_finish(&bytes);
}

/* --- append --------------------------------------------------------------- */

/* The same bytes must come back from JSON: see the header. */
static struct str
audit_clean(struct str text, struct buf *to)
{
	buf_clear(to);
	while (text.n > 0) {
		size_t n = str_utf8_char(text);

		if (n == 0) {
			buf_adds(to, "\xef\xbf\xbd");
			n = 1;
		} else {
			buf_add(to, text.p, n);
		}
		text.p += n;
		text.n -= n;
	}
	return buf_str(to);
}

int64_t
audit_head(struct db *db, char ret_hash[DIGEST_HEX])
{
	struct query *q = query(db, "audit_head");
	int64_t seq = 0;

	memcpy(ret_hash, audit_zeros, DIGEST_HEX);
	if (query_next(q)) {
		seq = column_int_at(q, 0);
		snprintf(ret_hash, DIGEST_HEX, "%s", column_str_at(q, 1).p);
	}
	query_end(q);
	return seq;
}

static void
audit_put(struct db *db, const struct audit_event *event)
{
	struct query *q = query(db, "audit_put");

	bind_int(q, "seq", event->seq);
	bind_int(q, "at", event->at);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++)
		bind_str(q, audit_names[i], event->texts[i]);
	bind_str(q, "prev", event->prev);
	bind_str(q, "hash", event->hash);
	query_run(q);
}

void
audit_append(struct db *db, const struct audit_entry *entry)
{
	const char *const texts[AUDIT_NTEXTS] = { entry->actor, entry->via,
		entry->address, entry->action, entry->object, entry->decision,
		entry->reason, entry->detail, entry->request_id };
	struct buf clean[AUDIT_NTEXTS] = { 0 };
	char prev[DIGEST_HEX], hash[DIGEST_HEX];
	struct audit_event event = { .at = entry->at };

	event.seq = audit_head(db, prev) + 1;
	event.prev = str_of(prev);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++) {
		event.texts[i] = str_of(texts[i]);
		if (!str_is_utf8(event.texts[i]))
			event.texts[i] =
			    audit_clean(event.texts[i], &clean[i]);
	}
	audit_digest(&event, hash);
	event.hash = str_of(hash);
	audit_put(db, &event);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++)
		buf_finish(&clean[i]);
}

/* --- walk ----------------------------------------------------------------- */

static struct query *
audit_walk(struct db *db, int64_t from, int64_t to)
{
	struct query *q = query(db, "audit_walk");

	bind_int(q, "from", from);
	bind_int(q, "to", to);
	return q;
}

/* The texts live until the next step of q. */
static void
audit_read(struct query *q, struct audit_event *event)
{
	event->seq = column_int_at(q, AUDIT_SEQ);
	event->at = column_int_at(q, AUDIT_AT);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++)
		event->texts[i] = column_str_at(q, AUDIT_TEXTS + (int)i);
	event->prev = column_str_at(q, AUDIT_TEXTS + (int)AUDIT_NTEXTS);
	event->hash = column_str_at(q, AUDIT_TEXTS + (int)AUDIT_NTEXTS + 1);
}

bool
audit_hash_at(struct db *db, int64_t seq, char hash[DIGEST_HEX])
{
	struct query *q;
	bool found;

	if (seq == 0) {
		memcpy(hash, audit_zeros, DIGEST_HEX);
		return true;
	}
	q = query(db, "audit_hash");
	bind_int(q, "seq", seq);
	found = query_next(q);
	if (found)
		snprintf(hash, DIGEST_HEX, "%s", column_str_at(q, 0).p);
	query_end(q);
	return found;
}

static bool
audit_bad(struct audit_report *r, int64_t seq, const char *how, struct err *e)
{
	r->bad = seq;
	return err_set(e, ERR_INVALID, "audit.broken",
	    "audit chain: event %" PRId64 " %s", seq, how);
}

static bool
audit_check(struct audit_report *r, const struct audit_event *event,
    struct err *e)
{
	char hash[DIGEST_HEX];

	if (event->seq != r->head + 1)
		return audit_bad(r, r->head + 1, "is missing", e);
	if (!str_is(event->prev, r->hash))
		return audit_bad(r, event->seq,
		    "does not follow from the one before", e);
	audit_digest(event, hash);
	if (!str_is(event->hash, hash))
		return audit_bad(r, event->seq, "does not have its own hash",
		    e);
	memcpy(r->hash, hash, DIGEST_HEX);
	r->head = event->seq;
	r->count++;
	return true;
}

bool
audit_verify(struct db *db, int64_t from, struct audit_report *ret,
    struct err *e)
{
	return audit_verify_range(db, from, INT64_MAX, ret, e);
}

bool
audit_verify_range(struct db *db, int64_t from, int64_t to,
    struct audit_report *ret, struct err *e)
{
	struct audit_event event;
	struct query *q;
	bool ok = true;

	from = from < 1 ? 1 : from;
	*ret = (struct audit_report){ .head = from - 1 };
	if (!audit_hash_at(db, from - 1, ret->hash) && !db_failed(db, e))
		return audit_bad(ret, from - 1, "is missing", e);
	/* Rows with a number below 1 cannot have been written by us. */
	q = audit_walk(db, from == 1 ? INT64_MIN : from, to);
	while (ok && query_next(q)) {
		audit_read(q, &event);
		ok = audit_check(ret, &event, e);
	}
	query_end(q);
	return ok && !db_failed(db, e);
}

static void
audit_json(struct buf *to, const struct audit_event *event)
{
	struct json_out j;

	json_out_init(&j, to);
	json_object_begin(&j);
	json_kv_int(&j, "seq", event->seq);
	json_kv_int(&j, "at", event->at);
	for (size_t i = 0; i < AUDIT_NTEXTS; i++) {
		json_key(&j, audit_names[i]);
		json_strn(&j, event->texts[i].p, event->texts[i].n);
	}
	json_key(&j, "prev");
	json_strn(&j, event->prev.p, event->prev.n);
	json_key(&j, "hash");
	json_strn(&j, event->hash.p, event->hash.n);
	json_object_end(&j);
	buf_addc(to, '\n');
}

static struct str
audit_member(const json_t *event, const char *name)
{
	const json_t *text = json_object_get(event, name);

	return (struct str){ json_string_value(text),
		json_string_length(text) };
}

bool
audit_line_is_whole(const json_t *line)
{
	struct audit_event event = {
		.seq = json_integer_value(json_object_get(line, "seq")),
		.at = json_integer_value(json_object_get(line, "at")),
		.prev = audit_member(line, "prev"),
	};
	char hash[DIGEST_HEX];

	for (size_t i = 0; i < AUDIT_NTEXTS; i++)
		event.texts[i] = audit_member(line, audit_names[i]);
	audit_digest(&event, hash);
	return str_is(audit_member(line, "hash"), hash);
}

bool
audit_export(struct db *db, int64_t from, int64_t to,
    bool (*fn)(void *arg, struct str line), void *arg, struct err *e)
{
	struct query *q = audit_walk(db, from, to);
	struct buf line = { 0 };
	struct audit_event event;
	bool more = true;

	while (more && query_next(q)) {
		audit_read(q, &event);
		buf_clear(&line);
		audit_json(&line, &event);
		more = fn(arg, buf_str(&line));
	}
	query_end(q);
	buf_finish(&line);
	return !db_failed(db, e);
}
