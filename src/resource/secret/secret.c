/* SPDX-License-Identifier: MIT */
#include "resource/secret/secret.h"

#include "base/secret.h"
#include "resource/audit.h"
#include "store/record.h"
#include "sys/digest.h"

struct secret_row *
secret_get(struct cx *cx, const char *name, const char *environment)
{
	struct query *q = query(cx->db, "secret_newest");
	struct secret_row *row = NULL;

	bind_text(q, "name", name);
	bind_text(q, "environment", environment);
	if (query_next(q)) {
		row = ARENA_NEW(cx->arena, struct secret_row);
		record_read(q, &secret_schema, row, cx->arena);
	}
	query_end(q);
	return row;
}

int64_t
secret_version(struct cx *cx, const char *name, const char *environment)
{
	const struct secret_row *row = secret_get(cx, name, environment);

	return row == NULL ? 0 : row->version;
}

bool
secret_read(struct cx *cx, const char *name, const char *environment,
    struct buf *to, struct err *e)
{
	const struct secret_row *row = secret_get(cx, name, environment);

	if (row == NULL) {
		err_set(e, ERR_NOT_FOUND, "secret.missing",
		    "secret '%s' is not set", name);
		return err_hint(e, "slipway secret set %s", name);
	}
	if (!unseal(cx->site->key, row->sealed, to, e))
		return err_wrap(e, "secret '%s'", name);
	return true;
}

static bool
secret_is(struct cx *cx, const struct secret_row *row, struct str value)
{
	struct buf plain = { 0 };
	bool same = unseal(cx->site->key, row->sealed, &plain, NULL) &&
	    plain.len == value.n &&
	    secret_equal(buf_cstr(&plain), value.p, value.n);

	if (plain.data != NULL)
		secret_wipe(plain.data, plain.cap);
	buf_finish(&plain);
	return same;
}

static int64_t
secret_next_version(struct cx *cx, const char *name)
{
	struct query *q = query(cx->db, "secret_last");
	int64_t version = 1;

	bind_text(q, "name", name);
	if (query_next(q))
		version = column_int(q, "version") + 1;
	query_end(q);
	return version;
}

static void
secret_audit(struct cx *cx, const char *action, const struct secret_row *row)
{
	audit(cx, action, row->name, "done", NULL,
	    arena_printf(cx->arena, "{\"version\":%lld%s%s%s}",
		(long long)row->version,
		row->environment[0] == '\0' ? "" : ",\"environment\":\"",
		row->environment, row->environment[0] == '\0' ? "" : "\""));
}

struct secret_row *
secret_set(struct cx *cx, const char *name, const char *environment,
    struct str value)
{
	struct secret_row *row = secret_get(cx, name, environment);
	struct buf sealed = { 0 };
	struct query *q;

	if (row != NULL && streq(row->environment, environment) &&
	    secret_is(cx, row, value))
		return row;
	seal(cx->site->key, value, &sealed);
	row = ARENA_NEW(cx->arena, struct secret_row);
	*row = (struct secret_row){
		.name = name,
		.environment = environment,
		.version = secret_next_version(cx, name),
		.sealed = arena_str(cx->arena, buf_str(&sealed)),
		.created_by = actor_name(cx->actor),
		.created_at = cx->now,
	};
	buf_finish(&sealed);
	q = query(cx->db, "secret_insert");
	record_bind(q, &secret_schema, row);
	query_run(q);
	q = query(cx->db, "secret_forget");
	bind_text(q, "name", name);
	bind_text(q, "environment", environment);
	bind_int(q, "version", row->version);
	query_run(q);
	secret_audit(cx, "secret.set", row);
	return row;
}

void
secret_remove(struct cx *cx, struct secret_row *row)
{
	struct query *q = query(cx->db, "secret_remove");

	row->removed_at = cx->now;
	bind_text(q, "name", row->name);
	bind_text(q, "environment", row->environment);
	bind_int(q, "now", cx->now);
	query_run(q);
	secret_audit(cx, "secret.removed", row);
}
