/* SPDX-License-Identifier: MIT */
/*
 * markdown.h: what people write, as HTML that is safe to show.
 *
 * md4c parses (CommonMark with tables, strikethrough and bare links), and the
 * writer is ours: it knows a fixed list of tags, of which only `a` has an
 * attribute.  Everything that was written comes out as text; raw HTML is text
 * too.  A link must begin with http://, https:// or mailto: and have no
 * control character, else its words stay and the link goes.  Images are never
 * loaded: they become their words.  Pure; the result lives in the arena.
 */
#ifndef RESOURCE_MARKDOWN_H
#define RESOURCE_MARKDOWN_H

#include "base/arena.h"

char *markdown_html(struct arena *a, const char *text);

#endif
