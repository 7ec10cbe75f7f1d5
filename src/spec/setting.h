/* SPDX-License-Identifier: MIT */
/*
 * setting.h: what `slipway serve` can be told, one row per setting.
 *
 * The command line, the environment (for a service manager's file of
 * settings) and the reference are read from this one table.  A flag wins over
 * the environment, and that over the default.
 */
#ifndef SPEC_SETTING_H
#define SPEC_SETTING_H

#include <stdbool.h>

enum setting_id {
	SETTING_FOLDER = 1,
	SETTING_DATA,
	SETTING_SOCKET,
	SETTING_LISTEN,
	SETTING_PROXY,
	SETTING_SLOTS,
	SETTING_REQUIRE_SANDBOX,
	SETTING_USER,
	SETTING_VERBOSE,
	SETTING_ANCHOR,
	SETTING_KEEP_LOGS,
	SETTING_BACKUPS,
	SETTING_KEEP_RUNS,
	SETTING_KEEP_TICKETS
};

struct setting {
	enum setting_id id;
	const char *flag; /* without the dashes */
	const char *env;
	const char *hold; /* what help calls the value; NULL: a switch */
	bool many;	  /* may be repeated; in the environment by spaces */
	const char *fallback; /* what holds when it is not set, for people */
	const char *doc;
};

extern const struct setting settings[]; /* ends with flag NULL */

#endif
