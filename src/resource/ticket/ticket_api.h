/* SPDX-License-Identifier: MIT */
/*
 * ticket_api.h: the handlers of the operations on tickets (spec/ticket.h).
 */
#ifndef RESOURCE_TICKET_API_H
#define RESOURCE_TICKET_API_H

#include "resource/call.h"

call_handler ticket_api_list, ticket_api_get, ticket_api_edit,
    ticket_api_approve, ticket_api_decline, ticket_api_comment,
    ticket_api_withdraw;

#endif
