/* SPDX-License-Identifier: MIT */
/*
 * markdown_testing.h: what must hold of any HTML that markdown.h wrote, for
 * its unit test and its fuzzer.
 */
#ifndef RESOURCE_MARKDOWN_TESTING_H
#define RESOURCE_MARKDOWN_TESTING_H

#include <string.h>

#include "base/str.h"

/* Skips one tag that begins at p; NULL: it is none of ours. */
static inline const char *
markdown_tag(const char *p)
{
	static const char *const tags[] = { "<blockquote>", "</blockquote>",
		"<ul>", "</ul>", "<ol>", "</ol>", "<li>", "</li>", "<hr>",
		"<h1>", "</h1>", "<h2>", "</h2>", "<h3>", "</h3>", "<h4>",
		"</h4>", "<h5>", "</h5>", "<h6>", "</h6>", "<pre>", "</pre>",
		"<p>", "</p>", "<table>", "</table>", "<thead>", "</thead>",
		"<tbody>", "</tbody>", "<tr>", "</tr>", "<th>", "</th>",
		"<td>", "</td>", "<em>", "</em>", "<strong>", "</strong>",
		"<code>", "</code>", "<del>", "</del>", "</a>", "<br>" };
	static const char rel[] = "\" rel=\"nofollow noopener noreferrer\">";
	static const char *const links[] = { "<a href=\"http://",
		"<a href=\"https://", "<a href=\"mailto:" };

	for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
		if (strncmp(p, tags[i], strlen(tags[i])) == 0)
			return p + strlen(tags[i]);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (strncasecmp(p, links[i], strlen(links[i])) == 0) {
			p += strlen("<a href=\"");
			p += strcspn(p, "\"<> \n\t");
			return strncmp(p, rel, strlen(rel)) == 0
			    ? p + strlen(rel)
			    : NULL;
		}
	return NULL;
}

/* Nothing but text and tags of the list. */
static inline bool
markdown_is_safe(const char *html)
{
	while (*html != '\0') {
		if (*html == '<') {
			html = markdown_tag(html);
			if (html == NULL)
				return false;
		} else if (*html == '>' || *html == '"')
			return false;
		else
			html++;
	}
	return true;
}

#endif
