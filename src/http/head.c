/* SPDX-License-Identifier: MIT */
#include "http/head.h"

#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "http/hex.h"

/* Where a byte may stand. */
enum {
	TOKEN = 1,
	TARGET = 2,
	HOST = 4,
	VALUE = 8,
	EVERY = 15
};

static const unsigned char byte_class[256] = {
	['\t'] = VALUE,
	[' '] = VALUE,
	['!'] = EVERY,
	['"'] = VALUE,
	['#'] = TOKEN | VALUE,
	['$'] = EVERY,
	['%'] = EVERY,
	['&'] = EVERY,
	['\''] = EVERY,
	['('] = TARGET | HOST | VALUE,
	[')'] = TARGET | HOST | VALUE,
	['*'] = EVERY,
	['+'] = EVERY,
	[','] = TARGET | HOST | VALUE,
	['-'] = EVERY,
	['.'] = EVERY,
	['/'] = TARGET | VALUE,
	['0' ... '9'] = EVERY,
	[':'] = TARGET | HOST | VALUE,
	[';'] = TARGET | HOST | VALUE,
	['<'] = VALUE,
	['='] = TARGET | HOST | VALUE,
	['>'] = VALUE,
	['?'] = TARGET | VALUE,
	['@'] = TARGET | VALUE,
	['A' ... 'Z'] = EVERY,
	['['] = HOST | VALUE,
	['\\'] = VALUE,
	[']'] = HOST | VALUE,
	['^'] = TOKEN | VALUE,
	['_'] = EVERY,
	['`'] = TOKEN | VALUE,
	['a' ... 'z'] = EVERY,
	['{'] = VALUE,
	['|'] = TOKEN | VALUE,
	['}'] = VALUE,
	['~'] = EVERY,
	[0x80 ... 0xff] = VALUE,
};

static bool
bytes_are(struct str s, unsigned char class)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(byte_class[(unsigned char)s.p[i]] & class))
			return false;
	return true;
}

static bool
head_refuse(struct head *h, enum refusal why)
{
	h->why = why;
	return false;
}

static struct span
span_of(const char *base, struct str s)
{
	return (struct span){ (uint32_t)(s.p - base), (uint32_t)s.n };
}

struct str
head_text(const char *base, struct span s)
{
	return (struct str){ base + s.at, s.n };
}

static bool
head_method(struct head *h, struct str method)
{
	static const char *const known[] = { "GET", "HEAD", "POST", "PUT",
		"PATCH", "DELETE", "OPTIONS" };

	if (method.n == 0 || !bytes_are(method, TOKEN))
		return head_refuse(h, REFUSAL_REQUEST_LINE);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_is(method, known[i]))
			return true;
	return head_refuse(h, REFUSAL_METHOD);
}

static bool
head_version(struct head *h, struct str version)
{
	if (str_is(version, "HTTP/1.1"))
		h->minor = 1;
	else if (str_is(version, "HTTP/1.0"))
		h->minor = 0;
	else if (str_starts(version, "HTTP/"))
		return head_refuse(h, REFUSAL_VERSION);
	else
		return head_refuse(h, REFUSAL_REQUEST_LINE);
	return true;
}

static bool
head_target(struct head *h, const char *base, struct str target)
{
	struct str query;

	if (target.n > LIMIT_TARGET_BYTES)
		return head_refuse(h, REFUSAL_TARGET_LONG);
	if (!bytes_are(target, TARGET))
		return head_refuse(h, REFUSAL_TARGET);
	if (target.n == 0 || target.p[0] != '/')
		return head_refuse(h, REFUSAL_TARGET_FORM);
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] == '%' &&
		    (target.n - i < 3 || hex_digit(target.p[i + 1]) < 0 ||
			hex_digit(target.p[i + 2]) < 0))
			return head_refuse(h, REFUSAL_TARGET);
	h->target = span_of(base, target);
	h->path = span_of(base, str_cut(target, '?', &query));
	if (query.p != NULL)
		h->query = span_of(base, query);
	return true;
}

static bool
head_request_line(struct head *h, const char *base, struct str line)
{
	struct str method, target, version, rest;
	const char *last;

	method = str_cut(line, ' ', &rest);
	if (rest.p == NULL)
		return head_refuse(h, REFUSAL_REQUEST_LINE);
	last = memrchr(rest.p, ' ', rest.n);
	if (last == NULL)
		return head_refuse(h, REFUSAL_REQUEST_LINE);
	target = (struct str){ rest.p, (size_t)(last - rest.p) };
	version = (struct str){ last + 1, rest.n - target.n - 1 };
	h->method = span_of(base, method);
	return head_version(h, version) && head_method(h, method) &&
	       head_target(h, base, target);
}

static bool
head_host(struct head *h, struct str value)
{
	if (value.n == 0 || value.n > 255 || !bytes_are(value, HOST))
		return head_refuse(h, REFUSAL_HOST);
	return true;
}

static bool
head_length(struct head *h, struct str value)
{
	int64_t length = 0;

	if (value.n == 0)
		return head_refuse(h, REFUSAL_LENGTH);
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] < '0' || value.p[i] > '9')
			return head_refuse(h, REFUSAL_LENGTH);
		if (length <= (int64_t)LIMIT_BODY_BYTES)
			length = length * 10 + (value.p[i] - '0');
	}
	if (length > (int64_t)LIMIT_BODY_BYTES)
		return head_refuse(h, REFUSAL_BODY_LARGE);
	h->length = length;
	return true;
}

static bool
head_transfer_encoding(struct head *h, struct str value)
{
	if (!str_case_is(value, "chunked"))
		return head_refuse(h, REFUSAL_CODING);
	h->chunked = true;
	return true;
}

static bool
head_content_encoding(struct head *h, struct str value)
{
	if (!str_case_is(value, "identity"))
		return head_refuse(h, REFUSAL_CONTENT_CODING);
	return true;
}

static bool
head_expect(struct head *h, struct str value)
{
	if (!str_case_is(value, "100-continue"))
		return head_refuse(h, REFUSAL_EXPECT);
	h->expect_continue = true;
	return true;
}

/* The headers of which a request has one at most; the others are lists, or
 * nobody here looks at them. */
static const struct single {
	const char *name;
	bool (*read)(struct head *h, struct str value);
} singles[] = {
	{ "authorization", NULL },
	{ "content-encoding", head_content_encoding },
	{ "content-length", head_length },
	{ "content-type", NULL },
	{ "cookie", NULL },
	{ "expect", head_expect },
	{ "host", head_host },
	{ "idempotency-key", NULL },
	{ "last-event-id", NULL },
	{ "origin", NULL },
	{ "transfer-encoding", head_transfer_encoding },
};
enum {
	SEEN_HOST = 1 << 6
};

static void
head_connection(struct head *h, struct str value)
{
	struct str rest = value;

	while (rest.p != NULL) {
		struct str word = str_trim(str_cut(rest, ',', &rest));

		if (str_case_is(word, "close"))
			h->close = true;
		else if (str_case_is(word, "keep-alive"))
			h->keep_alive = true;
	}
}

static bool
head_field_line(struct head *h, struct str line)
{
	struct str name, value;
	bool tabs;

	if (line.p[0] == ' ' || line.p[0] == '\t')
		return head_refuse(h, REFUSAL_FOLDED);
	if (++h->fields > LIMIT_HEADERS)
		return head_refuse(h, REFUSAL_HEAD_LARGE);
	name = str_cut(line, ':', &value);
	if (value.p == NULL || name.n == 0 || !bytes_are(name, TOKEN) ||
	    !bytes_are(value, VALUE))
		return head_refuse(h, REFUSAL_FIELD);
	tabs = value.n > 0 && memchr(value.p, '\t', value.n) != NULL;
	value = str_trim(value);
	if (str_case_is(name, "connection")) {
		head_connection(h, value);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++) {
		if (!str_case_is(name, singles[i].name))
			continue;
		if (h->seen & 1u << i)
			return head_refuse(h, REFUSAL_TWICE);
		h->seen |= 1u << i;
		if (singles[i].read == NULL)
			return true;
		/* not everybody takes a tab for blank space */
		if (tabs)
			return head_refuse(h, REFUSAL_FIELD);
		return singles[i].read(h, value);
	}
	return true;
}

/* What only the whole head can tell. */
static bool
head_whole(struct head *h)
{
	if (h->minor == 1 && !(h->seen & SEEN_HOST))
		return head_refuse(h, REFUSAL_HOST);
	if (h->chunked && (h->length >= 0 || h->minor == 0))
		return head_refuse(h, REFUSAL_FRAMING);
	if (h->minor == 0)
		h->expect_continue = false;
	return true;
}

void
head_init(struct head *h)
{
	*h = (struct head){ .length = -1 };
}

static enum head_verdict
head_too_large(struct head *h)
{
	head_refuse(h, h->line == 0 ? REFUSAL_TARGET_LONG : REFUSAL_HEAD_LARGE);
	return HEAD_REFUSED;
}

enum head_verdict
head_read(struct head *h, struct str bytes)
{
	for (;;) {
		const char *lf;
		struct str line;

		lf = h->looked < bytes.n ? memchr(bytes.p + h->looked, '\n',
					       bytes.n - h->looked)
					 : NULL;
		if (lf == NULL) {
			h->looked = bytes.n;
			return bytes.n > LIMIT_HEAD_BYTES ? head_too_large(h)
							  : HEAD_MORE;
		}
		line = (struct str){ bytes.p + h->line,
			(size_t)(lf - bytes.p) - h->line };
		if (line.n == 0 || line.p[line.n - 1] != '\r') {
			head_refuse(h, REFUSAL_BARE_LF);
			return HEAD_REFUSED;
		}
		line.n--;
		h->looked = (size_t)(lf + 1 - bytes.p);
		if (h->looked > LIMIT_HEAD_BYTES)
			return head_too_large(h);
		if (h->line == 0 ? !head_request_line(h, bytes.p, line)
		    : line.n > 0 ? !head_field_line(h, line)
				 : !head_whole(h))
			return HEAD_REFUSED;
		if (h->line > 0 && line.n == 0) {
			h->bytes = h->looked;
			return HEAD_OK;
		}
		h->line = h->looked;
	}
}

/* The value of line when it is the header of that name, else p NULL. */
static struct str
head_field_value(struct str line, const char *name)
{
	struct str value;

	if (!str_case_is(str_cut(line, ':', &value), name) || value.p == NULL)
		return (struct str){ NULL, 0 };
	if (value.n > 0 && value.p[value.n - 1] == '\r')
		value.n--;
	return str_trim(value);
}

struct str
head_field(struct str head, const char *name)
{
	struct str rest, value = { NULL, 0 };

	str_cut(head, '\n', &rest);
	while (rest.p != NULL && value.p == NULL)
		value = head_field_value(str_cut(rest, '\n', &rest), name);
	return value;
}

struct str
head_field_last(struct str head, const char *name)
{
	struct str rest, value, last = { NULL, 0 };

	str_cut(head, '\n', &rest);
	while (rest.p != NULL) {
		value = head_field_value(str_cut(rest, '\n', &rest), name);
		if (value.p != NULL)
			last = value;
	}
	return last;
}
