/* SPDX-License-Identifier: MIT */
/*
 * local.h: the driver that runs attempts on this machine.
 *
 * The server's side of keep/wire.h.  Owns DATA/k and DATA/ws, the socket
 * DATA/k/server.sock, and the spawner, which it starts from the image inside
 * this program.  What runs is on disk and in the keepers; the table in memory
 * is only there to match events.
 *
 * Started as root, local_create has to come before the server gives up its
 * rights: the spawner keeps them, every attempt gets a uid of its own from
 * the range, and one with volumes runs as the owner of the first, unless that
 * is root's and open to everybody.  Otherwise
 * everything runs as the server's user.
 *
 * A spawner that dies is replaced at once, unless the server has given up the
 * rights that a new one would need or it keeps dying: local_ok then fails, and
 * the server should stop, for its supervisor can start it with those rights.
 *
 * Core thread only.  Blocks on the disk and, when the spawner is slow to take
 * a start, for at most one second.
 */
#ifndef DRIVER_LOCAL_H
#define DRIVER_LOCAL_H

#include <sys/types.h>

#include "driver/driver.h"

struct local_options {
	uid_t server_uid; /* who the server is or will be */
	gid_t server_gid;
	uid_t uid_first; /* of attempts, when started as root; never 0 */
	unsigned uid_count;
	/* NULL-terminated absolute folders and files that attempts must not
	 * see, or NULL; the data folder always is one */
	const char *const *hidden;
	bool keep_workspaces; /* for looking into them afterwards */
};

/* `data_folder` exists.  driver.destroy leaves running attempts alone. */
bool local_create(const char *data_folder, const struct local_options *o,
    struct driver *ret, struct err *e);
/* Can attempts be started? */
bool local_ok(const struct driver *d, struct err *e);
/* Sandbox layers that this machine has: enum wire_layer. */
unsigned local_layers(const struct driver *d);

#endif
