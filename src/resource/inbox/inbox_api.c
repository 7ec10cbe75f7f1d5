/* SPDX-License-Identifier: MIT */
#include "resource/inbox/inbox_api.h"

#include "resource/audit.h"
#include "base/zone.h"
#include "resource/inbox/inbox.h"
#include "resource/inbox/preference.h"
#include "store/record.h"
#include "sys/zone_file.h"

static void
inbox_json(struct json_out *out, const struct inbox_item *item)
{
	json_object_begin(out);
	record_json(out, &inbox_schema, item);
	json_object_end(out);
}

/* The newest first; with `since` what came after, the oldest first. */
static struct query *
list_query(struct cx *cx, const struct call *call)
{
	const bool since = json_object_get(call->query, "since") != NULL;
	const char *after = call_text(call->query, "after");
	struct query *q =
	    query(cx->db, since ? "inbox_since" : "inbox_list");
	int64_t below = INT64_MAX;

	if (after != NULL && !str_to_int64(str_of(after), &below))
		below = 0;
	if (since)
		bind_int(q, "since", call_int(call->query, "since"));
	else
		bind_int(q, "below", below);
	return q;
}

bool
inbox_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *kind = call_text(call->query, "kind");
	const int64_t limit = call_int(call->query, "limit");
	struct inbox_item item = { .id = 0 };
	struct query *q = list_query(cx, call);
	int64_t n = 0;

	(void)e;
	bind_text(q, "person",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	bind_text(q, "kind", kind == NULL ? "" : kind);
	bind_int(q, "all", call_bool(call->query, "all"));
	bind_int(q, "limit", limit + 1);
	list_begin(out);
	while (n < limit && query_next(q)) {
		record_read(q, &inbox_schema, &item, cx->arena);
		inbox_json(out, &item);
		n++;
	}
	list_end(out, n == limit && query_next(q)
	    ? arena_printf(cx->arena, "%lld", (long long)item.id)
	    : NULL);
	query_end(q);
	return true;
}

static bool
mark_absent(const struct call *call, struct err *e)
{
	call_absent(e, "item of your inbox", call->path[0], NULL);
	return err_hint(e, "slipway inbox has their numbers; all: every one");
}

/* Its number, or 0 for all of them. */
static bool
inbox_number(struct cx *cx, const struct call *call, int64_t *ret,
    struct err *e)
{
	struct query *q;
	bool found;

	*ret = 0;
	if (streq(call->path[0], "all"))
		return true;
	if (!str_to_int64(str_of(call->path[0]), ret) ||
	    cx->actor->person == NULL)
		return mark_absent(call, e);
	q = query(cx->db, "inbox_is_of");
	bind_int(q, "id", *ret);
	bind_text(q, "person", cx->actor->person);
	found = query_next(q);
	query_end(q);
	return found || mark_absent(call, e);
}

static bool
inbox_mark(struct cx *cx, struct call *call, const char *name,
    const char *action, struct json_out *out, struct err *e)
{
	struct query *q;
	int64_t id, changed;

	if (!inbox_number(cx, call, &id, e))
		return false;
	q = query(cx->db, name);
	bind_int(q, "id", id);
	bind_text(q, "person",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	bind_int(q, "now", cx->now);
	changed = query_run_count(q);
	if (changed > 0)
		audit(cx, action, call->path[0], "done", "", NULL);
	json_object_begin(out);
	json_kv_int(out, "changed", changed);
	json_object_end(out);
	return true;
}

bool
inbox_api_done(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return inbox_mark(cx, call, "inbox_done", "inbox.done", out, e);
}

bool
inbox_api_read(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	return inbox_mark(cx, call, "inbox_read", "inbox.read", out, e);
}

/* --- preferences ---------------------------------------------------------- */

static const char *const telling_names[] = {
	[TELL_NOW] = "now",
	[TELL_DIGEST] = "digest",
	[TELL_OFF] = "off",
};

static void
preferences_json(struct cx *cx, struct json_out *out)
{
	const struct preference *p = preference_of(cx,
	    cx->actor->person == NULL ? "" : cx->actor->person);

	json_object_begin(out);
	for (size_t how = 0; how < ARRAY_SIZE(telling_names); how++) {
		json_key(out, telling_names[how]);
		json_array_begin(out);
		for (size_t i = 0; inbox_kinds[i] != NULL; i++)
			if (preference_telling(p, inbox_kinds[i]) ==
			    (enum telling)how)
				json_str(out, inbox_kinds[i]);
		json_array_end(out);
	}
	json_kv_str(out, "quiet", p->quiet_from == p->quiet_to
	    ? ""
	    : arena_printf(cx->arena, "%02d:%02d-%02d:%02d",
		  p->quiet_from / 60, p->quiet_from % 60, p->quiet_to / 60,
		  p->quiet_to % 60));
	json_kv_str(out, "digest_at", arena_printf(cx->arena, "%02d:%02d",
	    p->digest / 60, p->digest % 60));
	json_kv_str(out, "timezone", p->timezone);
	json_object_end(out);
}

bool
inbox_api_preferences(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	(void)call;
	(void)e;
	preferences_json(cx, out);
	return true;
}

/* Times of the clock, and a zone that the machine knows. */
static bool
prefer_check(struct cx *cx, struct call *call, struct err *e)
{
	const char *quiet = call_text(call->body, "quiet");
	const char *digest = call_text(call->body, "digest_at");
	const char *zone = call_text(call->body, "timezone");
	const struct zone *found;
	struct err why;
	int minute;

	if (quiet != NULL && quiet[0] != '\0' &&
	    (!preference_minute(arena_strndup(cx->arena, quiet, 5),
		 &minute) ||
		!preference_minute(quiet + 6, &minute)))
		problem_add(call->problems, "/quiet", "inbox.time",
		    "22:00-07:00", "'%s' are no times of the day", quiet);
	if (digest != NULL && !preference_minute(digest, &minute))
		problem_add(call->problems, "/digest_at", "inbox.time",
		    "09:00", "'%s' is no time of the day", digest);
	if (zone != NULL && zone[0] != '\0' &&
	    !zone_file_load(cx->arena, ZONE_FILE_FOLDER, zone, &found, &why))
		problem_add(call->problems, "/timezone", "inbox.timezone",
		    "e.g. Europe/Berlin", "%s", why.message);
	return call->problems->count == 0 || problems_err(call->problems, e);
}

static void
prefer_kinds(const json_t *body, const char *how, json_t *kinds)
{
	const json_t *list = json_object_get(body, how), *kind;
	size_t i;

	json_array_foreach (list, i, kind)
		json_object_set_new(kinds, json_string_value(kind),
		    json_string(how));
}

bool
inbox_api_prefer(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	json_t *body, *kinds;
	const char *person = cx->actor->person;

	if (person == NULL) {
		err_set(e, ERR_DENIED, "access.operator",
		    "the operator has no inbox");
		return err_hint(e, "slipway --as PERSON inbox prefer …");
	}
	if (!prefer_check(cx, call, e))
		return false;
	body = preference_body(cx, person);
	kinds = json_object_get(body, "kinds");
	for (size_t how = 0; how < ARRAY_SIZE(telling_names); how++)
		prefer_kinds(call->body, telling_names[how], kinds);
	preference_take(body, "quiet", call_text(call->body, "quiet"));
	preference_take(body, "digest", call_text(call->body, "digest_at"));
	preference_take(body, "timezone", call_text(call->body, "timezone"));
	preference_set(cx, person, body);
	json_decref(body);
	audit(cx, "inbox.preferred", person, "done", "", NULL);
	preferences_json(cx, out);
	return true;
}
