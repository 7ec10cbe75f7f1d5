/* SPDX-License-Identifier: MIT */
/*
 * manual.h: the manual from the same tables as parsing and help.
 *
 *	slipway(1)         every verb and its flags, exit codes, environment
 *	slipway-folder(5)  every key of the team's folder
 *	slipway-serve(8)   every setting of the server
 *
 * Printed as man pages (roff, man(7)) or as the Markdown of docs/reference.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/session.h"

/* argv begins behind `manual`: [slipway|folder|serve] [--markdown]. */
int manual_run(struct session *s, int argc, char **argv);

#endif
