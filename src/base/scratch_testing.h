/* SPDX-License-Identifier: MIT */
/*
 * scratch_testing.h: for unit tests: a folder of their own, below
 * SLIPWAY_UNIT_DIR (which script/unit makes, and removes whatever becomes of
 * the tests in it) or else below /tmp.  Paths are short enough for sockets in
 * them.
 */
#ifndef BASE_SCRATCH_TESTING_H
#define BASE_SCRATCH_TESTING_H

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"

static inline void
scratch_make(char *ret, size_t size, const char *name)
{
	const char *where = getenv("SLIPWAY_UNIT_DIR");
	int n = snprintf(ret, size, "%s/%s-XXXXXX",
	    where == NULL ? "/tmp" : where, name);

	ASSERT(n > 0 && (size_t)n < size && mkdtemp(ret) != NULL);
}

#endif
