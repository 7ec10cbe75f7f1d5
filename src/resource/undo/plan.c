/* SPDX-License-Identifier: MIT */
/* An undo as steps, as a plan, and as rows. */
#include "resource/plan/plan.h"
#include "resource/run/run.h"
#include "resource/sealed.h"
#include "resource/undo/undo_private.h"
#include "spec/validate.h"

bool
undo_graph(struct cx *cx, struct undo *u, const struct graph_source *source,
    struct graph *ret, struct err *e)
{
	json_t *params = undo_keep(cx, json_pack("{s:s}", "run", u->run->key));

	return graph_join(cx->arena, source, u->last, params, u->parts,
	    u->nparts, ret, e);
}

/* As if it were a step that begins at once: nothing of it is late. */
static struct graph_step *
asked_step(struct cx *cx, const struct task *pinned, const char *params,
    bool symbolic)
{
	const struct task *today = platform_task(cx->platform, pinned->name);
	struct task *task = ARENA_NEW(cx->arena, struct task);
	struct graph_step *step = ARENA_NEW(cx->arena, struct graph_step);

	*task = today == NULL ? *pinned : *today;
	task->preview.command.kind = COMMAND_NONE;
	task->nneeds = 0;
	step->task = task;
	step->params = params;
	step->symbolic = symbolic;
	return step;
}

const struct graph *
undo_asked(struct cx *cx, const struct undo *u, const struct graph *g)
{
	struct graph *asked = ARENA_NEW(cx->arena, struct graph);

	asked->steps = arena_array(cx->arena, g->count + u->nparts + 1,
	    sizeof(*asked->steps));
	for (size_t i = 0; i < g->count; i++)
		asked->steps[asked->count++] = g->steps[i] == g->root
		    ? g->root
		    : asked_step(cx, g->steps[i]->task, g->steps[i]->params,
			  g->steps[i]->symbolic);
	for (size_t i = 0; i < u->count; i++) {
		const json_t *given;

		if (u->steps[i].undo == NULL)
			continue;
		given = undo_given(cx, u, &u->steps[i]);
		asked->steps[asked->count++] = asked_step(cx,
		    u->steps[i].task, json_canonical(cx->arena, given),
		    graph_is_symbolic(given));
	}
	return asked;
}

json_t *
undo_plan(struct cx *cx, const struct undo *u)
{
	json_t *steps = json_array(), *left = json_array();

	for (size_t i = 0; i < u->count; i++) {
		const struct undo_step *s = &u->steps[i];

		if (s->undo != NULL)
			json_array_append_new(steps,
			    json_pack("{s:I,s:s,s:s,s:s,s:o}", "step",
				(json_int_t)s->step->id, "task",
				s->step->task, "undo", s->undo->name,
				"definition", s->undo->hash, "params",
				sealed_to_hmac(cx->site, s->params)));
		else if (s->why != NULL)
			json_array_append_new(left,
			    json_pack("{s:I,s:s,s:s}", "step",
				(json_int_t)s->step->id, "task",
				s->step->task, "why", s->why));
	}
	return json_pack("{s:s,s:o,s:o}", "run", u->run->key, "steps", steps,
	    "stays", left);
}

const char **
undo_left(struct cx *cx, const struct run *undo_run, size_t *ret_n)
{
	const char *body = undo_run->undo_of == 0
	    ? NULL
	    : plan_body(cx, undo_run->plan_hash);
	json_t *plan = body == NULL ? NULL : json_loads(body, 0, NULL);
	const json_t *left =
	    json_object_get(json_object_get(plan, "undo"), "stays");
	const char **texts = arena_array(cx->arena,
	    json_array_size(left) + 1, sizeof(*texts));

	for (size_t i = 0; i < json_array_size(left); i++) {
		const json_t *one = json_array_get(left, i);

		texts[i] = arena_printf(cx->arena, "step %lld, %s: %s",
		    (long long)json_integer_value(
			json_object_get(one, "step")),
		    json_string_value(json_object_get(one, "task")),
		    json_string_value(json_object_get(one, "why")));
	}
	*ret_n = json_array_size(left);
	json_decref(plan);
	return texts;
}

void
undo_write(struct cx *cx, const struct undo *u)
{
	for (size_t i = 0; i < u->count; i++) {
		const struct undo_step *s = &u->steps[i];
		struct query *q;

		if (s->undo == NULL)
			continue;
		q = query(cx->db, "undoing_insert");
		bind_int(q, "step_id", u->parts[s->part].step->id);
		bind_int(q, "of_step", s->step->id);
		query_run(q);
	}
}

const char *
undo_step_text(struct cx *cx, const struct step *step)
{
	struct query *q = query(cx->db, "undoing_of_step");
	const char *text = NULL;

	bind_int(q, "step_id", step->id);
	while (query_next(q)) {
		const char *one = arena_printf(cx->arena, "step %lld, %s",
		    (long long)column_int(q, "id"),
		    column_text(q, "task", cx->arena));

		text = text == NULL
		    ? one
		    : arena_printf(cx->arena, "%s; %s", text, one);
	}
	query_end(q);
	return text;
}
