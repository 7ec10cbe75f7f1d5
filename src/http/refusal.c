/* SPDX-License-Identifier: MIT */
#include "http/refusal.h"

#include "base/json_out.h"
#include "http/answer.h"

static const struct refusal_info refusals[REFUSALS] = {
	[REFUSAL_NONE] = { 500, "http.internal", "no reason was recorded",
	    "report this as a bug" },
	[REFUSAL_BARE_LF] = { 400, "http.bare_lf",
	    "a line of the head does not end in CR LF",
	    "end every line with \\r\\n" },
	[REFUSAL_REQUEST_LINE] = { 400, "http.request_line",
	    "the first line is not 'METHOD target HTTP/1.1'",
	    "separate the three words by single spaces" },
	[REFUSAL_METHOD] = { 501, "http.method", "the method is not known here",
	    "use GET, HEAD, POST, PUT, PATCH or DELETE" },
	[REFUSAL_TARGET] = { 400, "http.target",
	    "the target holds a character that must be escaped",
	    "percent-encode it" },
	[REFUSAL_TARGET_FORM] = { 400, "http.target_form",
	    "the target does not begin with '/'",
	    "send the path alone, as in: GET /v1/runs HTTP/1.1" },
	[REFUSAL_TARGET_LONG] = { 414, "http.target_long",
	    "the target is too long", "send long values in a body" },
	[REFUSAL_VERSION] = { 505, "http.version",
	    "the version is neither HTTP/1.0 nor HTTP/1.1",
	    "speak HTTP/1.1, or put a proxy in front" },
	[REFUSAL_FIELD] = { 400, "http.field",
	    "a header line is not 'name: value'",
	    "no space before the colon, no control characters" },
	[REFUSAL_FOLDED] = { 400, "http.folded",
	    "a header is continued on a second line",
	    "write every header on one line" },
	[REFUSAL_TWICE] = { 400, "http.twice",
	    "a header that may occur once occurs twice", "send it once" },
	[REFUSAL_HEAD_LARGE] = { 431, "http.head_large",
	    "the head has too many bytes or too many headers",
	    "send fewer or shorter headers" },
	[REFUSAL_HOST] = { 400, "http.host",
	    "the Host header is missing or malformed",
	    "send: Host: name, or: Host: name:port" },
	[REFUSAL_LENGTH] = { 400, "http.length",
	    "Content-Length is not a plain number",
	    "send decimal digits alone" },
	[REFUSAL_CODING] = { 501, "http.coding",
	    "the Transfer-Encoding is not known here",
	    "use chunked, or a Content-Length" },
	[REFUSAL_FRAMING] = { 400, "http.framing",
	    "Content-Length and Transfer-Encoding do not go together, "
	    "nor does HTTP/1.0 with Transfer-Encoding",
	    "send one of them" },
	[REFUSAL_CHUNK] = { 400, "http.chunk",
	    "a chunk is not 'size CR LF data CR LF'",
	    "write sizes in hexadecimal, without extensions" },
	[REFUSAL_TRAILER] = { 400, "http.trailer",
	    "headers follow the last chunk", "send them in the head" },
	[REFUSAL_BODY_LARGE] = { 413, "http.body_large",
	    "the body is too large", "send at most 1 MiB" },
	[REFUSAL_CONTENT_CODING] = { 415, "http.content_coding",
	    "a compressed body is not accepted", "send it uncompressed" },
	[REFUSAL_EXPECT] = { 417, "http.expect",
	    "the expectation is not known here", "use 100-continue or none" },
	[REFUSAL_DISAGREE] = { 400, "http.ambiguous",
	    "the head can be read in two ways", "send a simpler head" },
	[REFUSAL_HEAD_SLOW] = { 408, "http.head_slow",
	    "the head did not arrive in time", "send it faster" },
	[REFUSAL_BODY_SLOW] = { 408, "http.body_slow",
	    "the body did not arrive in time", "send it faster" },
	[REFUSAL_ADDRESS_FULL] = { 429, "http.address_full",
	    "too many connections from this address",
	    "close some, or try again in a moment" },
	[REFUSAL_SERVER_FULL] = { 503, "http.server_full",
	    "the server has no connection left", "try again in a moment" },
};

const struct refusal_info *
refusal_info(enum refusal r)
{
	ASSERT(r < REFUSALS);
	return &refusals[r];
}

void
refusal_document(enum refusal r, struct buf *to)
{
	const struct refusal_info *i = refusal_info(r);
	struct json_out j;

	json_out_init(&j, to);
	json_object_begin(&j);
	json_kv_str(&j, "type", "about:blank");
	json_kv_str(&j, "title", answer_reason(i->status));
	json_kv_int(&j, "status", i->status);
	json_kv_str(&j, "code", i->code);
	json_kv_str(&j, "detail", i->detail);
	json_kv_str(&j, "hint", i->hint);
	json_object_end(&j);
	ASSERT(json_out_done(&j));
}

void
refusal_answer(enum refusal r, const char *date, struct buf *to)
{
	static const struct answer_field retry = { "Retry-After", "1", NULL };
	int status = refusal_info(r)->status;
	struct buf document = { 0 };

	refusal_document(r, &document);
	answer_head(
	    &(struct answer){
		.status = status,
		.type = "application/problem+json",
		.length = document.len,
		.close = true,
		.fields = status == 429 || status == 503 ? &retry : NULL,
		.date = date,
	    },
	    to);
	buf_addstr(to, buf_str(&document));
	buf_finish(&document);
}
