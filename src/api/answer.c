/* SPDX-License-Identifier: MIT */
#include "api/request.h"

#include <string.h>

#include "base/log.h"
#include "spec/csv.h"

void
answer_headers(struct request *r)
{
	exchange_set(r->x, "X-Request-Id", r->id);
}

/* --- ETag ----------------------------------------------------------------- */

/* Is "etag" one of the list that the client holds already? */
static bool
answer_known(const struct request *r, const char *quoted)
{
	struct str list = exchange_header(r->x, "If-None-Match");

	while (list.p != NULL) {
		struct str item = str_trim(str_cut(list, ',', &list));

		if (str_starts(item, "W/"))
			item = (struct str){ item.p + 2, item.n - 2 };
		if (str_is(item, quoted) || str_is(item, "*"))
			return true;
	}
	return false;
}

static bool
answer_not_modified(struct request *r)
{
	const char *quoted;

	if (r->call.etag == NULL)
		return false;
	quoted = arena_printf(r->arena, "\"%s\"", r->call.etag);
	exchange_set(r->x, "ETag", quoted);
	exchange_set(r->x, "Cache-Control", "private, no-cache");
	return r->op->method == OP_GET && answer_known(r, quoted);
}

/* --- answers -------------------------------------------------------------- */

/* Of a list, by whoever asks for that and not for JSON. */
static bool
answer_is_csv(const struct request *r, const char *type)
{
	struct str list = exchange_header(r->x, "Accept");
	bool csv = false;

	if (r->op == NULL || (r->op->flags & OP_LIST) == 0 ||
	    strcmp(type, "application/json") != 0)
		return false;
	while (list.p != NULL && !csv) {
		struct str item = str_cut(list, ',', &list), rest;

		item = str_trim(str_cut(item, ';', &rest));
		if (str_is(item, "application/json"))
			return false;
		csv = str_is(item, "text/csv");
	}
	return csv;
}

static bool
answer_fits_header(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text <= ' ' || *text >= 0x7f)
			return false;
	return true;
}

/* The page as CSV; the one behind it is named in a header. */
static struct str
answer_csv(struct request *r, struct str body, struct buf *to)
{
	json_t *page = json_loadb(body.p, body.n, 0, NULL);
	const char *next = json_string_value(json_object_get(page, "next"));

	csv_head(to, r->op);
	csv_rows(to, r->op, json_object_get(page, "items"), NULL, r->arena);
	if (next != NULL && answer_fits_header(next))
		exchange_set(r->x, "X-Next", next);
	if (r->call.etag != NULL)
		r->call.etag = arena_printf(r->arena, "%s-csv", r->call.etag);
	json_decref(page);
	return buf_str(to);
}

void
answer_bytes(struct request *r, const char *type, struct str body)
{
	int status = r->call.status == 0 ? 200 : r->call.status;
	struct buf csv = { 0 };

	answer_headers(r);
	if (answer_is_csv(r, type)) {
		type = "text/csv; charset=utf-8";
		body = answer_csv(r, body, &csv);
	}
	if (answer_not_modified(r))
		exchange_answer(r->x, 304, NULL, (struct str){ NULL, 0 });
	else if (body.n == 0 && status == 200)
		exchange_answer(r->x, 204, NULL, body);
	else
		exchange_answer(r->x, status, type, body);
	log_debug("http.answered", "request=%s status=%d path='%s'", r->id,
	    status, r->path);
	buf_finish(&csv);
	request_end(r);
}

void
answer_json(struct request *r, struct str body)
{
	answer_bytes(r, "application/json", body);
}

/* What is broken inside is for the log, not for the client. */
static bool
answer_is_internal(const struct err *e)
{
	return e->class == ERR_INTERNAL || e->class == ERR_IO ||
	    e->class == ERR_NONE;
}

static void
problem_write(struct request *r, const struct err *e, struct json_out *out)
{
	const struct err_class_info *info = err_class_info(e->class);
	const bool internal = answer_is_internal(e);

	json_object_begin(out);
	json_kv_str(out, "type", "about:blank");
	json_kv_str(out, "title", info->title);
	json_kv_int(out, "status", info->http);
	json_kv_str(out, "code", e->code);
	json_kv_str(out, "detail",
	    internal ? "something broke inside the server" : e->message);
	if (internal)
		json_kv_str(out, "hint",
		    "the server's log tells more under this request id");
	else if (e->hint[0] != '\0')
		json_kv_str(out, "hint", e->hint);
	json_kv_str(out, "request_id", r->id);
	if (r->problems.count > 0) {
		json_key(out, "errors");
		problems_json(&r->problems, out);
	}
	json_object_end(out);
}

static void
problem_headers(struct request *r, const struct err *e)
{
	if (e->class == ERR_UNAUTHENTICATED)
		exchange_set(r->x, "WWW-Authenticate",
		    exchange_header(r->x, "Authorization").p == NULL
			? "Bearer realm=\"slipway\""
			: "Bearer realm=\"slipway\", error=\"invalid_token\"");
	if (e->class == ERR_METHOD && r->allow.n > 0)
		exchange_set(r->x, "Allow", r->allow.p);
	if (e->class == ERR_BUSY || e->class == ERR_UNAVAILABLE ||
	    e->class == ERR_FULL)
		exchange_set(r->x, "Retry-After", "1");
}

void
answer_problem(struct request *r, const struct err *e)
{
	const int status = err_class_info(e->class)->http;
	struct buf body = { 0 };
	struct json_out out;

	if (answer_is_internal(e))
		log_error("http.failed",
		    "request=%s code=%s at=%s:%d error='%s'", r->id, e->code,
		    e->file == NULL ? "" : e->file, e->line, e->message);
	json_out_init(&out, &body);
	problem_write(r, e, &out);
	answer_headers(r);
	problem_headers(r, e);
	exchange_answer(r->x, status, "application/problem+json",
	    buf_str(&body));
	log_debug("http.answered", "request=%s status=%d code=%s path='%s'",
	    r->id, status, e->code, r->path);
	buf_finish(&body);
	request_end(r);
}
