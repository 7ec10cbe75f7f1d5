/* SPDX-License-Identifier: MIT */
#include "client/transfer.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/version.h"
#include "spec/validate.h"

#define TRANSFER_CONNECT_MS 5000L
#define TRANSFER_ANSWER_BYTES MIB(64)

static size_t
transfer_bytes(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	struct str bytes = { p, size * n };

	t->heard_ms = clock_boot_ms();
	t->client->reached = true;
	curl_easy_getinfo(t->client->curl, CURLINFO_RESPONSE_CODE, &t->status);
	if (t->fn != NULL && t->status / 100 == 2) {
		t->taken += bytes.n;
		t->stopped = !t->fn(t->arg, bytes);
		return t->stopped ? 0 : bytes.n;
	}
	if (t->answer.len + bytes.n > TRANSFER_ANSWER_BYTES) {
		t->too_large = true;
		return 0;
	}
	buf_addstr(&t->answer, bytes);
	return bytes.n;
}

static size_t
transfer_head(char *p, size_t size, size_t n, void *arg)
{
	static const char name[] = "etag:";
	struct transfer *t = arg;
	struct str line = { p, size * n }, value;

	if (line.n < strlen(name) || strncasecmp(p, name, strlen(name)) != 0)
		return line.n;
	value = (struct str){ p + strlen(name), line.n - strlen(name) };
	while (value.n > 0 && strchr("\r\n", value.p[value.n - 1]) != NULL)
		value.n--;
	value = str_trim(value);
	if (value.n < sizeof(t->etag)) {
		memcpy(t->etag, value.p, value.n);
		t->etag[value.n] = '\0';
	}
	return line.n;
}

/* Called about once a second: not zero breaks off. */
static int
transfer_progress(void *arg, curl_off_t down, curl_off_t downed, curl_off_t up,
    curl_off_t upped)
{
	const struct transfer *t = arg;

	(void)down;
	(void)downed;
	(void)up;
	(void)upped;
	return t->silent_ms > 0 && clock_boot_ms() - t->heard_ms > t->silent_ms;
}

static struct curl_slist *
transfer_header(struct curl_slist *list, const char *name, const char *value)
{
	struct buf line = { 0 };

	if (value == NULL)
		return list;
	buf_printf(&line, "%s: %s", name, value);
	list = curl_slist_append(list, line.data);
	ASSERT(list != NULL);
	buf_finish(&line);
	return list;
}

static struct curl_slist *
transfer_headers(const struct client *c, const struct transfer *t)
{
	struct curl_slist *list = NULL;

	list = transfer_header(list, "Accept", t->accept);
	list = transfer_header(list, "Idempotency-Key", t->idempotency_key);
	list = transfer_header(list, "Last-Event-ID", t->last_event_id);
	list = transfer_header(list, "Range", t->range);
	list = transfer_header(list, "If-Range", t->if_range);
	/* without a value: curl's own is left away */
	list = curl_slist_append(list, t->body.p != NULL
					   ? "Content-Type: application/json"
					   : "Content-Type:");
	ASSERT(list != NULL);
	if (c->token != NULL) {
		struct buf bearer = { 0 };

		buf_printf(&bearer, "Bearer %s", c->token);
		list = transfer_header(list, "Authorization", bearer.data);
		buf_finish(&bearer);
	}
	list = curl_slist_append(list, "Expect:");
	ASSERT(list != NULL);
	return list;
}

static void
transfer_set(struct client *c, struct transfer *t, const char *url,
    struct curl_slist *headers)
{
	CURL *curl = c->curl;

	curl_easy_reset(curl); /* keeps connections */
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, c->socket);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (c->ca != NULL)
		curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "slipway/" SLIPWAY_VERSION);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, TRANSFER_CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)t->within_ms);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, t->why);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, transfer_bytes);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, transfer_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, transfer_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	if (t->body.p != NULL) {
		curl_easy_setopt(
		    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body.n);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, t->body.p);
	} else if (strcmp(t->method, "GET") != 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, 0L);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, t->method);
}

static enum transfer_end
transfer_ended(struct client *c, struct transfer *t, CURLcode code)
{
	long failed = 0;

	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &t->status);
	curl_easy_getinfo(c->curl, CURLINFO_OS_ERRNO, &failed);
	t->failed = (int)failed;
	if (code != CURLE_OK && t->why[0] == '\0')
		snprintf(
		    t->why, sizeof(t->why), "%s", curl_easy_strerror(code));
	if (t->stopped)
		return TRANSFER_STOPPED;
	switch ((int)code) {
	case CURLE_OK:
		c->reached = true;
		return TRANSFER_DONE;
	case CURLE_COULDNT_CONNECT:
		return TRANSFER_REFUSED;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		c->reached = true;
		return TRANSFER_BROKEN;
	case CURLE_ABORTED_BY_CALLBACK:
		snprintf(t->why, sizeof(t->why), "it fell silent");
		return TRANSFER_BROKEN;
	case CURLE_WRITE_ERROR:
		if (t->too_large)
			snprintf(t->why, sizeof(t->why),
			    "the answer is larger than %zu bytes",
			    TRANSFER_ANSWER_BYTES);
		return TRANSFER_FAILED;
	default:
		return TRANSFER_FAILED;
	}
}

enum transfer_end
transfer_run(struct client *c, struct transfer *t)
{
	struct curl_slist *headers = transfer_headers(c, t);
	struct buf url = { 0 };
	enum transfer_end end;

	t->client = c;
	t->status = 0;
	t->why[0] = t->etag[0] = '\0';
	t->stopped = t->too_large = false;
	t->heard_ms = clock_boot_ms();
	buf_clear(&t->answer);
	buf_printf(&url, "%s%s", c->url, t->target);
	transfer_set(c, t, url.data, headers);
	end = transfer_ended(c, t, curl_easy_perform(c->curl));
	curl_slist_free_all(headers);
	buf_finish(&url);
	return end;
}

bool
transfer_wait(struct client *c, const struct transfer *t, enum transfer_end end,
    struct transfer_patience *p)
{
	static const int waits_ms[] = { 50, 100, 200, 400, 800, 1500 };
	struct timespec wait = { 0 };

	if (end != TRANSFER_BROKEN && end != TRANSFER_REFUSED)
		return false;
	/* Where no server has ever been, none is about to come back. */
	if (end == TRANSFER_REFUSED && !c->reached && t->failed != ECONNREFUSED)
		return false;
	if (t->taken > 0 || p->tries == ARRAY_SIZE(waits_ms))
		return false;
	wait.tv_sec = waits_ms[p->tries] / 1000;
	wait.tv_nsec = waits_ms[p->tries] % 1000 * 1000000L;
	nanosleep(&wait, NULL);
	p->tries++;
	return true;
}

bool
transfer_err(const struct client *c, const struct transfer *t, struct err *e)
{
	const char *where = c->socket != NULL ? c->socket : c->url;

	if (t->failed != 0 && t->status == 0)
		err_set(e, ERR_UNAVAILABLE, "server.unreachable",
		    "reach the server at '%s': %s", where, strerror(t->failed));
	else
		err_set(e, ERR_UNAVAILABLE, "server.unreachable",
		    "reach the server at '%s': %s", where, t->why);
	if (c->socket != NULL && t->failed == EACCES)
		return err_hint(e, "ask an operator to let your user in");
	return err_hint(e, c->socket != NULL
			       ? "is it running? slipway serve; or it listens "
				 "elsewhere: --socket PATH"
			       : "check the address and the network");
}

/* Three classes share status 500: the title tells them apart. */
static enum err_class
class_of_answer(long status, const char *title)
{
	enum err_class found = status >= 500 ? ERR_INTERNAL : ERR_SYNTAX;

	for (int c = ERR_NONE + 1; c < ERR_CLASSES; c++) {
		const struct err_class_info *i =
		    err_class_info((enum err_class)c);

		if (i->http != status)
			continue;
		if (streq(i->title, title))
			return (enum err_class)c;
		if (status != 500)
			found = (enum err_class)c;
	}
	return found;
}

bool
transfer_refusal(const struct transfer *t, json_t **ret_document, struct err *e)
{
	json_t *d = json_parse(buf_str(&t->answer), NULL);
	const char *title = json_string_value(json_object_get(d, "title"));
	const char *code = json_string_value(json_object_get(d, "code"));
	const char *detail = json_string_value(json_object_get(d, "detail"));
	const char *hint = json_string_value(json_object_get(d, "hint"));

	if (code == NULL) {
		err_set(e, class_of_answer(t->status, NULL), "server.answer",
		    "read the answer: status %ld and no reason", t->status);
		err_hint(e, "is there a proxy, or another program, between?");
	} else {
		err_set(e, class_of_answer(t->status, title), code, "%s",
		    detail != NULL  ? detail
		    : title != NULL ? title
				    : code);
		err_hint(e, "%s", hint != NULL ? hint : "");
	}
	if (ret_document != NULL)
		*ret_document = d;
	else
		json_decref(d);
	return false;
}
