/* SPDX-License-Identifier: MIT */
#include "resource/sealed.h"

#include <string.h>

#include "base/secret.h"
#include "spec/schema.h"
#include "spec/validate.h"
#include "sys/digest.h"

#define SEALED_KEY "$sealed"

/* What becomes of one sealed text; NULL and e when it cannot. */
typedef json_t *sealed_fn(const struct site *s, const char *text,
    struct err *e);

bool
sealed_is(const json_t *value)
{
	return json_is_object(value) && json_object_size(value) == 1 &&
	    json_is_string(json_object_get(value, SEALED_KEY));
}

json_t *
sealed_removed(const json_t *sealed)
{
	json_t *open = json_copy((json_t *)(uintptr_t)sealed), *value;
	const char *name;
	void *next;

	json_object_foreach_safe (open, next, name, value)
		if (sealed_is(value))
			json_object_del(open, name);
	return open;
}

json_t *
sealed_value(const struct site *s, struct str plain)
{
	struct buf text = { 0 };
	json_t *value;

	seal(s->key, plain, &text);
	value = json_pack("{s:s}", SEALED_KEY, buf_cstr(&text));
	ASSERT(value != NULL);
	buf_finish(&text);
	return value;
}

json_t *
sealed_from_plain(const struct site *s, const struct schema *object,
    const json_t *plain)
{
	json_t *sealed = json_deep_copy(plain);

	for (const struct schema *f = object->fields; f->name != NULL; f++) {
		const json_t *value = json_object_get(sealed, f->name);

		if ((f->flags & F_SECRET) == 0 || !json_is_string(value))
			continue;
		json_object_set_new(sealed, f->name,
		    sealed_value(s,
			(struct str){ json_string_value(value),
			    json_string_length(value) }));
	}
	return sealed;
}

static json_t *sealed_map(const struct site *s, const json_t *value,
    sealed_fn *fn, struct err *e);

static json_t *
sealed_map_object(const struct site *s, const json_t *value, sealed_fn *fn,
    struct err *e)
{
	json_t *object = json_object();
	json_t *walk = (json_t *)(uintptr_t)value; /* the iterator's type */

	for (void *i = json_object_iter(walk); i != NULL;
	     i = json_object_iter_next(walk, i)) {
		json_t *member =
		    sealed_map(s, json_object_iter_value(i), fn, e);

		if (member == NULL) {
			json_decref(object);
			return NULL;
		}
		json_object_set_new(object, json_object_iter_key(i), member);
	}
	return object;
}

static json_t *
sealed_map_array(const struct site *s, const json_t *value, sealed_fn *fn,
    struct err *e)
{
	json_t *array = json_array();

	for (size_t i = 0; i < json_array_size(value); i++) {
		json_t *element =
		    sealed_map(s, json_array_get(value, i), fn, e);

		if (element == NULL) {
			json_decref(array);
			return NULL;
		}
		json_array_append_new(array, element);
	}
	return array;
}

/* A copy of value with each sealed one replaced by what fn makes of it. */
static json_t *
sealed_map(const struct site *s, const json_t *value, sealed_fn *fn,
    struct err *e)
{
	if (sealed_is(value))
		return fn(s,
		    json_string_value(json_object_get(value, SEALED_KEY)), e);
	if (json_is_object(value))
		return sealed_map_object(s, value, fn, e);
	if (json_is_array(value))
		return sealed_map_array(s, value, fn, e);
	return json_deep_copy(value);
}

static json_t *
sealed_open(const struct site *s, const char *text, struct err *e)
{
	struct buf plain = { 0 };
	json_t *value = NULL;

	if (unseal(s->key, text, &plain, e)) {
		value = json_stringn(buf_cstr(&plain), plain.len);
		ASSERT(value != NULL);
	}
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.cap);
	buf_finish(&plain);
	return value;
}

json_t *
sealed_to_plain(const struct site *s, const json_t *sealed, struct err *e)
{
	return sealed_map(s, sealed, sealed_open, e);
}

/* A key of its own, so that no hash is ever made with the sealing key. */
static void
sealed_hmac_key(const struct site *s, unsigned char out[DIGEST_LEN])
{
	static const char label[] = "slipway plan";
	unsigned char text[sizeof(label) + sizeof(s->key)];

	memcpy(text, label, sizeof(label));
	memcpy(text + sizeof(label), s->key, sizeof(s->key));
	digest_sha256(text, sizeof(text), out);
	secret_wipe(text, sizeof(text));
}

char *
sealed_digest(const struct site *s, struct str text, char out[DIGEST_HEX])
{
	unsigned char key[DIGEST_LEN];

	sealed_hmac_key(s, key);
	digest_hmac_hex(key, sizeof(key), text.p, text.n, out);
	secret_wipe(key, sizeof(key));
	return out;
}

/* What was sealed with another key stands for itself: equal texts only. */
static json_t *
sealed_hmac(const struct site *s, const char *text, struct err *e)
{
	unsigned char key[DIGEST_LEN];
	char hex[DIGEST_HEX];
	struct buf plain = { 0 };
	json_t *value;

	(void)e;
	sealed_hmac_key(s, key);
	if (unseal(s->key, text, &plain, NULL))
		digest_hmac_hex(key, sizeof(key), buf_cstr(&plain), plain.len,
		    hex);
	else
		digest_hmac_hex(key, sizeof(key), text, strlen(text), hex);
	if (plain.data != NULL)
		secret_wipe(plain.data, plain.cap);
	buf_finish(&plain);
	value = json_pack("{s:s}", "$hmac", hex);
	ASSERT(value != NULL);
	return value;
}

json_t *
sealed_to_hmac(const struct site *s, const json_t *sealed)
{
	return sealed_map(s, sealed, sealed_hmac, NULL);
}

const char *
sealed_hmac_text(const struct site *s, struct arena *a, const char *json)
{
	json_t *value, *hashed;
	char *text;

	if (strstr(json, SEALED_KEY) == NULL)
		return json;
	value = json_loads(json, JSON_DECODE_ANY, NULL);
	ASSERT(value != NULL);
	hashed = sealed_to_hmac(s, value);
	text = json_canonical(a, hashed);
	json_decref(hashed);
	json_decref(value);
	return text;
}

static json_t *
sealed_mask(const struct site *s, const char *text, struct err *e)
{
	(void)s;
	(void)text;
	(void)e;
	return json_string("***");
}

json_t *
sealed_to_mask(const json_t *sealed)
{
	return sealed_map(NULL, sealed, sealed_mask, NULL);
}

char *
sealed_mask_text(struct arena *a, const char *json)
{
	json_t *value, *masked;
	char *text;

	if (json == NULL || json[0] == '\0')
		return arena_strdup(a, json);
	if (strstr(json, SEALED_KEY) == NULL)
		return arena_strdup(a, json);
	value = json_loads(json, JSON_DECODE_ANY, NULL);
	ASSERT(value != NULL);
	masked = sealed_to_mask(value);
	text = json_canonical(a, masked);
	json_decref(masked);
	json_decref(value);
	return text;
}
