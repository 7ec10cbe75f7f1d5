/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static _Atomic int log_threshold = LOG_INFO;

static const char *const log_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

void
log_set_level(enum log_level l)
{
	atomic_store(&log_threshold, (int)l);
}

/* A log that cannot be written has nobody to be told. */
static void
log_write(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(STDERR_FILENO, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		p += done;
		n -= (size_t)done;
	}
}

static size_t
log_escape(char *to, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7f) {
			to[n++] = *text;
			continue;
		}
		to[n++] = '\\';
		to[n++] = 'x';
		to[n++] = digits[c >> 4];
		to[n++] = digits[c & 15];
	}
	return n;
}

void
log_line(enum log_level l, const char *event, const char *fmt, ...)
{
	char when[CLOCK_TEXT];
	char text[LOG_TEXT];
	char line[4 * LOG_TEXT + 1];
	int saved = errno;
	int head, n;
	size_t len;
	va_list ap;

	if ((int)l < atomic_load(&log_threshold))
		return;
	head = snprintf(text, sizeof(text), "%s %s %.100s ",
	    clock_text(clock_wall_ms(), when), log_names[l], event);
	ASSERT(head > 0);
	va_start(ap, fmt);
	n = vsnprintf(text + head, sizeof(text) - (size_t)head, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text) - (size_t)head)
		memcpy(text + sizeof(text) - 4, "...", 4);
	len = log_escape(line, text);
	line[len++] = '\n';
	log_write(line, len);
	errno = saved;
}
