/* SPDX-License-Identifier: MIT */
/*
 * backup.h: a backup that the server makes, as something that can be asked for.
 */
#ifndef SPEC_BACKUP_H
#define SPEC_BACKUP_H

#include "spec/op.h"

/* Statuses. */
#define BACKUP_MAKING "making"
#define BACKUP_DONE "done"
#define BACKUP_FAILED "failed"

struct backup {
	int64_t id;
	const char *name; /* of the file */
	const char *status, *reason;
	bool logs;
	const char *person;
	int64_t asked_at, ended_at;
	int64_t files, bytes; /* what is in it */
	int64_t size;	      /* of the file */
	const char *sha256;
	int64_t schema, epoch, events;
	const char *head;
};

extern const struct schema backup_schema;
extern const struct op op_backup_create, op_backup_list;

#endif
