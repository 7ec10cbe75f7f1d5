/* SPDX-License-Identifier: MIT */
#include "resource/catalogue/catalogue.h"

#include "resource/access/access.h"
#include "sys/digest.h"

const char *
catalogue_etag(struct cx *cx)
{
	const struct actor *a = cx->actor;
	char *hash = arena_alloc(cx->arena, DIGEST_HEX);
	const char *who =
	    arena_printf(cx->arena, "%s %d %d", actor_name(a), a->is_operator,
		a->is_local);

	digest_parts(hash, 3,
	    (struct str[]){ str_of(cx->platform->hash), str_of(who),
		str_of(a->token) });
	return arena_strndup(cx->arena, hash, 32);
}

bool
catalogue_sees_task(struct cx *cx, const struct task *t)
{
	return access_sees(cx->platform, cx->actor, NULL,
	    &(struct access_target){ .team = t->team, .name = t->name });
}

bool
catalogue_sees_request(struct cx *cx, const struct request_def *r)
{
	return access_sees(cx->platform, cx->actor, NULL,
	    &(struct access_target){ .team = r->task->team,
		.name = r->name });
}

bool
catalogue_offers(const struct request_def *r, const char *environment)
{
	const char *const *name = r->environments;

	while (name != NULL && *name != NULL && !streq(*name, environment))
		name++;
	return name == NULL || *name != NULL;
}

const char **
catalogue_environments(struct cx *cx, const struct request_def *r)
{
	const char **names =
	    access_environments(cx, RIGHT_REQUEST, r->task->team, r->name);
	size_t n = 0;

	for (size_t i = 0; names[i] != NULL; i++)
		if (catalogue_offers(r, names[i]))
			names[n++] = names[i];
	names[n] = NULL;
	return names;
}
