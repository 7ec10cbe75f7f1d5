/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/audit.h"
#include "sys/file.h"

#define ANCHOR_LINE 160	  /* bytes at most, with the newline */
#define ANCHOR_PIECE 65536 /* of the file at a time */

bool
audit_anchor_write(const char *path, int64_t seq, const char *hash,
    struct err *e)
{
	char line[ANCHOR_LINE];
	int n = snprintf(line, sizeof(line), "%" PRId64 " %s\n", seq, hash);

	return file_replace(AT_FDCWD, path, line, (size_t)n, 0600, e);
}

bool
audit_anchor_add(int fd, int64_t seq, const char *hash, int64_t at,
    struct err *e)
{
	char line[ANCHOR_LINE], when[CLOCK_TEXT], last = '\n';
	const off_t end = lseek(fd, 0, SEEK_END);
	int n;

	if (end > 0 && pread(fd, &last, 1, end - 1) != 1)
		return err_sys(e, "read the last anchor");
	n = snprintf(line, sizeof(line), "%s%" PRId64 " %s %s\n",
	    last == '\n' ? "" : "\n", seq, hash, clock_text(at, when));
	if (!file_write_all(fd, line, (size_t)n) || fsync(fd) != 0)
		return err_sys(e, "write an anchor");
	return true;
}

/* --- reading -------------------------------------------------------------- */

struct anchor {
	int64_t seq;
	char hash[DIGEST_HEX];
};

static bool
anchor_parse(struct str line, struct anchor *ret)
{
	struct str rest, hash;

	line = str_cut(line, ' ', &rest);
	hash = str_cut(rest, ' ', &rest);
	if (!str_to_int64(line, &ret->seq) || ret->seq < 1 ||
	    hash.n != DIGEST_HEX - 1)
		return false;
	snprintf(ret->hash, sizeof(ret->hash), "%.*s", (int)hash.n, hash.p);
	return true;
}

static bool
anchor_compare(struct db *db, int64_t head, const struct anchor *a,
    const char *name, struct err *e)
{
	char hash[DIGEST_HEX];

	if (head < a->seq) {
		err_set(e, ERR_INVALID, "audit.tail_cut",
		    "audit chain: it ends at event %" PRId64 ", the anchor "
		    "'%.200s' knows of %" PRId64, head, name, a->seq);
		return err_hint(e, "events were cut off, or an old backup was "
		    "put back");
	}
	if (audit_hash_at(db, a->seq, hash) && streq(hash, a->hash))
		return true;
	if (db_failed(db, e))
		return false;
	return err_set(e, ERR_INVALID, "audit.rewritten",
	    "audit chain: event %" PRId64 " is not the one that was anchored "
	    "in '%.200s'", a->seq, name);
}

struct anchor_reading {
	struct db *db;
	const char *name;
	int64_t head;
	bool each, seen; /* seen: `last` is one */
	struct anchor last;
};

/* A line whose newline was not written yet is whole as well, or no anchor. */
static bool
anchor_line(struct anchor_reading *r, struct str line, struct err *e)
{
	struct anchor a;

	if (!anchor_parse(line, &a))
		return true;
	r->last = a;
	r->seen = true;
	return !r->each || anchor_compare(r->db, r->head, &a, r->name, e);
}

/* The lines of bytes; *ret_used is what is before the last newline, or all
 * when these are the last bytes. */
static bool
anchor_lines(struct anchor_reading *r, struct str bytes, bool last,
    size_t *ret_used, struct err *e)
{
	const char *from = bytes.p;

	for (;;) {
		struct str line, rest;

		*ret_used = (size_t)(bytes.p - from);
		if (bytes.n == 0 ||
		    (!last && memchr(bytes.p, '\n', bytes.n) == NULL))
			return true;
		line = str_cut(bytes, '\n', &rest);
		if (!anchor_line(r, line, e))
			return false;
		bytes = rest.p == NULL
		    ? (struct str){ bytes.p + bytes.n, 0 }
		    : rest;
	}
}

static bool
anchor_read(struct anchor_reading *r, int fd, off_t at, struct err *e)
{
	char piece[ANCHOR_PIECE];
	size_t kept = 0, used;
	ssize_t n;

	do {
		n = pread(fd, piece + kept, sizeof(piece) - kept, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "read the anchors in '%s'", r->name);
		at += n;
		kept += (size_t)n;
		if (!anchor_lines(r, (struct str){ piece, kept }, n == 0,
			&used, e))
			return false;
		/* No line of ours fills all of it. */
		if (used == 0 && kept == sizeof(piece))
			used = kept;
		memmove(piece, piece + used, kept - used);
		kept -= used;
	} while (n != 0);
	return true;
}

bool
audit_anchor_check_fd(struct db *db, int fd, const char *name,
    enum audit_anchors which, struct err *e)
{
	struct anchor_reading r = { .db = db,
		.name = name,
		.each = which == AUDIT_ANCHOR_EACH };
	const off_t end = lseek(fd, 0, SEEK_END);
	off_t from = 0;
	char hash[DIGEST_HEX];

	r.head = audit_head(db, hash);
	if (db_failed(db, e))
		return false;
	/* The last one is among the last lines; a torn one may be behind it. */
	if (!r.each && end > 4 * ANCHOR_LINE)
		from = end - 4 * ANCHOR_LINE;
	if (!anchor_read(&r, fd, from, e))
		return false;
	if (r.seen)
		return r.each ||
		    anchor_compare(db, r.head, &r.last, name, e);
	if (end <= 0)
		return err_set(e, ERR_NOT_FOUND, "audit.no_anchor",
		    "audit anchor '%s' is empty", name);
	return err_set(e, ERR_INVALID, "audit.anchor",
	    "audit anchor '%s' is not of the form 'SEQ HASH'", name);
}

bool
audit_anchor_check(struct db *db, const char *path,
    enum audit_anchors which, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_NOT_FOUND, "audit.no_anchor",
		    "audit anchor '%s' is not there", path);
	if (fd < 0)
		return err_sys(e, "audit anchor '%s'", path);
	ok = audit_anchor_check_fd(db, fd, path, which, e);
	close(fd);
	return ok;
}

int64_t
audit_anchor_due(const struct audit_anchor *a, int64_t seq)
{
	if (seq <= a->seq)
		return INT64_MAX;
	if (a->seq == 0)
		return 0;
	return a->boot_ms + (seq - a->seq >= AUDIT_ANCHOR_EVENTS ?
	    AUDIT_ANCHOR_GAP_MS : AUDIT_ANCHOR_MS);
}
