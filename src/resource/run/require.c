/* SPDX-License-Identifier: MIT */
#include "resource/run/require.h"

#include <string.h>

#include "base/clock.h"
#include "spec/validate.h"

int64_t
require_last(struct cx *cx, const char *ident, const char **ret_run)
{
	struct query *q = query(cx->db, "require_last");
	int64_t at = 0;

	bind_text(q, "ident", ident);
	if (query_next(q)) {
		at = column_int(q, "at");
		*ret_run = column_text(q, "run_key", cx->arena);
	}
	query_end(q);
	return at;
}

/* The parameters that are asked for; NULL: one is not known yet.  A new
 * reference. */
static json_t *
require_params(const struct require_def *def, const json_t *params)
{
	json_t *with = (json_t *)(uintptr_t)def->with, *given;
	json_t *wanted = json_object();
	const char *name;

	json_object_foreach (with, name, given) {
		const char *text = json_string_value(given);
		struct reference ref = { .kind = REFERENCE_NONE };
		const json_t *value = given;

		if (text != NULL)
			ref = reference_parse(text);
		if (ref.kind == REFERENCE_PARAM)
			value = json_object_getn(params, ref.name.p,
			    ref.name.n);
		if (graph_is_symbolic(value)) {
			json_decref(wanted);
			return NULL;
		}
		if (text != NULL && ref.kind == REFERENCE_NONE)
			json_object_set_new(wanted, name,
			    json_string(reference_literal(text)));
		else if (value != NULL && !json_is_null(value))
			json_object_set_new(wanted, name,
			    json_deep_copy(value));
	}
	return wanted;
}

/* "backup (name=orders)" */
static const char *
require_name(struct cx *cx, const struct require_def *def,
    const json_t *wanted)
{
	json_t *walked = (json_t *)(uintptr_t)wanted, *value;
	const char *name, *text = "";

	json_object_foreach (walked, name, value)
		text = arena_printf(cx->arena, "%s%s%s=%s", text,
		    text[0] != '\0' ? ", " : "", name,
		    json_is_string(value) ? json_string_value(value)
					  : json_canonical(cx->arena, value));
	if (text[0] == '\0')
		return def->task;
	return arena_printf(cx->arena, "%s (%.200s)", def->task, text);
}

struct required
require_look(struct cx *cx, const struct require_def *def,
    const json_t *params, const char *environment)
{
	const char *env = def->env != NULL ? def->env : environment;
	json_t *wanted = require_params(def, params);
	struct required r = { .known = wanted != NULL };
	const char *run = "", *name, *where;
	char ago[32];

	if (wanted == NULL) {
		r.words = arena_printf(cx->arena,
		    "%s: with what is not known before the run", def->task);
		return r;
	}
	name = require_name(cx, def, wanted);
	where = streq(env, environment)
	    ? ""
	    : arena_printf(cx->arena, " in %s", env);
	graph_ident(cx->arena, def->task, wanted, env, r.ident);
	json_decref(wanted);
	r.last_at = require_last(cx, r.ident, &run);
	r.met = r.last_at != 0 && (def->within_ms == 0 ||
	    cx->now - r.last_at <= def->within_ms);
	clock_duration(cx->now - r.last_at, ago, sizeof(ago));
	if (r.last_at == 0)
		r.words = arena_printf(cx->arena, "%s never succeeded%s",
		    name, where);
	else
		r.words = arena_printf(cx->arena, "%s%s succeeded%s %s ago, "
		    "in %s", name, r.met ? "" : " last", where, ago, run);
	if (!r.met && def->within_ms != 0)
		r.words = arena_printf(cx->arena, "%s; within %s is required",
		    r.words, def->within);
	return r;
}
