/* SPDX-License-Identifier: MIT */
#include "resource/audit.h"

#include "base/clock.h"
#include "store/audit.h"

const struct actor actor_engine = {
	.is_engine = true,
	.via = "engine",
	.address = "",
	.ceiling = ROLE_ADMIN,
};

int64_t
site_steady(const struct site *s)
{
	return s->steady_base + clock_boot_ms();
}

int64_t
steady_span(int64_t from, int64_t to)
{
	return to > from ? to - from : 0;
}

int64_t
site_next_seq(struct site *s)
{
	return s->epoch << 32 | ++s->changes;
}

/* FNV-1a, below SITE_AUDIT. */
int64_t
site_inbox(const char *person)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *person != '\0'; person++)
		hash = (hash ^ (unsigned char)*person) *
		    UINT64_C(0x100000001b3);
	return -2 - (int64_t)(hash >> 2);
}

void
site_tell(struct cx *cx, int64_t what)
{
	if (cx->site != NULL && cx->site->changed != NULL)
		cx->site->changed(cx->site->changed_self, cx->db, what);
}

const char *
actor_name(const struct actor *a)
{
	if (a->person != NULL)
		return a->person;
	if (a->is_engine)
		return "slipway";
	return a->is_operator ? "operator" : "anonymous";
}

/* By which token; and what is done while the glass is broken is marked. */
static const char *
audit_detail(struct cx *cx, const char *detail)
{
	const struct actor *actor = cx->actor;

	if (detail == NULL)
		detail = "{}";
	if (actor->token != NULL)
		detail = arena_printf(cx->arena, "{\"by_token\":\"%s\"%s%s",
		    actor->token, detail[1] == '}' ? "" : ",", detail + 1);
	if (actor->glass)
		detail = arena_printf(cx->arena, "{\"break_glass\":true%s%s",
		    detail[1] == '}' ? "" : ",", detail + 1);
	return detail;
}

void
audit(struct cx *cx, const char *action, const char *object,
    const char *decision, const char *reason, const char *detail)
{
	struct audit_entry entry = {
		.at = cx->now,
		.actor = actor_name(cx->actor),
		.via = cx->actor->via,
		.address = cx->actor->address,
		.action = action,
		.object = object,
		.decision = decision,
		.reason = reason == NULL ? "" : reason,
		.detail = audit_detail(cx, detail),
		.request_id = cx->request_id == NULL ? "" : cx->request_id,
	};
	audit_append(cx->db, &entry);
	site_tell(cx, SITE_AUDIT);
}

const char *
audit_anchor_path(const struct site *s, struct arena *a)
{
	return arena_printf(a, "%s/anchor", s->data);
}

bool
audit_anchored(struct cx *cx, enum audit_anchors which, struct err *e)
{
	const struct site *s = cx->site;

	return s->anchors_check == NULL ||
	    s->anchors_check(s->anchors_self, cx->db, which, e);
}

bool
audit_sealed(struct cx *cx, struct err *e)
{
	const struct site *s = cx->site;

	return s->segments_check == NULL ||
	    s->segments_check(s->segments_self, e);
}
