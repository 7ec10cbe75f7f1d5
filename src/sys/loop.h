/* SPDX-License-Identifier: MIT */
/*
 * loop.h: the event loop thread, a thin wrapper over libuv.
 *
 * One loop per process, one thread that runs it.  Everything here is called
 * on that thread, except loop_post and loop_stop, which any thread may call.
 * http/ may include <uv.h> for its sockets through loop_uv(); nobody else.
 */
#ifndef SYS_LOOP_H
#define SYS_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct loop;
struct loop_timer;
struct loop_watch;

struct loop *loop_create(void);
/* Stops timers, watches and signals, waits for pool work and calls its done;
 * what is still posted is dropped.  Handles of others must be closing. */
void loop_destroy(struct loop *l);
/* Until loop_stop; that lets everything run that was posted before it. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
struct uv_loop_s *loop_uv(struct loop *l);

/* Run fn(arg) on the loop thread, in order of posting, soon. */
void loop_post(struct loop *l, void (*fn)(void *arg), void *arg);

/* Call fn(arg) once after ms; the timer frees itself after firing.  To
 * repeat, start the next one from fn. */
struct loop_timer *loop_timer_start(struct loop *l, uint64_t ms,
    void (*fn)(void *arg), void *arg);
void loop_timer_stop(struct loop_timer *t); /* NULL is fine */

/* Call fn(arg) when the file or folder at path changes (inotify). */
struct loop_watch *loop_watch_start(struct loop *l, const char *path,
    void (*fn)(void *arg), void *arg, struct err *e);
void loop_watch_stop(struct loop_watch *w); /* NULL is fine */

/* Call fn(arg, signal) for a POSIX signal, on the loop thread. */
void loop_signal(struct loop *l, int signal, void (*fn)(void *arg, int signal),
    void *arg);

/* Run work(arg) on a pool thread, then done(arg) on the loop thread. */
void loop_work(struct loop *l, void (*work)(void *arg),
    void (*done)(void *arg), void *arg);

#endif
