/* SPDX-License-Identifier: MIT */
/*
 * What the server and the keepers write for each other, as somebody else's
 * bytes.  The first byte chooses: the spec of an attempt, its exit record, what
 * was taken from its workspace.  Whatever is taken lies inside the bytes, ends
 * where it says, and names nothing but a hash.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "driver/local_attempt.h"
#include "driver/local_event.h"
#include "driver/local_taken.h"
#include "keep/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/tmp/keep-fuzz-XXXXXX";
static int folder = -1;

static void
folder_remove(void)
{
	static const char *const files[] = { "1/exit", "1/taken", "new/1.0" };
	static const char *const folders[] = { "1", "new" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		(void)unlinkat(folder, files[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		(void)unlinkat(folder, folders[i], AT_REMOVEDIR);
	(void)rmdir(path);
}

static void
file_put(const char *name, const uint8_t *data, size_t n)
{
	int fd = openat(folder, name,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ASSERT(fd >= 0 && write(fd, data, n) == (ssize_t)n);
	close(fd);
}

static void
folder_make(void)
{
	if (folder >= 0)
		return;
	ASSERT(mkdtemp(path) != NULL);
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ASSERT(folder >= 0 && mkdirat(folder, "1", 0700) == 0 &&
	    mkdirat(folder, "new", 0700) == 0);
	file_put("new/1.0", (const uint8_t *)"x", 1);
	atexit(folder_remove);
}

/* A text that ends before the bytes do. */
static void
check_text(const char *text, const char *bytes, size_t n)
{
	ASSERT(text >= bytes && text < bytes + n);
	ASSERT(memchr(text, '\0', (size_t)(bytes + n - text)) != NULL);
}

static void
check_bytes(struct str s, const char *bytes, size_t n)
{
	ASSERT(s.p >= bytes && s.n <= n && s.p + s.n <= bytes + n);
}

static void
check_texts(char *const *list, size_t least, const char *bytes, size_t n)
{
	size_t count = 0;

	for (; list[count] != NULL; count++)
		check_text(list[count], bytes, n);
	ASSERT(count >= least);
}

static void
spec_one(const uint8_t *data, size_t n)
{
	char *bytes = malloc(n + 1);
	struct spec s;

	ASSERT(bytes != NULL);
	memcpy(bytes, data, n);
	if (spec_parse(&s, bytes, n)) {
		check_texts(s.argv, 1, bytes, n);
		check_texts(s.env, 0, bytes, n);
		check_texts((char *const *)(uintptr_t)s.volumes, 0, bytes, n);
		check_texts((char *const *)(uintptr_t)s.hidden, 0, bytes, n);
		check_text(s.workspace, bytes, n);
		for (size_t i = 0; i < s.nfiles; i++) {
			check_text(s.files[i].name, bytes, n);
			ASSERT(s.files[i].name[0] != '\0' &&
			    s.files[i].name[0] != '/');
			check_bytes(s.files[i].bytes, bytes, n);
			if (s.files[i].sha256 != NULL)
				check_bytes((struct str){ s.files[i].sha256,
						64 }, bytes, n);
		}
		for (size_t i = 0; i < s.ntakes; i++)
			check_text(s.takes[i].path, bytes, n);
		for (size_t i = 0; i < s.nsecrets; i++)
			check_bytes(s.secrets[i], bytes, n);
	}
	free(s.argv);
	free(s.env);
	free(s.volumes);
	free(s.hidden);
	free(s.files);
	free(s.takes);
	free(s.secrets);
	free(bytes);
}

static void
record_add(struct buf *to, uint32_t type, const void *bytes, uint32_t n)
{
	const uint32_t head[2] = { type, n };

	buf_add(to, head, sizeof(head));
	buf_add(to, bytes, n);
	do
		buf_addc(to, '\0');
	while (to->len % 4 != 0);
}

/* What a spec must have, and then records of these types and lengths. */
static void
spec_whole(const uint8_t *data, size_t n)
{
	const struct wire_numbers numbers = { .grace_ms = 1 };
	struct buf spec = { 0 };

	record_add(&spec, WIRE_ARGV, "/x", 2);
	record_add(&spec, WIRE_WORKSPACE, "/w", 2);
	record_add(&spec, WIRE_NUMBERS, &numbers, sizeof(numbers));
	while (n >= 2) {
		uint32_t length = data[1] < n - 2 ? data[1] : (uint32_t)n - 2;

		record_add(&spec, data[0] % (WIRE_TAKE + 2), data + 2, length);
		data += 2 + length;
		n -= 2 + length;
	}
	spec_one((const uint8_t *)spec.data, spec.len);
	buf_finish(&spec);
}

static void
exit_one(const uint8_t *data, size_t n)
{
	struct wire_exit end = { .attempt = 1, .token = 2 }, found;
	struct work_event ev;
	struct buf all = { 0 }, outputs = { 0 };

	/* As it is, and once more with the numbers that it must have. */
	file_put("1/exit", data, n);
	(void)attempt_result(folder, 1, 2, &found, &outputs);
	if (n >= sizeof(end)) {
		memcpy(&end, data, sizeof(end));
		end.attempt = 1;
		end.token = 2;
		buf_add(&all, &end, sizeof(end));
		buf_add(&all, (const char *)data + sizeof(end),
		    n - sizeof(end));
		file_put("1/exit", (const uint8_t *)all.data, all.len);
		buf_clear(&outputs);
		if (attempt_result(folder, 1, 2, &found, &outputs)) {
			ASSERT(outputs.len <= n - sizeof(end));
			work_event_begin(&ev, 1, 2);
			work_event_end(&ev, &found);
			ASSERT(memchr(ev.detail, '\0', sizeof(ev.detail)) !=
			    NULL);
			ASSERT(str_is_utf8(str_of(ev.detail)));
		}
	}
	buf_finish(&all);
	buf_finish(&outputs);
}

static void
taken_one(const uint8_t *data, size_t n)
{
	struct buf taken = { 0 };
	const struct work_artifact *a;

	file_put("1/taken", data, n);
	taken_read(folder, folder, 1, &taken);
	a = (const struct work_artifact *)(const void *)taken.data;
	for (size_t i = 0; i < taken.len / sizeof(*a); i++) {
		ASSERT(memchr(a[i].why, '\0', sizeof(a[i].why)) != NULL);
		if (!a[i].taken)
			continue;
		ASSERT(strspn(a[i].sha256, "0123456789abcdef") == 64);
		(void)unlinkat(folder, a[i].sha256, 0);
	}
	buf_finish(&taken);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	folder_make();
	switch (data[0] % 4) {
	case 0:
		spec_one(data + 1, size - 1);
		break;
	case 1:
		exit_one(data + 1, size - 1);
		break;
	case 2:
		spec_whole(data + 1, size - 1);
		break;
	default:
		taken_one(data + 1, size - 1);
		break;
	}
	return 0;
}
