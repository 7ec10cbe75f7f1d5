/* SPDX-License-Identifier: MIT */
/*
 * clock.h: the only caller of clock_gettime.
 *
 * Wall time is UTC milliseconds since 1970; it is for people and may jump.
 * Durations, leases and timeouts use clock_boot_ms (CLOCK_BOOTTIME), which
 * never goes back and counts suspend.  In debug and sanitizer builds a test
 * may shift both (clock_shift, clock_follow); the release has no such function.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_wall_ms(void);
int64_t clock_boot_ms(void);
int64_t clock_boot_us(void);

#ifdef SLIPWAY_TESTING
/* Add to both clocks from now on; thread safe. */
void clock_shift(int64_t ms);
/* From now on both stand still at this time, until they are set again: the
 * virtual clock of the simulation. */
void clock_set(int64_t wall_ms, int64_t boot_ms);
/* From now on add shifts[0] ms to the wall clock and shifts[1] to the boot
 * clock, whatever they are at the time of asking.  Not copied. */
void clock_follow(const _Atomic int64_t shifts[2]);
#endif

/* 2026-01-01: no clock that says less is right, for there was no slipway. */
#define CLOCK_FLOOR_MS INT64_C(1767225600000)

#define CLOCK_TEXT 25 /* "2026-11-21T09:22:01.123Z" and NUL */
/* RFC 3339 UTC with milliseconds into buf[CLOCK_TEXT]; returns buf. */
char *clock_text(int64_t wall_ms, char buf[CLOCK_TEXT]);
/* "120 ms", "1.2 s", "3 m 04 s", "2 h 10 m", "5 d" (from two days on): for
 * people; less than 0 counts as 0; returns buf. */
char *clock_duration(int64_t ms, char *buf, size_t n);

#endif
