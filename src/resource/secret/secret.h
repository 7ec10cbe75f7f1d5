/* SPDX-License-Identifier: MIT */
/*
 * secret.h: the small encrypted secret store.
 *
 * A secret has a name and versions, whose numbers grow per name; the newest
 * counts, and before it the newest of the environment that it is used in.
 * environment is never NULL; "": of all that have no value of their own.
 * Values are sealed with the server's key, which lives outside the database,
 * and leave only into an attempt that its environment and its task both name
 * (rules 12).  Owns the table secret.
 */
#ifndef RESOURCE_SECRET_H
#define RESOURCE_SECRET_H

#include "resource/cx.h"
#include "spec/access.h"

/* Newest version that is not removed, 0 when there is none. */
int64_t secret_version(struct cx *cx, const char *name,
    const char *environment);
/* Appends the plain value; ERR_NOT_FOUND "secret.missing" with the command
 * that sets it. */
bool secret_read(struct cx *cx, const char *name, const char *environment,
    struct buf *to, struct err *e);

/* The row that counts there, or NULL. */
struct secret_row *secret_get(struct cx *cx, const char *name,
    const char *environment);
/* Seal the value as the next version; an equal value keeps its version, so
 * that saying it again voids no approval. */
struct secret_row *secret_set(struct cx *cx, const char *name,
    const char *environment, struct str value);
/* Forget the values of all versions. */
void secret_remove(struct cx *cx, struct secret_row *row);

#endif
