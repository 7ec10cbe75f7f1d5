/* SPDX-License-Identifier: MIT */
#include "store/meta.h"

#include <inttypes.h>
#include <stdio.h>

char *
meta_get(struct db *db, const char *name, struct arena *a)
{
	struct query *q = query(db, "meta_get");
	char *value = NULL;

	bind_text(q, "name", name);
	if (query_next(q))
		value = arena_str(a, column_str_at(q, 0));
	query_end(q);
	return value;
}

int64_t
meta_get_int(struct db *db, const char *name, int64_t otherwise)
{
	struct query *q = query(db, "meta_get");
	int64_t value = otherwise;

	bind_text(q, "name", name);
	if (query_next(q) && !str_to_int64(column_str_at(q, 0), &value))
		value = otherwise;
	query_end(q);
	return value;
}

void
meta_set(struct db *db, const char *name, const char *value)
{
	struct query *q = query(db, "meta_set");

	bind_text(q, "name", name);
	bind_text(q, "value", value);
	query_run(q);
}

void
meta_set_int(struct db *db, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	meta_set(db, name, text);
}

bool
meta_epoch_take(struct db *db, int64_t *ret_epoch, struct err *e)
{
	int64_t epoch;

	db_begin(db);
	epoch = meta_get_int(db, "epoch", 0) + 1;
	meta_set_int(db, "epoch", epoch);
	if (!db_commit(db, e))
		return err_wrap(e, "take the server's epoch");
	*ret_epoch = epoch;
	return true;
}

bool
meta_epoch_check(struct db *db, int64_t epoch, struct err *e)
{
	int64_t now = meta_get_int(db, "epoch", 0);

	if (db_failed(db, e))
		return false;
	if (now == epoch)
		return true;
	err_set(e, ERR_CONFLICT, "fence.epoch",
	    "this server's epoch is %" PRId64 ", the database is at %" PRId64
	    ": another server has taken over", epoch, now);
	return err_hint(e, "find out who started the other server");
}
