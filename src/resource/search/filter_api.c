/* SPDX-License-Identifier: MIT */
#include "resource/search/filter_api.h"

#include "resource/search/filter.h"
#include "store/record.h"

static void
filter_json(struct json_out *out, const struct filter *f)
{
	json_object_begin(out);
	record_json(out, &filter_schema, f);
	json_object_end(out);
}

bool
filter_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	size_t n;
	const struct filter *all = filter_all(cx, &n);

	(void)call;
	(void)e;
	list_begin(out);
	for (size_t i = 0; i < n; i++)
		filter_json(out, &all[i]);
	list_end(out, NULL);
	return true;
}

/* The team behind --team, or before the colon of TEAM:NAME. */
static const char *
filter_team(struct cx *cx, const char *said, const char **name)
{
	struct str rest, team = str_cut(str_of(*name), ':', &rest);

	if (rest.p == NULL)
		return said == NULL ? "" : said;
	*name = rest.p;
	return arena_str(cx->arena, team);
}

bool
filter_api_save(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *name = call->path[0];
	const char *team =
	    filter_team(cx, call_text(call->body, "team"), &name);
	const struct filter *f;

	if (!filter_save(cx, name, team, call_text(call->body, "query"),
		call_text(call->body, "doc"), &f, e))
		return false;
	filter_json(out, f);
	return true;
}

bool
filter_api_remove(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *name = call->path[0];
	const char *team =
	    filter_team(cx, call_text(call->query, "team"), &name);
	const struct filter *f;

	if (!filter_remove(cx, name, team, &f, e))
		return false;
	filter_json(out, f);
	return true;
}
