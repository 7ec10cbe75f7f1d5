/* SPDX-License-Identifier: MIT */
/*
 * server.h: the server itself as something that can be asked and told: what
 * it does now, and to begin nothing new.
 */
#ifndef SPEC_SERVER_H
#define SPEC_SERVER_H

#include "spec/op.h"

extern const struct op op_server_drain, op_server_get, op_server_resume,
    op_server_usage;

#endif
