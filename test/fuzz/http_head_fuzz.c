/* SPDX-License-Identifier: MIT */
/*
 * http_head_fuzz.c: any bytes through the reader that every connection runs:
 * strict head, second opinion of http_parser, bodies, pipelining.
 *
 * Held: the bytes give the same requests and the same refusal however they
 * are cut; what was accepted keeps the promises of head.h; the URI decoder
 * takes whatever target was accepted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "http/reader.h"
#include "http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_targets(const struct reader *r)
{
	struct arena *a = arena_create();
	struct str rest = reader_text(r, r->head.path);
	struct uri_pair *pairs;
	const char *text;
	struct err e;
	size_t n;

	ASSERT(rest.n > 0 && rest.p[0] == '/');
	while (rest.p != NULL)
		uri_segment(a, str_cut(rest, '/', &rest), &text, &e);
	if (uri_query(a, reader_text(r, r->head.query), &pairs, &n, &e))
		for (size_t i = 0; i < n; i++)
			ASSERT(str_is_utf8(str_of(pairs[i].name)) &&
			       str_is_utf8(str_of(pairs[i].value)));
	arena_destroy(a);
}

static void
check_request(const struct reader *r)
{
	struct str head = reader_head(r);

	ASSERT(head.n <= LIMIT_HEAD_BYTES);
	ASSERT(r->head.fields <= LIMIT_HEADERS);
	ASSERT(!(r->head.chunked && r->head.length >= 0));
	ASSERT(reader_body(r).n <= LIMIT_BODY_BYTES);
	ASSERT(r->head.minor == 0 || head_field(head, "host").n > 0);
	ASSERT((head_field(head, "content-length").p != NULL) ==
	       (r->head.length >= 0));
	for (size_t i = 0; i < head.n; i++)
		ASSERT((head.p[i] == '\r') ==
		       (i + 1 < head.n && head.p[i + 1] == '\n'));
	check_targets(r);
}

/*
 * A disagreement of the two readers is a finding, but for this one: to
 * http_parser "Transfer-Encodingfoo" with a Content-Length is two framings.
 */
static bool
quirk(const uint8_t *data, size_t size)
{
	static const char name[] = "transfer-encoding";
	size_t n = sizeof(name) - 1;

	for (size_t i = 0; i + n < size; i++)
		if (data[i + n] != ':' &&
		    strncasecmp((const char *)data + i, name, n) == 0)
			return true;
	return false;
}

/* Writes to *to what came out of the bytes, fed in pieces of `step`. */
static void
run(const uint8_t *data, size_t size, size_t step, struct buf *to)
{
	struct reader r;

	reader_init(&r);
	for (size_t i = 0; i < size && r.state != READER_REFUSED; i += step) {
		reader_add(&r, (struct str){ (const char *)data + i,
				   size - i < step ? size - i : step });
		while (reader_step(&r) == READER_DONE) {
			check_request(&r);
			buf_addstr(to, reader_head(&r));
			buf_addstr(to, reader_body(&r));
			buf_addc(to, (char)reader_keeps_alive(&r));
			reader_next(&r);
		}
	}
	if (r.state == READER_REFUSED) {
		ASSERT(r.why != REFUSAL_DISAGREE || quirk(data, size));
		buf_adds(to, refusal_info(r.why)->code);
	}
	reader_finish(&r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = { 1, 2, 7, 100 };
	struct buf whole = { 0 };

	run(data, size, size > 0 ? size : 1, &whole);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		struct buf cut = { 0 };

		run(data, size, steps[i], &cut);
		ASSERT(str_eq(buf_str(&cut), buf_str(&whole)));
		buf_finish(&cut);
	}
	buf_finish(&whole);
	return 0;
}
