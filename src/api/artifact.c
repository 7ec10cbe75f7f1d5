/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/request.h"
#include "base/limits.h"
#include "base/log.h"
#include "http/range.h"
#include "resource/artifact/artifact_api.h"
#include "sys/digest.h"

#define PIECE KIB(64)

/*
 * The bytes are read twice: once on the pool to see that they are what they
 * were, and only then to be sent.
 */
struct artifact_sender {
	struct request *r;
	const struct artifact *artifact;
	const char *path;
	int fd;
	int64_t from, to; /* what is wanted of it */
	bool part;
	int64_t sent;
	bool ok;
	struct err err;
};

static bool
artifact_check(struct artifact_sender *s)
{
	struct digest *digest;
	char hash[DIGEST_HEX], *bytes;
	int64_t size = 0;
	ssize_t n;

	s->fd = open(s->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (s->fd < 0 && errno != ENOENT)
		return err_sys(&s->err, "read artifact '%s'",
		    s->artifact->name);
	bytes = malloc(PIECE);
	ASSERT(bytes != NULL);
	digest = digest_begin();
	while (s->fd >= 0 && ((n = read(s->fd, bytes, PIECE)) > 0 ||
				 (n < 0 && errno == EINTR))) {
		if (n < 0)
			continue;
		digest_add(digest, bytes, (size_t)n);
		size += n;
	}
	digest_end(digest, hash);
	free(bytes);
	if (s->fd >= 0 && size == s->artifact->size &&
	    streq(hash, s->artifact->sha256))
		return lseek(s->fd, s->from, SEEK_SET) == s->from ||
		    err_sys(&s->err, "read artifact '%s'", s->artifact->name);
	log_error("artifact.corrupt", "file=%s", s->path);
	err_set(&s->err, ERR_GONE, "artifact.corrupt",
	    "artifact '%s' of '%s' is damaged: its bytes are not what they "
	    "were", s->artifact->name, s->artifact->task);
	return err_hint(&s->err,
	    "make it again: slipway retry R-%lld --from %lld",
	    (long long)s->artifact->run_id, (long long)s->artifact->step_id);
}

static void
artifact_work(void *arg)
{
	struct artifact_sender *s = arg;

	s->ok = artifact_check(s);
}

static void
artifact_over(struct artifact_sender *s)
{
	if (s->fd >= 0)
		close(s->fd);
	request_end(s->r); /* and s with it */
}

static void
artifact_left(struct exchange *x)
{
	artifact_over(x->user);
}

static void
artifact_pump(struct exchange *x)
{
	struct artifact_sender *s = x->user;
	char *bytes = malloc(PIECE);
	ssize_t n = 1;

	ASSERT(bytes != NULL);
	while (n > 0 && stream_room(x) > 2 * PIECE) {
		const int64_t left = s->to - s->from - s->sent;

		do
			n = read(s->fd, bytes,
			    left < (int64_t)PIECE ? (size_t)left : PIECE);
		while (n < 0 && errno == EINTR);
		if (n <= 0)
			break;
		stream_send_bytes(x, (struct str){ bytes, (size_t)n });
		s->sent += n;
	}
	free(bytes);
	if (n > 0)
		return;
	if (s->sent == s->to - s->from)
		stream_end(x);
	else
		stream_break(x);
	artifact_over(s);
}

/* The name of the file, as far as it is a plain one. */
static const char *
artifact_file(struct arena *a, const struct artifact *artifact)
{
	const char *slash = strrchr(artifact->path, '/');
	const char *name = slash == NULL ? artifact->path : slash + 1;

	for (const char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL)
			return artifact->name;
	return arena_strdup(a, name);
}

static const char *
artifact_etag(const struct artifact_sender *s)
{
	return arena_printf(s->r->arena, "\"%s\"", s->artifact->sha256);
}

/* All of it, or the part that is asked for. */
static bool
artifact_range(struct artifact_sender *s, struct err *e)
{
	const struct exchange *x = s->r->x;
	const int64_t size = s->artifact->size;
	enum range_kind kind = RANGE_WHOLE;

	s->to = size;
	if (range_may(exchange_header(x, "If-Range"), artifact_etag(s)))
		kind = range_parse(exchange_header(x, "Range"), size, &s->from,
		    &s->to);
	s->part = kind == RANGE_PART;
	if (kind != RANGE_NONE)
		return true;
	exchange_set(s->r->x, "Content-Range",
	    arena_printf(s->r->arena, "bytes */%lld", (long long)size));
	err_set(e, ERR_RANGE, "artifact.range",
	    "artifact '%s' has %lld bytes, and none of those that are asked "
	    "for", s->artifact->name, (long long)size);
	return err_hint(e, "leave Range: away to get all of it");
}

static void
artifact_checked(void *arg)
{
	struct artifact_sender *s = arg;
	struct request *r = s->r;
	struct exchange *x = r->x;

	r->api->pooled--;
	if (!s->ok) {
		if (s->fd >= 0)
			close(s->fd);
		denial_answer(r, &s->err);
		return;
	}
	x->user = s;
	x->on_gone = artifact_left;
	exchange_set(x, "Content-Disposition",
	    arena_printf(r->arena, "attachment; filename=\"%s\"",
		artifact_file(r->arena, s->artifact)));
	exchange_set(x, "ETag", artifact_etag(s));
	exchange_set(x, "Accept-Ranges", "bytes");
	answer_headers(r);
	if (s->part) {
		exchange_set(x, "Content-Range",
		    arena_printf(r->arena, "bytes %lld-%lld/%lld",
			(long long)s->from, (long long)s->to - 1,
			(long long)s->artifact->size));
		stream_begin_part(x, "application/octet-stream");
	} else
		stream_begin_bytes(x, "application/octet-stream");
	stream_on_room(x, artifact_pump);
	artifact_pump(x);
}

void
artifact_answer(struct request *r)
{
	struct artifact_sender *s = ARENA_NEW(r->arena, struct artifact_sender);
	struct db *db = r->api->o.read;
	struct artifact *artifact = NULL;
	struct err e = { 0 };
	struct cx cx;
	bool ok;

	db_begin(db);
	cx = request_cx(r, db);
	ok = artifact_api_find(&cx, &r->call, &artifact, &e);
	if (ok && db_failed(db, &e))
		ok = false;
	db_rollback(db);
	if (!ok) {
		denial_answer(r, &e);
		return;
	}
	s->r = r;
	s->fd = -1;
	s->artifact = artifact;
	if (!artifact_range(s, &e)) {
		denial_answer(r, &e);
		return;
	}
	s->path = arena_printf(r->arena, "%s/artifact/%s",
	    r->api->o.site->data, artifact->sha256);
	r->api->pooled++;
	loop_work(r->api->o.loop, artifact_work, artifact_checked, s);
}
