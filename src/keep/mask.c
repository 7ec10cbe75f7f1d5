/* SPDX-License-Identifier: MIT */
#include "keep/mask.h"

#include <stdlib.h>
#include <string.h>

/* Children of a node form a list; the root has a table as well, for it is
 * where ordinary text spends its time. */
struct node {
	uint32_t child;	 /* first, 0: none */
	uint32_t next;	 /* sibling, 0: none */
	uint32_t fail;	 /* longest proper tail that is a node */
	uint32_t depth;
	uint32_t longest; /* longest secret that ends here, 0: none */
	uint8_t byte;
};

struct mask {
	struct node *nodes; /* [0] is the root */
	uint32_t count;
	uint32_t room;
	uint32_t deepest;
	uint32_t root[256];
};

enum { FLAG_PLAIN, FLAG_COVERED, FLAG_FIRST };

static uint32_t
node_child(const struct mask *m, uint32_t at, uint8_t c)
{
	if (at == 0)
		return m->root[c];
	for (uint32_t i = m->nodes[at].child; i; i = m->nodes[i].next) {
		if (m->nodes[i].byte == c)
			return i;
	}
	return 0;
}

static void
form_count(void *arg, const uint8_t *p, size_t n)
{
	size_t *total = arg;

	(void)p;
	*total += n;
}

static void
form_add(void *arg, const uint8_t *p, size_t n)
{
	struct mask *m = arg;
	uint32_t at = 0;

	if (n < MASK_MIN)
		return;
	for (size_t i = 0; i < n; i++) {
		uint32_t to = node_child(m, at, p[i]);

		if (to == 0) {
			to = m->count++;
			m->nodes[to] = (struct node){ .byte = p[i],
				.depth = (uint32_t)i + 1,
				.next = m->nodes[at].child };
			m->nodes[at].child = to;
			if (at == 0)
				m->root[p[i]] = to;
		}
		at = to;
	}
	m->nodes[at].longest = (uint32_t)n;
	if (n > m->deepest)
		m->deepest = (uint32_t)n;
}

static uint32_t
node_step(const struct mask *m, uint32_t at, uint8_t c)
{
	uint32_t to;

	while ((to = node_child(m, at, c)) == 0 && at != 0)
		at = m->nodes[at].fail;
	return to;
}

/* Breadth first, so that the shorter tails are ready.  `queue` has room for
 * every node. */
static void
mask_link(struct mask *m, uint32_t *queue)
{
	uint32_t head = 0, tail = 0;

	queue[tail++] = 0;
	while (head < tail) {
		uint32_t at = queue[head++];

		for (uint32_t i = m->nodes[at].child; i; i = m->nodes[i].next) {
			struct node *n = &m->nodes[i];

			n->fail = at == 0 ?
			    0 :
			    node_step(m, m->nodes[at].fail, n->byte);
			if (n->longest == 0)
				n->longest = m->nodes[n->fail].longest;
			queue[tail++] = i;
		}
	}
}

struct mask *
mask_create(const struct str *secrets, size_t n)
{
	struct mask *m = calloc(1, sizeof(*m));
	size_t total = 1;
	bool ok = m != NULL;

	for (size_t i = 0; ok && i < n; i++)
		ok = mask_forms(secrets[i], form_count, &total);
	if (!ok || total > UINT32_MAX / 2) {
		free(m);
		return NULL;
	}
	m->nodes = malloc(total * sizeof(*m->nodes));
	if (!m->nodes) {
		free(m);
		return NULL;
	}
	m->nodes[0] = (struct node){ 0 };
	m->count = 1;
	for (size_t i = 0; ok && i < n; i++)
		ok = mask_forms(secrets[i], form_add, m);

	uint32_t *queue = ok ? malloc(m->count * sizeof(*queue)) : NULL;

	if (!queue) {
		mask_destroy(m);
		return NULL;
	}
	mask_link(m, queue);
	free(queue);
	return m;
}

void
mask_destroy(struct mask *m)
{
	if (!m)
		return;
	free(m->nodes);
	free(m);
}

bool
mask_is_empty(const struct mask *m)
{
	return m->count == 1;
}

bool
mask_stream_init(struct mask_stream *s, const struct mask *m, size_t chunk)
{
	size_t room = m->deepest + chunk;

	memset(s, 0, sizeof(*s));
	s->mask = m;
	if (mask_is_empty(m))
		return true;
	/* a byte that starts a secret goes out as three */
	s->bytes = malloc(room);
	s->flags = malloc(room);
	s->out = malloc(room * 3);
	if (s->bytes && s->flags && s->out)
		return true;
	mask_stream_finish(s);
	return false;
}

void
mask_stream_finish(struct mask_stream *s)
{
	free(s->bytes);
	free(s->flags);
	free(s->out);
	memset(s, 0, sizeof(*s));
}

static size_t
stream_emit(struct mask_stream *s, size_t n, bool touched)
{
	size_t out = 0;

	if (!touched) {
		memcpy(s->out, s->bytes, n);
		return n;
	}
	for (size_t i = 0; i < n; i++) {
		if (s->flags[i] == FLAG_PLAIN) {
			s->out[out++] = (char)s->bytes[i];
		} else if (s->flags[i] == FLAG_FIRST) {
			memcpy(s->out + out, "***", 3);
			out += 3;
		}
	}
	return out;
}

/* The secret of n bytes that ends at `end` will not be shown.  Its first byte
 * may lie in another secret, which then swallows it. */
static void
stream_cover(struct mask_stream *s, size_t end, size_t n)
{
	size_t start = end - n;

	if (s->flags[start] == FLAG_PLAIN)
		s->flags[start] = FLAG_FIRST;
	memset(s->flags + start + 1, FLAG_COVERED, n - 1);
}

struct str
mask_feed(struct mask_stream *s, const char *p, size_t n)
{
	const struct mask *m = s->mask;
	size_t end = s->held + n;
	uint32_t node = s->node;
	bool touched = false;

	if (!s->bytes)
		return (struct str){ p, n };
	memcpy(s->bytes + s->held, p, n);
	memset(s->flags + s->held, FLAG_PLAIN, n);
	for (size_t i = 0; i < s->held && !touched; i++)
		touched = s->flags[i] != FLAG_PLAIN;
	for (size_t i = s->held; i < end; i++) {
		node = node_step(m, node, s->bytes[i]);
		if (m->nodes[node].longest) {
			stream_cover(s, i + 1, m->nodes[node].longest);
			touched = true;
		}
		/* a secret that cannot become a longer one need not wait */
		while (node != 0 && m->nodes[node].child == 0)
			node = m->nodes[node].fail;
	}

	size_t hold = m->nodes[node].depth;
	size_t out = stream_emit(s, end - hold, touched);

	memmove(s->bytes, s->bytes + end - hold, hold);
	memmove(s->flags, s->flags + end - hold, hold);
	s->held = hold;
	s->node = node;
	return (struct str){ s->out, out };
}

struct str
mask_flush(struct mask_stream *s)
{
	size_t out = s->bytes ? stream_emit(s, s->held, true) : 0;

	s->held = 0;
	s->node = 0;
	return (struct str){ s->out, out };
}
