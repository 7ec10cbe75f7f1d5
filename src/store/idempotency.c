/* SPDX-License-Identifier: MIT */
#include "store/idempotency.h"

static bool
idempotency_match(const struct idempotency *asked,
    const struct idempotency *stored, struct err *e)
{
	if (!streq(stored->route, asked->route) ||
	    !streq(stored->request_hash, asked->request_hash)) {
		err_set(e, ERR_INVALID, "idempotency.mismatch",
		    "idempotency key '%s' was used for another request",
		    asked->key);
		return err_hint(e, "send a new key with a new request");
	}
	if (stored->secret) {
		err_set(e, ERR_CONFLICT, "secret.already_shown",
		    "this was done already, and its secret is shown once");
		return err_hint(e, "make a new one if the answer was lost");
	}
	return true;
}

bool
idempotency_find(struct db *db, const struct idempotency *asked, int64_t now,
    struct arena *a, struct idempotency **ret_stored, struct err *e)
{
	struct query *q = query(db, "idempotency_find");
	struct idempotency *stored = NULL;

	bind_text(q, "actor", asked->actor);
	bind_text(q, "key", asked->key);
	bind_int(q, "now", now);
	if (query_next(q)) {
		stored = ARENA_NEW(a, struct idempotency);
		stored->actor = asked->actor;
		stored->key = asked->key;
		stored->route = column_text(q, "route", a);
		stored->request_hash = column_text(q, "request_hash", a);
		stored->status = column_int(q, "status");
		stored->body = column_text(q, "body", a);
		stored->secret = column_int(q, "secret") != 0;
	}
	query_end(q);
	if (db_failed(db, e))
		return false;
	if (stored != NULL && !idempotency_match(asked, stored, e))
		return false;
	*ret_stored = stored;
	return true;
}

void
idempotency_store(struct db *db, const struct idempotency *answered,
    int64_t now)
{
	struct query *q = query(db, "idempotency_put");
	const char *body = answered->body == NULL ? "" : answered->body;

	bind_text(q, "actor", answered->actor);
	bind_text(q, "key", answered->key);
	bind_text(q, "route", answered->route);
	bind_text(q, "request_hash", answered->request_hash);
	bind_int(q, "status", answered->status);
	bind_text(q, "body", answered->secret ? "" : body);
	bind_int(q, "secret", answered->secret ? 1 : 0);
	bind_int(q, "expires_at", now + IDEMPOTENCY_MS);
	query_run(q);
}

int64_t
idempotency_prune(struct db *db, int64_t now, int64_t limit)
{
	struct query *q = query(db, "idempotency_has_expired");
	bool any;

	bind_int(q, "now", now);
	any = query_next(q);
	query_end(q);
	if (!any)
		return 0;
	q = query(db, "idempotency_prune");
	bind_int(q, "now", now);
	bind_int(q, "limit", limit);
	return query_run_count(q);
}

int64_t
idempotency_next(struct db *db)
{
	struct query *q = query(db, "idempotency_next");
	int64_t next = INT64_MAX;

	if (query_next(q) && !column_is_null_at(q, 0))
		next = column_int_at(q, 0);
	query_end(q);
	return next;
}
