/* SPDX-License-Identifier: MIT */
/*
 * mask.h: secrets never leave the keeper.
 *
 * A mask is built once from the secrets of an attempt; it finds each of them
 * plain, in base64 (at its three offsets, both alphabets, wrapped at 64 or 76
 * columns), in hex, percent-encoded and escaped for JSON, and writes "***" in
 * its place.  Building allocates everything; feeding allocates nothing.
 *
 * A stream holds back exactly the bytes that may still become a secret: the
 * longest tail that is a prefix of one.  Everything else goes out at once, so
 * that a prompt appears before its answer is typed.  Bytes that belong to no
 * complete secret are never changed.  Secrets that overlap become one "***".
 *
 * Not covered, and said so in the guide: secrets shorter than MASK_MIN bytes
 * (they would mask ordinary text), secrets printed one character per line or
 * otherwise transformed.  Line ends at the end of a secret are no part of it.
 *
 * Construction is Aho and Corasick's, with sparse nodes: memory grows with
 * the length of the secrets, not with the alphabet.
 */
#ifndef KEEP_MASK_H
#define KEEP_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define MASK_MIN 4

struct mask;

/* NULL when memory does not suffice.  A mask without secrets is valid. */
struct mask *mask_create(const struct str *secrets, size_t n);
void mask_destroy(struct mask *m);
/* Nothing to mask: streams pass everything through. */
bool mask_is_empty(const struct mask *m);

struct mask_stream {
	const struct mask *mask;
	uint32_t node;	/* state after the last byte */
	size_t held;	/* bytes held back, at the front of `bytes` */
	uint8_t *bytes; /* room for the longest secret and one chunk */
	uint8_t *flags; /* of each byte: plain, covered, first of a secret */
	char *out;
};

/* `chunk` is the most that one mask_feed will get.  false: no memory. */
bool mask_stream_init(struct mask_stream *s, const struct mask *m,
    size_t chunk);
void mask_stream_finish(struct mask_stream *s);
/* Take n bytes, return what may go out now; valid until the next call. */
struct str mask_feed(struct mask_stream *s, const char *p, size_t n);
/* The stream is over: return what was held back. */
struct str mask_flush(struct mask_stream *s);

/*
 * The forms of one secret, told one by one; internal to mask and its test.
 * The bytes are valid during the call only.
 */
typedef void mask_form_fn(void *arg, const uint8_t *p, size_t n);
bool mask_forms(struct str secret, mask_form_fn *tell, void *arg);

#endif
