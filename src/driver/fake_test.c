/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>

#include "driver/fake.h"

static struct work
work_of(int64_t attempt)
{
	static const char *const argv[] = { "/bin/true", NULL };

	return (struct work){ .attempt = attempt, .token = 7, .argv = argv };
}

static bool
readable(const struct driver *d)
{
	struct pollfd p = { d->ops->fd(d->self), POLLIN, 0 };

	return poll(&p, 1, 0) == 1;
}

/* Attempt 2 runs until it is told to end. */
static bool
script(void *self, const struct work *w, struct work_event *ret)
{
	(void)self;
	if (w->attempt == 2)
		return false;
	ret->reason = WORK_EXITED;
	ret->code = 3;
	buf_adds(&ret->outputs, "a=b\n");
	return true;
}

static void
ends_at_once(void **state)
{
	struct work w = work_of(1);
	struct work_event ev;
	struct driver d;
	struct fake *f = fake_create(NULL, NULL, &d);
	struct err e;

	(void)state;
	assert_false(readable(&d));
	assert_int_equal(d.ops->recover(d.self, 1, 7, &ev), WORK_NEVER);
	assert_true(d.ops->start(d.self, &w, &e));
	assert_true(readable(&d));
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.kind, WORK_ENDED);
	assert_int_equal(ev.token, 7);
	assert_int_equal(ev.code, 0);
	assert_false(d.ops->next(d.self, &ev));
	assert_false(readable(&d));
	fake_destroy(f);
}

static void
follows_its_script(void **state)
{
	struct work_event ev;
	struct driver d;
	struct fake *f = fake_create(script, NULL, &d);
	struct work two = work_of(2), three = work_of(3);
	struct err e;

	(void)state;
	assert_true(d.ops->start(d.self, &two, &e));
	assert_true(d.ops->start(d.self, &three, &e));
	assert_int_equal(fake_started(f), 2);
	assert_int_equal(fake_starts(f, 2), 1);
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.attempt, 3);
	assert_int_equal(ev.code, 3);
	assert_string_equal(buf_cstr(&ev.outputs), "a=b\n");
	buf_finish(&ev.outputs);
	assert_false(d.ops->next(d.self, &ev));
	assert_int_equal(d.ops->recover(d.self, 2, 7, &ev), WORK_RUNNING);
	d.ops->cancel(d.self, 2, 7, 0);
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.attempt, 2);
	assert_int_equal(ev.reason, WORK_CANCELLED);
	fake_destroy(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_at_once),
		cmocka_unit_test(follows_its_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
