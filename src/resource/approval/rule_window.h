/* SPDX-License-Identifier: MIT */
/*
 * rule_window.h: the times of the week at which a rule holds.
 *
 * A rule without a window always holds.  One whose time zone the machine does
 * not know any more is taken for the worse: it asks, and lets nothing pass.
 * Texts live in the arena of cx, by whose time it goes; blocks on the disk for
 * a zone that is not the folder's.
 */
#ifndef RESOURCE_RULE_WINDOW_H
#define RESOURCE_RULE_WINDOW_H

#include "platform/task.h"
#include "resource/cx.h"

bool rule_window_holds(struct cx *cx, const struct rule_def *rule);
/* "mon-fri 09:00-17:00 (Europe/London)" */
const char *rule_window_text(struct cx *cx, const struct rule_def *rule);
/* The same and when it begins: "…, next from Mon 2026-11-23 09:00 GMT". */
const char *rule_window_when(struct cx *cx, const struct rule_def *rule);

#endif
