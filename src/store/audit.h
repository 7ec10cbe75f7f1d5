/* SPDX-License-Identifier: MIT */
/*
 * audit.h: the chain of events that nobody can quietly change.
 *
 * Each event carries the hash of the one before it, so that an edit, a hole or
 * another order shows; triggers refuse UPDATE and DELETE.  A cut tail, or a
 * database put back from an old backup, shows against anchors: lines elsewhere
 * that name the head, written every AUDIT_ANCHOR_EVENTS events or
 * AUDIT_ANCHOR_MS (role/anchor.h).  Checkpoints spare reading all of it
 * (store/audit_seal.h).
 *
 * The hash of an event is lower-case hex of SHA-256 over twelve texts, one
 * after another, each written as its length in bytes (decimal), a colon, its
 * bytes and a comma:
 *
 *	prev seq at actor via address action object decision reason detail
 *	request_id
 *
 * prev is the hash of the event before, 64 zeros for the first; seq (from 1,
 * without a gap) and at (UTC ms) are decimal.  The texts are valid UTF-8:
 * bytes that are not were replaced by U+FFFD before.  An exported line is a
 * JSON object of these twelve members and `hash`, seq and at as numbers, all
 * others (detail too) as strings.  script/audit-verify checks such lines, and
 * an anchor, without slipway.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include <jansson.h>

#include "store/db.h"
#include "sys/digest.h"

#define AUDIT_ANCHOR_EVENTS 100
#define AUDIT_ANCHOR_MS 60000
#define AUDIT_ANCHOR_GAP_MS 1000 /* it costs fsyncs: at most one a second */

/* What the domain says of an event; NULL is "". */
struct audit_entry {
	int64_t at; /* wall ms */
	const char *actor, *via, *address;
	const char *action, *object, *decision, *reason;
	const char *detail; /* JSON */
	const char *request_id;
};

/* Inside a transaction of the writer; failures stick to db. */
void audit_append(struct db *db, const struct audit_entry *entry);
/* Number and hash of the last event; 0 and 64 zeros when there is none. */
int64_t audit_head(struct db *db, char ret_hash[DIGEST_HEX]);
/* Hash of an event, 64 zeros for 0; false when there is none. */
bool audit_hash_at(struct db *db, int64_t seq, char hash[DIGEST_HEX]);

struct audit_report {
	int64_t count; /* good events seen */
	int64_t bad;   /* number of the first bad one, 0: none */
	int64_t head;  /* number and hash of the last good one */
	char hash[DIGEST_HEX];
};

/* Walk the chain from an event on (1: all; else the hash of the one before is
 * taken for granted).  ERR_INVALID "audit.broken" tells of the first event
 * that is changed, missing or out of its place; *ret is filled in any case.
 * Reads all: use a DB_READ connection on the pool. */
bool audit_verify(struct db *db, int64_t from, struct audit_report *ret,
    struct err *e);
/* And no further than this one. */
bool audit_verify_range(struct db *db, int64_t from, int64_t to,
    struct audit_report *ret, struct err *e);

/* An exported event (a JSON object): does it have its own hash? */
bool audit_line_is_whole(const json_t *event);

/* A file with one anchor, "SEQ HASH\n"; replaced. */
bool audit_anchor_write(const char *path, int64_t seq, const char *hash,
    struct err *e);
/* Add an anchor to a file that only grows, opened O_APPEND and for reading:
 * "SEQ HASH AT\n" (AT: RFC 3339).  What a crash cut off before it stays, on a
 * line of its own.  fsynced. */
bool audit_anchor_add(int fd, int64_t seq, const char *hash, int64_t at,
    struct err *e);
/*
 * Is the last anchor of a file, or each of them, in the chain?  ERR_INVALID
 * "audit.tail_cut": the chain ends before it; "audit.rewritten": it has
 * another hash there; "audit.anchor": no line of the file is one (those that
 * are none are passed over); ERR_NOT_FOUND "audit.no_anchor": no such file, or
 * an empty one.  The _fd form reads from the beginning, whoever else reads,
 * and calls the file `name`.
 */
enum audit_anchors { AUDIT_ANCHOR_LAST, AUDIT_ANCHOR_EACH };
bool audit_anchor_check(struct db *db, const char *path,
    enum audit_anchors which, struct err *e);
bool audit_anchor_check_fd(struct db *db, int fd, const char *name,
    enum audit_anchors which, struct err *e);

/* When to write the next anchor; zeroed: none was written yet. */
struct audit_anchor {
	int64_t seq;	 /* the last that was written */
	int64_t boot_ms; /* and when */
};
/* CLOCK_BOOTTIME ms of the next anchor for a chain that ends at seq; INT64_MAX
 * when it is anchored already. */
int64_t audit_anchor_due(const struct audit_anchor *a, int64_t seq);

/* Call fn with one line of JSON, its newline included, for each event from
 * `from` to `to`; false from fn ends it, without an error. */
bool audit_export(struct db *db, int64_t from, int64_t to,
    bool (*fn)(void *arg, struct str line), void *arg, struct err *e);

#endif
