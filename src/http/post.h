/* SPDX-License-Identifier: MIT */
/*
 * post.h: one POST of a small JSON body to an address that the operator named.
 *
 * No redirects, no proxies, http and https alone, POST_MS for all of it; of
 * the answer only the status counts.  Blocks: for the pool.
 */
#ifndef HTTP_POST_H
#define HTTP_POST_H

#include "base/err.h"
#include "base/str.h"

#define POST_MS 5000L

/* key: its Idempotency-Key.  ERR_UNAVAILABLE "post.failed" when the answer is
 * none or no 2xx. */
bool http_post(const char *url, struct str body, const char *key,
    struct err *e);

#endif
