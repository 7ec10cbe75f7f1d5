/* SPDX-License-Identifier: MIT */
#include "base/id.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/check.h"

static const char id_base32[] = "abcdefghijklmnopqrstuvwxyz234567";
static const char id_base64[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

#ifdef SLIPWAY_TESTING
static uint64_t id_state; /* 0: the kernel's randomness */

void
id_seed(uint64_t seed)
{
	id_state = seed;
}

/* splitmix64 */
static bool
id_replay(unsigned char *p, size_t n)
{
	if (id_state == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint64_t z = id_state += 0x9e3779b97f4a7c15u;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		p[i] = (unsigned char)(z >> 56);
	}
	return true;
}
#else
static bool
id_replay(const unsigned char *p, size_t n)
{
	(void)p;
	(void)n;
	return false;
}
#endif

void
id_random(void *p, size_t n)
{
	unsigned char *at = p;

	if (id_replay(at, n))
		return;
	while (n > 0) {
		ssize_t got = getrandom(at, n, 0);

		if (got < 0) {
			ASSERT(errno == EINTR);
			continue;
		}
		at += got;
		n -= (size_t)got;
	}
}

uint64_t
id_random_u64(void)
{
	uint64_t v;

	id_random(&v, sizeof(v));
	return v;
}

char *
id_text(char *out, size_t n)
{
	id_random(out, n);
	for (size_t i = 0; i < n; i++)
		out[i] = id_base32[(unsigned char)out[i] & 31];
	out[n] = '\0';
	return out;
}

char *
hex_encode(char *out, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[b[i] >> 4];
		out[2 * i + 1] = digits[b[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
hex_decode(void *out, size_t n, const char *hex)
{
	unsigned char *b = out;

	if (strnlen(hex, 2 * n + 1) != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(hex[2 * i]);
		int low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		b[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

char *
base64_encode(char *out, const void *p, size_t n)
{
	const unsigned char *b = p;
	char *to = out;

	for (size_t i = 0; i < n; i += 3) {
		size_t left = n - i;
		uint32_t v = (uint32_t)b[i] << 16;

		if (left > 1)
			v |= (uint32_t)b[i + 1] << 8;
		if (left > 2)
			v |= b[i + 2];
		*to++ = id_base64[v >> 18];
		*to++ = id_base64[v >> 12 & 63];
		*to++ = left > 1 ? id_base64[v >> 6 & 63] : '=';
		*to++ = left > 2 ? id_base64[v & 63] : '=';
	}
	*to = '\0';
	return out;
}

static int
base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* Bits behind the last byte must be zero: one text for the same bytes. */
bool
base64_decode(void *out, size_t *ret_n, const char *text)
{
	unsigned char *to = out;
	size_t len = strlen(text);
	size_t pad = 0;

	if (len % 4 != 0)
		return false;
	while (pad < 2 && pad < len && text[len - pad - 1] == '=')
		pad++;
	for (size_t i = 0; i < len; i += 4) {
		size_t fill = i + 4 == len ? pad : 0;
		uint32_t v = 0;

		for (size_t k = 0; k < 4 - fill; k++) {
			int d = base64_digit(text[i + k]);

			if (d < 0)
				return false;
			v |= (uint32_t)d << (18 - 6 * k);
		}
		if ((fill == 1 && (v & 0xff) != 0) ||
		    (fill == 2 && (v & 0xffff) != 0))
			return false;
		*to++ = (unsigned char)(v >> 16);
		if (fill < 2)
			*to++ = (unsigned char)(v >> 8);
		if (fill < 1)
			*to++ = (unsigned char)v;
	}
	*ret_n = (size_t)(to - (unsigned char *)out);
	return true;
}
