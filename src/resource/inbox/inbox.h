/* SPDX-License-Identifier: MIT */
/*
 * inbox.h: what waits for people, and what they should know.
 *
 * Whoever causes it posts it, in the transaction of the cause, and settles it
 * when it waits no longer; the person may put it away before that.  There is
 * one open item per person, kind and subject: what is posted again while it
 * is open counts up, takes the new text and is unread again.
 * Posting writes rows and nothing else: nobody is told before the commit, and
 * no failure of telling comes back.  An item is no audit event of its own;
 * its cause is one.
 * Owns the table inbox.
 */
#ifndef RESOURCE_INBOX_H
#define RESOURCE_INBOX_H

#include "resource/cx.h"
#include "spec/inbox.h"

/* Kinds; see inbox_kinds. */
#define INBOX_ACCESS "access"
#define INBOX_APPROVAL "approval"
#define INBOX_ASSIGNED "assigned"
#define INBOX_COMMENT "comment"
#define INBOX_DONE "done"
#define INBOX_EXPIRY "expiry"
#define INBOX_FAILED "failed"
#define INBOX_MANUAL "manual"
#define INBOX_MENTION "mention"
#define INBOX_REMINDER "reminder"

/* How the requester of a hook's run begins: nobody is told of such a run. */
#define INBOX_TELLER "notify:"

/*
 * Something for this person about subject ("OPS-12", "R-4"); text is one line
 * and is cut where it is too long.  Nothing for NULL, for somebody the folder
 * does not know or has disabled, and for the actor, who did it.
 */
void inbox_post(struct cx *cx, const char *person, const char *kind,
    const char *subject, const char *text);
/* The same for everybody of a team, or for the one person of that name. */
void inbox_post_group(struct cx *cx, const char *team_or_person,
    const char *kind, const char *subject, const char *text);

/* It waits no longer: for anybody, or for this person. */
void inbox_settle(struct cx *cx, const char *kind, const char *subject);
void inbox_settle_of(struct cx *cx, const char *person, const char *kind,
    const char *subject);

/* Needs of the ticket are over: whom no other one asks is no longer asked. */
void inbox_settle_needs(struct cx *cx, int64_t ticket_id);

/* Who has an open item of that; NULL-terminated, in the arena. */
const char **inbox_waiting(struct cx *cx, const char *kind,
    const char *subject);

#endif
