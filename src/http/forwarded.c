/* SPDX-License-Identifier: MIT */
#include "http/forwarded.h"

#include <arpa/inet.h>
#include <string.h>

#include "http/head.h"

bool
forwarded_address(struct str text, char out[FORWARDED_ADDRESS])
{
	char copy[FORWARDED_ADDRESS];
	struct in6_addr a;
	int family;

	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (strlen(copy) != text.n)
		return false;
	family = strchr(copy, ':') == NULL ? AF_INET : AF_INET6;
	return inet_pton(family, copy, &a) == 1 &&
	    inet_ntop(family, &a, out, FORWARDED_ADDRESS) != NULL;
}

bool
forwarded_proxy(const char *text, char out[FORWARDED_ADDRESS], struct err *e)
{
	if (forwarded_address(str_of(text), out))
		return true;
	err_set(e, ERR_CONFIG, "http.proxy",
	    "believe the proxy '%s': not an address", text);
	return err_hint(e, "the number it calls from: 127.0.0.1");
}

/* "10.0.0.1", "10.0.0.1:4711", "[::1]:4711": the address alone. */
static struct str
forwarded_bare(struct str text)
{
	const char *colon;

	if (text.n > 1 && text.p[0] == '[') {
		const char *close = memchr(text.p, ']', text.n);

		return close == NULL ? text
				     : (struct str){ text.p + 1,
					       (size_t)(close - text.p) - 1 };
	}
	colon = memchr(text.p, ':', text.n);
	if (colon != NULL && memrchr(text.p, ':', text.n) == colon)
		text.n = (size_t)(colon - text.p);
	return text;
}

bool
forwarded_client(struct str head, const char *peer, const char *const *proxies,
    char out[FORWARDED_ADDRESS])
{
	struct str value, last;
	const char *comma;

	while (*proxies != NULL && !streq(*proxies, peer))
		proxies++;
	if (*proxies == NULL)
		return false;
	value = head_field_last(head, "X-Forwarded-For");
	if (value.p == NULL)
		return false;
	comma = memrchr(value.p, ',', value.n);
	last = comma == NULL ? value
			     : (struct str){ comma + 1,
				       value.n - (size_t)(comma + 1 - value.p) };
	return forwarded_address(forwarded_bare(str_trim(last)), out);
}
