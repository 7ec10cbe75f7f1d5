/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "resource/sealed.h"
#include "spec/schema.h"
#include "spec/validate.h"

static const struct schema fields[] = {
	{ .name = "name", .kind = SCHEMA_STRING },
	{ .name = "password", .kind = SCHEMA_STRING, .flags = F_SECRET },
	{ .name = NULL },
};
static const struct schema object = { .kind = SCHEMA_OBJECT,
	.fields = fields };

static const struct site site = { .key = { 1, 2, 3 } };
static const struct site other = { .key = { 4, 5, 6 } };

static json_t *
parse(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	assert_non_null(value);
	return value;
}

static void
assert_json(json_t *value, const char *text)
{
	json_t *wanted = parse(text);

	assert_non_null(value);
	assert_true(json_equal(value, wanted));
	json_decref(wanted);
	json_decref(value);
}

#define PLAIN "{\"name\":\"x\",\"password\":\"hunter2\"}"

static void
there_and_back(void **state)
{
	json_t *plain = parse(PLAIN);
	json_t *sealed = sealed_from_plain(&site, &object, plain);
	struct err e = { 0 };
	char *text = json_dumps(sealed, 0);

	(void)state;
	assert_null(strstr(text, "hunter2"));
	assert_true(sealed_is(json_object_get(sealed, "password")));
	assert_false(sealed_is(json_object_get(sealed, "name")));
	assert_json(sealed_to_plain(&site, sealed, &e), PLAIN);
	assert_json(sealed_to_mask(sealed),
	    "{\"name\":\"x\",\"password\":\"***\"}");
	assert_null(sealed_to_plain(&other, sealed, &e));
	assert_int_equal(e.class, ERR_INTERNAL);
	free(text);
	json_decref(sealed);
	json_decref(plain);
}

static void
hashes_tell_equal_from_different(void **state)
{
	json_t *plain = parse(PLAIN);
	json_t *a = sealed_from_plain(&site, &object, plain);
	json_t *b = sealed_from_plain(&site, &object, plain);
	json_t *ha = sealed_to_hmac(&site, a), *hb = sealed_to_hmac(&site, b);
	json_t *c, *hc;

	(void)state;
	assert_false(json_equal(a, b)); /* nonces differ */
	assert_true(json_equal(ha, hb));
	json_object_set_new(plain, "password", json_string("hunter3"));
	c = sealed_from_plain(&site, &object, plain);
	hc = sealed_to_hmac(&site, c);
	assert_false(json_equal(ha, hc));
	json_decref(ha);
	json_decref(hb);
	json_decref(hc);
	json_decref(a);
	json_decref(b);
	json_decref(c);
	json_decref(plain);
}

static void
text_is_hashed_as_its_value(void **state)
{
	static const char plain[] = "{\"name\":\"x\"}";
	struct arena *arena = arena_create();
	json_t *given = parse(PLAIN);
	json_t *sealed = sealed_from_plain(&site, &object, given);
	json_t *hashed = sealed_to_hmac(&site, sealed);

	(void)state;
	assert_ptr_equal(sealed_hmac_text(&site, arena, plain), plain);
	assert_string_equal(sealed_hmac_text(&site, arena,
	    json_canonical(arena, sealed)), json_canonical(arena, hashed));
	json_decref(hashed);
	json_decref(sealed);
	json_decref(given);
	arena_destroy(arena);
}

static void
secrets_deep_inside(void **state)
{
	json_t *one = sealed_value(&site, STR("abc"));
	json_t *deep = json_pack("{s:[{s:O}, s]}", "list", "x", one, "y");
	struct err e;

	(void)state;
	assert_json(sealed_to_mask(deep),
	    "{\"list\":[{\"x\":\"***\"},\"y\"]}");
	assert_json(sealed_to_plain(&site, deep, &e),
	    "{\"list\":[{\"x\":\"abc\"},\"y\"]}");
	json_decref(deep);
	json_decref(one);
}

static void
texts_of_rows(void **state)
{
	struct arena *a = arena_create();
	json_t *one = sealed_value(&site, STR("abc"));
	json_t *row = json_pack("{s:O}", "p", one);
	char *text = json_dumps(row, 0);

	(void)state;
	assert_string_equal(sealed_mask_text(a, text), "{\"p\":\"***\"}");
	assert_string_equal(sealed_mask_text(a, "{\"p\": 1}"), "{\"p\": 1}");
	assert_string_equal(sealed_mask_text(a, ""), "");
	assert_null(sealed_mask_text(a, NULL));
	free(text);
	json_decref(row);
	json_decref(one);
	arena_destroy(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(hashes_tell_equal_from_different),
		cmocka_unit_test(text_is_hashed_as_its_value),
		cmocka_unit_test(secrets_deep_inside),
		cmocka_unit_test(texts_of_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
