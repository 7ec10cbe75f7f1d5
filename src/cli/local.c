/* SPDX-License-Identifier: MIT */
#include "cli/local.h"

#define LOCAL_SCHEMA(k, d)                                                     \
	&(const struct schema)                                                 \
	{                                                                      \
		.kind = (k), .doc = (d)                                        \
	}
#define BARE(n, d)                                                             \
	{                                                                      \
		.name = (n), .where = FLAG_LOCAL,                              \
		.schema = LOCAL_SCHEMA(SCHEMA_BOOL, d)                         \
	}
#define TAKES(n, h, k, d)                                                      \
	{                                                                      \
		.name = (n), .hold = (h), .where = FLAG_LOCAL,                 \
		.schema = LOCAL_SCHEMA(k, d)                                   \
	}

#define WAIT_FLAGS(op)                                                         \
	{ op, BARE("follow", "Wait for the end, with the log.") },             \
	    { op, BARE("no_wait",                                              \
		      "Do not wait; exit 6 when it needs approval.") },        \
	    { op, BARE("wait", "Wait for the end, through an approval.") },    \
	{ op, TAKES("within", "DURATION", SCHEMA_DURATION,                     \
		  "Wait no longer than this.") },                              \
	{                                                                      \
		op, TAKES("artifacts", "FOLDER", SCHEMA_STRING,                \
			"Wait for the end and put what it left there.")        \
	}
#define PARAM_FLAGS(op)                                                        \
	{ op, TAKES("param", "NAME=VALUE", SCHEMA_STRING,                      \
		  "A parameter whatever its name; may be repeated.") },        \
	{                                                                      \
		op, TAKES("param_file", "FILE", SCHEMA_STRING,                 \
			"Parameters as a JSON object; - is stdin.")            \
	}

#define DECIDE_FLAGS(op)                                                       \
	{ op, BARE("yes", "Do not ask.") },                                    \
	    { op, BARE("all", "On every step that waits.") },                  \
	    { op, TAKES("step", "STEP", SCHEMA_INTEGER,                        \
		    "On this step only.") }

const struct local locals[] = {
	{ "artifact.get", TAKES("output", "FILE", SCHEMA_STRING,
			      "Where it goes; - is stdout. The same: -o.") },
	{ "audit.list", BARE("follow", "Go on as it grows.") },
	{ "evidence.get",
	    TAKES("out", "DIR", SCHEMA_STRING,
		"Write evidence.json, evidence.md and changes.csv there.") },
	{ "inbox.list", BARE("watch", "Go on as things come.") },
	PARAM_FLAGS("request.ask"),
	WAIT_FLAGS("request.ask"),
	WAIT_FLAGS("resource.release"),
	{ "run.again", TAKES("param_file", "FILE", SCHEMA_STRING,
			   "Parameters as a JSON object; - is stdin.") },
	WAIT_FLAGS("run.again"),
	{ "run.follow", TAKES("within", "DURATION", SCHEMA_DURATION,
			    "Wait no longer than this.") },
	{ "run.log", BARE("follow", "Go on until the run is over.") },
	{ "run.log",
	    BARE("raw", "Leave control sequences in, byte for byte.") },
	WAIT_FLAGS("run.retry"),
	{ "run.retry", BARE("latest", "With today's definitions.") },
	{ "run.retry", BARE("same", "With those that it ran.") },
	WAIT_FLAGS("run.undo"),
	WAIT_FLAGS("schedule.run"),
	{ "server.drain", BARE("no_wait", "Do not wait for what runs.") },
	{ "server.drain", TAKES("timeout", "DURATION", SCHEMA_DURATION,
			      "Wait no longer than this; it drains on.") },
	{ "server.drain", BARE("undo", "The same as server resume.") },
	PARAM_FLAGS("task.run"),
	WAIT_FLAGS("task.run"),
	DECIDE_FLAGS("ticket.approve"),
	DECIDE_FLAGS("ticket.decline"),
	PARAM_FLAGS("ticket.edit"),
	{ "token.create",
	    TAKES("save", "PROFILE", SCHEMA_STRING,
		"Keep it as a profile for --as instead of printing it.") },
	{ .op = NULL },
};

const struct flag global_flags[] = {
	TAKES("as", "PROFILE", SCHEMA_STRING,
	    "Act with the token of this profile."),
	BARE("csv", "Print a list as CSV, all pages of it."),
	BARE("help", "Explain the verb."),
	BARE("json", "Print the answer as JSON."),
	BARE("no_color", "No colours."),
	BARE("quiet", "Print only keys and errors."),
	TAKES("socket", "PATH", SCHEMA_STRING, "Socket of the server."),
	TAKES("url", "URL", SCHEMA_STRING, "Address of the server."),
	{ .name = NULL },
};
