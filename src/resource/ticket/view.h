/* SPDX-License-Identifier: MIT */
/*
 * view.h: a ticket as the API tells it, with secret values masked.
 */
#ifndef RESOURCE_TICKET_VIEW_H
#define RESOURCE_TICKET_VIEW_H

#include "base/json_out.h"
#include "resource/cx.h"
#include "spec/ticket.h"

/* As a row of a list. */
void ticket_json(struct cx *cx, struct json_out *out, const struct ticket *t);
/* With all that belongs to it; always true, to end a handler with. */
bool ticket_detail(struct cx *cx, struct json_out *out,
    const struct ticket *t);
/* html: with what people wrote as HTML too (markdown.h). */
bool ticket_detail_as(struct cx *cx, struct json_out *out,
    const struct ticket *t, bool html);

#endif
