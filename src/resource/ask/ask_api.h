/* SPDX-License-Identifier: MIT */
/*
 * ask_api.h: the handlers of request.ask and task.run.
 */
#ifndef RESOURCE_ASK_API_H
#define RESOURCE_ASK_API_H

#include "resource/ask/ask.h"
#include "resource/call.h"

call_handler ask_api_request, ask_api_task;

/* The answer to an ask. */
void asked_json(struct cx *cx, struct json_out *out,
    const struct asked *asked);

#endif
