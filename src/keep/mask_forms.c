/* SPDX-License-Identifier: MIT */
#include "keep/mask.h"

#include <stdlib.h>
#include <string.h>

/* Beyond this a secret has only its common forms: memory is the reason. */
#define FORMS_ALL_MAX 8192
/* "\uXXXX" is the longest that one byte becomes */
#define FORM_GROWTH 6

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";

static bool
byte_is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

static size_t
form_hex(uint8_t *out, struct str s, const char *digits)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		out[2 * i] = (uint8_t)digits[c >> 4];
		out[2 * i + 1] = (uint8_t)digits[c & 15];
	}
	return 2 * s.n;
}

/* `keep` are the bytes beside letters and digits that stay as they are;
 * a leading '+' in it means: space becomes '+'. */
static size_t
form_url(uint8_t *out, struct str s, const char *keep, const char *digits)
{
	bool plus = keep[0] == '+';
	size_t n = 0;

	keep += plus;
	for (size_t i = 0; i < s.n; i++) {
		uint8_t c = (uint8_t)s.p[i];

		if (byte_is_alnum(c) || (c != 0 && strchr(keep, c))) {
			out[n++] = c;
		} else if (c == ' ' && plus) {
			out[n++] = '+';
		} else {
			out[n++] = '%';
			out[n++] = (uint8_t)digits[c >> 4];
			out[n++] = (uint8_t)digits[c & 15];
		}
	}
	return n;
}

/*
 * Base64 of the secret behind `before` unknown bytes: only the characters
 * that the secret alone decides.  With `columns` a line end stands after that
 * many characters.
 */
static size_t
form_base64(uint8_t *out, struct str s, unsigned before, bool url,
    size_t columns)
{
	static const char common[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t first = before == 0 ? 0 : before + 1;
	size_t last = (before + s.n) * 8 / 6;
	size_t n = 0;

	for (size_t i = first; i < last; i++) {
		unsigned v = 0;

		for (size_t bit = i * 6; bit < i * 6 + 6; bit++) {
			uint8_t c = (uint8_t)s.p[bit / 8 - before];

			v = v << 1 | (c >> (7 - bit % 8) & 1);
		}
		if (columns && i > first && i % columns == 0)
			out[n++] = '\n';
		if (v < 62)
			out[n++] = (uint8_t)common[v];
		else
			out[n++] = (uint8_t)(url ? "-_" : "+/")[v - 62];
	}
	return n;
}

enum json_style {
	JSON_UPPER = 1,	  /* digits of \u */
	JSON_SLASH = 2,	  /* \/ */
	JSON_MARKUP = 4,  /* \u003c for < > & */
	JSON_ASCII = 8,	  /* \u for everything beyond ASCII */
	JSON_STYLES = 16
};

static size_t
json_unit(uint8_t *out, unsigned v, unsigned style)
{
	const char *digits = style & JSON_UPPER ? hex_upper : hex_lower;

	out[0] = '\\';
	out[1] = 'u';
	for (int i = 0; i < 4; i++)
		out[2 + i] = (uint8_t)digits[v >> (12 - 4 * i) & 15];
	return 6;
}

/* Length of the UTF-8 sequence at p and its code point; 0 when invalid. */
static size_t
utf8_decode(const uint8_t *p, size_t n, unsigned *ret)
{
	size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
	unsigned v;

	if (len == 0 || p[0] > 0xf4 || len > n)
		return 0;
	v = p[0] & (0xffU >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (p[i] & 0x3fU);
	}
	*ret = v;
	return len;
}

static size_t
form_json(uint8_t *out, struct str s, unsigned style)
{
	static const char shorts[] = "\"\"\\\\\bb\ff\nn\rr\tt";
	const uint8_t *p = (const uint8_t *)s.p;
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		unsigned v = p[i];
		size_t len = 1;
		const char *two = NULL;

		for (size_t k = 0; k + 1 < sizeof(shorts); k += 2) {
			if ((uint8_t)shorts[k] == v)
				two = shorts + k + 1;
		}
		if (two || (v == '/' && (style & JSON_SLASH))) {
			out[n++] = '\\';
			out[n++] = two ? (uint8_t)*two : '/';
		} else if (v < 0x20 ||
		    ((style & JSON_MARKUP) &&
			(v == '<' || v == '>' || v == '&'))) {
			n += json_unit(out + n, v, style);
		} else if (v >= 0x80 && (style & JSON_ASCII) &&
		    (len = utf8_decode(p + i, s.n - i, &v)) > 0) {
			if (v >= 0x10000) {
				v -= 0x10000;
				n += json_unit(out + n, 0xd800 | v >> 10,
				    style);
				v = 0xdc00 | (v & 0x3ff);
			}
			n += json_unit(out + n, v, style);
		} else {
			len = 1;
			out[n++] = p[i];
		}
		i += len;
	}
	return n;
}

static void
forms_base64(struct str s, uint8_t *out, mask_form_fn *tell, void *arg)
{
	for (unsigned before = 0; before < 3; before++) {
		tell(arg, out, form_base64(out, s, before, false, 0));
		tell(arg, out, form_base64(out, s, before, true, 0));
	}
	tell(arg, out, form_base64(out, s, 0, false, 64));
	tell(arg, out, form_base64(out, s, 0, false, 76));
}

static void
forms_escaped(struct str s, uint8_t *out, mask_form_fn *tell, void *arg)
{
	/* RFC 3986, encodeURIComponent, Python's quote, a form's fields */
	static const char *const keeps[] = { "-._~", "-._~!*'()", "-._~/",
		"+-._~", "+*-._" };
	bool all = s.n <= FORMS_ALL_MAX;

	for (size_t i = 0; i < sizeof(keeps) / sizeof(keeps[0]); i++) {
		tell(arg, out, form_url(out, s, keeps[i], hex_upper));
		if (!all)
			break;
		tell(arg, out, form_url(out, s, keeps[i], hex_lower));
	}
	for (unsigned style = 0; style < JSON_STYLES; style++) {
		tell(arg, out, form_json(out, s, style));
		if (!all)
			break;
	}
}

bool
mask_forms(struct str secret, mask_form_fn *tell, void *arg)
{
	struct str s = secret;

	while (s.n > 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r'))
		s.n--;
	if (s.n < MASK_MIN)
		return true;

	uint8_t *out = malloc(s.n * FORM_GROWTH + 16);

	if (!out)
		return false;
	memcpy(out, s.p, s.n);
	tell(arg, out, s.n);
	tell(arg, out, form_hex(out, s, hex_lower));
	tell(arg, out, form_hex(out, s, hex_upper));
	forms_base64(s, out, tell, arg);
	forms_escaped(s, out, tell, arg);
	memset(out, 0, s.n * FORM_GROWTH + 16);
	free(out);
	return true;
}
