/* SPDX-License-Identifier: MIT */
/*
 * json_out.h: a streaming JSON writer into a struct buf.
 *
 * Commas and nesting are kept here; misuse (a value without a key inside an
 * object, an unclosed object) ASSERTs.  Strings are written as valid UTF-8:
 * invalid bytes become U+FFFD.  Depth is at most JSON_OUT_DEPTH.
 *
 * Names keep clear of jansson's (json_object, json_array, json_null): both are
 * linked into one program.
 */
#ifndef BASE_JSON_OUT_H
#define BASE_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define JSON_OUT_DEPTH 64

struct json_out {
	struct buf *to;
	unsigned depth;
	bool first[JSON_OUT_DEPTH + 1]; /* by depth; 0 is the outermost */
	bool object[JSON_OUT_DEPTH + 1];
	bool key; /* a key is waiting for its value */
};

void json_out_init(struct json_out *j, struct buf *to);
/* Everything is closed; only then is the text complete. */
bool json_out_done(const struct json_out *j);

void json_object_begin(struct json_out *j);
void json_object_end(struct json_out *j);
void json_array_begin(struct json_out *j);
void json_array_end(struct json_out *j);
void json_key(struct json_out *j, const char *key);

void json_str(struct json_out *j, const char *s); /* NULL writes null */
void json_strn(struct json_out *j, const char *s, size_t n);
void json_int(struct json_out *j, int64_t v);
void json_double(struct json_out *j, double v); /* NaN and infinity: null */
void json_bool(struct json_out *j, bool v);
void json_out_null(struct json_out *j);
void json_raw(struct json_out *j, const char *text); /* valid JSON already */

/* key and value in one call */
void json_kv_str(struct json_out *j, const char *key, const char *s);
void json_kv_int(struct json_out *j, const char *key, int64_t v);
void json_kv_bool(struct json_out *j, const char *key, bool v);
void json_kv_raw(struct json_out *j, const char *key, const char *text);
void json_kv_null(struct json_out *j, const char *key);
/* RFC 3339 text of UTC milliseconds; 0 writes null. */
void json_kv_time(struct json_out *j, const char *key, int64_t wall_ms);

#endif
