/* SPDX-License-Identifier: MIT */
/* The database that every seed begins with. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "sim.h"
#include "store/migrate.h"
#include "store/sql_text.h"
#include "sys/file.h"

static sqlite3 *connection; /* the last that was opened */

static int
take_connection(sqlite3 *conn, const char **ret_why, const void *api)
{
	(void)ret_why;
	(void)api;
	connection = conn;
	return SQLITE_OK;
}

/* The times of what a trigger sees. */
static void
wall_now(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct sim *s = sqlite3_user_data(context);

	(void)n;
	(void)values;
	sqlite3_result_int64(context, s->wall_ms);
}

static void
steady_now(sqlite3_context *context, int n, sqlite3_value **values)
{
	const struct sim *s = sqlite3_user_data(context);

	(void)n;
	(void)values;
	sqlite3_result_int64(context, site_steady(&s->site));
}

/* The disk is not what is tested here, and forks must share no file: before
 * anything is in it, it moves to memory. */
static void
database_to_memory(struct sim *s)
{
	if (sqlite3_deserialize(s->raw, "main", NULL, 0, 0,
		SQLITE_DESERIALIZE_FREEONCLOSE |
		    SQLITE_DESERIALIZE_RESIZEABLE) != SQLITE_OK)
		sim_violation(s, "%s", sqlite3_errmsg(s->raw));
	raw_exec(s, "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
		    "PRAGMA trusted_schema = ON;");
}

static void
database_open(struct sim *s, const char *folder)
{
	char file[96];
	struct err e = { 0 };

	snprintf(file, sizeof(file), "%s/db", folder);
	sqlite3_auto_extension((void (*)(void))take_connection);
	if (!db_open(file, DB_WRITE, &s->db, &e))
		sim_violation(s, "%s", e.message);
	s->raw = connection;
	database_to_memory(s);
	if (!migrate(s->db, &e))
		sim_violation(s, "%s", e.message);
	sqlite3_create_function_v2(s->raw, "sim_steady", 0, SQLITE_UTF8, s,
	    steady_now, NULL, NULL, NULL);
	sqlite3_create_function_v2(s->raw, "sim_wall", 0, SQLITE_UTF8, s,
	    wall_now, NULL, NULL, NULL);
	raw_exec(s, "DROP TRIGGER audit_no_update;"
		    "DROP TRIGGER audit_no_delete;");
	check_prepare(s);
}

/* Each statement, so that no seed has to. */
static void
statements_prepare(struct sim *s)
{
	struct err e;

	db_begin(s->db);
	for (size_t i = 0; i < sql_texts_count; i++)
		if (strchr(sql_texts[i].name, ':') == NULL)
			query_end(query(s->db, sql_texts[i].name));
	if (db_failed(s->db, &e))
		sim_violation(s, "%s", e.message);
	db_rollback(s->db);
}

/* Libraries make their tables at the first use. */
static void
library_warm(struct sim *s)
{
	const bool verbose = s->verbose;

	s->verbose = false;
	folder_generate(s);
	platform_unref(s->platform);
	s->verbose = verbose;
}

void
database_make(struct sim *s)
{
	char folder[] = "/tmp/slipway-sim-XXXXXX";
	struct err e;

	/* What is random once in a process is so here, and alike in all. */
	id_seed(1);
	if (mkdtemp(folder) == NULL) {
		fprintf(stderr, "%s: %s\n", folder, strerror(errno));
		exit(2);
	}
	database_open(s, folder);
	file_remove_tree(AT_FDCWD, folder, &e);
	statements_prepare(s);
	check_warm(s);
	library_warm(s);
}

void
database_digest(struct sim *s)
{
	sqlite3_stmt *q = raw_statement(s,
	    "SELECT hash FROM audit ORDER BY seq DESC LIMIT 1");

	if (sqlite3_step(q) == SQLITE_ROW)
		sim_digest(s, sqlite3_column_text(q, 0),
		    (size_t)sqlite3_column_bytes(q, 0));
	sqlite3_reset(q);
}

void
database_close(struct sim *s)
{
	raw_finish();
	db_close(s->db);
}
