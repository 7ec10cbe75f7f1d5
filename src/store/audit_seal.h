/* SPDX-License-Identifier: MIT */
/*
 * audit_seal.h: old parts of the audit chain, closed and signed.
 *
 * A chain of years is long to read.  So every AUDIT_SEGMENT events the part
 * that is complete becomes a segment: one row of the table audit_segment, a
 * checkpoint, which has
 *
 *	hash	that of its last event
 *	sha256	of its events as exported lines (audit_export), in order
 *	prev	the seal of the segment before, 64 zeros for the first
 *	seal	HMAC-SHA-256 under the server's key over "audit-segment" and
 *		prev no first last from_at to_at hash bytes sha256 at, each as
 *		in store/audit.h
 *
 * The events stay where they are.  That a segment was sealed is itself an
 * event, "audit.sealed" on "segment NO" with its seal, so that a checkpoint
 * that was taken away shows as well, and so does one that somebody with the key
 * wrote anew, once that event is anchored.
 *
 * A quick look (audit_verify_sealed) reads the checkpoints, the last event of
 * each segment, how many events there are, and all since the last checkpoint;
 * a full one every event and the digest of each segment.  An edit inside a
 * segment is for the full look, and for the server, which reads one segment
 * again every ten minutes (role/segment.h).
 *
 * Only the core thread writes; the rest blocks on the disk: for the pool.
 */
#ifndef STORE_AUDIT_SEAL_H
#define STORE_AUDIT_SEAL_H

#include "store/audit.h"

#define AUDIT_SEGMENT 10000 /* events */

struct audit_seal {
	int64_t no; /* from 1 */
	int64_t first, last;
	int64_t from_at, to_at; /* wall ms, of these two */
	int64_t bytes;		/* of the lines */
	int64_t at;		/* when it was sealed */
	char hash[DIGEST_HEX], sha256[DIGEST_HEX];
	char prev[DIGEST_HEX], seal[DIGEST_HEX];
};

/*
 * Read what is not sealed yet, AUDIT_SEGMENT events at most, and make its
 * checkpoint; nothing is written.  Fewer than at_least events: *ret_any is
 * false.  ERR_INVALID "audit.broken": a chain that is not whole is not sealed.
 */
bool audit_seal_make(struct db *db, const unsigned char key[SEAL_KEY],
    int64_t at_least, int64_t now, struct audit_seal *ret, bool *ret_any,
    struct err *e);
/* Write it with its event (who and when are the caller's); ERR_CONFLICT
 * "audit.sealed" when it is not the next one any more. */
bool audit_seal_put(struct db *db, const struct audit_seal *s,
    const struct audit_entry *who, struct err *e);

/* The first checkpoint from no on; false: there is none. */
bool audit_seal_next(struct db *db, int64_t no, struct audit_seal *ret);
/* The last one before no. */
bool audit_seal_before(struct db *db, int64_t no, struct audit_seal *ret);
bool audit_seal_last(struct db *db, struct audit_seal *ret);
/* Read its events again: ERR_INVALID "audit.broken". */
bool audit_seal_read(struct db *db, const struct audit_seal *s, struct err *e);

/*
 * The whole chain, by its checkpoints, or, with full, event by event.  key:
 * NULL when it is not at hand, then seals are compared with each other only.
 * ERR_INVALID "audit.broken" as audit_verify, "audit.seal" for a checkpoint
 * that was changed, forged or removed.
 */
bool audit_verify_sealed(struct db *db, const unsigned char *key, bool full,
    struct audit_report *ret, struct err *e);

#endif
