/* SPDX-License-Identifier: MIT */
/*
 * forwarded.h: who is behind a reverse proxy.
 *
 * A proxy adds the address it was called from as the last element of the last
 * X-Forwarded-For line; whatever stands before may be the client's invention.
 * Only a proxy that was named at start is believed.  Pure.
 */
#ifndef HTTP_FORWARDED_H
#define HTTP_FORWARDED_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define FORWARDED_ADDRESS 46 /* an IPv6 address and its NUL */

/* The address in its usual form; false when text is none. */
bool forwarded_address(struct str text, char out[FORWARDED_ADDRESS]);
/* The same for a setting: ERR_CONFIG "http.proxy". */
bool forwarded_proxy(
    const char *text, char out[FORWARDED_ADDRESS], struct err *e);
/*
 * The client of a request that came from peer, whose head is head.  False,
 * when peer is none of the proxies (NULL-terminated) or says nothing usable.
 */
bool forwarded_client(struct str head, const char *peer,
    const char *const *proxies, char out[FORWARDED_ADDRESS]);

#endif
