/* SPDX-License-Identifier: MIT */
#include "driver/log_pack.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/str.h"
#include "keep/wire.h"
#include "sys/digest.h"
#include "sys/file.h"

#define PACK_MAGIC 0x10c9ac4dU
#define PACK_LEVEL 1
#define PACK_SKIPPABLE 0x184d2a5eU
#define PACK_SEEKABLE 0x8f92eab1U
#define PACK_FOOTER 9 /* frames, descriptor, magic */
#define PACK_ENTRY 8  /* compressed, plain */
#define PACK_FRAMES (1U << 24)
#define PACK_NAME 40
#define PACK_DIGEST 0x184d2a50U /* skipped by zstd */
#define PACK_HEAD (8 + DIGEST_LEN)
#define PACK_NEW "log.zst.new"
#define PACK_FILE "log.zst"

/* --- writing -------------------------------------------------------------- */

struct packing {
	ZSTD_CCtx *zstd;
	int from, to;
	struct buf table;
	uint32_t frames;
	char plain[LOG_PACK_FRAME];
	size_t have;
	size_t room;
	char *packed;
};

static void
pack_add32(struct buf *to, uint32_t v)
{
	const uint32_t le = htole32(v);

	buf_add(to, (const char *)&le, sizeof(le));
}

static bool
pack_frame(struct packing *p, struct err *e)
{
	size_t n;

	if (p->have == 0)
		return true;
	n = ZSTD_compress2(p->zstd, p->packed, p->room, p->plain, p->have);
	if (ZSTD_isError(n))
		return err_set(e, ERR_INTERNAL, "log.pack",
		    "compress a log: %s", ZSTD_getErrorName(n));
	if (!file_write_all(p->to, p->packed, n))
		return err_sys(e, "write a compressed log");
	pack_add32(&p->table, (uint32_t)n);
	pack_add32(&p->table, (uint32_t)p->have);
	p->frames++;
	p->have = 0;
	return true;
}

/* A range of the log. */
static bool
pack_range(struct packing *p, uint64_t from, uint64_t to, struct err *e)
{
	while (from < to) {
		size_t want = sizeof(p->plain) - p->have;
		ssize_t n;

		if (want > to - from)
			want = (size_t)(to - from);
		n = pread(p->from, p->plain + p->have, want, (off_t)from);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? EIO : errno;
			return err_sys(e, "read a log");
		}
		from += (uint64_t)n;
		p->have += (size_t)n;
		if (p->have == sizeof(p->plain) && !pack_frame(p, e))
			return false;
	}
	return true;
}

static bool
pack_table(struct packing *p, struct err *e)
{
	struct buf tail = { 0 };
	bool ok;

	pack_add32(&tail, PACK_SKIPPABLE);
	pack_add32(&tail, (uint32_t)p->table.len + PACK_FOOTER);
	buf_add(&tail, p->table.data, p->table.len);
	pack_add32(&tail, p->frames);
	buf_addc(&tail, '\0');
	pack_add32(&tail, PACK_SEEKABLE);
	ok = file_write_all(p->to, tail.data, tail.len) ||
	    err_sys(e, "write a compressed log");
	buf_finish(&tail);
	return ok;
}

static bool
pack_write(int from, int to, uint64_t size, const struct wire_index *head,
    struct err *e)
{
	struct packing *p = calloc(1, sizeof(*p));
	const bool dropped = head->offset < head->wall_ms;
	bool ok;

	ASSERT(p != NULL);
	p->zstd = ZSTD_createCCtx();
	p->room = ZSTD_compressBound(sizeof(p->plain));
	p->packed = malloc(p->room);
	ASSERT(p->zstd != NULL && p->packed != NULL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_compressionLevel, PACK_LEVEL);
	ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	p->from = from;
	p->to = to;
	ok = (dropped ? pack_range(p, 0, head->offset, e) &&
		    pack_range(p, head->wall_ms, size, e)
		      : pack_range(p, 0, size, e)) &&
	    pack_frame(p, e) && pack_table(p, e);
	ZSTD_freeCCtx(p->zstd);
	buf_finish(&p->table);
	free(p->packed);
	free(p);
	return ok;
}

static bool
pack_is_held(int log)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(log, F_GETLK, &all) != 0 || all.l_type != F_UNLCK;
}

/* What was dropped; none when there is no idx. */
static bool
pack_head(int folder, struct wire_index *ret)
{
	int fd = openat(folder, "idx", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool ok;

	*ret = (struct wire_index){ .offset = 0 };
	if (fd < 0)
		return errno == ENOENT;
	ok = pread(fd, ret, sizeof(*ret), 0) == (ssize_t)sizeof(*ret);
	close(fd);
	return ok;
}

/* Digest of the index; of nothing when there is none. */
static bool
pack_idx_digest(int folder, unsigned char ret[DIGEST_LEN])
{
	int fd = openat(folder, "idx", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char bytes[16384], hex[DIGEST_HEX];
	struct digest *d = digest_begin();
	ssize_t n = 0;
	bool ok = fd >= 0 || errno == ENOENT;

	while (fd >= 0 && ((n = read(fd, bytes, sizeof(bytes))) > 0 ||
			      (n < 0 && errno == EINTR)))
		if (n > 0)
			digest_add(d, bytes, (size_t)n);
	if (fd >= 0)
		close(fd);
	digest_end(d, hex);
	for (size_t i = 0; i < DIGEST_LEN; i++) {
		unsigned v;

		ok = ok && sscanf(hex + 2 * i, "%2x", &v) == 1;
		ret[i] = ok ? (unsigned char)v : 0;
	}
	return ok && n == 0;
}

/* What zstd passes over. */
static bool
pack_begin(int folder, int to, struct err *e)
{
	unsigned char digest[DIGEST_LEN];
	struct buf head = { 0 };
	bool ok;

	if (!pack_idx_digest(folder, digest))
		return err_sys(e, "read the index of a log");
	pack_add32(&head, PACK_DIGEST);
	pack_add32(&head, DIGEST_LEN);
	buf_add(&head, (const char *)digest, DIGEST_LEN);
	ok = file_write_all(to, head.data, head.len) ||
	    err_sys(e, "write a compressed log");
	buf_finish(&head);
	return ok;
}

static bool
pack_beside(int folder, int log, uint64_t size, struct err *e)
{
	struct wire_index head;
	bool ok;
	int to;

	if (!pack_head(folder, &head))
		return err_sys(e, "read the index of a log");
	to = openat(folder, PACK_NEW,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return err_sys(e, "write a compressed log");
	ok = pack_begin(folder, to, e) && pack_write(log, to, size, &head, e);
	close(to);
	if (!ok)
		(void)unlinkat(folder, PACK_NEW, 0);
	return ok;
}

static int
pack_folder(int k, int64_t attempt)
{
	char name[PACK_NAME];

	snprintf(name, sizeof(name), "%" PRId64, attempt);
	return openat(k, name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool
log_pack_make(int k, int64_t attempt, bool *ret_made, struct err *e)
{
	int folder = pack_folder(k, attempt), log = -1;
	struct stat st;
	bool ok = true;

	*ret_made = false;
	if (folder >= 0)
		log = openat(folder, "log", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (log < 0)
		ok = errno == ENOENT ||
		    err_sys(e, "open the log of attempt %" PRId64, attempt);
	else if (fstat(log, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0 && !pack_is_held(log)) {
		ok = pack_beside(folder, log, (uint64_t)st.st_size, e) ||
		    err_wrap(e, "attempt %" PRId64, attempt);
		*ret_made = ok;
	}
	if (log >= 0)
		close(log);
	if (folder >= 0)
		close(folder);
	return ok;
}

bool
log_pack_put(int k, int64_t attempt, struct err *e)
{
	int folder = pack_folder(k, attempt);
	bool ok = folder >= 0 &&
	    renameat(folder, PACK_NEW, folder, PACK_FILE) == 0 &&
	    unlinkat(folder, "log", 0) == 0;

	if (!ok)
		err_sys(e, "put the compressed log of attempt %" PRId64
		    " in its place", attempt);
	if (folder >= 0)
		close(folder);
	return ok;
}

/* --- reading -------------------------------------------------------------- */

struct pack_place {
	uint64_t at;   /* in the file */
	uint64_t text; /* in the text */
};

struct log_pack {
	unsigned magic;
	int fd;
	ZSTD_DCtx *zstd;
	uint32_t frames;
	struct pack_place *places; /* one more than frames: the end */
	uint32_t open; /* the frame in plain; frames: none */
	unsigned char digest[DIGEST_LEN]; /* of idx */
	char plain[LOG_PACK_FRAME];
};

static bool
pack_corrupt(struct err *e, const char *why)
{
	return err_set(e, ERR_IO, "log.corrupt",
	    "the compressed log is damaged: %s", why);
}

static uint32_t
pack_get32(const unsigned char *from)
{
	uint32_t v;

	memcpy(&v, from, sizeof(v));
	return le32toh(v);
}

/* Where each frame is, and that they fill the file up to the table. */
static bool
pack_places(struct log_pack *p, const unsigned char *table, uint64_t end,
    struct err *e)
{
	struct pack_place at = { PACK_HEAD, 0 };

	p->places = calloc((size_t)p->frames + 1, sizeof(*p->places));
	ASSERT(p->places != NULL);
	for (uint32_t i = 0; i < p->frames; i++) {
		const uint32_t plain = pack_get32(table + PACK_ENTRY * i + 4);

		p->places[i] = at;
		at.at += pack_get32(table + PACK_ENTRY * i);
		at.text += plain;
		if (plain == 0 || plain > LOG_PACK_FRAME ||
		    (plain < LOG_PACK_FRAME && i + 1 < p->frames))
			return pack_corrupt(e, "its seek table is wrong");
	}
	p->places[p->frames] = at;
	return at.at == end ||
	    pack_corrupt(e, "its seek table is of another file");
}

static bool
pack_read_table(struct log_pack *p, uint64_t size, struct err *e)
{
	unsigned char foot[PACK_FOOTER], head[8], *table;
	uint64_t n;
	bool ok;

	if (size < PACK_HEAD + sizeof(foot) + sizeof(head) ||
	    !file_read_all_at(p->fd, foot, sizeof(foot), size - sizeof(foot)) ||
	    pack_get32(foot + 5) != PACK_SEEKABLE || foot[4] != 0)
		return pack_corrupt(e, "it has no end");
	p->frames = pack_get32(foot);
	n = (uint64_t)p->frames * PACK_ENTRY;
	if (p->frames > PACK_FRAMES ||
	    size < PACK_HEAD + n + sizeof(foot) + sizeof(head) ||
	    !file_read_all_at(p->fd, head, sizeof(head),
		size - n - sizeof(foot) - sizeof(head)) ||
	    pack_get32(head) != PACK_SKIPPABLE ||
	    pack_get32(head + 4) != n + sizeof(foot))
		return pack_corrupt(e, "it has no seek table");
	table = malloc((size_t)n + 1);
	ASSERT(table != NULL);
	ok = file_read_all_at(p->fd, table, (size_t)n, size - n - sizeof(foot)) ||
	    pack_corrupt(e, "it has no seek table");
	ok = ok && pack_places(p, table, size - n - sizeof(foot) -
		sizeof(head), e);
	free(table);
	return ok;
}

static bool
pack_read_head(struct log_pack *p, struct err *e)
{
	unsigned char head[PACK_HEAD];

	if (!file_read_all_at(p->fd, head, sizeof(head), 0) ||
	    pack_get32(head) != PACK_DIGEST ||
	    pack_get32(head + 4) != DIGEST_LEN)
		return pack_corrupt(e, "it has no head");
	memcpy(p->digest, head + 8, DIGEST_LEN);
	return true;
}

bool
log_pack_open(int fd, struct log_pack **ret, struct err *e)
{
	struct log_pack *p = calloc(1, sizeof(*p));
	struct stat st;

	ASSERT(p != NULL);
	p->magic = PACK_MAGIC;
	p->fd = fd;
	p->zstd = ZSTD_createDCtx();
	ASSERT(p->zstd != NULL);
	if (fstat(fd, &st) != 0 || !pack_read_head(p, e) ||
	    !pack_read_table(p, (uint64_t)st.st_size, e)) {
		log_pack_close(p);
		return false;
	}
	p->open = p->frames;
	*ret = p;
	return true;
}

void
log_pack_close(struct log_pack *p)
{
	if (p == NULL)
		return;
	ASSERT_MAGIC(p, PACK_MAGIC);
	close(p->fd);
	ZSTD_freeDCtx(p->zstd);
	free(p->places);
	p->magic = 0;
	free(p);
}

bool
log_pack_check(struct log_pack *p, int folder, struct err *e)
{
	unsigned char digest[DIGEST_LEN];

	ASSERT_MAGIC(p, PACK_MAGIC);
	return (pack_idx_digest(folder, digest) &&
		   memcmp(digest, p->digest, DIGEST_LEN) == 0) ||
	    pack_corrupt(e, "its index is not the one of then");
}

static bool
pack_open_frame(struct log_pack *p, uint32_t i, struct err *e)
{
	const struct pack_place *at = &p->places[i];
	const size_t packed = (size_t)(at[1].at - at->at);
	const size_t plain = (size_t)(at[1].text - at->text);
	char *bytes;
	bool ok;

	if (p->open == i)
		return true;
	p->open = p->frames;
	if (packed > ZSTD_compressBound(LOG_PACK_FRAME))
		return pack_corrupt(e, "its seek table is wrong");
	bytes = malloc(packed + 1);
	ASSERT(bytes != NULL);
	ok = file_read_all_at(p->fd, bytes, packed, at->at) &&
	    ZSTD_decompressDCtx(p->zstd, p->plain, sizeof(p->plain), bytes,
		packed) == plain;
	free(bytes);
	if (!ok)
		return pack_corrupt(e, "a frame does not have its checksum");
	p->open = i;
	return true;
}

bool
log_pack_read(struct log_pack *p, uint64_t at, char *to, size_t n,
    struct err *e)
{
	ASSERT_MAGIC(p, PACK_MAGIC);
	if (at + n < at || at + n > p->places[p->frames].text)
		return pack_corrupt(e, "it is shorter than its index says");
	while (n > 0) {
		const uint32_t i = (uint32_t)(at / LOG_PACK_FRAME);
		const size_t from = (size_t)(at % LOG_PACK_FRAME);
		size_t some = (size_t)(p->places[i + 1].text - at);

		if (!pack_open_frame(p, i, e))
			return false;
		if (some > n)
			some = n;
		memcpy(to, p->plain + from, some);
		to += some;
		at += some;
		n -= some;
	}
	return true;
}
