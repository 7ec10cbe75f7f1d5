/* SPDX-License-Identifier: MIT */
/*
 * The outputs file: lines of NAME=VALUE, or NAME<<WORD, lines, WORD, as in
 * the CI systems people know.  It comes from a command, so nothing of it is
 * trusted: size, names, encoding and count are checked.
 */
#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "engine/engine_private.h"
#include "resource/sealed.h"
#include "spec/validate.h"

struct outputs {
	struct cx *cx;
	const struct task *task;
	struct secrets_seen secrets;
	json_t *object;
	struct str rest;
	int line;
};

static json_t *output_value(struct outputs *o, const struct schema *s,
    struct str text);

static bool
outputs_wrong(struct outputs *o, struct err *e, const char *what)
{
	return err_set(e, ERR_INVALID, "outputs.line",
	    "line %d of its outputs: %s", o->line, what);
}

/* The elements of a list: JSON when it begins with '[', else one a line. */
static json_t *
output_list(struct outputs *o, const struct schema *s, struct str value)
{
	json_t *list;
	struct err e;

	if (str_starts(str_trim(value), "["))
		return json_parse(value, &e);
	list = json_array();
	while (value.n > 0) {
		struct str line = str_trim(str_cut(value, '\n', &value));

		if (line.n > 0)
			json_array_append_new(list, output_value(o, s, line));
		if (value.p == NULL)
			break;
	}
	return list;
}

/* What the text says as a value of its type; a text when it says nothing of
 * the kind, which the schema then refuses. */
static json_t *
output_value(struct outputs *o, const struct schema *s, struct str text)
{
	struct str bare = str_trim(text);
	json_t *json = NULL;
	struct err e;

	if (s->kind == SCHEMA_LIST)
		json = output_list(o, s->of, text);
	else if (s->kind == SCHEMA_BOOL)
		json = str_is(bare, "true") ? json_true()
		    : str_is(bare, "false") ? json_false()
					    : NULL;
	else if (s->kind == SCHEMA_INTEGER || s->kind == SCHEMA_NUMBER)
		json = json_parse(bare, &e);
	if (json != NULL && s->kind != SCHEMA_LIST && !json_is_number(json) &&
	    !json_is_boolean(json)) {
		json_decref(json);
		json = NULL;
	}
	return json != NULL ? json : json_stringn(text.p, text.n);
}

/* The value of an output; NULL and e when it is not of its type. */
static json_t *
output_typed(struct outputs *o, const struct output_def *def,
    struct str value, struct err *e)
{
	struct problems problems;
	const struct problem *first;
	json_t *json;

	json = output_value(o, def->schema, value);
	problems_init(&problems, o->cx->arena);
	if (validate(def->schema, json, "", &problems)) {
		if (!def->secret)
			return json;
		json_decref(json);
		return sealed_value(o->cx->site, value);
	}
	json_decref(json);
	first = &problems.items[0];
	err_set(e, ERR_INVALID, "outputs.type",
	    "line %d of its outputs: '%s'%s%s: %s", o->line, def->name,
	    first->pointer[0] != '\0' ? " at " : "", first->pointer,
	    first->message);
	return NULL;
}

/* What everybody may read must not carry what nobody may. */
static bool
output_is_open(struct outputs *o, const struct output_def *def,
    struct str value, struct err *e)
{
	for (size_t i = 0; !def->secret && i < o->secrets.count; i++) {
		struct str secret = o->secrets.items[i];

		while (secret.n > 0 && secret.p[secret.n - 1] == '\n')
			secret.n--;
		if (secret.n >= OUTPUT_SECRET_MIN &&
		    memmem(value.p, value.n, secret.p, secret.n) != NULL)
			return err_set(e, ERR_INVALID, "outputs.secret",
			    "line %d of its outputs: '%s' has a secret in it: "
			    "declare it 'secret: true', or leave that out",
			    o->line, def->name);
	}
	return true;
}

static bool
output_set(struct outputs *o, struct str name, struct str value,
    struct err *e)
{
	const char *key = arena_str(o->cx->arena, name);
	const struct output_def *def = task_output(o->task, key);
	json_t *json;

	if (def == NULL) {
		struct near near = near_start(key);

		for (size_t i = 0; i < o->task->noutputs; i++)
			near_offer(&near, o->task->outputs[i].name);
		if (near.best != NULL)
			return err_set(e, ERR_INVALID, "outputs.name",
			    "line %d of its outputs: '%.64s' is not declared; "
			    "did it mean '%s'?",
			    o->line, key, near.best);
		return err_set(e, ERR_INVALID, "outputs.name",
		    "line %d of its outputs: '%.64s' is not declared in "
		    "outputs: of task '%s'",
		    o->line, key, o->task->name);
	}
	if (value.n > LIMIT_PARAM_BYTES && def->schema->kind != SCHEMA_LIST)
		return outputs_wrong(o, e, "the value is larger than 64 KiB");
	if (!str_is_utf8(value))
		return outputs_wrong(o, e,
		    "the value is no UTF-8 or holds a NUL");
	if (!output_is_open(o, def, value, e))
		return false;
	json = output_typed(o, def, value, e);
	if (json == NULL)
		return false;
	json_object_set_new(o->object, key, json);
	return true;
}

static bool
output_block(struct outputs *o, struct str name, struct str word,
    struct err *e)
{
	const char *start = o->rest.p;
	size_t length = 0;

	if (word.n == 0)
		return outputs_wrong(o, e, "'<<' without a word behind it");
	while (o->rest.n > 0) {
		struct str line = str_cut(o->rest, '\n', &o->rest);

		o->line++;
		if (line.n == word.n && memcmp(line.p, word.p, word.n) == 0)
			return output_set(o, name,
			    (struct str){ start, length }, e);
		length = (size_t)(line.p + line.n - start);
	}
	return outputs_wrong(o, e, "the text behind '<<' has no end");
}

static bool
output_line(struct outputs *o, struct str line, struct err *e)
{
	const char *eq = memchr(line.p, '=', line.n);
	const char *block = memmem(line.p, line.n, "<<", 2);

	if (block != NULL && (eq == NULL || block < eq))
		return output_block(o,
		    (struct str){ line.p, (size_t)(block - line.p) },
		    (struct str){ block + 2,
			line.n - 2 - (size_t)(block - line.p) },
		    e);
	if (eq == NULL)
		return outputs_wrong(o, e,
		    "it is neither NAME=VALUE nor NAME<<WORD");
	return output_set(o, (struct str){ line.p, (size_t)(eq - line.p) },
	    (struct str){ eq + 1, line.n - 1 - (size_t)(eq - line.p) }, e);
}

bool
outputs_are_open(const struct task *task)
{
	for (size_t i = 0; i < task->noutputs; i++)
		if (!task->outputs[i].secret)
			return true;
	return false;
}

bool
outputs_parse(struct cx *cx, const struct task *task, struct str bytes,
    struct secrets_seen secrets, const char **ret_json, struct err *e)
{
	struct outputs o = { .cx = cx, .task = task, .secrets = secrets,
		.rest = bytes, .object = json_object() };
	bool ok = true;

	while (ok && o.rest.n > 0) {
		struct str line = str_cut(o.rest, '\n', &o.rest);

		o.line++;
		if (str_trim(line).n > 0)
			ok = output_line(&o, line, e);
		if (o.rest.p == NULL)
			break;
	}
	if (ok)
		*ret_json = json_canonical(cx->arena, o.object);
	json_decref(o.object);
	return ok;
}
