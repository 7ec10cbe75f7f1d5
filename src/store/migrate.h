/* SPDX-License-Identifier: MIT */
/*
 * migrate.h: the schema, forward only.
 *
 * Migrations are the numbered files of store/migrations, embedded at build,
 * each run in a transaction of its own that also records its number (row
 * 'schema' of the table meta).  A database newer than this binary is refused
 * (ERR_CONFIG "store.newer"), untouched.
 *
 * The text of a migration is common to all databases but for tokens: @id is
 * an integer primary key, @strict ends a table.
 *
 * To add one: the next number in store/migrations, without a gap.  A file
 * that was released is never edited.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "store/db.h"

bool migrate(struct db *db, struct err *e);
/* Only up to this number; for tests of old databases. */
bool migrate_to(struct db *db, int number, struct err *e);
/* Highest number this binary knows. */
int migrate_latest(void);
/* Number of this database, 0 for an empty one. */
bool migrate_current(struct db *db, int *ret_number, struct err *e);

#endif
