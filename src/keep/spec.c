/* SPDX-License-Identifier: MIT */
#include "keep/spec.h"

#include <stdlib.h>
#include <string.h>

struct record {
	uint32_t type;
	char *bytes;
	uint32_t n;
};

#define RECORD_TYPES (WIRE_TAKE + 1)
#define HASH_DIGITS 64

/* The record at *at, which moves behind it; false at the end or on nonsense,
 * then *at tells which: it is n only at the end. */
static bool
record_next(char *bytes, size_t n, size_t *at, struct record *ret)
{
	uint32_t head[2];
	size_t left = n - *at;

	if (left < sizeof(head))
		return false;
	memcpy(head, bytes + *at, sizeof(head));
	left -= sizeof(head);
	if (head[1] >= left || bytes[*at + sizeof(head) + head[1]] != '\0')
		return false;
	*ret = (struct record){ head[0], bytes + *at + sizeof(head), head[1] };

	size_t padded = ((size_t)head[1] + 1 + 3) & ~(size_t)3;

	*at += sizeof(head) + (padded < left ? padded : left);
	return true;
}

static bool
spec_file_set(struct spec_file *f, struct record r)
{
	size_t name = strlen(r.bytes);

	if (name == 0 || name >= r.n || r.bytes[0] == '/')
		return false;
	f->name = r.bytes;
	f->bytes = (struct str){ r.bytes + name + 1, r.n - name - 1 };
	f->link = r.type != WIRE_FILE;
	if (r.type != WIRE_KEPT)
		return true;
	if (f->bytes.n <= HASH_DIGITS || f->bytes.p[HASH_DIGITS] != '/')
		return false;
	f->sha256 = f->bytes.p;
	f->bytes.p += HASH_DIGITS;
	f->bytes.n -= HASH_DIGITS;
	return true;
}

static bool
spec_take_set(struct spec_take *t, struct record r)
{
	if (r.n <= sizeof(t->max))
		return false;
	memcpy(&t->max, r.bytes, sizeof(t->max));
	t->path = r.bytes + sizeof(t->max);
	return strlen(t->path) == r.n - sizeof(t->max);
}

static bool
spec_allocate(struct spec *s, const size_t count[RECORD_TYPES])
{
	size_t files = count[WIRE_FILE] + count[WIRE_LINK] + count[WIRE_KEPT];

	s->argv = calloc(count[WIRE_ARGV] + 1, sizeof(char *));
	s->env = calloc(count[WIRE_ENV] + 1, sizeof(char *));
	s->volumes = calloc(count[WIRE_VOLUME] + 1, sizeof(char *));
	s->hidden = calloc(count[WIRE_HIDE] + 1, sizeof(char *));
	s->files = calloc(files + 1, sizeof(*s->files));
	s->takes = calloc(count[WIRE_TAKE] + 1, sizeof(*s->takes));
	s->secrets = calloc(count[WIRE_SECRET] + 1, sizeof(*s->secrets));
	return s->argv && s->env && s->volumes && s->hidden && s->files &&
	    s->takes && s->secrets;
}

bool
spec_parse(struct spec *s, char *bytes, size_t n)
{
	size_t count[RECORD_TYPES] = { 0 };
	struct record r;
	size_t at = 0;

	memset(s, 0, sizeof(*s));
	while (record_next(bytes, n, &at, &r)) {
		if (r.type < RECORD_TYPES)
			count[r.type]++;
	}
	if (at != n || count[WIRE_ARGV] == 0 || count[WIRE_WORKSPACE] != 1 ||
	    count[WIRE_NUMBERS] != 1 || !spec_allocate(s, count))
		return false;

	size_t put[RECORD_TYPES] = { 0 };

	for (at = 0; record_next(bytes, n, &at, &r);) {
		if (r.type >= RECORD_TYPES)
			continue;
		size_t i = put[r.type]++;

		switch (r.type) {
		case WIRE_ARGV:
			s->argv[i] = r.bytes;
			break;
		case WIRE_ENV:
			s->env[i] = r.bytes;
			break;
		case WIRE_VOLUME:
			s->volumes[i] = r.bytes;
			break;
		case WIRE_HIDE:
			s->hidden[i] = r.bytes;
			break;
		case WIRE_SECRET:
			s->secrets[s->nsecrets++] =
			    (struct str){ r.bytes, r.n };
			break;
		case WIRE_FILE:
		case WIRE_LINK:
		case WIRE_KEPT:
			if (!spec_file_set(&s->files[s->nfiles++], r))
				return false;
			break;
		case WIRE_TAKE:
			if (!spec_take_set(&s->takes[s->ntakes++], r))
				return false;
			break;
		case WIRE_WORKSPACE:
			s->workspace = r.bytes;
			break;
		case WIRE_NUMBERS:
			if (r.n != sizeof(s->numbers))
				return false;
			memcpy(&s->numbers, r.bytes, sizeof(s->numbers));
			break;
		default:
			break;
		}
	}
	return s->workspace[0] == '/';
}
