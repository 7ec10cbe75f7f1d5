/* SPDX-License-Identifier: MIT */
/*
 * fake.h: a driver that starts nothing, for tests, simulation and figures.
 *
 * What becomes of an attempt is said by a script function at its start: it
 * ends at once with the event the script fills in, or runs until fake_end.
 * Its memory is its disk: recover answers from what was started, so a test
 * can throw an engine away and make another over the same fake.
 */
#ifndef DRIVER_FAKE_H
#define DRIVER_FAKE_H

#include "driver/driver.h"

struct fake;

/* true: ended, *ret holds reason, code, outputs, artifacts (the rest is
 * filled in);
 * false: it runs until fake_end. */
typedef bool fake_script(void *self, const struct work *w,
    struct work_event *ret);

/* script NULL: everything ends at once with code 0.  The driver's destroy
 * hook does nothing: call fake_destroy. */
struct fake *fake_create(fake_script *script, void *self, struct driver *ret);
void fake_destroy(struct fake *f);

/* Say that an attempt runs.  Ignored when it does not. */
void fake_begin(struct fake *f, int64_t attempt);
/* End an attempt that runs.  Ignored when it does not. */
void fake_end(struct fake *f, int64_t attempt, enum work_reason reason,
    int code);
/* Its keeper is gone, nobody knows what became of it. */
void fake_lose(struct fake *f, int64_t attempt);

/* How often an attempt was started: more than once is an engine's bug. */
unsigned fake_starts(const struct fake *f, int64_t attempt);
uint64_t fake_started(const struct fake *f); /* all */

#endif
