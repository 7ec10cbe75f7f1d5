/* SPDX-License-Identifier: MIT */
/*
 * bulk_api.h: handler of ticket.bulk.
 *
 * Each ticket is changed in a savepoint of its own, by the same functions and
 * rights as when it is changed alone; what would be done is found by doing it
 * and taking it back.
 */
#ifndef RESOURCE_BULK_API_H
#define RESOURCE_BULK_API_H

#include "resource/call.h"

call_handler bulk_api_change;

#endif
