/* SPDX-License-Identifier: MIT */
/*
 * work.h: what people do with a ticket themselves: open it, rank it, hand it
 * to somebody, link it, move it, close it.
 *
 * Owns the tables ticket_label, ticket_link and ticket_watcher.  Every change
 * leaves a line in the ticket's history with what it was before, and an audit
 * event; both in the caller's transaction.  Who sees a ticket may watch and
 * comment; its requester may also change its words, labels, links and due
 * date; its priority, points, epic and assignee, and its moves, are for the
 * team that owns it and for who it is assigned to (ticket_may_work).
 */
#ifndef RESOURCE_TICKET_WORK_H
#define RESOURCE_TICKET_WORK_H

#include "resource/access/access.h"
#include "resource/ticket/ticket.h"

/* What rights on it are asked about; "" is nothing in particular. */
struct access_target ticket_target(const struct ticket *t);
/* It is assigned to the person, or to the duty of a team of theirs. */
bool ticket_is_assigned(struct cx *cx, const struct ticket *t,
    const char *person);

/* ERR_DENIED "access.denied" otherwise. */
bool ticket_may_work(struct cx *cx, const struct ticket *t, struct err *e);
/* The same, or the requester. */
bool ticket_may_word(struct cx *cx, const struct ticket *t, struct err *e);

/* Open a ticket as the body of ticket.create says; or it is the one about the
 * same (same.h), and not new. */
bool ticket_open(struct cx *cx, const json_t *body, struct ticket **ret,
    bool *ret_new, struct problems *problems, struct err *e);
/* Whom it is assigned to hears of it, when that was somebody else before. */
void ticket_tell_assignee(struct cx *cx, const struct ticket *t,
    const char *before);
/* Change the fields that body names, of an existing ticket.  Rights are
 * checked here. */
bool ticket_change(struct cx *cx, struct ticket *t, const json_t *body,
    struct problems *problems, struct err *e);

/*
 * Move by hand, or close.  ERR_CONFLICT "ticket.move" naming the legal moves;
 * also when its run moves it.  A quick fix asks for the lasting solution:
 * ERR_INVALID "ticket.lasting" when body says nothing of it.
 */
bool ticket_move_by_hand(struct cx *cx, struct ticket *t, const char *to,
    const char *note, struct err *e);
bool ticket_finish(struct cx *cx, struct ticket *t, const json_t *body,
    struct err *e);

/* kind is of ticket_link_kinds, seen from t.  Linking twice is no error; a
 * loop of blocks is ERR_CONFLICT "ticket.loop". */
bool ticket_link_add(struct cx *cx, const struct ticket *t, const char *kind,
    const struct ticket *other, struct err *e);
bool ticket_link_remove(struct cx *cx, const struct ticket *t,
    const char *kind, const struct ticket *other, struct err *e);
/* Those whose other end the actor may see; the arena's. */
struct ticket_link_end *ticket_links(struct cx *cx, const struct ticket *t,
    size_t *ret_n);

/*
 * from is a duplicate of into: its watchers and links are into's too, its
 * comments stay and are told of, it closes, each is linked to the other.  Who
 * had a hand in from decides on into no more, and what they approved there is
 * asked again unless it began.  Rights are the caller's.  ERR_CONFLICT
 * "ticket.merge" when one of them is over, "ticket.running" while the run of
 * from is on its way.  Nothing undoes it.
 */
bool ticket_merge(struct cx *cx, struct ticket *from, struct ticket *into,
    const char *note, struct err *e);

/* Add a watcher; who took themselves off stays off unless `why` is "asked". */
void ticket_watch(struct cx *cx, const struct ticket *t, const char *person,
    const char *why);
void ticket_unwatch(struct cx *cx, const struct ticket *t,
    const char *person);
bool ticket_seen_by(struct cx *cx, const struct ticket *t,
    const char *person);
/* An item of that kind for who watches and sees it; not for those of `but`
 * (ends with NULL), who know. */
void ticket_tell(struct cx *cx, const struct ticket *t, const char *kind,
    const char *text, const char *const *but);
struct ticket_watcher *ticket_watchers(struct cx *cx, int64_t ticket_id,
    size_t *ret_n);

#endif
