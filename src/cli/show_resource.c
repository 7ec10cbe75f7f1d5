/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "cli/show.h"
#include "cli/text.h"
#include "spec/resource.h"

/* "2026-12-24 (in 20 days), then: undo" */
static const char *
resource_end(struct session *s, const json_t *r, const json_t *detail)
{
	struct arena *a = s->arena;
	const char *end = text_get(a, r, "expires_at");
	const char *then = text_get(a, detail, "expire");
	const char *away = text_ago(a, json_object_get(r, "expires_at"));

	if (strncmp(away, end, 10) != 0)
		away = arena_printf(a, "%.10s (%s)", end, away);
	return *end == '\0'
	    ? ""
	    : arena_printf(a, "%s, then: %s", away,
		  *then == '\0' ? "ask" : then);
}

static void
resource_next(struct session *s, const json_t *detail, const char *key,
    const char *status)
{
	struct arena *a = s->arena;
	const char *asked = text_get(a, detail, "asked");

	if (*asked != '\0')
		session_say(s,
		    "\nthat is more than you may give: %s asks for it\n",
		    asked);
	if (strcmp(status, "gone") == 0)
		return;
	if (*text_get(a, detail, "undo") != '\0')
		session_say(s, "\nfollow it: slipway follow %s\n",
		    text_get(a, detail, "undo"));
	else
		session_say(s, "\nhave it taken away: slipway release %s\n",
		    key);
}

void
show_resource(struct session *s, const json_t *detail)
{
	static const char *const about[] = { "environment", "team", "person",
		"reason", "cost", "request" };
	static const char *const from[] = { "ticket", "run", "undo" };
	const json_t *r = json_object_get(detail, "resource");
	struct arena *a = s->arena;
	const char *key = text_get(a, r, "key");
	const char *status = text_get(a, r, "status");
	const char *offered = text_get(a, r, "offered_to");

	show_title(s, key,
	    arena_printf(a, "%s '%s'", text_get(a, r, "kind"),
		text_get(a, r, "name")),
	    status);
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++)
		show_field(s, about[i], text_get(a, r, about[i]));
	if (*offered != '\0')
		show_field(s, "offered to",
		    arena_printf(a, "%s: slipway resource accept %s", offered,
			key));
	show_field(s, "ends", resource_end(s, r, detail));
	show_field(s, "asked in", text_get(a, detail, "expiry_ticket"));
	show_field(s, "missing, see", text_get(a, detail, "missing_ticket"));
	show_field(s, "looked for",
	    text_ago(a, json_object_get(r, "checked_at")));
	for (size_t i = 0; i < sizeof(from) / sizeof(from[0]); i++)
		show_field(s, from[i], text_get(a, detail, from[i]));
	if (json_object_size(json_object_get(r, "params")) > 0) {
		show_section(s, "Parameters");
		show_tree(s, json_object_get(r, "params"), 2);
	}
	if (json_object_size(json_object_get(r, "outputs")) > 0) {
		show_section(s, "Outputs");
		show_tree(s, json_object_get(r, "outputs"), 2);
	}
	resource_next(s, detail, key, status);
}
