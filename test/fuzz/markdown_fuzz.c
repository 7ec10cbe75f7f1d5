/* SPDX-License-Identifier: MIT */
/*
 * Text from outside as Markdown: whatever it is, nothing comes out but text
 * and the tags that the writer knows.
 */
#include <stdint.h>

#include "resource/markdown/markdown.h"
#include "resource/markdown/markdown_testing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a;

	if (size > 4096)
		return 0;
	a = arena_create();
	ASSERT(markdown_is_safe(markdown_html(a,
	    arena_strndup(a, (const char *)data, size))));
	arena_destroy(a);
	return 0;
}
