/* SPDX-License-Identifier: MIT */
/*
 * log.h: the server's own log: one line of logfmt per event on stderr.
 *
 *	2026-11-21T09:22:01.123Z info run.started run=R-12 task=database
 *
 * The event is a dotted constant; the fields are one printf text of named
 * values: log_info("run.started", "run=%s task=%s", key, task).  Control
 * characters in it become \xNN, so that one event is one line whatever a
 * user wrote; a value that may hold spaces is quoted by the caller
 * ("reason='%s'").  Text beyond LOG_TEXT bytes is cut and ends in "...".
 *
 * Thread safe: a line is one write(2).  Never blocks on anything but stderr.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/check.h"

#define LOG_TEXT 4096

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Events below l are dropped from now on; LOG_INFO at the start. */
void log_set_level(enum log_level l);

#define log_debug(event, ...) log_line(LOG_DEBUG, (event), __VA_ARGS__)
#define log_info(event, ...) log_line(LOG_INFO, (event), __VA_ARGS__)
#define log_warn(event, ...) log_line(LOG_WARN, (event), __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_ERROR, (event), __VA_ARGS__)
void log_line(enum log_level l, const char *event, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
