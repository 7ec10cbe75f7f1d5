/* SPDX-License-Identifier: MIT */
#include "resource/markdown/markdown.h"

#include <md4c.h>
#include <string.h>

#define FLAGS                                                                  \
	(MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH |             \
	    MD_FLAG_PERMISSIVEURLAUTOLINKS)

struct writer {
	struct buf *to;
	bool linked; /* links do not nest */
	unsigned images; /* their words may hold links and images */
};

static void
write_text(struct buf *to, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		switch (text[i]) {
		case '<':
			buf_adds(to, "&lt;");
			break;
		case '>':
			buf_adds(to, "&gt;");
			break;
		case '&':
			buf_adds(to, "&amp;");
			break;
		case '"':
			buf_adds(to, "&quot;");
			break;
		case '\'':
			buf_adds(to, "&#39;");
			break;
		case '\0':
			break;
		default:
			buf_addc(to, text[i]);
		}
	}
}

static const char *
block_tag(MD_BLOCKTYPE type, const void *detail)
{
	static const char *const headings[] = { "h1", "h2", "h3", "h4", "h5",
		"h6" };
	const MD_BLOCK_H_DETAIL *heading = detail;

	switch (type) {
	case MD_BLOCK_QUOTE:
		return "blockquote";
	case MD_BLOCK_UL:
		return "ul";
	case MD_BLOCK_OL:
		return "ol";
	case MD_BLOCK_LI:
		return "li";
	case MD_BLOCK_HR:
		return "hr";
	case MD_BLOCK_H:
		return headings[(heading->level - 1) % 6];
	case MD_BLOCK_CODE:
		return "pre";
	case MD_BLOCK_P:
		return "p";
	case MD_BLOCK_TABLE:
		return "table";
	case MD_BLOCK_THEAD:
		return "thead";
	case MD_BLOCK_TBODY:
		return "tbody";
	case MD_BLOCK_TR:
		return "tr";
	case MD_BLOCK_TH:
		return "th";
	case MD_BLOCK_TD:
		return "td";
	case MD_BLOCK_DOC:
	case MD_BLOCK_HTML:
		break;
	}
	return NULL;
}

static int
block_enter(MD_BLOCKTYPE type, void *detail, void *self)
{
	struct writer *w = self;
	const char *tag = block_tag(type, detail);

	if (tag != NULL)
		buf_printf(w->to, "<%s>", tag);
	return 0;
}

static int
block_leave(MD_BLOCKTYPE type, void *detail, void *self)
{
	struct writer *w = self;
	const char *tag = block_tag(type, detail);

	if (tag != NULL && type != MD_BLOCK_HR)
		buf_printf(w->to, "</%s>", tag);
	return 0;
}

static bool
link_is_safe(struct str href)
{
	static const char *const schemes[] = { "http://", "https://",
		"mailto:" };

	for (size_t i = 0; i < href.n; i++)
		if ((unsigned char)href.p[i] <= ' ' || href.p[i] == 0x7f)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
		if (href.n > strlen(schemes[i]) &&
		    strncasecmp(href.p, schemes[i], strlen(schemes[i])) == 0)
			return true;
	return false;
}

/* An entity in an address stays as it was typed, but for &amp;. */
static void
link_enter(struct writer *w, const MD_ATTRIBUTE *href)
{
	const struct str all = { href->text, href->size };

	w->linked = w->images == 0 && link_is_safe(all);
	if (!w->linked)
		return;
	buf_adds(w->to, "<a href=\"");
	for (size_t i = 0; href->substr_offsets[i] < href->size; i++) {
		const struct str part = { href->text + href->substr_offsets[i],
			href->substr_offsets[i + 1] - href->substr_offsets[i] };

		if (href->substr_types[i] == MD_TEXT_ENTITY &&
		    str_is(part, "&amp;"))
			buf_adds(w->to, "&amp;");
		else
			write_text(w->to, part.p, part.n);
	}
	buf_adds(w->to, "\" rel=\"nofollow noopener noreferrer\">");
}

static const char *
span_tag(MD_SPANTYPE type)
{
	switch (type) {
	case MD_SPAN_EM:
		return "em";
	case MD_SPAN_STRONG:
		return "strong";
	case MD_SPAN_CODE:
		return "code";
	case MD_SPAN_DEL:
		return "del";
	case MD_SPAN_A:
	case MD_SPAN_IMG:
	case MD_SPAN_LATEXMATH:
	case MD_SPAN_LATEXMATH_DISPLAY:
	case MD_SPAN_WIKILINK:
	case MD_SPAN_U:
		break;
	}
	return NULL;
}

static int
span_enter(MD_SPANTYPE type, void *detail, void *self)
{
	struct writer *w = self;
	const char *tag = span_tag(type);

	if (type == MD_SPAN_A)
		link_enter(w, &((MD_SPAN_A_DETAIL *)detail)->href);
	else if (type == MD_SPAN_IMG) {
		w->images++;
		buf_adds(w->to, "[image: ");
	} else if (tag != NULL)
		buf_printf(w->to, "<%s>", tag);
	return 0;
}

static int
span_leave(MD_SPANTYPE type, void *detail, void *self)
{
	struct writer *w = self;
	const char *tag = span_tag(type);

	(void)detail;
	if (type == MD_SPAN_A && w->images == 0) {
		if (w->linked)
			buf_adds(w->to, "</a>");
		w->linked = false;
	} else if (type == MD_SPAN_IMG) {
		w->images--;
		buf_addc(w->to, ']');
	} else if (tag != NULL)
		buf_printf(w->to, "</%s>", tag);
	return 0;
}

static int
text_write(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *self)
{
	struct writer *w = self;

	switch (type) {
	case MD_TEXT_ENTITY: /* md4c has checked that it looks like one */
		buf_add(w->to, text, size);
		break;
	case MD_TEXT_BR:
		buf_adds(w->to, "<br>");
		break;
	case MD_TEXT_SOFTBR:
		buf_addc(w->to, '\n');
		break;
	case MD_TEXT_NULLCHAR:
		buf_adds(w->to, "\xef\xbf\xbd");
		break;
	case MD_TEXT_NORMAL:
	case MD_TEXT_CODE:
	case MD_TEXT_HTML:
	case MD_TEXT_LATEXMATH:
		write_text(w->to, text, size);
	}
	return 0;
}

char *
markdown_html(struct arena *a, const char *text)
{
	static const MD_PARSER parser = { .flags = FLAGS,
		.enter_block = block_enter, .leave_block = block_leave,
		.enter_span = span_enter, .leave_span = span_leave,
		.text = text_write };
	struct buf html = { .data = NULL };
	struct writer w = { .to = &html };
	const size_t n = strlen(text);
	char *result;

	if (md_parse(text, (MD_SIZE)n, &parser, &w) != 0) {
		buf_clear(&html);
		buf_adds(&html, "<pre>");
		write_text(&html, text, n);
		buf_adds(&html, "</pre>");
	}
	result = arena_strdup(a, buf_cstr(&html));
	buf_finish(&html);
	return result;
}
