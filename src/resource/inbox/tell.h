/* SPDX-License-Identifier: MIT */
/*
 * tell.h: when people are told what is in their inbox, and by which task.
 *
 * The folder's `notify:` hooks name a task for some kinds of items; so any
 * channel can be scripted.  inbox_post writes into the item when it is to be
 * told, in the transaction of the cause: the item is the outbox row.  A round
 * of the engine later the task is started with who and what, and the item is
 * marked in the same transaction, so that no crash tells twice.  The task's
 * own `retry:` is for the channel; what cannot even be started is tried again
 * with growing pauses, and given up after INBOX_TRIES with an audit event.
 * What is due for one person at once comes as one message.
 * The runs of hooks are slipway's own: nobody asked for them, so nobody is
 * told of their end, and nothing goes round in circles.
 * A person chooses for each kind: now, digest or off; quiet hours hold back.
 * Owns the table inbox_preference.
 */
#ifndef RESOURCE_INBOX_TELL_H
#define RESOURCE_INBOX_TELL_H

#include "resource/cx.h"
#include "spec/inbox.h"

#define INBOX_TRIES 6

/* When that person is to be told of that kind: wall ms; 0: not at all.
 * Blocks on the database. */
int64_t tell_when(struct cx *cx, const char *person, const char *kind);

/* Teams that are told once of what this person gets; NULL-terminated, in the
 * arena.  Such an item is that of INBOX_TEAM and the name, in nobody's
 * inbox. */
#define INBOX_TEAM "team:"
const char *const *tell_teams(struct cx *cx, const char *person,
    const char *kind);

/* Tell what is due; when to come again, INT64_MAX for never. */
int64_t tell_turn(struct cx *cx);

#endif
