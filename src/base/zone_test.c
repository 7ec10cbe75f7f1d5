/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench {
	struct arena *a;
	struct buf bytes;
	struct err e;
};

static int
setup(void **state)
{
	static struct bench b;

	b = (struct bench){ .a = arena_create() };
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	buf_finish(&b->bytes);
	arena_destroy(b->a);
	return 0;
}

static const struct zone *
zone_of(struct bench *b, const char *rule)
{
	struct zone *z;

	if (!zone_parse_rule(b->a, str_of(rule), &z, &b->e))
		fail_msg("%s: %s", rule, b->e.message);
	return z;
}

static void
assert_offset(const struct zone *z, int64_t utc_ms, int offset_s,
    const char *abbreviation)
{
	struct zone_span s = zone_span_at(z, utc_ms);

	assert_int_equal(s.offset_s, offset_s);
	assert_string_equal(s.abbreviation, abbreviation);
}

/* --- files made by hand -------------------------------------------------- */

static void
put(struct bench *b, int64_t v, size_t bytes)
{
	while (bytes-- > 0)
		buf_addc(&b->bytes, (char)(bytes < 8 ? v >> (8 * bytes) : 0));
}

static void
put_header(struct bench *b, char version, int times, int types, int chars)
{
	buf_adds(&b->bytes, "TZif");
	buf_addc(&b->bytes, version);
	put(b, 0, 15 + 12);
	put(b, times, 4);
	put(b, types, 4);
	put(b, chars, 4);
}

/* Version 2: STD (+1 h) and DST (+2 h), changing at the times given. */
static void
put_file(struct bench *b, const int64_t *times, const char *to, int count,
    const char *footer)
{
	buf_clear(&b->bytes);
	put_header(b, '2', 0, 0, 0);
	put_header(b, '2', count, 2, 8);
	for (int i = 0; i < count; i++)
		put(b, times[i], 8);
	for (int i = 0; i < count; i++)
		buf_addc(&b->bytes, to[i] == 'D');
	put(b, 3600, 4);
	put(b, 0x0000, 2);
	put(b, 7200, 4);
	put(b, 0x0104, 2);
	buf_add(&b->bytes, "STD\0DST", 8);
	buf_printf(&b->bytes, "\n%s\n", footer);
}

static const struct zone *
parsed(struct bench *b)
{
	struct zone *z;

	if (!zone_parse(b->a, buf_str(&b->bytes), &z, &b->e))
		fail_msg("%s", b->e.message);
	return z;
}

static void
refused(struct bench *b, const char *why)
{
	struct zone *z;

	assert_false(zone_parse(b->a, buf_str(&b->bytes), &z, &b->e));
	assert_int_equal(b->e.class, ERR_INVALID);
	assert_string_equal(b->e.code, "zone.data");
	assert_string_equal(b->e.message, why);
}

static const int64_t two_changes[] = { 1000000000, 1010000000 };

static void
test_table(void **state)
{
	struct bench *b = *state;
	const struct zone *z;
	struct zone_instant t;

	put_file(b, two_changes, "DS", 2, "");
	z = parsed(b);
	assert_offset(z, INT64_MIN, 3600, "STD");
	assert_offset(z, 999999999999, 3600, "STD");
	assert_offset(z, 1000000000000, 7200, "DST");
	assert_offset(z, INT64_MAX, 3600, "STD");
	assert_true(zone_span_at(z, 1000000000000).saving);
	assert_int_equal(zone_span_at(z, 0).from_ms, INT64_MIN);
	assert_int_equal(zone_span_at(z, 0).until_ms, 1000000000000);
	assert_int_equal(zone_span_at(z, 1010000000000).until_ms, INT64_MAX);

	t = zone_local_to_utc(z, 1000000000000 + 3600000 + 1800000);
	assert_int_equal(t.answer, ZONE_GAP);
	assert_int_equal(t.utc_ms, 1000000000000);
	t = zone_local_to_utc(z, 1010000000000 + 3600000);
	assert_int_equal(t.answer, ZONE_OVERLAP);
	assert_int_equal(t.utc_ms, 1010000000000 - 3600000);
	assert_int_equal(t.later_ms, 1010000000000);
	t = zone_local_to_utc(z, 1010000000000 + 7200000);
	assert_int_equal(t.answer, ZONE_ONE);
	assert_int_equal(t.utc_ms, 1010000000000 + 3600000);
}

/* A change that changes nothing is none. */
static void
test_table_without_change(void **state)
{
	static const int64_t times[] = { 1000000000, 1005000000, 1010000000 };
	struct bench *b = *state;
	const struct zone *z;

	put_file(b, times, "DDS", 3, "");
	z = parsed(b);
	assert_int_equal(
	    zone_span_at(z, 1000000000000).until_ms, 1010000000000);
	assert_int_equal(zone_span_at(z, 1009999999999).from_ms, 1000000000000);
}

/* The last change of a slim file may change nothing but say that from there
 * on the rule holds. */
static void
test_table_meets_rule(void **state)
{
	static const int64_t times[] = { 1000000000, 1010000000, 1577836800 };
	struct bench *b = *state;
	const struct zone *z;

	put_file(b, times, "DSS", 3, "STD-1DST,M3.5.0,M10.5.0/3");
	z = parsed(b);
	assert_offset(z, civil_ms(2019, 7, 1, 0, 0), 3600, "STD");
	assert_offset(z, civil_ms(2020, 7, 1, 0, 0), 7200, "DST");
	assert_int_equal(zone_span_at(z, civil_ms(2019, 7, 1, 0, 0)).until_ms,
	    civil_ms(2020, 3, 29, 1, 0));
	assert_int_equal(
	    zone_span_at(z, civil_ms(2020, 3, 1, 0, 0)).from_ms, 1010000000000);

	/* The rule may begin with a change of its own. */
	put_file(b, times, "DSS", 3, "EAT-3");
	z = parsed(b);
	assert_int_equal(zone_span_at(z, civil_ms(2019, 7, 1, 0, 0)).until_ms,
	    1577836800000);
	assert_int_equal(
	    zone_span_at(z, civil_ms(2030, 7, 1, 0, 0)).from_ms, 1577836800000);
	assert_offset(z, 1577836800000, 10800, "EAT");
}

static void
test_far_times(void **state)
{
	static const int64_t times[] = { -(INT64_C(1) << 59), 1000000000,
		INT64_C(1) << 60 };
	struct bench *b = *state;
	const struct zone *z;

	put_file(b, times, "DSD", 3, "");
	z = parsed(b);
	assert_offset(z, 0, 7200, "DST");
	assert_offset(z, civil_ms(9999, 1, 1, 0, 0), 3600, "STD");
}

static void
test_version_1(void **state)
{
	struct bench *b = *state;
	const struct zone *z;

	put_header(b, 0, 1, 2, 8);
	put(b, -1000, 4);
	buf_addc(&b->bytes, 1);
	put(b, 0, 6);
	put(b, 5 * 3600 + 45 * 60, 4);
	put(b, 0x0004, 2);
	buf_add(&b->bytes, "LMT\0+0545\0", 8);
	refused(b, "an abbreviation is wrong");
	buf_clear(&b->bytes);
	put_header(b, 0, 1, 2, 10);
	put(b, -1000, 4);
	buf_addc(&b->bytes, 1);
	put(b, 0, 6);
	put(b, 5 * 3600 + 45 * 60, 4);
	put(b, 0x0004, 2);
	buf_add(&b->bytes, "LMT\0+0545", 10);
	z = parsed(b);
	assert_offset(z, -1000001, 0, "LMT");
	assert_offset(z, -1000000, 20700, "+0545");
	assert_offset(z, civil_ms(2400, 1, 1, 0, 0), 20700, "+0545");
}

static void
test_hostile_files(void **state)
{
	struct bench *b = *state;
	struct str whole;
	char *copy;

	put_file(b, two_changes, "DS", 2, "STD-1");
	copy = arena_alloc(b->a, b->bytes.len);
	memcpy(copy, b->bytes.data, b->bytes.len);
	whole = (struct str){ copy, b->bytes.len };
	for (size_t n = 0; n < whole.n; n++) {
		/* An exact block, so that a byte too far is seen. */
		char *part = malloc(n == 0 ? 1 : n);
		struct zone *z;

		memcpy(part, whole.p, n);
		assert_false(
		    zone_parse(b->a, (struct str){ part, n }, &z, &b->e));
		free(part);
	}
	for (size_t at = 20; at < 88; at++) {
		if (at == 44)
			at = 64;
		buf_clear(&b->bytes);
		buf_addstr(&b->bytes, whole);
		b->bytes.data[at] = (char)0xff;
		if (at % 4 != 3) /* counts of millions */
			refused(b, "the file is cut short");
	}
	put_file(b, (int64_t[]){ 5, 5 }, "DS", 2, "");
	refused(b, "the changes are out of order");
	put_file(b, two_changes, "DS", 2, "STD-1DST");
	refused(b, "the rule for years to come is wrong at byte 9");
	put_file(b, two_changes, "DS", 2, "");
	b->bytes.data[44 + 44 + 16 + 1] = 2; /* a type there is not */
	refused(b, "the changes are out of order");
	put_file(b, two_changes, "DS", 2, "");
	b->bytes.data[44 + 44 + 18 + 5] = 8; /* a name behind the names */
	refused(b, "a local time type is wrong");
	put_file(b, two_changes, "DS", 2, "");
	b->bytes.data[44 + 44 + 18 + 1] = 2; /* an offset of 37 hours */
	refused(b, "a local time type is wrong");
	put_file(b, two_changes, "DS", 2, "");
	b->bytes.data[44 + 44 + 18 + 12] = '\033';
	refused(b, "an abbreviation is wrong");
	put_file(b, two_changes, "DS", 2, "");
	b->bytes.data[44 + 31] = 1; /* leap seconds, and enough behind */
	buf_adds(&b->bytes, "............");
	refused(b, "the file counts leap seconds");
	buf_clear(&b->bytes);
	buf_adds(&b->bytes, "#!/bin/sh\n# not a zone at all, but long enough");
	refused(b, "this is no TZif file");
	buf_clear(&b->bytes);
	put_header(b, '2', 0, 0, 0);
	put_header(b, '2', 0, 0, 0);
	refused(b, "the file has no local time types");
}

/* --- rules --------------------------------------------------------------- */

static void
test_rules(void **state)
{
	struct bench *b = *state;
	const struct zone *z = zone_of(b, "IST-1GMT0,M10.5.0,M3.5.0/1");

	assert_offset(z, civil_ms(2026, 7, 1, 0, 0), 3600, "IST");
	assert_false(zone_span_at(z, civil_ms(2026, 7, 1, 0, 0)).saving);
	assert_offset(z, civil_ms(2026, 12, 1, 0, 0), 0, "GMT");
	assert_true(zone_span_at(z, civil_ms(2026, 12, 1, 0, 0)).saving);

	assert_int_equal(zone_span_at(z, civil_ms(2026, 12, 1, 0, 0)).from_ms,
	    civil_ms(2026, 10, 25, 1, 0));
	assert_int_equal(zone_span_at(z, civil_ms(2026, 12, 1, 0, 0)).until_ms,
	    civil_ms(2027, 3, 28, 1, 0));
	assert_int_equal(zone_span_at(z, civil_ms(2026, 1, 1, 0, 0)).from_ms,
	    civil_ms(2025, 10, 26, 1, 0));

	z = zone_of(b, "EET-2EEST,M3.4.4/50,M10.4.4/50");
	assert_int_equal(zone_span_at(z, civil_ms(2026, 1, 1, 0, 0)).until_ms,
	    civil_ms(2026, 3, 28, 0, 0));
	z = zone_of(b, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0");
	assert_offset(z, civil_ms(2026, 1, 1, 0, 0), -7200, "-02");
	assert_int_equal(zone_span_at(z, civil_ms(2026, 1, 1, 0, 0)).until_ms,
	    civil_ms(2026, 3, 29, 1, 0));
	z = zone_of(b, "AAA0BBB,J60/0,300/0");
	assert_int_equal(zone_span_at(z, civil_ms(2028, 1, 1, 0, 0)).until_ms,
	    civil_ms(2028, 3, 1, 0, 0));
	assert_int_equal(zone_span_at(z, civil_ms(2027, 1, 1, 0, 0)).until_ms,
	    civil_ms(2027, 3, 1, 0, 0));
	assert_int_equal(zone_span_at(z, civil_ms(2028, 6, 1, 0, 0)).until_ms,
	    civil_ms(2028, 10, 26, 23, 0));
	z = zone_of(b, "AAA0BBB,J59/0,J365/0");
	assert_int_equal(zone_span_at(z, civil_ms(2028, 1, 1, 0, 0)).until_ms,
	    civil_ms(2028, 2, 28, 0, 0));
	z = zone_of(b, "NST3:30");
	assert_offset(z, 0, -12600, "NST");
	assert_int_equal(zone_span_at(z, 0).until_ms, INT64_MAX);
	z = zone_utc();
	assert_offset(z, 0, 0, "UTC");
	assert_int_equal(zone_utc_to_local(z, 12345), 12345);
}

/* Daylight-saving time all year round (RFC 8536, 3.3.1) has no changes. */
static void
test_saving_for_ever(void **state)
{
	struct bench *b = *state;
	const struct zone *z = zone_of(b, "XXX3EDT4,0/0,J365/23");

	for (int year = 2024; year < 2030; year++) {
		assert_offset(z, civil_ms(year, 1, 1, 0, 0), -14400, "EDT");
		assert_offset(z, civil_ms(year, 1, 1, 4, 0), -14400, "EDT");
		assert_int_equal(
		    zone_span_at(z, civil_ms(year, 6, 1, 0, 0)).until_ms,
		    INT64_MAX);
	}
}

static void
test_bad_rules(void **state)
{
	static const char *const rules[] = { "", "E", "EST", "<EST5", "EST25",
		"EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M3.2.0,",
		"EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.6.0,M11.1.0",
		"EST5EDT,M3.2.7,M11.1.0", "EST5EDT,M3.2.0/168,M11.1.0",
		"EST5EDT,M3.2.0,M11.1.0 ", "EST5EDT,J0,J1", "EST5EDT,366,1",
		"EST5:60", "EST5:", "ABCDEFGHIJKLMNOPQRS5", "<a b>5",
		"EST5EDT99999,0,1", "EST-", "E\033T5", "<>5" };
	struct bench *b = *state;
	struct zone *z;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (zone_parse_rule(b->a, str_of(rules[i]), &z, &b->e))
			fail_msg("'%s' was taken", rules[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_table, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_table_without_change, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_table_meets_rule, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_far_times, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_version_1, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_hostile_files, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rules, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_saving_for_ever, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_bad_rules, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
