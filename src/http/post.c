/* SPDX-License-Identifier: MIT */
#include "http/post.h"

#include <curl/curl.h>

#include "base/version.h"

/* What the answer says is of no interest. */
static size_t
post_bytes(char *p, size_t size, size_t n, void *arg)
{
	(void)p;
	(void)arg;
	return size * n;
}

static void
post_set(CURL *curl, const char *url, struct str body, char *why)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, POST_MS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "slipway/" SLIPWAY_VERSION);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, post_bytes);
	curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.p);
}

static struct curl_slist *
post_headers(const char *key)
{
	struct curl_slist *list = NULL;
	struct buf line = { 0 };

	buf_printf(&line, "Idempotency-Key: %s", key);
	list = curl_slist_append(list, "Content-Type: application/json");
	list = curl_slist_append(list, "Expect:");
	list = curl_slist_append(list, buf_cstr(&line));
	ASSERT(list != NULL);
	buf_finish(&line);
	return list;
}

bool
http_post(const char *url, struct str body, const char *key, struct err *e)
{
	struct curl_slist *headers = post_headers(key);
	char why[CURL_ERROR_SIZE] = "";
	CURL *curl = curl_easy_init();
	long status = 0;
	CURLcode code;

	ASSERT(curl != NULL);
	post_set(curl, url, body, why);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (code != CURLE_OK)
		return err_set(e, ERR_UNAVAILABLE, "post.failed", "%s",
		    why[0] == '\0' ? curl_easy_strerror(code) : why);
	return status / 100 == 2 ||
	    err_set(e, ERR_UNAVAILABLE, "post.failed", "it answered %ld",
		status);
}
