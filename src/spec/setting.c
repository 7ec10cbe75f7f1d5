/* SPDX-License-Identifier: MIT */
#include "spec/setting.h"

#include <stddef.h>

const struct setting settings[] = {
	{ SETTING_FOLDER, "folder", "SLIPWAY_FOLDER", "DIR", false,
	    "the current folder", "The team's folder of YAML." },
	{ SETTING_DATA, "data", "SLIPWAY_DATA", "DIR", false,
	    "/var/lib/slipway; not root: slipway below $XDG_STATE_HOME or "
	    "~/.local/state",
	    "Database, logs, artifacts and the key.  Made when it is not "
	    "there, mode 0700." },
	{ SETTING_SOCKET, "socket", "SLIPWAY_SOCKET", "PATH", false,
	    "/run/slipway/api.sock; not root: below $XDG_RUNTIME_DIR, else in "
	    "the data folder",
	    "Local socket.  Who connects is known by the account." },
	{ SETTING_LISTEN, "listen", "SLIPWAY_LISTEN", "ADDR:PORT", true,
	    "the local socket alone",
	    "Answer on TCP too, by token.  Not encrypted: beyond loopback "
	    "put a reverse proxy with TLS in front." },
	{ SETTING_PROXY, "proxy", "SLIPWAY_PROXY", "ADDR", true, "nobody",
	    "Address of a reverse proxy whose X-Forwarded-For is believed: "
	    "the audit chain then names the client." },
	{ SETTING_SLOTS, "slots", "SLIPWAY_SLOTS", "N", false,
	    "twice the cores, 4 at least", "Commands at once, 1 to 10000." },
	{ SETTING_REQUIRE_SANDBOX, "require-sandbox", "SLIPWAY_REQUIRE_SANDBOX",
	    NULL, false, "run with what there is, and say what lacks",
	    "Do not start where a layer of the sandbox is lacking." },
	{ SETTING_USER, "user", "SLIPWAY_USER", "NAME", false, "slipway",
	    "Account to become when started as root." },
	{ SETTING_ANCHOR, "anchor", "SLIPWAY_ANCHOR", "PLACE", true,
	    "the data folder alone",
	    "Tell the head of the audit chain here too, every 100 events or "
	    "60 s: file:PATH (appended), https://URL (POSTed) or syslog." },
	{ SETTING_KEEP_LOGS, "keep-logs", "SLIPWAY_KEEP_LOGS", "DURATION",
	    false, "180d",
	    "Remove logs so long after their end; `forever`: never." },
	{ SETTING_KEEP_RUNS, "keep-runs", "SLIPWAY_KEEP_RUNS", "DURATION",
	    false, "forever",
	    "Remove runs so long after their end, when nothing refers to them "
	    "and their logs are gone; evidence still tells of them." },
	{ SETTING_KEEP_TICKETS, "keep-tickets", "SLIPWAY_KEEP_TICKETS",
	    "DURATION", false, "forever",
	    "Remove tickets so long after they were closed, when nothing "
	    "refers to them and their runs are gone." },
	{ SETTING_BACKUPS, "backups", "SLIPWAY_BACKUPS", "DIR", false,
	    "`slipway backup create` is refused",
	    "Folder for the backups that it is asked for; its account must "
	    "be able to write there." },
	{ SETTING_VERBOSE, "verbose", "SLIPWAY_VERBOSE", NULL, false,
	    "not", "Log every request." },
	{ .flag = NULL },
};
