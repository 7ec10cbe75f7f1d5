/* SPDX-License-Identifier: MIT */
#include "resource/limit/limit.h"

#include "base/limits.h"
#include "resource/plan/plan.h"

/* A run keeps the definitions that it began with. */
static const struct task *
limit_task(struct cx *cx, const char *name, const char *hash)
{
	const struct task *task = platform_task(cx->platform, name);

	return task != NULL && streq(task->hash, hash)
	    ? task
	    : plan_definition(cx, hash);
}

static int64_t
task_uses(const struct task *task, const char *limit)
{
	for (size_t i = 0; task != NULL && i < task->nuses; i++)
		if (streq(task->uses[i].limit, limit))
			return task->uses[i].amount;
	return 0;
}

struct limit_use
limit_use(struct cx *cx, const char *limit)
{
	const char **keys =
	    arena_array(cx->arena, LIMIT_LIST, sizeof(*keys));
	struct limit_use use = { .holders = keys };
	struct query *q = query(cx->db, "limit_live");

	while (query_next(q)) {
		const char *key = column_text(q, "key", cx->arena);
		int64_t n = task_uses(
		    limit_task(cx, column_text(q, "task", cx->arena),
			column_text(q, "definition", cx->arena)),
		    limit);

		use.used += n;
		if (n > 0 && use.nholders < LIMIT_LIST &&
		    (use.nholders == 0 ||
			!streq(keys[use.nholders - 1], key)))
			keys[use.nholders++] = key;
	}
	query_end(q);
	return use;
}

const char *
limit_words(struct cx *cx, const char *limit, int64_t used,
    const char *holders)
{
	const struct limit_def *def = platform_limit(cx->platform, limit);

	return arena_printf(cx->arena, "waiting for %s %lld/%lld held by %s",
	    limit, (long long)used, (long long)(def == NULL ? 0 : def->amount),
	    holders[0] == '\0' ? "nobody: others come first" : holders);
}

const char *
limit_words_now(struct cx *cx, const char *limit)
{
	const struct limit_use use = limit_use(cx, limit);
	const char *holders = "";

	for (size_t i = 0; i < use.nholders; i++)
		holders = arena_printf(cx->arena, "%s%s%s", holders,
		    i == 0 ? "" : ", ", use.holders[i]);
	return limit_words(cx, limit, use.used, holders);
}
