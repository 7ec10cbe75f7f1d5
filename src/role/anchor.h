/* SPDX-License-Identifier: MIT */
/*
 * anchor.h: the head of the audit chain, told to places outside of it.
 *
 * Somebody who can write the database can cut off its tail or put an old copy
 * back, and no hash in it would tell.  So the engine hands the head over
 * (every AUDIT_ANCHOR_EVENTS events or AUDIT_ANCHOR_MS), and it is written to
 * the file `anchor` in the data folder and to every place that --anchor names:
 *
 *	file:PATH	appended to that file, opened before rights are
 *			dropped: it may be root's own, and append-only
 *	https://URL	POSTed there as JSON, and http://
 *	syslog[:PATH]	one message to the local socket (RFC 5424)
 *
 * What could not be told is told again, with longer pauses up to
 * ANCHOR_PAUSE_MS: always the newest head, which stands for all before it, so
 * that nothing has to be kept on the disk: after a kill the next start tells
 * the head of then.  A file whose last anchor is not in the chain takes no
 * more anchors: they would hide what it has found.
 *
 * Writing happens on the pool, one at a time for each place; the rest on the
 * loop thread, but for what says otherwise.
 */
#ifndef ROLE_ANCHOR_H
#define ROLE_ANCHOR_H

#include "base/json_out.h"
#include "store/audit.h"
#include "sys/loop.h"

#define ANCHOR_PLACES 8
#define ANCHOR_PAUSE_MS INT64_C(300000)

struct anchors;

/* Understand the places, open the files; *ret is set in any case.  data: the
 * data folder, absolute.  ERR_CONFIG "anchor.*". */
bool anchors_open(const char *data, const char *const *places,
    unsigned nplaces, struct anchors **ret, struct err *e);
/* Before anything is told: compare the files with the chain.  What is not in
 * it is said in the log and by anchors_check. */
void anchors_start(struct anchors *a, struct loop *l, struct db *db);
/* After the loop; NULL is fine. */
void anchors_close(struct anchors *a);

/* self: the anchors.  Any thread. */
void anchors_head(void *self, int64_t seq, const char *hash);
/* Are the anchors of all files in this chain, and could the others be told?
 * e names the first that is not.  Any thread. */
bool anchors_check(void *self, struct db *db, enum audit_anchors which,
    struct err *e);
/* An array of {place, event, at, problem}.  Any thread. */
void anchors_json(void *self, struct json_out *out);

#endif
