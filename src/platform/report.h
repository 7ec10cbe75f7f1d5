/* SPDX-License-Identifier: MIT */
/*
 * report.h: collecting the mistakes of a folder.
 *
 * Every mistake has a place (file, line, column) and keeps the source line,
 * so that it can be shown when the file is long gone.  Text is copied into
 * the arena of the list.  At most LIMIT_FOLDER_ERRORS are kept.  Reading and
 * printing a list: platform.h.
 */
#ifndef PLATFORM_REPORT_H
#define PLATFORM_REPORT_H

#include "platform/platform.h"

struct place {
	const char *file; /* relative to the folder */
	struct str text;  /* whole file, for the excerpt; may be empty */
	int line, column; /* from 1; columns are characters */
};

/* hint may be NULL. */
void folder_error_add(struct folder_errors *errs, struct place at,
    const char *hint, const char *fmt, ...) PRINTF_LIKE(4, 5);
void folder_warning_add(struct folder_errors *errs, struct place at,
    const char *hint, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* Sort by file, line and column; of twins one stays. */
void folder_errors_sort(struct folder_errors *errs);

#endif
