/* SPDX-License-Identifier: MIT */
/*
 * idempotency.h: the answer that was given under a key.
 *
 * A POST may come twice: the client's network broke, or its server did.  The
 * first one stores its answer in the transaction of its effect, under the
 * caller and the key; for IDEMPOTENCY_MS the same request gets that answer
 * again and acts no second time.  An answer that held a secret is not kept:
 * only that it was given (decision 19).
 *
 * All inside a transaction of the writer; failures stick to db.  Times are
 * wall ms.
 */
#ifndef STORE_IDEMPOTENCY_H
#define STORE_IDEMPOTENCY_H

#include "store/db.h"

#define IDEMPOTENCY_MS (7LL * 24 * 3600 * 1000)

struct idempotency {
	const char *actor, *key;
	const char *route; /* name of the operation and its path */
	const char *request_hash;
	int64_t status; /* HTTP */
	const char *body;
	bool secret; /* the answer held one; body is not stored */
};

/*
 * What was answered to this actor, key, route and request_hash; NULL in
 * *ret_stored when the request is new.  Fails with ERR_INVALID
 * "idempotency.mismatch" when the key was used for another request, and
 * ERR_CONFLICT "secret.already_shown".
 */
bool idempotency_find(struct db *db, const struct idempotency *asked,
    int64_t now, struct arena *a, struct idempotency **ret_stored,
    struct err *e);
void idempotency_store(struct db *db, const struct idempotency *answered,
    int64_t now);
/* Forget expired ones, at most `limit`; how many they were. */
int64_t idempotency_prune(struct db *db, int64_t now, int64_t limit);
/* When the next one expires; INT64_MAX when there is none. */
int64_t idempotency_next(struct db *db);

#endif
