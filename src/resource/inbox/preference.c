/* SPDX-License-Identifier: MIT */
#include "resource/inbox/preference.h"

#include <string.h>

#include "base/civil.h"
#include "base/zone.h"
#include "spec/inbox.h"
#include "spec/validate.h"
#include "store/db.h"
#include "sys/zone_file.h"

#define PREFERENCE_DIGEST (9 * 60)

bool
preference_minute(const char *text, int *ret)
{
	return civil_minute(str_of(text), ret) && *ret < 24 * 60;
}

static void
preference_forget(void *json)
{
	json_decref(json);
}

static void
preference_read(struct cx *cx, struct preference *p, json_t *body)
{
	const char *quiet =
	    json_string_value(json_object_get(body, "quiet"));
	const char *digest =
	    json_string_value(json_object_get(body, "digest"));
	const char *zone =
	    json_string_value(json_object_get(body, "timezone"));
	struct err e;

	p->kinds = json_object_get(body, "kinds");
	if (quiet != NULL && strlen(quiet) == 11) {
		preference_minute(arena_strndup(cx->arena, quiet, 5),
		    &p->quiet_from);
		preference_minute(quiet + 6, &p->quiet_to);
	}
	if (digest != NULL)
		preference_minute(digest, &p->digest);
	if (zone == NULL || zone[0] == '\0')
		return;
	/* A zone that the machine lost is no reason to tell nothing. */
	if (zone_file_load(cx->arena, ZONE_FILE_FOLDER, zone, &p->zone, &e))
		p->timezone = zone;
}

struct preference *
preference_of(struct cx *cx, const char *person)
{
	struct preference *p = ARENA_NEW(cx->arena, struct preference);
	struct query *q = query(cx->db, "preference_get");
	json_t *body;

	*p = (struct preference){ .digest = PREFERENCE_DIGEST,
		.timezone = cx->platform->timezone,
		.zone = cx->platform->zone };
	bind_text(q, "person", person);
	if (query_next(q)) {
		body = json_loads(column_text(q, "body", cx->arena), 0, NULL);
		arena_cleanup(cx->arena, preference_forget, body);
		preference_read(cx, p, body);
	}
	query_end(q);
	return p;
}

json_t *
preference_body(struct cx *cx, const char *person)
{
	struct query *q = query(cx->db, "preference_get");
	json_t *body = NULL;

	bind_text(q, "person", person);
	if (query_next(q))
		body = json_loads(column_text(q, "body", cx->arena), 0, NULL);
	query_end(q);
	if (body == NULL)
		body = json_object();
	if (json_object_get(body, "kinds") == NULL)
		json_object_set_new(body, "kinds", json_object());
	return body;
}

void
preference_take(json_t *body, const char *key, const char *value)
{
	if (value != NULL)
		json_object_set_new(body, key, json_string(value));
}

void
preference_set(struct cx *cx, const char *person, const json_t *body)
{
	struct query *q = query(cx->db, "preference_put");

	bind_text(q, "person", person);
	bind_text(q, "body", json_canonical(cx->arena, body));
	query_run(q);
}

enum telling
preference_telling(const struct preference *p, const char *kind)
{
	const char *how = p->kinds == NULL
	    ? NULL
	    : json_string_value(json_object_get(p->kinds, kind));

	/* That all went well is no news, unless one wants it. */
	if (how == NULL)
		return streq(kind, "done") ? TELL_OFF : TELL_NOW;
	if (streq(how, "digest"))
		return TELL_DIGEST;
	return streq(how, "off") ? TELL_OFF : TELL_NOW;
}

/* The next time after now that the clock of the zone shows minute. */
static int64_t
preference_next(const struct preference *p, int minute, int64_t now)
{
	const struct civil c = civil_of(zone_utc_to_local(p->zone, now));

	for (int day = 0; day < 3; day++) {
		const int64_t at = zone_local_to_utc(p->zone,
		    civil_ms(c.year, c.month, c.day + day, minute / 60,
			minute % 60)).utc_ms;

		if (at > now)
			return at;
	}
	return now + CIVIL_DAY_MS;
}

static bool
preference_is_quiet(const struct preference *p, int64_t now)
{
	const struct civil c = civil_of(zone_utc_to_local(p->zone, now));
	const int minute = c.hour * 60 + c.minute;

	if (p->quiet_from <= p->quiet_to)
		return minute >= p->quiet_from && minute < p->quiet_to;
	return minute >= p->quiet_from || minute < p->quiet_to;
}

int64_t
preference_when(const struct preference *p, const char *kind, int64_t now)
{
	switch (preference_telling(p, kind)) {
	case TELL_OFF:
		return 0;
	case TELL_DIGEST:
		return preference_next(p, p->digest, now);
	case TELL_NOW:
		break;
	}
	return preference_is_quiet(p, now)
	    ? preference_next(p, p->quiet_to, now)
	    : now;
}
