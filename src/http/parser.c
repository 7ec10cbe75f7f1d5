/* SPDX-License-Identifier: MIT */
#include "http/parser.h"

#include <http_parser.h>

struct second {
	size_t target; /* length */
	unsigned fields;
	bool in_value; /* so the next name starts a new field */
	bool complete;
};

static int
second_target(http_parser *p, const char *at, size_t n)
{
	struct second *s = p->data;

	(void)at;
	s->target += n;
	return 0;
}

static int
second_name(http_parser *p, const char *at, size_t n)
{
	struct second *s = p->data;

	(void)at;
	(void)n;
	if (s->fields == 0 || s->in_value)
		s->fields++;
	s->in_value = false;
	return 0;
}

static int
second_value(http_parser *p, const char *at, size_t n)
{
	struct second *s = p->data;

	(void)at;
	(void)n;
	s->in_value = true;
	return 0;
}

static int
second_complete(http_parser *p)
{
	struct second *s = p->data;

	s->complete = true;
	return 1; /* the body is not its business */
}

static const http_parser_settings second_settings = {
	.on_url = second_target,
	.on_header_field = second_name,
	.on_header_value = second_value,
	.on_headers_complete = second_complete,
};

bool
parser_agrees(const struct head *h, struct str bytes)
{
	struct second s = { 0 };
	http_parser p = { 0 };
	struct str method = head_text(bytes.p, h->method);
	uint64_t length = h->length >= 0 ? (uint64_t)h->length : UINT64_MAX;

	http_parser_init(&p, HTTP_REQUEST);
	p.data = &s;
	return http_parser_execute(&p, &second_settings, bytes.p, bytes.n) ==
		   bytes.n &&
	       HTTP_PARSER_ERRNO(&p) == HPE_OK && s.complete &&
	       str_is(method, http_method_str((enum http_method)p.method)) &&
	       s.target == h->target.n && s.fields == h->fields &&
	       p.http_major == 1 && p.http_minor == h->minor &&
	       p.content_length == length &&
	       !!(p.flags & F_CHUNKED) == h->chunked;
}
