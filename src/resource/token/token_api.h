/* SPDX-License-Identifier: MIT */
/*
 * token_api.h: handlers of token.create, token.list and token.revoke.
 *
 * Everybody may make and revoke tokens of their own; an admin or the operator
 * those of others.  What is made with a token has no wider role, no more
 * environments and no longer life than that token.
 */
#ifndef RESOURCE_TOKEN_API_H
#define RESOURCE_TOKEN_API_H

#include "resource/call.h"

call_handler token_api_create, token_api_list, token_api_revoke;

#endif
