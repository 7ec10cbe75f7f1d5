/* SPDX-License-Identifier: MIT */
#include "sys/digest.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"

/* Below this OpenSSL looks for its algorithm longer than it works; above it
 * knows the processor better. */
#define SHORT_BYTES 128

void
digest_sha256(const void *p, size_t n, unsigned char out[DIGEST_LEN])
{
	if (n < SHORT_BYTES) {
		ASSERT(crypto_hash_sha256(out, p, n) == 0);
		return;
	}
	ASSERT(EVP_Digest(p, n, out, NULL, EVP_sha256(), NULL) == 1);
}

char *
digest_hex(const void *p, size_t n, char out[DIGEST_HEX])
{
	unsigned char sum[DIGEST_LEN];

	digest_sha256(p, n, sum);
	return hex_encode(out, sum, sizeof(sum));
}

/* Eight bytes, the most significant first, on every machine. */
static void
digest_length(unsigned char bytes[8], uint64_t n)
{
	for (int i = 7; i >= 0; i--, n >>= 8)
		bytes[i] = (unsigned char)n;
}

static void
parts_short(unsigned char sum[DIGEST_LEN], size_t n, const struct str *parts)
{
	crypto_hash_sha256_state state;
	unsigned char length[8];

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < n; i++) {
		digest_length(length, parts[i].n);
		crypto_hash_sha256_update(&state, length, sizeof(length));
		crypto_hash_sha256_update(&state,
		    (const unsigned char *)parts[i].p, parts[i].n);
	}
	crypto_hash_sha256_final(&state, sum);
}

static void
parts_long(unsigned char sum[DIGEST_LEN], size_t n, const struct str *parts)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();

	ASSERT(md != NULL);
	ASSERT(EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1);
	for (size_t i = 0; i < n; i++) {
		unsigned char length[8];

		digest_length(length, parts[i].n);
		ASSERT(EVP_DigestUpdate(md, length, sizeof(length)) == 1);
		ASSERT(EVP_DigestUpdate(md, parts[i].p, parts[i].n) == 1);
	}
	ASSERT(EVP_DigestFinal_ex(md, sum, NULL) == 1);
	EVP_MD_CTX_free(md);
}

char *
digest_parts(char out[DIGEST_HEX], size_t n, const struct str *parts)
{
	unsigned char sum[DIGEST_LEN];
	size_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += parts[i].n;
	if (bytes < SHORT_BYTES)
		parts_short(sum, n, parts);
	else
		parts_long(sum, n, parts);
	return hex_encode(out, sum, sizeof(sum));
}

struct digest {
	EVP_MD_CTX *md;
};

struct digest *
digest_begin(void)
{
	struct digest *d = malloc(sizeof(*d));

	ASSERT(d != NULL);
	d->md = EVP_MD_CTX_new();
	ASSERT(d->md != NULL);
	ASSERT(EVP_DigestInit_ex(d->md, EVP_sha256(), NULL) == 1);
	return d;
}

void
digest_add(struct digest *d, const void *p, size_t n)
{
	ASSERT(EVP_DigestUpdate(d->md, p, n) == 1);
}

char *
digest_end(struct digest *d, char out[DIGEST_HEX])
{
	unsigned char sum[DIGEST_LEN];

	ASSERT(EVP_DigestFinal_ex(d->md, sum, NULL) == 1);
	EVP_MD_CTX_free(d->md);
	free(d);
	return hex_encode(out, sum, sizeof(sum));
}

char *
digest_hmac_hex(const void *key, size_t keylen, const void *p, size_t n,
    char out[DIGEST_HEX])
{
	unsigned char sum[DIGEST_LEN];
	unsigned len = 0;

	ASSERT(keylen <= INT_MAX);
	/* A NULL key would mean "the one of the last call" to OpenSSL. */
	ASSERT(HMAC(EVP_sha256(), keylen == 0 ? "" : key, (int)keylen,
		   n == 0 ? (const void *)"" : p, n, sum, &len) != NULL);
	ASSERT(len == DIGEST_LEN);
	return hex_encode(out, sum, sizeof(sum));
}

void
seal(const unsigned char key[SEAL_KEY], struct str plain, struct buf *to)
{
	size_t n = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES +
	    plain.n;
	unsigned char *raw = malloc(n);
	char *text = malloc(BASE64_LEN(n));

	ASSERT(raw != NULL && text != NULL && sodium_init() >= 0);
	id_random(raw, crypto_secretbox_NONCEBYTES);
	ASSERT(crypto_secretbox_easy(raw + crypto_secretbox_NONCEBYTES,
		   (const unsigned char *)plain.p, plain.n, raw, key) == 0);
	buf_adds(to, base64_encode(text, raw, n));
	free(text);
	free(raw);
}

static bool
unseal_raw(const unsigned char key[SEAL_KEY], const unsigned char *raw,
    size_t n, struct buf *to)
{
	size_t head = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;

	if (n < head)
		return false;
	ASSERT(sodium_init() >= 0);
	buf_reserve(to, n - head);
	if (crypto_secretbox_open_easy((unsigned char *)to->data + to->len,
		raw + crypto_secretbox_NONCEBYTES,
		n - crypto_secretbox_NONCEBYTES, raw, key) != 0) {
		to->data[to->len] = '\0';
		return false;
	}
	to->len += n - head;
	to->data[to->len] = '\0';
	return true;
}

bool
unseal(const unsigned char key[SEAL_KEY], const char *text, struct buf *to,
    struct err *e)
{
	unsigned char *raw = malloc(strlen(text) / 4 * 3 + 1);
	size_t n = 0;
	bool ok;

	ASSERT(raw != NULL);
	ok = base64_decode(raw, &n, text) && unseal_raw(key, raw, n, to);
	free(raw);
	if (ok)
		return true;
	err_set(e, ERR_INTERNAL, "secret.corrupt",
	    "open a sealed secret: it was not sealed with this key");
	return err_hint(e, "is the file 'key' of the data folder the one that "
			   "belongs to this database?");
}
