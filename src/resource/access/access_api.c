/* SPDX-License-Identifier: MIT */
#include "resource/access/access_api.h"

#include <string.h>

#include "base/near.h"
#include "resource/access/access.h"
#include "resource/approval/approval.h"
#include "resource/catalogue/catalogue.h"
#include "resource/delegation/delegation.h"
#include "resource/waits.h"

/* --- me.get --------------------------------------------------------------- */

static int64_t
me_waiting(struct cx *cx)
{
	struct query *q;
	int64_t n;

	if (cx->actor->person == NULL)
		return 0;
	q = query(cx->db, "me_waiting");
	bind_text(q, "seats", waits_seats(cx, cx->actor->person));
	bind_text(q, "decider", cx->actor->person);
	n = query_next(q) ? column_int(q, "n") : 0;
	query_end(q);
	return n;
}

static void
me_teams(struct cx *cx, struct json_out *out)
{
	const struct platform *p = cx->platform;

	json_key(out, "teams");
	json_array_begin(out);
	for (size_t i = 0; i < p->nteams; i++)
		if (team_has(&p->teams[i], cx->actor->person))
			json_str(out, p->teams[i].name);
	json_array_end(out);
}

static void
me_grants(struct cx *cx, struct json_out *out)
{
	const struct platform *p = cx->platform;

	json_key(out, "grants");
	json_array_begin(out);
	for (size_t i = 0; i < p->ngrants; i++) {
		const struct grant_def *g = &p->grants[i];

		if (!platform_is_one_of(p, cx->actor->person, g->to))
			continue;
		json_str(out, arena_printf(cx->arena, "%s (%s)", g->text,
			g->where));
	}
	json_array_end(out);
}

bool
access_api_me(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *name = cx->actor->person;
	const struct person_def *person =
	    name == NULL ? NULL : platform_person(cx->platform, name);

	(void)call;
	(void)e;
	json_object_begin(out);
	json_kv_str(out, "person", name);
	json_kv_bool(out, "operator", cx->actor->is_operator);
	json_kv_str(out, "full_name",
	    person == NULL ? NULL : person->full_name);
	if (name != NULL) {
		me_teams(cx, out);
		me_grants(cx, out);
	} else {
		json_kv_raw(out, "teams", "[]");
		json_kv_raw(out, "grants", "[]");
	}
	json_kv_str(out, "via", cx->actor->via);
	json_kv_int(out, "waiting", me_waiting(cx));
	json_object_end(out);
	return true;
}

/* --- access.can ----------------------------------------------------------- */

/* What is asked about; all NULL: the server itself. */
struct can_target {
	const struct task *task;
	const struct request_def *request;
	const struct environment_def *environment;
};

static enum right
can_right(const struct call *call)
{
	const char *action = call_text(call->query, "action");

	for (enum right r = RIGHT_VIEW; r < RIGHT_ADMINISTER; r++)
		if (streq(right_names[r], action))
			return r;
	return RIGHT_ADMINISTER;
}

static bool
can_actor(struct cx *cx, const char *name, struct actor *ret, struct err *e)
{
	static const struct access_target server = { .name = NULL };
	struct near near = near_start(name);

	*ret = *cx->actor;
	if (streq(name, cx->actor->person))
		return true;
	if (!access_ask(cx->platform, cx->actor, RIGHT_ADMINISTER, &server,
		cx->arena)
		 .allowed) {
		err_set(e, ERR_DENIED, "access.denied",
		    "ask about '%s': only an admin asks about others", name);
		return err_hint(e, "ask about yourself");
	}
	for (size_t i = 0; i < cx->platform->npeople; i++)
		near_offer(&near, cx->platform->people[i].name);
	if (platform_person(cx->platform, name) == NULL)
		return call_absent(e, "person", name, near.best);
	*ret = (struct actor){ .person = name, .ceiling = ROLE_ADMIN };
	return true;
}

/* A request type or a task that the asker may see. */
static void
can_find(struct cx *cx, enum right right, const char *name,
    struct can_target *ret)
{
	const struct task *task = platform_task(cx->platform, name);
	const struct request_def *request =
	    platform_request(cx->platform, name);

	if (task != NULL && !catalogue_sees_task(cx, task))
		task = NULL;
	if (request != NULL && !catalogue_sees_request(cx, request))
		request = NULL;
	if (request != NULL && (task == NULL || right == RIGHT_REQUEST)) {
		ret->request = request;
		task = request->task;
	}
	ret->task = task;
}

static bool
can_absent(struct cx *cx, const char *name, struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near = near_start(name);

	for (size_t i = 0; i < p->ntasks; i++)
		if (catalogue_sees_task(cx, p->tasks[i]))
			near_offer(&near, p->tasks[i]->name);
	for (size_t i = 0; i < p->nrequests; i++)
		if (catalogue_sees_request(cx, &p->requests[i]))
			near_offer(&near, p->requests[i].name);
	for (size_t i = 0; i < p->nenvironments; i++)
		near_offer(&near, p->environments[i].name);
	return call_absent(e, "task, request or environment", name,
	    near.best);
}

/* "ENV/NAME", "NAME" or "ENV". */
static bool
can_parse(struct cx *cx, enum right right, const char *text,
    struct can_target *ret, struct err *e)
{
	const char *slash, *name = text;

	if (text == NULL)
		return true;
	slash = strchr(text, '/');
	if (slash != NULL &&
	    platform_environment(cx->platform, slash + 1) != NULL) {
		can_absent(cx, text, e);
		return err_hint(e, "the environment comes first: %s/%.*s",
		    slash + 1, (int)(slash - text), text);
	}
	if (slash != NULL) {
		const char *env = arena_strndup(cx->arena, text,
		    (size_t)(slash - text));

		ret->environment = platform_environment(cx->platform, env);
		if (ret->environment == NULL)
			return can_absent(cx, env, e);
		name = slash + 1;
	}
	can_find(cx, right, name, ret);
	if (ret->task == NULL && slash == NULL)
		ret->environment = platform_environment(cx->platform, name);
	if (ret->task == NULL && (slash != NULL || ret->environment == NULL))
		return can_absent(cx, name, e);
	return true;
}

static struct access_answer
can_ask(struct cx *cx, const struct actor *actor, enum right right,
    const struct can_target *t)
{
	const struct access_target target = {
		.team = t->task == NULL ? NULL : t->task->team,
		.environment =
		    t->environment == NULL ? NULL : t->environment->name,
		.name = t->request != NULL ? t->request->name
		    : t->task != NULL	   ? t->task->name
					   : NULL,
	};

	return access_ask(cx->platform, actor, right, &target, cx->arena);
}

/* In an environment or anywhere, with anything that the asker may see: the
 * first yes. */
static struct access_answer
can_ask_any(struct cx *cx, const struct actor *actor, enum right right,
    const struct can_target *t)
{
	const struct platform *p = cx->platform;
	struct access_answer answer = can_ask(cx, actor, right, t);

	if (t->task != NULL || right == RIGHT_ADMINISTER)
		return answer;
	for (size_t i = 0; i < p->ntasks && !answer.allowed; i++) {
		struct can_target one = { .task = p->tasks[i],
			.environment = t->environment };

		if (!catalogue_sees_task(cx, one.task) ||
		    !can_ask(cx, actor, right, &one).allowed)
			continue;
		answer = can_ask(cx, actor, right, &one);
		answer.rule = arena_printf(cx->arena, "%s, as with '%s'",
		    answer.rule, one.task->name);
	}
	return answer;
}

static void
can_then(struct cx *cx, enum right right, const struct can_target *t,
    struct json_out *out)
{
	const char *env = t->environment == NULL
	    ? cx->platform->default_environment
	    : t->environment->name;
	struct approval_notes notes = { .none = NULL };
	const char **texts = NULL;
	size_t n = 0;

	json_key(out, "then");
	json_array_begin(out);
	if (t->task != NULL && env != NULL &&
	    (right == RIGHT_REQUEST || right == RIGHT_RUN))
		texts = approval_texts(cx, t->task, t->request, env, &notes,
		    &n);
	for (size_t i = 0; i < n; i++)
		json_str(out, texts[i]);
	json_array_end(out);
	approval_later_json(out, &notes);
}

static void
can_nothing(struct json_out *out)
{
	json_kv_raw(out, "then", "[]");
	json_kv_raw(out, "later", "[]");
}

/* Who decides in whose place: "decides for casey in prod until …". */
static void
can_stands_in(struct cx *cx, const char *person, enum right right,
    const struct can_target *t, struct json_out *out)
{
	struct delegation *list = NULL;
	size_t n = 0;

	if (right == RIGHT_APPROVE)
		list = delegation_in_force(cx, person, NULL, &n);
	json_key(out, "stands_in_for");
	json_array_begin(out);
	for (size_t i = 0; i < n; i++)
		if (t->environment == NULL || list[i].environment[0] == '\0' ||
		    streq(list[i].environment, t->environment->name))
			json_str(out, delegation_text(cx, &list[i]));
	json_array_end(out);
}

bool
access_api_can(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const enum right right = can_right(call);
	struct can_target target = { .task = NULL };
	struct access_answer answer;
	struct actor actor;

	if (!can_actor(cx, call->path[0], &actor, e) ||
	    !can_parse(cx, right, call_text(call->query, "target"), &target,
		e))
		return false;
	answer = can_ask_any(cx, &actor, right, &target);
	json_object_begin(out);
	json_kv_bool(out, "allowed", answer.allowed);
	json_kv_str(out, "rule", answer.rule);
	json_kv_str(out, "who_can_grant", answer.who_can_grant);
	if (answer.allowed)
		can_then(cx, right, &target, out);
	else
		can_nothing(out);
	can_stands_in(cx, actor.person, right, &target, out);
	json_object_end(out);
	return true;
}
