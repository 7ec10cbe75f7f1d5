/* SPDX-License-Identifier: MIT */
/*
 * spec.h: the spec of one attempt, as the keeper reads it.
 *
 * spec_parse takes the bytes of the memfd (wire.h) and fills a struct of
 * pointers into them; nothing is copied and the bytes must stay.  The arrays
 * are allocated here, once, and live as long as the keeper.  Lists end with
 * NULL.  The server wrote the bytes, yet a record that runs over the end or a
 * missing workspace, argv or numbers make the spec unusable.
 */
#ifndef KEEP_SPEC_H
#define KEEP_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "keep/wire.h"

struct spec_file {
	const char *name;
	struct str bytes; /* of a link: the absolute path of its source */
	const char *sha256; /* of a link: what its bytes must have, or NULL */
	bool link;
};

struct spec_take {
	const char *path;
	uint64_t max;
};

struct spec {
	struct wire_numbers numbers;
	const char *workspace;
	char **argv;
	char **env;
	const char **volumes;
	const char **hidden;
	struct spec_file *files;
	size_t nfiles;
	struct spec_take *takes;
	size_t ntakes;
	struct str *secrets;
	size_t nsecrets;
};

bool spec_parse(struct spec *s, char *bytes, size_t n);

#endif
