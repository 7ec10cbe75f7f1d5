/* SPDX-License-Identifier: MIT */
/*
 * engine.h: moves runs forward without a user.
 *
 * The engine is handed to the writer (store/writer.h) by main and lives on
 * the core thread: inside each transaction it looks at what the driver
 * reports and at what is due, in the order of the list in engine.c, and says
 * which attempts are to start; they start after the commit.  Every duty is
 * idempotent and reads the database, which is the only truth; what is kept in
 * memory (attempts that live) can be rebuilt from it: start-up is recovery.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include "driver/driver.h"
#include "engine/bus.h"
#include "resource/cx.h"
#include "store/writer.h"

struct engine;

struct engine_options {
	struct site *site; /* changed and cancel are filled in here */
	struct driver driver;
	struct bus *bus;
	/* After a commit, when an anchor is due: the head of the audit chain.
	 * Core thread; NULL: nobody wants to know. */
	void (*anchor)(void *self, int64_t seq, const char *hash);
	void *anchor_self;
	int slots;	   /* attempts at once */
};

struct engine *engine_create(const struct engine_options *o);
void engine_destroy(struct engine *g);

struct writer_hooks engine_hooks(struct engine *g);

/*
 * What became of the attempts that the database calls live.  Before the
 * writer starts, on its connection, in a transaction of its own.
 */
bool engine_recover(struct engine *g, struct db *db, struct err *e);

/* The folder in force.  Takes over the caller's reference. */
void engine_set_platform(struct engine *g, struct platform *p);
/* A reference; any thread. */
struct platform *engine_platform(struct engine *g);

/* Claim nothing any more; what runs goes on.  Any thread. */
void engine_stop_claiming(struct engine *g);
/* Attempts that live now.  Any thread; for metrics. */
int engine_live(struct engine *g);

#endif
