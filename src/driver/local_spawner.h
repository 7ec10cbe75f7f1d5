/* SPDX-License-Identifier: MIT */
/*
 * local_spawner.h: start the program `keep` and talk to it.
 *
 * Owns one end of the SEQPACKET socket; the other is the spawner's, which ends
 * when this one is closed.  The program comes from the image inside slipway,
 * by way of a memfd, so that it is always of the same release.
 */
#ifndef DRIVER_LOCAL_SPAWNER_H
#define DRIVER_LOCAL_SPAWNER_H

#include <sys/types.h>

#include "base/err.h"
#include "keep/wire.h"

struct spawner {
	int control; /* -1: none */
	pid_t pid;
	unsigned layers; /* that the machine has */
};

/* Waits until it said hello. */
bool spawner_open(struct spawner *s, const char *data, uid_t uid, gid_t gid,
    struct err *e);
/* `spec` may be -1; it stays the caller's.  EPIPE or ECONNRESET in errno: the
 * spawner is dead. */
bool spawner_send(const struct spawner *s, const struct wire_start *start,
    int spec, struct err *e);
enum spawner_read { SPAWNER_EVENT, SPAWNER_NOTHING, SPAWNER_DEAD };
enum spawner_read spawner_next(const struct spawner *s,
    struct wire_event *ret);
/* Ends and reaps it; what it started goes on. */
void spawner_close(struct spawner *s);

#endif
