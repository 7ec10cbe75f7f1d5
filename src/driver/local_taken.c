/* SPDX-License-Identifier: MIT */
#include "driver/local_taken.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "keep/wire.h"
#include "sys/failpoint.h"
#include "sys/file.h"

#define NAME_LEN 80

static void
taken_words(const struct wire_taken *t, struct work_artifact *a)
{
	static const char *const words[] = {
		[WIRE_TAKEN_NOT] = "it was not looked at",
		[WIRE_TAKEN_MISSING] = "there is no such file",
		[WIRE_TAKEN_LINK] = "it is a symbolic link, or behind one",
		[WIRE_TAKEN_OUTSIDE] = "it is outside the workspace",
		[WIRE_TAKEN_NO_FILE] = "it is no regular file",
		[WIRE_TAKEN_FOLDER] = "it is a folder; pack it: tar -cf",
		[WIRE_TAKEN_NAMES] = "it is a hard link",
		[WIRE_TAKEN_FOREIGN] = "it belongs to another user",
		[WIRE_TAKEN_CHANGED] = "it changed while it was read",
	};

	if (t->state == WIRE_TAKEN_ERROR)
		snprintf(a->why, sizeof(a->why), "%s", strerror(t->error));
	else if (t->state == WIRE_TAKEN_LARGE)
		snprintf(a->why, sizeof(a->why),
		    "it has %" PRIu64 " bytes, too many",
		    t->size);
	else
		snprintf(a->why, sizeof(a->why), "%s",
		    t->state < ARRAY_SIZE(words) && words[t->state]
			? words[t->state]
			: "nobody knows what became of it");
}

/* One inode under two names: renaming one onto the other does nothing. */
static bool
taken_name(int artifact, const char *from, const char *sha256)
{
	char link[NAME_LEN];
	bool ok;

	snprintf(link, sizeof(link), "new/%.64s.link", sha256);
	(void)unlinkat(artifact, link, 0);
	ok = linkat(artifact, from, artifact, link, 0) == 0 &&
	    renameat(artifact, link, artifact, sha256) == 0;
	(void)unlinkat(artifact, link, 0);
	return ok;
}

/* It becomes the name of a file. */
static bool
taken_is_hash(const char *text)
{
	return strspn(text, "0123456789abcdef") == 64 && text[64] == '\0';
}

static void
taken_one(int artifact, int64_t attempt, size_t i, const struct wire_taken *t,
    struct work_artifact *a)
{
	char from[NAME_LEN];

	a->size = t->size;
	if (t->state != WIRE_TAKEN_YES) {
		taken_words(t, a);
		return;
	}
	snprintf(from, sizeof(from), "new/%" PRId64 ".%zu", attempt, i);
	snprintf(a->sha256, sizeof(a->sha256), "%.64s", t->sha256);
	if (!taken_is_hash(a->sha256)) {
		a->sha256[0] = '\0';
		snprintf(a->why, sizeof(a->why), "its record is damaged");
		return;
	}
	a->taken = taken_name(artifact, from, a->sha256);
	if (!a->taken)
		snprintf(a->why, sizeof(a->why), "%s", strerror(errno));
}

void
taken_read(int k, int artifact, int64_t attempt, struct buf *to)
{
	struct buf bytes = { 0 };
	char name[NAME_LEN];
	size_t n;
	bool durable;

	snprintf(name, sizeof(name), "%" PRId64 "/taken", attempt);
	if (!file_read(k, name, LIMIT_ARTIFACTS * sizeof(struct wire_taken),
		&bytes, NULL)) {
		buf_finish(&bytes);
		return;
	}
	n = bytes.len / sizeof(struct wire_taken);
	FAILPOINT("artifact.name.before");
	for (size_t i = 0; i < n; i++) {
		struct work_artifact a = { .taken = false };
		struct wire_taken t;

		memcpy(&t, bytes.data + i * sizeof(t), sizeof(t));
		taken_one(artifact, attempt, i, &t, &a);
		buf_add(to, &a, sizeof(a));
	}
	buf_finish(&bytes);
	durable = fsync(artifact) == 0;
	FAILPOINT("artifact.named");
	for (size_t i = 0; !durable && i < n; i++) {
		struct work_artifact *a =
		    (struct work_artifact *)(void *)to->data + i;

		a->taken = false;
		snprintf(a->why, sizeof(a->why), "%s", strerror(errno));
	}
}

void
taken_forget(int artifact, int64_t attempt)
{
	char name[NAME_LEN];
	size_t i = 0;

	do
		snprintf(name, sizeof(name), "new/%" PRId64 ".%zu", attempt,
		    i++);
	while (unlinkat(artifact, name, 0) == 0);
}
