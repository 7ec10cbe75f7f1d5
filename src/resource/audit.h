/* SPDX-License-Identifier: MIT */
/*
 * audit.h: leave an event in the audit chain, in the transaction of the
 * change that it tells of.
 *
 * action is dotted ("ticket.approved"), object names what it was done to
 * ("OPS-12"), decision is "done", "allowed" or "denied", reason the rule or
 * the person's words, detail a JSON object or NULL.  Secrets never go in.
 */
#ifndef RESOURCE_AUDIT_H
#define RESOURCE_AUDIT_H

#include "resource/cx.h"

void audit(struct cx *cx, const char *action, const char *object,
    const char *decision, const char *reason, const char *detail);

/* Whether the chain is the one that was anchored, wherever it was. */
bool audit_anchored(struct cx *cx, enum audit_anchors which, struct err *e);
/* And its segments what was sealed, as far as they were read again. */
bool audit_sealed(struct cx *cx, struct err *e);

/* Where the head of the chain is anchored in the data folder (store/audit.h); in arena. */
const char *audit_anchor_path(const struct site *s, struct arena *a);

#endif
