/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arena.h"
#include "http/forwarded.h"

static const struct {
	const char *peer;
	const char *fields; /* of the head */
	const char *client; /* NULL: the peer itself */
} cases[] = {
	{ "127.0.0.1", "X-Forwarded-For: 10.1.2.3\r\n", "10.1.2.3" },
	{ "127.0.0.1", "x-forwarded-for:  10.1.2.3 \r\n", "10.1.2.3" },
	/* what the client sent stands before what the proxy added */
	{ "127.0.0.1", "X-Forwarded-For: 1.1.1.1, 10.1.2.3\r\n", "10.1.2.3" },
	{ "127.0.0.1",
	    "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 10.1.2.3\r\n",
	    "10.1.2.3" },
	{ "127.0.0.1", "X-Forwarded-For: 10.1.2.3:4711\r\n", "10.1.2.3" },
	{ "127.0.0.1", "X-Forwarded-For: 2001:DB8::1\r\n", "2001:db8::1" },
	{ "127.0.0.1", "X-Forwarded-For: [2001:db8::1]:80\r\n",
	    "2001:db8::1" },
	{ "::1", "X-Forwarded-For: 10.1.2.3\r\n", "10.1.2.3" },
	/* nobody's word */
	{ "10.9.9.9", "X-Forwarded-For: 10.1.2.3\r\n", NULL },
	{ "127.0.0.1", "", NULL },
	{ "127.0.0.1", "X-Forwarded-For:\r\n", NULL },
	{ "127.0.0.1", "X-Forwarded-For: 10.1.2.3,\r\n", NULL },
	{ "127.0.0.1", "X-Forwarded-For: unknown\r\n", NULL },
	{ "127.0.0.1", "X-Forwarded-For: 10.1.2.3.4\r\n", NULL },
	{ "127.0.0.1", "X-Forwarded-For: [::1\r\n", NULL },
	{ "127.0.0.1",
	    "X-Forwarded-For: 1111:1111:1111:1111:1111:1111:1111:1111:1111"
	    "\r\n", NULL },
};

static void
test_client(void **state)
{
	static const char *const proxies[] = { "127.0.0.1", "::1", NULL };
	struct arena *a = arena_create();
	char client[FORWARDED_ADDRESS];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *head =
		    arena_printf(a, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n",
			cases[i].fields);
		bool found = forwarded_client(
		    str_of(head), cases[i].peer, proxies, client);

		if (found != (cases[i].client != NULL))
			fail_msg("%s", head);
		if (found)
			assert_string_equal(client, cases[i].client);
	}
	arena_destroy(a);
}

static void
test_proxy(void **state)
{
	static const char *const bad[] = { "", "localhost", "127.0.0.1:80",
		"10.0.0.0/8", "*" };
	char out[FORWARDED_ADDRESS];
	struct err e;

	(void)state;
	assert_true(forwarded_proxy("0:0::1", out, &e));
	assert_string_equal(out, "::1");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_false(forwarded_proxy(bad[i], out, &e));
		assert_string_equal(e.code, "http.proxy");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
