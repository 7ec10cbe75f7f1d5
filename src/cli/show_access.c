/* SPDX-License-Identifier: MIT */
#include "cli/show.h"
#include "cli/text.h"

static void
show_review_grant(struct session *s, const json_t *grant)
{
	struct arena *a = s->arena;
	const json_t *denied = json_object_get(grant, "denied"), *one;
	const char *used = text_get(a, grant, "used_at");
	size_t i;

	session_say(s, "\n  %s: %s\n", text_get(a, grant, "to"),
	    text_get(a, grant, "grant"));
	if (*used != '\0')
		session_say(s, "      used %s\n", used);
	else
		session_say(s, "      never used since %s\n",
		    text_get(a, grant, "seen_at"));
	session_say(s, "      remove %s\n", text_get(a, grant, "where"));
	if (json_array_size(denied) == 0)
		session_say(s, "      of the last 90 days nothing would have "
			       "been denied\n");
	json_array_foreach (denied, i, one)
		session_say(s, "      %s could not %s %s, asked for %s "
			       "times\n",
		    text_get(a, one, "person"), text_get(a, one, "action"),
		    text_get(a, one, "target"), text_get(a, one, "times"));
}

void
show_review(struct session *s, const json_t *review)
{
	struct arena *a = s->arena;
	const json_t *grants = json_object_get(review, "grants");
	const json_t *tokens = json_object_get(review, "tokens"), *one;
	size_t i;

	show_section(s, "Grants");
	json_array_foreach (grants, i, one)
		show_review_grant(s, one);
	if (json_array_size(grants) == 0)
		session_say(s, "  none that nobody used\n");
	show_section(s, "Tokens");
	json_array_foreach (tokens, i, one)
		session_say(s, "  %s of %s, '%s': %s\n      %s\n",
		    text_get(a, one, "token"), text_get(a, one, "person"),
		    text_get(a, one, "name"),
		    *text_get(a, one, "used_at") == '\0'
			? "never used"
			: arena_printf(a, "used %s",
			      text_get(a, one, "used_at")),
		    text_get(a, one, "remove"));
	if (json_array_size(tokens) == 0)
		session_say(s, "  none that nobody used\n");
}
