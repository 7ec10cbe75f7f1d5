/* SPDX-License-Identifier: MIT */
#include "resource/inbox/tell.h"

#include <string.h>

#include "resource/ask/ask.h"
#include "resource/audit.h"
#include "resource/inbox/inbox.h"
#include "resource/inbox/preference.h"
#include "store/record.h"

#define TELL_AT_ONCE 100	/* items in one round */
#define TELL_PAUSE_MS 60000	/* before the second try; doubles */

static bool
tell_names(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (streq(*names, name))
			return true;
	return false;
}

static bool
hook_wants(const struct platform *p, const struct notify_def *hook,
    const char *person, const char *kind)
{
	return tell_names(hook->on, kind) && !hook->once &&
	    (hook->to == NULL || platform_is_one_of(p, person, hook->to));
}

/* Who is told as a team: its name, else NULL. */
static const char *
team_told(const char *person)
{
	return str_starts(str_of(person), INBOX_TEAM)
	    ? person + strlen(INBOX_TEAM)
	    : NULL;
}

const char *const *
tell_teams(struct cx *cx, const char *person, const char *kind)
{
	const struct platform *p = cx->platform;
	const char **teams =
	    arena_array(cx->arena, p->nnotify + 1, sizeof(*teams));
	size_t n = 0;

	for (size_t i = 0; i < p->nnotify; i++) {
		const struct notify_def *hook = &p->notify[i];
		size_t k = 0;

		if (!hook->once || !tell_names(hook->on, kind) ||
		    !platform_is_one_of(p, person, hook->to))
			continue;
		while (k < n && !streq(teams[k], hook->to))
			k++;
		if (k == n)
			teams[n++] = hook->to;
	}
	return teams;
}

int64_t
tell_when(struct cx *cx, const char *person, const char *kind)
{
	const struct platform *p = cx->platform;
	bool wanted = false;

	for (size_t i = 0; i < p->nnotify; i++)
		wanted |= hook_wants(p, &p->notify[i], person, kind);
	if (!wanted)
		return 0;
	return preference_when(preference_of(cx, person), kind, cx->now);
}

/* --- one message ---------------------------------------------------------- */

struct batch { /* what is due for one person */
	const char *person;
	struct inbox_item items[TELL_AT_ONCE];
	size_t n;
};

struct notice {
	const char *kind, *subject, *text;
	size_t n;
};

static struct notice
notice_make(struct cx *cx, const struct batch *b,
    const struct notify_def *hook)
{
	struct notice notice = { .n = 0 };
	const char *lines = "";

	for (size_t i = 0; i < b->n; i++) {
		const struct inbox_item *item = &b->items[i];

		if (!tell_names(hook->on, item->kind))
			continue;
		notice.kind = item->kind;
		notice.subject = item->subject;
		notice.text = item->text;
		notice.n++;
		lines = arena_printf(cx->arena, "%s%s%s  %s: %s", lines,
		    lines[0] == '\0' ? "" : "\n", item->kind, item->subject,
		    item->text);
	}
	if (notice.n > 1) {
		notice.kind = "digest";
		notice.subject = arena_printf(cx->arena,
		    "%zu things wait for you", notice.n);
		notice.text = lines;
	}
	return notice;
}

static const char *
notice_value(struct cx *cx, const struct notice *notice, const char *person,
    const char *reference)
{
	const char *team = team_told(person);
	const struct person_def *def =
	    platform_person(cx->platform, person);

	if (streq(reference, "$notice.person"))
		return team != NULL ? team : person;
	if (streq(reference, "$notice.name"))
		return team != NULL ? team : def->full_name;
	if (streq(reference, "$notice.email"))
		return def == NULL || def->email == NULL ? "" : def->email;
	if (streq(reference, "$notice.kind"))
		return notice->kind;
	if (streq(reference, "$notice.subject"))
		return notice->subject;
	return notice->text;
}

static void
tell_forget(void *json)
{
	json_decref(json);
}

static json_t *
notice_params(struct cx *cx, const struct notify_def *hook,
    const struct notice *notice, const char *person)
{
	json_t *all = hook->with == NULL ? json_object()
					 : json_deep_copy(hook->with);

	arena_cleanup(cx->arena, tell_forget, all);
	for (void *i = json_object_iter(all); i != NULL;
	     i = json_object_iter_next(all, i)) {
		const char *text =
		    json_string_value(json_object_iter_value(i));

		if (text == NULL || text[0] != '$')
			continue;
		json_object_iter_set_new(all, i,
		    json_string(text[1] == '$'
			    ? text + 1
			    : notice_value(cx, notice, person, text)));
	}
	return all;
}

/* Nobody is asked whether somebody may be told: such a hook starts nothing. */
static bool
notice_start(struct cx *cx, const struct notify_def *hook,
    const struct notice *notice, const char *person, struct err *e)
{
	struct ask ask = { .task = hook->task,
		.requester = arena_printf(cx->arena, INBOX_TELLER "%s",
		    person),
		.environment =
		    platform_environment(cx->platform, hook->environment) };
	struct prepared prepared;
	struct problems problems;
	struct asked asked;
	json_t *params;

	problems_init(&problems, cx->arena);
	if (!ask_params(cx, hook->task,
		notice_params(cx, hook, notice, person), &problems, &params,
		e))
		return false;
	ask.params = params;
	if (!ask_prepare(cx, &ask, &prepared, e))
		return false;
	if (prepared.nrules > 0 || prepared.late)
		return err_set(e, ERR_CONFLICT, "notify.approval",
		    "task '%s' needs an approval, and a notice waits for none",
		    hook->task->name);
	if (!ask_make(cx, &ask, &asked, e))
		return false;
	audit(cx, "inbox.told", person, "done", notice->subject,
	    arena_printf(cx->arena, "{\"kind\":\"%s\",\"run\":\"%s\"}",
		notice->kind, asked.run->key));
	return true;
}

/* --- what is due ---------------------------------------------------------- */

static void
batch_read(struct cx *cx, struct batch *b)
{
	struct query *q = query(cx->db, "tell_of");

	b->n = 0;
	bind_text(q, "person", b->person);
	bind_int(q, "now", cx->now);
	bind_int(q, "limit", TELL_AT_ONCE);
	while (b->n < TELL_AT_ONCE && query_next(q))
		record_read(q, &inbox_schema, &b->items[b->n++], cx->arena);
	query_end(q);
}

static void
batch_mark(struct cx *cx, const struct batch *b, const struct err *failed)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct inbox_item *item = &b->items[i];
		const int64_t tries = item->tries + 1;
		const bool again = failed != NULL && tries < INBOX_TRIES;
		struct query *q = query(cx->db, "tell_mark");

		bind_int(q, "id", item->id);
		bind_int(q, "tries", failed == NULL ? 0 : tries);
		bind_int(q, "tell_at",
		    again ? cx->now + (TELL_PAUSE_MS << tries) : 0);
		query_run(q);
		if (failed != NULL && !again)
			audit(cx, "inbox.undelivered", b->person, "done",
			    arena_strdup(cx->arena, failed->message),
			    arena_printf(cx->arena, "{\"item\":%lld}",
				(long long)item->id));
	}
}

/* All hooks for all of it, or it is all to be done again. */
static void
batch_tell(struct cx *cx, struct batch *b)
{
	const struct platform *p = cx->platform;
	const struct person_def *def = platform_person(p, b->person);
	const char *team = team_told(b->person);
	struct err e = { 0 };
	bool ok = true;

	db_savepoint(cx->db);
	for (size_t i = 0; ok && i < p->nnotify; i++) {
		const struct notify_def *hook = &p->notify[i];
		struct notice notice;

		if (team != NULL ? !hook->once || !streq(hook->to, team)
				 : hook->once || def == NULL ||
			    def->disabled ||
			    (hook->to != NULL &&
				!platform_is_one_of(p, b->person,
				    hook->to)))
			continue;
		notice = notice_make(cx, b, hook);
		ok = notice.n == 0 ||
		    notice_start(cx, hook, &notice, b->person, &e);
	}
	if (ok)
		db_release(cx->db);
	else
		db_rollback_to(cx->db);
	batch_mark(cx, b, ok ? NULL : &e);
}

int64_t
tell_turn(struct cx *cx)
{
	struct batch *b = ARENA_NEW(cx->arena, struct batch);
	int64_t next = INT64_MAX;
	struct query *q;

	for (int people = 0; people < 20; people++) {
		q = query(cx->db, "tell_due");
		bind_int(q, "now", cx->now);
		b->person = query_next(q)
		    ? column_text(q, "person", cx->arena)
		    : NULL;
		query_end(q);
		if (b->person == NULL)
			break;
		batch_read(cx, b);
		batch_tell(cx, b);
	}
	q = query(cx->db, "tell_next");
	if (query_next(q) && !column_is_null(q, "at"))
		next = column_int(q, "at");
	query_end(q);
	return next;
}
