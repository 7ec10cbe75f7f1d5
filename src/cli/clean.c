/* SPDX-License-Identifier: MIT */
#include "cli/clean.h"

#include <string.h>

#define CLEAN_BAD "\xef\xbf\xbd" /* U+FFFD */
#define CLEAN_RESET "\033[0m"

void
clean_init(struct clean *c, bool colours)
{
	memset(c, 0, sizeof(*c));
	c->colours = colours;
}

static void
clean_newline(struct clean *c, struct buf *out)
{
	if (c->styled)
		buf_adds(out, CLEAN_RESET);
	c->styled = false;
	buf_addc(out, '\n');
}

static void
clean_csi(struct clean *c, unsigned char b, struct buf *out)
{
	if (b >= 0x40) {
		c->state = CLEAN_TEXT;
		if (b != 'm' || !c->colours || c->ncsi == sizeof(c->csi))
			return;
		c->csi[c->ncsi] = '\0';
		if (strspn(c->csi, "0123456789;:") != c->ncsi)
			return;
		buf_printf(out, "\033[%sm", c->csi);
		c->styled = strspn(c->csi, "0;") != c->ncsi;
	} else if (c->ncsi < sizeof(c->csi)) {
		c->csi[c->ncsi++] = (char)b;
	}
}

/* The 8-bit twins of ESC [, ESC ] and their like, U+0080 to U+009F. */
static void
clean_c1(struct clean *c, unsigned code)
{
	c->ncsi = 0;
	if (code == 0x9b)
		c->state = CLEAN_CSI;
	else if (code == 0x90 || code == 0x98 || code >= 0x9d)
		c->state = CLEAN_STRING;
}

static bool
clean_turns_direction(unsigned code)
{
	return code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

/* held is one whole, well-formed character of more than one byte. */
static void
clean_character(struct clean *c, struct buf *out)
{
	static const unsigned char lead[] = { 0, 0, 0x1f, 0x0f, 0x07 };
	unsigned code = c->held[0] & lead[c->nheld];

	for (unsigned i = 1; i < c->nheld; i++)
		code = code << 6 | (c->held[i] & 0x3f);
	if (code < 0xa0)
		clean_c1(c, code);
	else if (clean_turns_direction(code))
		buf_printf(out, "<U+%04X>", code);
	else
		buf_add(out, c->held, c->nheld);
}

static void
clean_drop_held(struct clean *c, struct buf *out)
{
	if (c->nheld > 0)
		buf_adds(out, CLEAN_BAD);
	c->nheld = 0;
}

static void
clean_high(struct clean *c, unsigned char b, struct buf *out)
{
	unsigned want;

	if (b >= 0xc0)
		clean_drop_held(c, out);
	c->held[c->nheld++] = b;
	if (c->held[0] < 0xc2 || c->held[0] > 0xf4) {
		clean_drop_held(c, out);
		return;
	}
	want = c->held[0] < 0xe0 ? 2 : c->held[0] < 0xf0 ? 3 : 4;
	if (c->nheld < want)
		return;
	if (str_utf8_char((struct str){ (const char *)c->held, want }) > 0) {
		clean_character(c, out);
		c->nheld = 0;
	} else {
		clean_drop_held(c, out);
	}
}

static void
clean_plain(struct clean *c, unsigned char b, struct buf *out)
{
	if (b >= 0x80) {
		clean_high(c, b, out);
		return;
	}
	clean_drop_held(c, out);
	if (b == 0x1b)
		c->state = CLEAN_ESCAPE;
	else if (b == '\r')
		c->cr = true;
	else if (b == '\n')
		clean_newline(c, out);
	else if (b == '\t' || (b >= 0x20 && b != 0x7f))
		buf_addc(out, (char)b);
}

static void
clean_escape(struct clean *c, unsigned char b)
{
	c->ncsi = 0;
	if (b == '[')
		c->state = CLEAN_CSI;
	else if (b != '\0' && strchr("]PX^_", b) != NULL)
		c->state = CLEAN_STRING;
	else if (b >= 0x20 && b <= 0x2f)
		c->state = CLEAN_INTERMEDIATE;
	else if (b != 0x1b)
		c->state = CLEAN_TEXT;
}

static void
clean_byte(struct clean *c, unsigned char b, struct buf *out)
{
	if (c->cr && b != '\r') {
		c->cr = false;
		if (b != '\n')
			clean_newline(c, out);
	}
	if (b == '\n' && c->state != CLEAN_TEXT)
		c->state = CLEAN_TEXT;
	switch (c->state) {
	case CLEAN_TEXT:
		clean_plain(c, b, out);
		break;
	case CLEAN_ESCAPE:
		clean_escape(c, b);
		break;
	case CLEAN_INTERMEDIATE:
		if (b < 0x20 || b > 0x2f)
			c->state = CLEAN_TEXT;
		break;
	case CLEAN_CSI:
		clean_csi(c, b, out);
		break;
	case CLEAN_STRING:
		if (b == 0x07)
			c->state = CLEAN_TEXT;
		else if (b == 0x1b)
			c->state = CLEAN_STRING_ESCAPE;
		break;
	case CLEAN_STRING_ESCAPE:
		c->state = CLEAN_STRING;
		if (b == '\\')
			c->state = CLEAN_TEXT;
		break;
	}
}

void
clean_add(struct clean *c, struct str in, struct buf *out)
{
	for (size_t i = 0; i < in.n; i++)
		clean_byte(c, (unsigned char)in.p[i], out);
}

void
clean_end(struct clean *c, struct buf *out)
{
	if (c->cr)
		clean_newline(c, out);
	clean_drop_held(c, out);
	if (c->styled)
		buf_adds(out, CLEAN_RESET);
	clean_init(c, c->colours);
}

char *
clean_text(struct arena *a, struct str text)
{
	struct clean c;
	struct buf out = { 0 };
	char *copy;

	clean_init(&c, false);
	clean_add(&c, text, &out);
	clean_end(&c, &out);
	copy = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return copy;
}

char *
clean_line(struct arena *a, struct str text)
{
	char *line = clean_text(a, text);

	for (char *p = line; *p != '\0'; p++) {
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	}
	return line;
}
