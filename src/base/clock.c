/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/civil.h"

#ifdef SLIPWAY_TESTING
static _Atomic int64_t clock_offset_ms;

void
clock_shift(int64_t ms)
{
	atomic_fetch_add(&clock_offset_ms, ms);
}

static _Atomic bool clock_stands;
static _Atomic int64_t clock_set_wall_us, clock_set_boot_us;

void
clock_set(int64_t wall_ms, int64_t boot_ms)
{
	atomic_store(&clock_set_wall_us, wall_ms * 1000);
	atomic_store(&clock_set_boot_us, boot_ms * 1000);
	atomic_store(&clock_stands, true);
}

static const _Atomic int64_t *_Atomic clock_shifts;

void
clock_follow(const _Atomic int64_t shifts[2])
{
	atomic_store(&clock_shifts, shifts);
}

static int64_t
clock_followed_ms(clockid_t which)
{
	const _Atomic int64_t *shifts = atomic_load(&clock_shifts);

	return shifts == NULL ? 0
			      : atomic_load(&shifts[which != CLOCK_REALTIME]);
}

static int64_t
clock_us(clockid_t which)
{
	struct timespec t;
	int64_t us;

	if (atomic_load(&clock_stands))
		us = atomic_load(which == CLOCK_REALTIME
			? &clock_set_wall_us
			: &clock_set_boot_us);
	else {
		ASSERT(clock_gettime(which, &t) == 0);
		us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	}
	return us + (atomic_load(&clock_offset_ms) + clock_followed_ms(which)) *
	    1000;
}
#else
static int64_t
clock_us(clockid_t which)
{
	struct timespec t;

	ASSERT(clock_gettime(which, &t) == 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
#endif

int64_t
clock_wall_ms(void)
{
	return clock_us(CLOCK_REALTIME) / 1000;
}

int64_t
clock_boot_ms(void)
{
	return clock_us(CLOCK_BOOTTIME) / 1000;
}

int64_t
clock_boot_us(void)
{
	return clock_us(CLOCK_BOOTTIME);
}

/* They end there; what is before the first stays. */
static void
clock_digits(char *end, unsigned v)
{
	for (; v != 0; v /= 10)
		*--end = (char)('0' + v % 10);
}

char *
clock_text(int64_t wall_ms, char buf[CLOCK_TEXT])
{
	struct civil at;
	unsigned ms;

	if (wall_ms < CIVIL_MIN_MS)
		wall_ms = CIVIL_MIN_MS;
	if (wall_ms > CIVIL_MAX_MS)
		wall_ms = CIVIL_MAX_MS;
	at = civil_of(wall_ms);
	ms = (unsigned)(wall_ms - civil_floor(wall_ms, 1000));
	memcpy(buf, "0000-00-00T00:00:00.000Z", CLOCK_TEXT);
	clock_digits(buf + 4, (unsigned)at.year);
	clock_digits(buf + 7, (unsigned)at.month);
	clock_digits(buf + 10, (unsigned)at.day);
	clock_digits(buf + 13, (unsigned)at.hour);
	clock_digits(buf + 16, (unsigned)at.minute);
	clock_digits(buf + 19, (unsigned)at.second);
	clock_digits(buf + 23, ms);
	return buf;
}

char *
clock_duration(int64_t ms, char *buf, size_t n)
{
	long long v = ms < 0 ? 0 : ms;
	long long s = v / 1000;

	if (v < 1000)
		snprintf(buf, n, "%lld ms", v);
	else if (s < 60)
		snprintf(buf, n, "%lld.%lld s", s, v % 1000 / 100);
	else if (s < 3600)
		snprintf(buf, n, "%lld m %02lld s", s / 60, s % 60);
	else if (s < 48 * 3600)
		snprintf(buf, n, "%lld h %02lld m", s / 3600, s % 3600 / 60);
	else
		snprintf(buf, n, "%lld d", s / 86400);
	return buf;
}
