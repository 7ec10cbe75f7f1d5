/* SPDX-License-Identifier: MIT */
#include "http/chunk.h"

#include <string.h>

#include "base/limits.h"
#include "http/hex.h"

#define CHUNK_DIGITS 8

static bool
chunk_size_byte(struct chunk *c, char byte, enum refusal *ret_why)
{
	int value = hex_digit(byte);

	if (value >= 0 && c->digits < CHUNK_DIGITS) {
		c->digits++;
		c->left = c->left * 16 + (size_t)value;
		return true;
	}
	*ret_why = REFUSAL_CHUNK;
	if (byte != '\r' || c->digits == 0)
		return false;
	if (c->left > LIMIT_BODY_BYTES - c->total) {
		*ret_why = REFUSAL_BODY_LARGE;
		return false;
	}
	c->total += c->left;
	c->digits = 0;
	c->state = CHUNK_SIZE_LF;
	return true;
}

/* One byte that must be `want`. */
static bool
chunk_expect(struct chunk *c, char byte, char want, enum chunk_state next)
{
	c->state = next;
	return byte == want;
}

static bool
chunk_frame_byte(struct chunk *c, char byte, enum refusal *ret_why)
{
	*ret_why = REFUSAL_CHUNK;
	switch (c->state) {
	case CHUNK_SIZE:
		return chunk_size_byte(c, byte, ret_why);
	case CHUNK_SIZE_LF:
		return chunk_expect(
		    c, byte, '\n', c->left > 0 ? CHUNK_DATA : CHUNK_LAST_CR);
	case CHUNK_DATA_CR:
		return chunk_expect(c, byte, '\r', CHUNK_DATA_LF);
	case CHUNK_DATA_LF:
		return chunk_expect(c, byte, '\n', CHUNK_SIZE);
	case CHUNK_LAST_CR:
		*ret_why = REFUSAL_TRAILER;
		return chunk_expect(c, byte, '\r', CHUNK_LAST_LF);
	case CHUNK_LAST_LF:
		return chunk_expect(c, byte, '\n', CHUNK_DONE);
	case CHUNK_DATA:
	case CHUNK_DONE:
	default:
		return false;
	}
}

bool
chunk_decode(struct chunk *c, char *p, size_t n, size_t *ret_used,
    size_t *ret_data, enum refusal *ret_why)
{
	size_t used = 0, data = 0;

	while (used < n && c->state != CHUNK_DONE) {
		size_t piece = n - used < c->left ? n - used : c->left;

		if (c->state != CHUNK_DATA) {
			if (!chunk_frame_byte(c, p[used++], ret_why))
				return false;
			continue;
		}
		memmove(p + data, p + used, piece);
		data += piece;
		used += piece;
		c->left -= piece;
		if (c->left == 0)
			c->state = CHUNK_DATA_CR;
	}
	*ret_used = used;
	*ret_data = data;
	return true;
}
