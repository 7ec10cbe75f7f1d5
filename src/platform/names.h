/* SPDX-License-Identifier: MIT */
/*
 * names.h: names that definitions may not use.
 *
 * A parameter reaches its command as PARAM_NAME, so that none could do harm;
 * they are refused all the same, so that nobody ever has to wonder.
 */
#ifndef PLATFORM_NAMES_H
#define PLATFORM_NAMES_H

#include <stdbool.h>

/* Of a parameter or output: one that means something to the loader, a shell
 * or git when it is an environment variable, in any case. */
bool names_reserved(const char *name);
/* Of a variable of env: or vars:: the same, and what slipway sets itself. */
bool names_reserved_variable(const char *name);
/* Of a person: what the audit chain and rules call somebody else. */
bool names_reserved_person(const char *name);
/* A parameter that would hide a flag of the command line. */
bool names_flag(const char *name);

#endif
