/* SPDX-License-Identifier: MIT */
/*
 * work_api.h: the handlers of the operations of spec/ticket_work.c.
 */
#ifndef RESOURCE_TICKET_WORK_API_H
#define RESOURCE_TICKET_WORK_API_H

#include "resource/call.h"

call_handler ticket_api_create, ticket_api_merge, ticket_api_move, ticket_api_moves,
    ticket_api_close, ticket_api_link, ticket_api_unlink, ticket_api_watch,
    ticket_api_unwatch, ticket_api_edit_comment, ticket_api_remove_comment;

#endif
