/* SPDX-License-Identifier: MIT */
/*
 * comment.h: what people say on a ticket, in Markdown.
 *
 * Owns the table ticket_entry_before.  A comment is changed and taken back by
 * its author alone; what it said before is kept, and shown unless it was taken
 * back.  Who is mentioned (@tina, @platform) and sees the ticket watches it
 * from then on; to name somebody shows them nothing.
 */
#ifndef RESOURCE_TICKET_COMMENT_H
#define RESOURCE_TICKET_COMMENT_H

#include "resource/ticket/ticket.h"

/* To say something, a token has to be good for more than looking. */
bool comment_allowed(struct cx *cx, const struct ticket *t, struct err *e);
void comment_add(struct cx *cx, const struct ticket *t, const char *text);
/* text NULL takes it back.  ERR_NOT_FOUND, ERR_DENIED "comment.own",
 * ERR_GONE "comment.removed". */
bool comment_edit(struct cx *cx, const struct ticket *t, const char *id,
    const char *text, struct err *e);

#endif
