/* SPDX-License-Identifier: MIT */
/*
 * doctor.h: what a person would be asked who says "it does not work", between
 * the files of `slipway doctor`.
 *
 * Reads only, and needs no server.  A check says ok, warn (it works, and will
 * not for ever, or not as well as it could) or fail, in one line, and what to
 * do about it.  To add one: a function in doctor_host.c (the machine) or
 * doctor_data.c (what is slipway's), a row in doctor.c.
 */
#ifndef ROLE_DOCTOR_H
#define ROLE_DOCTOR_H

#include "base/arena.h"
#include "base/err.h"

struct doctor {
	struct arena *arena;
	const char *data, *folder, *socket, *backups; /* backups: or NULL */
	bool quiet; /* tell only what is not ok */
	int warned, failed;
};

enum doctor_word { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* One line; todo: what to do, NULL with DOCTOR_OK. */
void doctor_tell(struct doctor *d, enum doctor_word word, const char *name,
    const char *todo, const char *fmt, ...) PRINTF_LIKE(5, 6);

typedef void doctor_check(struct doctor *d);
doctor_check doctor_clock, doctor_zones, doctor_sandbox, doctor_cgroup,
    doctor_programs, doctor_files;
doctor_check doctor_rights, doctor_space, doctor_database, doctor_audit,
    doctor_folder, doctor_backups, doctor_server,
    doctor_glass;

#endif
