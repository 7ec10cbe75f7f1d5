/* SPDX-License-Identifier: MIT */
#include "resource/work/count_api.h"

#include "resource/work/count.h"
#include "store/record.h"

static bool
count_asked(struct cx *cx, const struct call *call,
    struct work_filter *ret_filter, struct count_period *ret_period,
    struct err *e)
{
	const char *team = call_text(call->query, "team");

	*ret_filter = (struct work_filter){ .team = team };
	if (team != NULL && platform_team(cx->platform, team) == NULL)
		return call_absent(e, "team", team, NULL);
	return count_period_read(cx, call_text(call->query, "from"),
	    call_text(call->query, "to"), ret_period, e);
}

bool
count_api_metrics(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct count_period period;
	struct work_filter filter;
	const struct work_metric *rows;
	size_t n;

	if (!count_asked(cx, call, &filter, &period, e))
		return false;
	rows = count_metrics(cx, &filter, &period, &n);
	list_begin(out);
	for (size_t i = 0; i < n; i++) {
		json_object_begin(out);
		record_json(out, &work_metric_schema, &rows[i]);
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}

bool
count_api_toil(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const size_t limit = (size_t)call_int(call->query, "limit");
	struct count_period period;
	struct work_filter filter;
	const struct work_toil *rows;
	size_t n;

	if (!count_asked(cx, call, &filter, &period, e))
		return false;
	rows = count_toil(cx, &filter, &period, &n);
	list_begin(out);
	for (size_t i = 0; i < n && i < limit; i++) {
		json_object_begin(out);
		record_json(out, &work_toil_schema, &rows[i]);
		json_object_end(out);
	}
	list_end(out, NULL);
	return true;
}
