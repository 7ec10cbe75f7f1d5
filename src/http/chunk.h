/* SPDX-License-Identifier: MIT */
/*
 * chunk.h: strict decoding of `Transfer-Encoding: chunked`.
 *
 * Pure: works in place, keeps one small struct between calls.  Refuses what
 * lenient decoders skip: sizes over eight digits, extensions, any byte but
 * CR LF around the data, trailers.
 */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>

#include "http/refusal.h"

enum chunk_state {
	CHUNK_SIZE,
	CHUNK_SIZE_LF,
	CHUNK_DATA,
	CHUNK_DATA_CR,
	CHUNK_DATA_LF,
	CHUNK_LAST_CR,
	CHUNK_LAST_LF,
	CHUNK_DONE
};

/* Zeroed memory is a decoder before its first byte. */
struct chunk {
	enum chunk_state state;
	unsigned digits; /* of the size being read */
	size_t left;     /* of the chunk being read */
	size_t total;    /* of all chunks so far */
};

/*
 * Decode n more bytes at p.  Data is moved to the front: p[0 .. *ret_data).
 * *ret_used is n, or less when the body ended before (state CHUNK_DONE).
 * False: *ret_why says what is wrong.
 */
bool chunk_decode(struct chunk *c, char *p, size_t n, size_t *ret_used,
    size_t *ret_data, enum refusal *ret_why);

#endif
