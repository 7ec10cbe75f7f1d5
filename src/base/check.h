/* SPDX-License-Identifier: MIT */
/*
 * check.h: assertions that stay on in every build.
 *
 * ASSERT states what the programmer knows.  It prints file, line and the
 * expression and aborts; the supervisor restarts the server and start-up is
 * recovery.  Never ASSERT what the outside world can break: that is err.h.
 */
#ifndef BASE_CHECK_H
#define BASE_CHECK_H

#include <stddef.h>

#define ASSERT(x)                                                              \
	do {                                                                   \
		if (__builtin_expect(!(x), 0))                                 \
			check_failed(__FILE__, __LINE__, #x);                  \
	} while (0)

/* Every long-lived struct starts with `unsigned magic`, checked on entry. */
#define ASSERT_MAGIC(p, m) ASSERT((p) != NULL && (p)->magic == (m))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

_Noreturn void check_failed(const char *file, int line, const char *what);

#endif
