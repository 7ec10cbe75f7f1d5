/* SPDX-License-Identifier: MIT */
/*
 * Bytes from outside to a value, held against a schema that has every kind,
 * and to canonical text, which must read back as the same.
 */
#include <stdint.h>
#include <string.h>

#include "base/limits.h"
#include "spec/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const colours[] = { "red", "green", "blue", NULL };
static const struct schema text = { .kind = SCHEMA_STRING, AT_MOST(20) };
static const struct schema number = { .kind = SCHEMA_NUMBER, BETWEEN(-9, 9) };
static const struct schema *const either[] = { &number, &text, NULL };
static const struct schema fields[];
static const struct schema inner = { .kind = SCHEMA_OBJECT,
	.title = "Inner",
	.fields = fields,
	.flags = F_NULLABLE };
static const struct schema fields[] = {
	{ .name = "name",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .pattern = "[a-z][a-z0-9_]{1,30}",
	    BETWEEN(2, 31) },
	{ .name = "i",
	    .kind = SCHEMA_INTEGER,
	    BETWEEN(1, 500),
	    .default_json = "10" },
	{ .name = "n", .kind = SCHEMA_NUMBER, .flags = F_NULLABLE },
	{ .name = "b", .kind = SCHEMA_BOOL, .flags = F_REFERENCE },
	{ .name = "c", .kind = SCHEMA_CHOICE, .choices = colours },
	{ .name = "t", .kind = SCHEMA_TIME },
	{ .name = "d", .kind = SCHEMA_DURATION, AT_LEAST(1) },
	{ .name = "o", .kind = SCHEMA_OBJECT, .fields = fields },
	{ .name = "m",
	    .kind = SCHEMA_MAP,
	    .of = &text,
	    .pattern = "[[:alpha:]]+",
	    AT_MOST(3) },
	{ .name = "l", .kind = SCHEMA_LIST, .of = &inner, BETWEEN(1, 3) },
	{ .name = "e", .kind = SCHEMA_ONE_OF, .any_of = either },
	{ .name = "j", .kind = SCHEMA_JSON },
	{ .name = "s",
	    .kind = SCHEMA_STRING,
	    .flags = F_SECRET | F_REFERENCE,
	    .pattern = "(a|b)*c" },
	{ .name = "h", .kind = SCHEMA_STRING, .flags = F_HIDDEN },
	{ .name = NULL },
};

static void
check_canonical(struct arena *a, const json_t *value)
{
	const char *once = json_canonical(a, value);
	struct err e;
	json_t *again = json_parse(str_of(once), &e);

	ASSERT(again != NULL);
	ASSERT(strcmp(once, json_canonical(a, again)) == 0);
	json_decref(again);
}

static void
check_rendered(const struct problems *p)
{
	struct buf b = { 0 };
	struct json_out j;
	struct err e;
	json_t *v;

	json_out_init(&j, &b);
	problems_json(p, &j);
	ASSERT(json_out_done(&j));
	v = json_parse(buf_str(&b), &e);
	ASSERT(v != NULL && json_array_size(v) == p->count);
	json_decref(v);
	buf_finish(&b);
	ASSERT(problems_err(p, &e) == (p->count == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems p;
	struct arena *a = arena_create();
	struct err e = { .class = ERR_NONE };
	const struct str bytes = { (const char *)data, size };
	json_t *value;
	bool ok;

	problems_init(&p, a);
	value = json_parse_body(bytes, &p, &e);
	if (value == NULL) {
		ASSERT(e.class != ERR_NONE && e.message[0] != '\0');
		ASSERT(p.count == 1);
		check_rendered(&p);
		arena_destroy(a);
		return 0;
	}
	for (size_t at = 0; at <= size; at += 1 + size / 8)
		ASSERT(str_is_utf8(str_of(json_where(a, bytes, at))));
	check_canonical(a, value);
	ok = validate(&inner, value, "", &p);
	ASSERT(ok == (p.count == 0) && p.count <= LIMIT_FOLDER_ERRORS);
	check_rendered(&p);
	if (ok) /* defaults are in: nothing may be wrong now either */
		ASSERT(validate(&inner, value, "", &p));
	json_decref(value);
	arena_destroy(a);
	return 0;
}
