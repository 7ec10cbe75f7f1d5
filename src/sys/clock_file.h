/* SPDX-License-Identifier: MIT */
/*
 * clock_file.h: a clock that a test sets from outside.
 *
 * In debug and sanitizer builds SLIPWAY_CLOCK names a file of two native
 * 64-bit integers: milliseconds to add to the wall clock, and to the boot
 * clock.  It is mapped, so what is written there counts at once.  The release
 * has no such thing.
 */
#ifndef SYS_CLOCK_FILE_H
#define SYS_CLOCK_FILE_H

/* Once, before there are threads.  A file that is not as said ends the
 * program; without the variable nothing happens. */
void clock_file_open(void);

#endif
