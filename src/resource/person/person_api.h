/* SPDX-License-Identifier: MIT */
/*
 * person_api.h: handlers of person.list, team.list and environment.list.
 * Every signed-in person sees who and what there is; mail addresses are for
 * team-mates and admins.
 */
#ifndef RESOURCE_PERSON_API_H
#define RESOURCE_PERSON_API_H

#include "resource/call.h"

call_handler person_api_list, person_api_teams, person_api_environments;

#endif
