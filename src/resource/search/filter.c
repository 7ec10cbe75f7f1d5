/* SPDX-License-Identifier: MIT */
#include "resource/search/filter.h"

#include <string.h>

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/audit.h"
#include "resource/call.h"
#include "resource/search/search.h"
#include "store/record.h"

static struct filter *
filter_read(struct cx *cx, struct query *q)
{
	struct filter *f = ARENA_NEW(cx->arena, struct filter);

	f->key = "";
	record_read(q, &filter_schema, f, cx->arena);
	f->key = f->team[0] == '\0'
	    ? f->name
	    : arena_printf(cx->arena, "%s:%s", f->team, f->name);
	return f;
}

static const struct filter *
filter_get(struct cx *cx, const char *owner, const char *team,
    const char *name)
{
	struct query *q = query(cx->db, "filter_get");
	const struct filter *f = NULL;

	bind_text(q, "owner", owner);
	bind_text(q, "team", team);
	bind_text(q, "name", name);
	if (query_next(q))
		f = filter_read(cx, q);
	query_end(q);
	return f;
}

static bool
filter_mine(struct cx *cx, const struct filter *f)
{
	const struct team_def *team = f->team[0] == '\0'
	    ? NULL
	    : platform_team(cx->platform, f->team);
	const char *me = cx->actor->person;

	if (me == NULL)
		return false;
	return team != NULL ? team_has(team, me) : streq(f->owner, me);
}

const struct filter *
filter_all(struct cx *cx, size_t *ret_n)
{
	struct query *q = query(cx->db, "filter_count");
	struct filter *list;
	size_t n = 0, most;

	(void)query_next(q);
	most = (size_t)column_int(q, "n");
	query_end(q);
	list = arena_array(cx->arena, most + 1, sizeof(*list));
	q = query(cx->db, "filter_list");
	bind_text(q, "owner",
	    cx->actor->person == NULL ? "" : cx->actor->person);
	while (n < most && query_next(q)) {
		const struct filter *f = filter_read(cx, q);

		if (filter_mine(cx, f))
			list[n++] = *f;
	}
	query_end(q);
	*ret_n = n;
	return list;
}

/* The one that a bare name means, or why there is none. */
static const struct filter *
filter_bare(struct cx *cx, const char *name, struct err *e)
{
	size_t n;
	const struct filter *all = filter_all(cx, &n), *found = NULL;
	struct near near = near_start(name);

	for (size_t i = 0; i < n; i++) {
		near_offer(&near, all[i].name);
		if (!streq(all[i].name, name))
			continue;
		if (found != NULL && found->team[0] != '\0') {
			err_set(e, ERR_CONFLICT, "filter.which",
			    "'%s' is a filter of more than one team", name);
			err_hint(e, "write %s or %s", found->key, all[i].key);
			return NULL;
		}
		if (found == NULL)
			found = &all[i];
	}
	if (found == NULL)
		call_absent(e, "filter", name, near.best);
	return found;
}

const struct filter *
filter_named(struct cx *cx, const char *key, struct err *e)
{
	struct str name, team = str_cut(str_of(key), ':', &name);
	const struct filter *f;

	if (name.p == NULL)
		return filter_bare(cx, key, e);
	f = filter_get(cx, "", arena_str(cx->arena, team),
	    arena_str(cx->arena, name));
	if (f != NULL && filter_mine(cx, f))
		return f;
	call_absent(e, "filter", key, NULL);
	return NULL;
}

static bool
filter_is_name(const char *name)
{
	const size_t n = strlen(name);

	return n > 0 && n <= FILTER_NAME_BYTES && name[0] >= 'a' &&
	    name[0] <= 'z' &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == n;
}

/* Whose it shall be, or is; *ret_owner is "" for a team. */
static bool
filter_owner(struct cx *cx, const char *team, const char **ret_owner,
    struct err *e)
{
	const struct team_def *def = platform_team(cx->platform, team);

	if (cx->actor->person == NULL)
		return access_operator(e,
		    "the operator keeps no filters");
	if (!access_token_check(cx, RIGHT_REQUEST, NULL, e))
		return false;
	*ret_owner = team[0] != '\0' ? "" : cx->actor->person;
	if (team[0] == '\0' ||
	    (def != NULL && team_has(def, cx->actor->person)))
		return true;
	err_set(e, ERR_NOT_FOUND, "not_found", "you are in no team '%s'",
	    team);
	return err_hint(e, "slipway teams");
}

static bool
filter_room(struct cx *cx, const char *owner, const char *team, struct err *e)
{
	struct query *q = query(cx->db, "filter_count_of");
	int64_t n;

	bind_text(q, "owner", owner);
	bind_text(q, "team", team);
	(void)query_next(q);
	n = column_int(q, "n");
	query_end(q);
	if (n < FILTERS_MAX)
		return true;
	err_set(e, ERR_CONFLICT, "filter.many", "there are %d filters already",
	    FILTERS_MAX);
	return err_hint(e, "slipway filter remove NAME");
}

bool
filter_save(struct cx *cx, const char *name, const char *team,
    const char *text, const char *doc, const struct filter **ret,
    struct err *e)
{
	const char *owner;
	const struct filter *f;
	struct query *q;

	if (!filter_owner(cx, team, &owner, e))
		return false;
	if (!filter_is_name(name)) {
		err_set(e, ERR_INVALID, "filter.name",
		    "'%s' is no name for a filter", name);
		return err_hint(e, "small letters, digits, - and _, as in "
				   "aged-incidents");
	}
	if (filter_get(cx, owner, team, name) == NULL &&
	    !filter_room(cx, owner, team, e))
		return false;
	q = query(cx->db, "filter_save");
	bind_text(q, "owner", owner);
	bind_text(q, "team", team);
	bind_text(q, "name", name);
	bind_text(q, "query", text);
	bind_text(q, "doc", doc);
	bind_text(q, "updated_by", cx->actor->person);
	bind_int(q, "updated_at", cx->now);
	query_run(q);
	f = filter_get(cx, owner, team, name);
	/* As others would use it, so that a circle of filters is found too;
	 * a mistake undoes the write. */
	if (!search_check(cx, f->key, e))
		return false;
	audit(cx, "filter.saved", f->key, "done", text, NULL);
	*ret = f;
	return true;
}

bool
filter_remove(struct cx *cx, const char *name, const char *team,
    const struct filter **ret, struct err *e)
{
	const struct filter *f;
	const char *owner;
	struct query *q;

	if (!filter_owner(cx, team, &owner, e))
		return false;
	f = filter_get(cx, owner, team, name);
	if (f == NULL) {
		call_absent(e, "filter", name, NULL);
		return err_hint(e, "slipway filter list");
	}
	q = query(cx->db, "filter_remove");
	bind_int(q, "id", f->id);
	query_run(q);
	audit(cx, "filter.removed", f->key, "done", f->query, NULL);
	*ret = f;
	return true;
}
