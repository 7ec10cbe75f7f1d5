/* SPDX-License-Identifier: MIT */
#include "store/migrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/db_ops.h"
#include "store/meta.h"
#include "store/sql_text.h"

#define MIGRATION_PREFIX "migration:"

/* 0: not a migration. */
static int
migrate_number(const struct sql_text *t)
{
	size_t n = strlen(MIGRATION_PREFIX);

	if (strncmp(t->name, MIGRATION_PREFIX, n) != 0)
		return 0;
	return (int)strtol(t->name + n, NULL, 10);
}

int
migrate_latest(void)
{
	int latest = 0;

	for (size_t i = 0; i < sql_texts_count; i++) {
		int number = migrate_number(&sql_texts[i]);

		latest = number > latest ? number : latest;
	}
	return latest;
}

/* Sticky errors read as 0: the caller asks db_failed. */
static int
migrate_read(struct db *db)
{
	struct query *q = query(db, "meta_exists");
	bool exists = query_next(q) && column_int(q, "n") > 0;

	query_end(q);
	return exists ? (int)meta_get_int(db, "schema", 0) : 0;
}

static void
migrate_expand(struct buf *to, const struct db *db, const char *text)
{
	const struct {
		const char *token, *meaning;
	} tokens[] = {
		{ "@id", db->ops->token_id },
		{ "@strict", db->ops->token_strict },
	};

	while (*text != '\0') {
		size_t i = 0;

		while (i < ARRAY_SIZE(tokens) &&
		    strncmp(text, tokens[i].token,
			strlen(tokens[i].token)) != 0)
			i++;
		if (i < ARRAY_SIZE(tokens)) {
			buf_adds(to, tokens[i].meaning);
			text += strlen(tokens[i].token);
		} else {
			buf_addc(to, *text++);
		}
	}
}

static bool
migrate_one(struct db *db, const struct sql_text *t, struct err *e)
{
	int number = migrate_number(t);
	struct buf text = { 0 };

	db_begin(db);
	if (!db_failed(db, NULL) && migrate_read(db) < number) {
		migrate_expand(&text, db, t->text);
		db_exec(db, buf_cstr(&text), NULL);
		buf_finish(&text);
		meta_set_int(db, "schema", number);
	}
	if (!db_commit(db, e))
		return err_wrap(e, "%s", t->name);
	return true;
}

bool
migrate_current(struct db *db, int *ret_number, struct err *e)
{
	int number;

	db_begin(db);
	number = migrate_read(db);
	if (!db_commit(db, e))
		return err_wrap(e, "read the schema's number");
	*ret_number = number;
	return true;
}

bool
migrate_to(struct db *db, int number, struct err *e)
{
	int current = 0, last = 0;

	if (!migrate_current(db, &current, e))
		return false;
	if (current > migrate_latest()) {
		err_set(e, ERR_CONFIG, "store.newer",
		    "the database has schema %d, this slipway knows %d",
		    current, migrate_latest());
		return err_hint(e,
		    "run the newer slipway that made it, or restore the "
		    "backup from before the upgrade");
	}
	for (size_t i = 0; i < sql_texts_count; i++) {
		int n = migrate_number(&sql_texts[i]);

		if (n <= current || n > number)
			continue;
		if (!migrate_one(db, &sql_texts[i], e))
			return false;
		last = n;
	}
	if (last > current)
		log_info("store.migrated", "from=%d to=%d", current, last);
	return true;
}

bool
migrate(struct db *db, struct err *e)
{
	return migrate_to(db, migrate_latest(), e);
}
