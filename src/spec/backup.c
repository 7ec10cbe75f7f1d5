/* SPDX-License-Identifier: MIT */
#include "spec/backup.h"

static const char *const backup_statuses[] = { BACKUP_MAKING, BACKUP_DONE,
	BACKUP_FAILED, NULL };

static const struct schema backup_fields[] = {
	FIELD(struct backup, id, .flags = F_KEY, .doc = "Its number."),
	FIELD(struct backup, name, .doc = "Of the file, where `slipway serve "
					  "--backups` says."),
	FIELD_AS(struct backup, status, SCHEMA_CHOICE,
	    .choices = backup_statuses, .doc = "making, done or failed."),
	FIELD(struct backup, reason, .doc = "Why it failed, or empty."),
	FIELD(struct backup, logs, .doc = "Whether logs are in it."),
	FIELD(struct backup, person, .doc = "Who asked for it."),
	FIELD_AS(struct backup, asked_at, SCHEMA_TIME, .doc = "When."),
	FIELD_AS(struct backup, ended_at, SCHEMA_TIME, .flags = F_NULLABLE,
	    .doc = "When it was whole and on the disk, or failed."),
	FIELD(struct backup, files, .doc = "How many files are in it; its "
					   "manifest has the SHA-256 of each."),
	FIELD(struct backup, bytes, .doc = "Of these files."),
	FIELD(struct backup, size, .doc = "Of the backup itself."),
	FIELD(struct backup, sha256, .doc = "And its digest."),
	FIELD(struct backup, schema, .doc = "Of the database in it."),
	FIELD(struct backup, epoch, .doc = "Of the server."),
	FIELD(struct backup, events, .doc = "Of the audit chain in it."),
	FIELD(struct backup, head, .doc = "Hash of the last of these."),
	{ .name = NULL }
};
const struct schema backup_schema = { .kind = SCHEMA_OBJECT,
	.title = "Backup", .doc = "A backup that the server was asked for.",
	.fields = backup_fields };

static const struct schema backup_list_query[] = { OP_PAGE_FIELDS,
	{ .name = NULL } };
const struct op op_backup_list = { .name = "backup.list",
	.summary = "List the backups that the server made, the newest first.",
	.method = OP_GET, .path = "/v1/backups", .kind = OP_READ,
	.flags = OP_LIST, .role = ROLE_ADMIN, .query = backup_list_query,
	.out = &backup_schema, .cli = "backup list [--limit N] [--after KEY]",
	.columns = "id,name,status,asked_at,files,size,events,reason" };

static const struct schema backup_create_fields[] = {
	{ .name = "include_logs", .kind = SCHEMA_BOOL,
	    .default_json = "false", .doc = "The logs of what has ended too." },
	{ .name = NULL }
};
static const struct schema backup_create_in = { .kind = SCHEMA_OBJECT,
	.title = "BackupCreate", .fields = backup_create_fields };
const struct op op_backup_create = { .name = "backup.create",
	.summary = "Make a backup on the server, while it works.",
	.doc = "Into the folder that `slipway serve --backups` names, without "
	       "the key.  It answers at once; `backup list` tells the end.",
	.method = OP_POST, .path = "/v1/backups", .kind = OP_WRITE,
	.role = ROLE_ADMIN, .in = &backup_create_in, .out = &backup_schema,
	.cli = "backup create [--include-logs]" };
