/* SPDX-License-Identifier: MIT */
/*
 * sealed.h: secret values inside stored JSON.
 *
 * In the database a secret value is {"$sealed": "base64"}; on the wire it is
 * "***"; in a hash it is {"$hmac": "hex"} under the server's key, so that two
 * equal plans are equal and nothing can be guessed from one.
 * All functions take an object and give a new one (caller decrefs).
 */
#ifndef RESOURCE_SEALED_H
#define RESOURCE_SEALED_H

#include <jansson.h>

#include "resource/cx.h"
#include "sys/digest.h"

/* Values of members whose schema says F_SECRET become sealed. */
json_t *sealed_from_plain(const struct site *s, const struct schema *object,
    const json_t *plain);
/* Sealed values become plain; ERR_INTERNAL when the key is another one. */
json_t *sealed_to_plain(const struct site *s, const json_t *sealed,
    struct err *e);
/* Sealed values become {"$hmac": …}. */
json_t *sealed_to_hmac(const struct site *s, const json_t *sealed);
/* Sealed values become "***". */
json_t *sealed_to_mask(const json_t *sealed);
/* Canonical JSON text for canonical text, itself when nothing in it is sealed,
 * or else another in the arena. */
const char *sealed_hmac_text(const struct site *s, struct arena *a,
    const char *json);
/* Masked, into the arena: for rows on the wire. */
char *sealed_mask_text(struct arena *a, const char *json);
/* One value. */
json_t *sealed_value(const struct site *s, struct str plain);
bool sealed_is(const json_t *value);
/* Without what is sealed: what a program of when: may see. */
json_t *sealed_removed(const json_t *sealed);
/* Hex of a hash under the server's key, of text that may be secret. */
char *sealed_digest(const struct site *s, struct str text,
    char out[DIGEST_HEX]);

#endif
