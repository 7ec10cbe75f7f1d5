/* SPDX-License-Identifier: MIT */
/*
 * approval_private.h: what the files of approval share: whose decision
 * counts for a need, and what rules a step asks for.
 */
#ifndef RESOURCE_APPROVAL_PRIVATE_H
#define RESOURCE_APPROVAL_PRIVATE_H

#include "resource/approval/approval.h"

/* eligible is a canonical JSON list of names, which have no quotes. */
bool people_has(struct cx *cx, const char *eligible, const char *person);
/* In force, and over this hash. */
bool need_is_of(const struct need *need, const char *hash);
/* May person decide on this need: named when it was asked, and today. */
bool need_names(struct cx *cx, const struct need *need, const char *person);
/* Had person, or the same human, a hand in what the ticket asks for? */
bool ticket_is_own(struct cx *cx, const struct ticket *t, const char *person);
/* As whom person would decide on this need: themselves, or whoever they stand
 * in for; NULL: as nobody. */
const char *need_seat(struct cx *cx, const struct need *need,
    const struct ticket *ticket, const char *person);
/* How many of those who may decide count at all. */
int64_t need_possible(struct cx *cx, const struct need *need,
    const struct ticket *ticket);
/* How many must approve, of those who may decide as of the request and as of
 * now: neither who left nor who came makes it easier. */
int64_t need_wanted(struct cx *cx, const struct need *need,
    const struct ticket *ticket);
/* How many approvals count as of now. */
int64_t need_approvals(struct cx *cx, const struct need *need,
    const struct ticket *ticket);
bool need_is_met(struct cx *cx, const struct need *need,
    const struct ticket *ticket);

/* The vote that person already cast on the needs of the hash, or NULL. */
const char *decision_before(struct cx *cx, const struct need *needs,
    size_t n, const char *hash, const char *person);

/* It was met, and the time to begin in is over. */
bool need_has_lapsed(const struct cx *cx, const struct need *need);

/* The rule that made the need; its times as they were. */
struct approval_rule need_rule(const struct need *need);
/* What today's rules want and no need of the subject covers; how many. */
size_t approval_open_missing(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, const struct approval_rule *today,
    size_t ntoday);
void need_open(struct cx *cx, const struct ticket *ticket,
    const struct approval_subject *about, const struct approval_rule *rule);

#endif
