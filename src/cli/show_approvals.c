/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"

static void
show_vote_now(struct session *s, const json_t *vote)
{
	struct arena *a = s->arena;
	const char *seat = text_get(a, vote, "for_person");
	const char *note = text_get(a, vote, "note");
	const char *why_not = text_get(a, vote, "why_not");

	session_say(s, "      %s%s%s said %s %s%s%s\n",
	    text_get(a, vote, "person"), *seat != '\0' ? " for " : "", seat,
	    text_get(a, vote, "decision"),
	    text_ago(a, json_object_get(vote, "at")),
	    *note != '\0' ? ": " : "", note);
	if (*why_not != '\0')
		session_say(s, "        does not count: %s\n", why_not);
}

static void
show_approval(struct session *s, const json_t *one)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, one, "status");
	const char *reason = text_get(a, one, "reason");
	const char *before =
	    json_string_value(json_object_get(one, "before"));
	json_t *vote;
	size_t i;

	session_say(s, "\n  %s %s  %s\n",
	    session_tone(s, term_status_tone(status),
		text_status(a, status)),
	    text_get(a, one, "rule"),
	    session_tone(s, TONE_DIM, text_get(a, one, "source")));
	session_say(s, "      over %s, %s; %s of %s given\n",
	    text_get(a, one, "covers"), text_hash(a, one, "plan_hash"),
	    text_get(a, one, "given"), text_get(a, one, "wanted"));
	session_say(s, "      asked %s%s%s%s%s\n",
	    text_ago(a, json_object_get(one, "asked_at")),
	    strcmp(status, "open") == 0 ? "" : ", ended ",
	    strcmp(status, "open") == 0
		? ""
		: text_ago(a, json_object_get(one, "ended_at")),
	    *reason != '\0' ? ": " : "", reason);
	json_array_foreach(json_object_get(one, "votes"), i, vote)
	    show_vote_now(s, vote);
	if (before != NULL)
		session_say(s, "      what changed: slipway plan diff %s %s\n",
		    text_hash(a, one, "before"),
		    text_hash(a, one, "plan_hash"));
}

void
show_approvals(struct session *s, const json_t *answer)
{
	const json_t *list = json_object_get(answer, "approvals");
	json_t *one;
	size_t i;

	if (json_array_size(list) == 0)
		session_say(s, "no rule asks for an approval of %s\n",
		    text_get(s->arena, answer, "ticket"));
	json_array_foreach(list, i, one) show_approval(s, one);
}
