/* SPDX-License-Identifier: MIT */
#include "base/zone.h"

#include <string.h>

#include "base/zone_rule.h"

#define ZONE_MAGIC 0x5a4f4e45u
#define ZONE_HEADER_BYTES 44
#define ZONE_TYPE_BYTES 6
/* What RFC 8536 lets a sensible file have. */
#define ZONE_MIN_OFFSET_S (-89999)
#define ZONE_MAX_OFFSET_S 93599
/* No offset is longer, so an instant is that near to its local time. */
#define ZONE_REACH_MS (26 * CIVIL_HOUR_MS)

struct zone {
	unsigned magic;
	size_t count;         /* changes in the table */
	const int64_t *at_ms; /* in order */
	const uint8_t *to;    /* index into kinds, from at_ms[i] on */
	const struct zone_kind *kinds;
	uint8_t first; /* the kind before all changes */
	bool has_rule;
	int64_t rule_from_ms; /* where the table ends and the rule begins */
	struct zone_rule rule;
};

const struct zone *
zone_utc(void)
{
	static const struct zone utc = {
		.magic = ZONE_MAGIC,
		.has_rule = true,
		.rule_from_ms = INT64_MIN,
		.rule.standard.abbreviation = "UTC",
	};

	return &utc;
}

/* --- reading ------------------------------------------------------------- */

struct zone_header {
	unsigned char version;
	uint32_t isut, isstd, leap, time, type, chars;
};

static uint64_t
zone_be(const char *p, size_t n)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static struct str
zone_take(struct str *bytes, size_t n)
{
	struct str head = { bytes->p, n };

	ASSERT(n <= bytes->n);
	bytes->p += n;
	bytes->n -= n;
	return head;
}

static bool
zone_invalid(struct err *e, const char *why)
{
	return err_set(e, ERR_INVALID, "zone.data", "%s", why);
}

/* A header, and behind it the whole block that it announces. */
static bool
zone_read_header(
    struct str *bytes, size_t time_bytes, struct zone_header *h, struct err *e)
{
	struct str s;
	uint64_t need;

	if (bytes->n < ZONE_HEADER_BYTES)
		return zone_invalid(e, "the file is cut short");
	s = zone_take(bytes, ZONE_HEADER_BYTES);
	if (memcmp(s.p, "TZif", 4) != 0)
		return zone_invalid(e, "this is no TZif file");
	h->version = (unsigned char)s.p[4];
	h->isut = (uint32_t)zone_be(s.p + 20, 4);
	h->isstd = (uint32_t)zone_be(s.p + 24, 4);
	h->leap = (uint32_t)zone_be(s.p + 28, 4);
	h->time = (uint32_t)zone_be(s.p + 32, 4);
	h->type = (uint32_t)zone_be(s.p + 36, 4);
	h->chars = (uint32_t)zone_be(s.p + 40, 4);
	need = h->time * (uint64_t)(time_bytes + 1) +
	       h->type * (uint64_t)ZONE_TYPE_BYTES + h->chars +
	       h->leap * (uint64_t)(time_bytes + 4) + h->isstd + h->isut;
	if (need > bytes->n)
		return zone_invalid(e, "the file is cut short");
	return true;
}

static bool
zone_read_kinds(struct arena *a, struct str rows, struct str names,
    struct zone *z, struct err *e)
{
	size_t count = rows.n / ZONE_TYPE_BYTES;
	struct zone_kind *kinds = arena_array(a, count, sizeof(*kinds));

	for (size_t i = 0; i < count; i++) {
		struct str row = zone_take(&rows, ZONE_TYPE_BYTES);
		int64_t offset = (int32_t)zone_be(row.p, 4);
		size_t at = (unsigned char)row.p[5];
		struct str name;

		if (offset < ZONE_MIN_OFFSET_S || offset > ZONE_MAX_OFFSET_S ||
		    (unsigned char)row.p[4] > 1 || at >= names.n)
			return zone_invalid(e, "a local time type is wrong");
		name = (struct str){ names.p + at, names.n - at };
		name.n = strnlen(name.p, name.n);
		if (at + name.n == names.n || !zone_abbreviation_fits(name))
			return zone_invalid(e, "an abbreviation is wrong");
		kinds[i].offset_s = (int32_t)offset;
		kinds[i].saving = row.p[4] != 0;
		memcpy(kinds[i].abbreviation, name.p, name.n);
	}
	z->kinds = kinds;
	return true;
}

static bool
zone_same_kind(const struct zone_kind *a, const struct zone_kind *b)
{
	return a->offset_s == b->offset_s && a->saving == b->saving &&
	       streq(a->abbreviation, b->abbreviation);
}

/*
 * Changes that change nothing are left out; those before the first year that
 * we know (files begin with the Big Bang) only tell the kind it begins with.
 */
static bool
zone_read_changes(struct arena *a, struct str times, struct str to,
    size_t time_bytes, size_t kinds, struct zone *z, struct err *e)
{
	int64_t *at_ms = arena_array(a, to.n, sizeof(*at_ms));
	uint8_t *kind = arena_array(a, to.n, sizeof(*kind));
	int64_t last_s = INT64_MIN;
	uint8_t now = 0;

	for (size_t i = 0; i < to.n; i++) {
		uint64_t raw =
		    zone_be(zone_take(&times, time_bytes).p, time_bytes);
		int64_t s = time_bytes == 4 ? (int32_t)raw : (int64_t)raw;
		uint8_t next = (uint8_t)to.p[i];

		if (next >= kinds || (i > 0 && s <= last_s))
			return zone_invalid(e, "the changes are out of order");
		last_s = s;
		if (s > CIVIL_MAX_MS / CIVIL_SECOND_MS) {
			z->rule_from_ms = INT64_MAX;
			continue;
		}
		if (s <= CIVIL_MIN_MS / CIVIL_SECOND_MS) {
			z->first = now = next;
			continue;
		}
		z->rule_from_ms = s * CIVIL_SECOND_MS;
		if (!zone_same_kind(&z->kinds[next], &z->kinds[now])) {
			at_ms[z->count] = s * CIVIL_SECOND_MS;
			kind[z->count++] = next;
		}
		now = next;
	}
	z->at_ms = at_ms;
	z->to = kind;
	return true;
}

static bool
zone_read_block(struct arena *a, struct str *bytes, size_t time_bytes,
    const struct zone_header *h, struct zone *z, struct err *e)
{
	struct str times, to, kinds, names;

	if (h->type == 0 || h->type > 256 || h->chars == 0)
		return zone_invalid(e, "the file has no local time types");
	if (h->leap > 0)
		return zone_invalid(e, "the file counts leap seconds");
	times = zone_take(bytes, h->time * time_bytes);
	to = zone_take(bytes, h->time);
	kinds = zone_take(bytes, h->type * (size_t)ZONE_TYPE_BYTES);
	names = zone_take(bytes, h->chars);
	zone_take(bytes, (size_t)h->isstd + h->isut);
	return zone_read_kinds(a, kinds, names, z, e) &&
	       zone_read_changes(a, times, to, time_bytes, h->type, z, e);
}

static bool
zone_read_footer(struct str bytes, struct zone *z, struct err *e)
{
	struct str text, rest;

	if (bytes.n < 2 || bytes.p[0] != '\n')
		return zone_invalid(e, "the footer is missing");
	bytes.p++;
	bytes.n--;
	text = str_cut(bytes, '\n', &rest);
	if (rest.p == NULL)
		return zone_invalid(e, "the footer is cut short");
	if (text.n == 0)
		return true;
	z->has_rule = true;
	return zone_rule_parse(text, &z->rule, e);
}

bool
zone_parse(
    struct arena *a, struct str bytes, struct zone **ret_zone, struct err *e)
{
	struct zone *z = ARENA_NEW(a, struct zone);
	struct zone_header h;

	z->magic = ZONE_MAGIC;
	z->rule_from_ms = INT64_MIN;
	if (!zone_read_header(&bytes, 4, &h, e))
		return false;
	if (h.version == 0) {
		if (!zone_read_block(a, &bytes, 4, &h, z, e))
			return false;
	} else {
		/* The 32-bit block is for readers of the last century. */
		zone_take(&bytes, (size_t)h.time * 5 + (size_t)h.type * 6 +
				      h.chars + (size_t)h.leap * 8 + h.isstd +
				      h.isut);
		if (!zone_read_header(&bytes, 8, &h, e) ||
		    !zone_read_block(a, &bytes, 8, &h, z, e) ||
		    !zone_read_footer(bytes, z, e))
			return false;
	}
	*ret_zone = z;
	return true;
}

bool
zone_parse_rule(
    struct arena *a, struct str text, struct zone **ret_zone, struct err *e)
{
	struct zone *z = ARENA_NEW(a, struct zone);

	z->magic = ZONE_MAGIC;
	z->has_rule = true;
	z->rule_from_ms = INT64_MIN;
	if (!zone_rule_parse(text, &z->rule, e))
		return false;
	*ret_zone = z;
	return true;
}

/* --- asking -------------------------------------------------------------- */

static int64_t
zone_clamp(int64_t ms)
{
	if (ms < CIVIL_MIN_MS)
		return CIVIL_MIN_MS;
	return ms > CIVIL_MAX_MS ? CIVIL_MAX_MS : ms;
}

/* By the table alone, as if there were no rule. */
static struct zone_span
zone_table_span(const struct zone *z, int64_t utc_ms)
{
	size_t low = 0, high = z->count;
	const struct zone_kind *kind;

	while (low < high) { /* to the number of changes until utc_ms */
		size_t middle = low + (high - low) / 2;

		if (z->at_ms[middle] <= utc_ms)
			low = middle + 1;
		else
			high = middle;
	}
	kind = &z->kinds[low == 0 ? z->first : z->to[low - 1]];
	return (struct zone_span){
		.from_ms = low == 0 ? INT64_MIN : z->at_ms[low - 1],
		.until_ms = low == z->count ? INT64_MAX : z->at_ms[low],
		.offset_s = kind->offset_s,
		.saving = kind->saving,
		.abbreviation = kind->abbreviation,
	};
}

static bool
zone_same_span(const struct zone_span *a, const struct zone_span *b)
{
	return a->offset_s == b->offset_s && a->saving == b->saving &&
	       streq(a->abbreviation, b->abbreviation);
}

struct zone_span
zone_span_at(const struct zone *z, int64_t utc_ms)
{
	struct zone_span table, rule;
	bool joined;

	ASSERT_MAGIC(z, ZONE_MAGIC);
	utc_ms = zone_clamp(utc_ms);
	if (!z->has_rule)
		return zone_table_span(z, utc_ms);
	if (z->rule_from_ms == INT64_MIN)
		return zone_rule_span(&z->rule, utc_ms);
	table = zone_table_span(z, utc_ms);
	if (table.until_ms < z->rule_from_ms)
		return table;
	/* Where table and rule meet there may be a change or none. */
	rule = zone_rule_span(
	    &z->rule, utc_ms < z->rule_from_ms ? z->rule_from_ms : utc_ms);
	if (rule.from_ms > z->rule_from_ms)
		return rule;
	table = zone_table_span(z, z->rule_from_ms - 1);
	joined = zone_same_span(&table, &rule);
	if (joined)
		rule.from_ms = table.from_ms;
	else
		rule.from_ms = table.until_ms = z->rule_from_ms;
	return joined || utc_ms >= z->rule_from_ms ? rule : table;
}

int64_t
zone_utc_to_local(const struct zone *z, int64_t utc_ms)
{
	utc_ms = zone_clamp(utc_ms);
	return utc_ms + zone_span_at(z, utc_ms).offset_s * CIVIL_SECOND_MS;
}

/*
 * Every stretch is asked that could hold local_ms.  The first one begins
 * before it in any case: either it holds it or the clock went on from there,
 * so the change that local_ms lies behind is known when nobody holds it.
 */
struct zone_instant
zone_local_to_utc(const struct zone *z, int64_t local_ms)
{
	struct zone_instant r = { .answer = ZONE_GAP };
	struct zone_span span;

	local_ms = zone_clamp(local_ms);
	span = zone_span_at(z, local_ms - ZONE_REACH_MS);
	r.utc_ms = r.later_ms = local_ms - span.offset_s * CIVIL_SECOND_MS;
	for (;;) {
		int64_t utc_ms = local_ms - span.offset_s * CIVIL_SECOND_MS;

		if (utc_ms >= span.from_ms && utc_ms < span.until_ms) {
			if (r.answer == ZONE_GAP)
				r.utc_ms = utc_ms;
			r.later_ms = utc_ms;
			r.answer =
			    r.answer == ZONE_GAP ? ZONE_ONE : ZONE_OVERLAP;
		}
		if (span.until_ms > local_ms + ZONE_REACH_MS ||
		    span.until_ms > CIVIL_MAX_MS)
			return r;
		if (r.answer == ZONE_GAP && utc_ms >= span.until_ms)
			r.utc_ms = r.later_ms = span.until_ms;
		span = zone_span_at(z, span.until_ms);
	}
}
