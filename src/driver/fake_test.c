/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include <string.h>

#include "driver/fake.h"
#include "driver/registry.h"

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

static enum fake_do
script(void *arg, const struct work *w, struct work_event *end)
{
	(void)arg;
	if (w->attempt == 1)
		return FAKE_REFUSE;
	if (w->attempt == 2)
		return FAKE_HOLD;
	end->code = 3;
	buf_adds(&end->outputs, "a=b\n");
	return FAKE_END;
}

static void
ends_at_once(void **state)
{
	struct work w = work_of(1);
	struct work_event ev;
	struct driver d;
	struct err e;

	(void)state;
	fake_create(NULL, NULL, &d);
	assert_false(readable(&d));
	assert_true(d.ops->start(d.self, &w, &e));
	assert_true(readable(&d));
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.kind, WORK_STARTED);
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.kind, WORK_ENDED);
	assert_int_equal(ev.code, 0);
	assert_false(d.ops->next(d.self, &ev));
	assert_false(readable(&d));
	d.ops->destroy(d.self);
}

static void
follows_its_script(void **state)
{
	struct work_event ev;
	struct driver d;
	struct work w;
	struct err e;

	(void)state;
	fake_create(script, NULL, &d);
	w = work_of(1);
	assert_false(d.ops->start(d.self, &w, &e));
	w = work_of(2);
	assert_true(d.ops->start(d.self, &w, &e));
	w = work_of(3);
	assert_true(d.ops->start(d.self, &w, &e));
	assert_int_equal(fake_started(&d), 2);
	for (int i = 0; i < 3; i++)
		assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.attempt, 3);
	assert_int_equal(ev.code, 3);
	assert_string_equal(buf_cstr(&ev.outputs), "a=b\n");
	buf_finish(&ev.outputs);
	assert_false(d.ops->next(d.self, &ev));
	assert_int_equal(d.ops->recover(d.self, 2, 7, &ev), WORK_RUNNING);
	d.ops->cancel(d.self, 2, 7, 0);
	assert_true(d.ops->next(d.self, &ev));
	assert_int_equal(ev.reason, WORK_CANCELLED);
	assert_false(fake_end(&d, 2, 0));
	d.ops->destroy(d.self);
}

static void
registry_is_sorted_and_helpful(void **state)
{
	struct driver d;
	struct err e;

	(void)state;
	for (const struct registry_entry *r = registry; r[1].name; r++)
		assert_true(strcmp(r[0].name, r[1].name) < 0);
	assert_false(registry_create("locla", "/tmp", NULL, &d, &e));
	assert_non_null(strstr(e.hint, "'local'"));
	assert_true(registry_create("fake", "/tmp", NULL, &d, &e));
	d.ops->destroy(d.self);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_at_once),
		cmocka_unit_test(follows_its_script),
		cmocka_unit_test(registry_is_sorted_and_helpful),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
