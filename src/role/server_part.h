/* SPDX-License-Identifier: MIT */
/*
 * server_part.h: the parts of the server, for the files of role/ alone.
 * server.c puts them together, server_store.c opens what is in the data
 * folder, server_stop.c ends it.
 */
#ifndef ROLE_SERVER_PART_H
#define ROLE_SERVER_PART_H

#include <limits.h>

#include "api/api.h"
#include "driver/local.h"
#include "engine/engine.h"
#include "http/forwarded.h"
#include "role/anchor.h"
#include "role/backups.h"
#include "role/compress.h"
#include "role/folder.h"
#include "role/forget.h"
#include "role/identity.h"
#include "role/prune.h"
#include "role/segment.h"
#include "role/server.h"

struct server {
	struct server_options o;
	char data[PATH_MAX]; /* absolute */
	char db_path[PATH_MAX + 8];
	char boot_id[64];
	uid_t started_by;
	struct identity identity;
	int lock; /* -1: not held */
	struct db *write, *read; /* until writer and api take them */
	struct anchors *anchors;
	struct prune *prune;
	struct segments *segments;
	struct compress *compress;
	struct backups *backups;
	struct forget *forget;
	struct driver driver;	 /* ops NULL: none */
	char socket[2 * PATH_MAX], session[32], home[PATH_MAX];
	char proxies[SERVER_LISTEN][FORWARDED_ADDRESS];
	const char *proxy[SERVER_LISTEN + 1]; /* of them; NULL-terminated */
	const char *hidden[5]; /* from attempts; NULL-terminated */
	struct loop *loop;
	struct http_server *http;
	struct folder *folder;
	struct site site;
	struct bus *bus;
	struct engine *engine;
	struct writer *writer;
	struct api *api;
	struct buf has, lacks; /* layers of the sandbox, in words */
	bool stopping;
	int waited_ms;
};

/* One fact of the start, for whoever reads along. */
void server_say(const struct server *s, const char *fmt, ...)
    PRINTF_LIKE(2, 3);
/* To the service manager, when there is one. */
void server_notify(const char *state);

/* server_store.c: folder, lock, key, database, epoch; fills site. */
bool server_open_store(struct server *s, struct err *e);
/* Can the account that we are now reach it? */
bool server_check_store(struct server *s, struct err *e);

/* server_stop.c: end in good order. */
void server_on_signal(void *server, int signal);

/* server_log.c: site.log_tail; self is the site. */
const char *server_log_tail(void *self, int64_t attempt, size_t bytes,
    struct arena *a);
bool server_log_output(void *self, int64_t attempt, size_t max,
    struct buf *to);

#endif
