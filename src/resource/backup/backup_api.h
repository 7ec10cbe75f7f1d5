/* SPDX-License-Identifier: MIT */
/*
 * backup_api.h: handlers of the operations of backups.
 */
#ifndef RESOURCE_BACKUP_API_H
#define RESOURCE_BACKUP_API_H

#include "resource/call.h"

call_handler backup_api_create, backup_api_list;

#endif
