/* SPDX-License-Identifier: MIT */
/*
 * failpoint.h: places where a test may kill the server or make a call fail.
 *
 * FAILPOINT("writer.commit.before") does nothing in a release build.  In
 * debug and sanitizer builds SLIPWAY_FAILPOINT=name:kill[:n] raises SIGKILL
 * at the n-th passage (default 1), name:fail[:n] makes failpoint_hit() return
 * true there once, and name:always each time.  `make failpoints` lists all names.
 */
#ifndef SYS_FAILPOINT_H
#define SYS_FAILPOINT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef SLIPWAY_TESTING
bool failpoint_hit(const char *name);
/* Passages of armed failpoints so far: the n-th from now is this plus n. */
int64_t failpoint_passed(void);
#define FAILPOINT(name) ((void)failpoint_hit(name))
#define FAILPOINT_FAILS(name) failpoint_hit(name)
#else
#define FAILPOINT(name) ((void)0)
#define FAILPOINT_FAILS(name) false
#endif

#endif
