/* SPDX-License-Identifier: MIT */
#include "http/answer.h"

#include <stdio.h>
#include <strings.h>
#include <time.h>

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

const char *
answer_reason(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

bool
answer_has_body(int status)
{
	return status != 204 && status != 304;
}

char *
answer_date(int64_t wall_ms, char out[ANSWER_DATE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm t;

	/* strftime would write the names in the language of the locale. */
	gmtime_r(&seconds, &t);
	snprintf(out, ANSWER_DATE, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
	    days + 3 * t.tm_wday, t.tm_mday, months + 3 * t.tm_mon,
	    t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
	return out;
}

static void
answer_field(struct buf *to, const char *name, const char *value)
{
	buf_adds(to, name);
	buf_add(to, ": ", 2);
	for (; *value != '\0'; value++) {
		unsigned char c = (unsigned char)*value;

		buf_addc(to, (c < ' ' && c != '\t') || c == 127 ? '?' : *value);
	}
	buf_add(to, "\r\n", 2);
}

void
answer_head(const struct answer *a, struct buf *to)
{
	bool cached = false;

	buf_printf(to, "HTTP/1.1 %d %s\r\nDate: %s\r\n", a->status,
	    answer_reason(a->status), a->date);
	if (a->type != NULL)
		answer_field(to, "Content-Type", a->type);
	if (a->framing == ANSWER_LENGTH && answer_has_body(a->status))
		buf_printf(to, "Content-Length: %zu\r\n", a->length);
	if (a->framing == ANSWER_CHUNKED)
		buf_adds(to, "Transfer-Encoding: chunked\r\n");
	if (a->close)
		buf_adds(to, "Connection: close\r\n");
	else if (a->keep_alive)
		buf_adds(to, "Connection: keep-alive\r\n");
	for (const struct answer_field *f = a->fields; f != NULL; f = f->next) {
		answer_field(to, f->name, f->value);
		cached |= strcasecmp(f->name, "Cache-Control") == 0;
	}
	if (!cached)
		buf_adds(to, "Cache-Control: no-store\r\n");
	buf_adds(to, "X-Content-Type-Options: nosniff\r\n\r\n");
}
