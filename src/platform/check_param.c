/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "platform/build.h"
#include "platform/names.h"
#include "spec/pattern.h"

/* One parameter or output under check. */
struct param {
	struct load *l;
	const struct item *it;
	const char *what; /* "parameter" or "output" */
	const char *name;
	const char *type;
	const json_t *def;
	const struct schema *schema;
};

static const char *
param_at(const struct param *p, const char *key)
{
	return load_text(p->l, "/%s/%s%s%s",
	    streq(p->what, "output") ? "outputs" : "params", p->name,
	    key[0] == '\0' ? "" : "/", key);
}

static void
param_check_name(const struct param *p)
{
	const char *at = param_at(p, "");

	if (names_reserved(p->name))
		load_error_key(p->l, p->it, at, load_text(p->l,
		    "choose another name, like the_%s", p->name),
		    "'%s' is a reserved name", p->name);
	else if (names_flag(p->name))
		load_error_key(p->l, p->it, at, load_text(p->l,
		    "choose another name, like the_%s", p->name),
		    "parameter '%s' would hide a flag of the command line",
		    p->name);
}

/* Keys that say nothing about this type. */
static void
param_check_keys(const struct param *p)
{
	static const struct {
		const char *key, *types;
	} rows[] = {
		{ "choices", "choice" },
		{ "of", "list" },
		{ "pattern", "string or secret" },
		{ "min", "string, secret, integer, number or list" },
		{ "max", "string, secret, integer, number or list" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (json_object_get(p->def, rows[i].key) != NULL &&
		    strstr(rows[i].types, p->type) == NULL)
			load_error_key(p->l, p->it, param_at(p, rows[i].key),
			    load_text(p->l, "%s goes with type %s",
			    rows[i].key, rows[i].types),
			    "%s '%s' is of type %s: %s says nothing about it",
			    p->what, p->name, p->type, rows[i].key);
	}
	if (p->schema->kind == SCHEMA_CHOICE && p->schema->choices[0] == NULL)
		load_error(p->l, p->it, param_at(p, ""),
		    "write choices: [ONE, OTHER]",
		    "%s '%s' is a choice without choices", p->what, p->name);
}

static void
param_check_bounds(const struct param *p)
{
	const json_t *min = json_object_get(p->def, "min");
	const json_t *max = json_object_get(p->def, "max");
	struct err e = { 0 };

	if (min != NULL && max != NULL &&
	    json_integer_value(min) > json_integer_value(max))
		load_error(p->l, p->it, param_at(p, "min"), NULL,
		    "min of %s '%s' is above its max", p->what, p->name);
	if (p->schema->pattern != NULL &&
	    !pattern_check(p->schema->pattern, &e))
		load_error(p->l, p->it, param_at(p, "pattern"), e.hint,
		    "%s", e.message);
}

static void
param_check_default(const struct param *p)
{
	const json_t *value = json_object_get(p->def, "default");
	const char *at = param_at(p, "default");
	bool text = p->schema->kind == SCHEMA_STRING ||
	    p->schema->kind == SCHEMA_CHOICE;

	if (value == NULL)
		return;
	if (p->schema->flags & F_SECRET) {
		load_error(p->l, p->it, at, "leave the default out",
		    "a secret has no default: everybody who reads the folder "
		    "would know '%s'", p->name);
		return;
	}
	if (p->schema->flags & F_REQUIRED) {
		load_error(p->l, p->it, at, "leave required or the default out",
		    "parameter '%s' is required: its default is never used",
		    p->name);
		return;
	}
	if (text && json_is_string(value) &&
	    reference_parse(json_string_value(value)).kind != REFERENCE_NONE) {
		load_error(p->l, p->it, at, "write the value itself",
		    "a default refers to nothing");
		return;
	}
	check_literal(p->l, p->it, at, load_text(p->l,
	    "default of parameter '%s'", p->name), p->schema, value);
}

void
check_task_params(struct load *l, const struct item *it)
{
	json_t *params = json_object_get(it->value, "params"), *def;
	const char *name;

	json_object_foreach (params, name, def) {
		struct param p = { .l = l, .it = it, .what = "parameter",
			.name = name, .def = def,
			.type = build_text(def, "type"),
			.schema = schema_member(it->task->params, name) };

		param_check_name(&p);
		param_check_keys(&p);
		param_check_bounds(&p);
		param_check_default(&p);
	}
}

void
check_task_output_types(struct load *l, const struct item *it)
{
	const json_t *outputs = json_object_get(it->value, "outputs");

	for (size_t i = 0; i < it->task->noutputs; i++) {
		const struct output_def *o = &it->task->outputs[i];
		struct param p = { .l = l, .it = it, .what = "output",
			.name = o->name, .schema = o->schema,
			.def = json_object_get(outputs, o->name) };

		p.type = build_text(p.def, "type");
		if (p.type == NULL)
			p.type = "string";
		param_check_keys(&p);
		param_check_bounds(&p);
		if (o->secret && o->schema->kind != SCHEMA_STRING)
			load_error(l, it, param_at(&p, "type"),
			    "leave type or secret out",
			    "output '%s' is secret, and a secret is a text",
			    o->name);
	}
}
