/* SPDX-License-Identifier: MIT */
#include "sys/failpoint.h"

#ifdef SLIPWAY_TESTING

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/str.h"

static atomic_llong failpoint_passages;

int64_t
failpoint_passed(void)
{
	return atomic_load(&failpoint_passages);
}

/* The setting is read at each passage: a misspelt one must stop the test. */
bool
failpoint_hit(const char *name)
{
	struct str armed, action, number;
	int64_t nth = 1;

	armed = str_cut(str_of(getenv("SLIPWAY_FAILPOINT")), ':', &action);
	if (armed.n == 0 || !str_is(armed, name))
		return false;
	action = str_cut(action, ':', &number);
	if (str_is(action, "always"))
		return true;
	ASSERT(number.p == NULL || str_to_int64(number, &nth));
	if (atomic_fetch_add(&failpoint_passages, 1) + 1 != nth)
		return false;
	if (str_is(action, "kill"))
		kill(getpid(), SIGKILL);
	ASSERT(str_is(action, "fail"));
	return true;
}

#endif
