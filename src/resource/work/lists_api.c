/* SPDX-License-Identifier: MIT */
#include "resource/work/lists_api.h"

#include "resource/work/lists.h"
#include "store/record.h"

static void
items_json(struct json_out *out, const struct work_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		json_object_begin(out);
		record_json(out, &work_item_schema, &list->items[i]);
		json_object_end(out);
	}
}

static struct work_list
list_asked(const struct call *call)
{
	return (struct work_list){ .limit =
		(size_t)call_int(call->query, "limit"),
		.after = call_text(call->query, "after") };
}

/* The filter, and what there is to say against it: an unknown team. */
static bool
filter_asked(struct cx *cx, const struct call *call, struct work_filter *ret,
    struct err *e)
{
	*ret = (struct work_filter){ call_text(call->query, "team"),
		call_text(call->query, "section") };
	return ret->team == NULL ||
	    platform_team(cx->platform, ret->team) != NULL ||
	    call_absent(e, "team", ret->team, NULL);
}

static bool
list_answer(struct json_out *out, const struct work_list *list)
{
	list_begin(out);
	items_json(out, list);
	list_end(out, list->more ? list->items[list->n - 1].key : NULL);
	return true;
}

bool
lists_api_backlog(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct work_list list = list_asked(call);
	struct work_filter filter;

	if (!filter_asked(cx, call, &filter, e))
		return false;
	lists_backlog(cx, &filter, &list);
	return list_answer(out, &list);
}

bool
lists_api_board(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	static const char *const lanes[] = { "open", "waiting_approval",
		"approved", "in_progress", "failed", "done" };
	struct work_filter filter;

	if (!filter_asked(cx, call, &filter, e))
		return false;
	json_object_begin(out);
	json_key(out, "lanes");
	json_array_begin(out);
	for (size_t i = 0; i < ARRAY_SIZE(lanes); i++) {
		struct work_list list = list_asked(call);
		int64_t count;

		lists_lane(cx, &filter, lanes[i], &list, &count);
		json_object_begin(out);
		json_kv_str(out, "status", lanes[i]);
		json_kv_int(out, "count", count);
		json_key(out, "items");
		json_array_begin(out);
		items_json(out, &list);
		json_array_end(out);
		json_object_end(out);
	}
	json_array_end(out);
	json_object_end(out);
	return true;
}

bool
lists_api_waiting(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct work_list list = list_asked(call);

	(void)e;
	lists_waiting(cx, &list);
	return list_answer(out, &list);
}

bool
lists_api_next(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct work_list list = list_asked(call);
	struct work_filter filter;

	if (!filter_asked(cx, call, &filter, e))
		return false;
	lists_next(cx, &filter, &list);
	list.more = false;
	return list_answer(out, &list);
}

bool
lists_api_stuck(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct work_list list = list_asked(call);
	struct work_filter filter;

	if (!filter_asked(cx, call, &filter, e))
		return false;
	lists_stuck(cx, &filter, &list);
	return list_answer(out, &list);
}

bool
lists_api_aged(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct work_list list = list_asked(call);
	struct work_filter filter;

	if (!filter_asked(cx, call, &filter, e))
		return false;
	lists_aged(cx, &filter, call_int(call->query, "days"), &list);
	return list_answer(out, &list);
}
