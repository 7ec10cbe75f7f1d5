/* SPDX-License-Identifier: MIT */
#include "cli/form.h"

#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "cli/clean.h"
#include "cli/text.h"
#include "spec/catalogue.h"

/* NULL-terminated texts of a JSON array. */
static const char *const *
form_texts(struct arena *a, const json_t *list)
{
	const char **texts =
	    arena_array(a, json_array_size(list) + 1, sizeof(*texts));
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item) texts[i] = text_value(a, item);
	return texts;
}

static enum schema_kind
form_kind(const char *type, const char *format)
{
	if (strcmp(type, "string") == 0)
		return strcmp(format, "date-time") == 0 ? SCHEMA_TIME
							: SCHEMA_STRING;
	if (strcmp(type, "integer") == 0)
		return SCHEMA_INTEGER;
	if (strcmp(type, "number") == 0)
		return SCHEMA_NUMBER;
	if (strcmp(type, "boolean") == 0)
		return SCHEMA_BOOL;
	if (strcmp(type, "array") == 0)
		return SCHEMA_LIST;
	if (strcmp(type, "object") == 0)
		return SCHEMA_JSON;
	return SCHEMA_ONE_OF;
}

static void
form_bound(const json_t *property, const char *key, bool *ret_has, int64_t *ret)
{
	const json_t *v = json_object_get(property, key);

	*ret_has = json_is_integer(v);
	*ret = *ret_has ? json_integer_value(v) : 0;
}

/* JSON text of a default or an example; NULL when there is none. */
static const char *
form_json(struct arena *a, const json_t *value)
{
	char *dump;
	const char *copy;

	if (value == NULL)
		return NULL;
	dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	copy = arena_strdup(a, dump);
	free(dump);
	return copy;
}

static struct schema *
form_schema(struct arena *a, const char *name, const json_t *property)
{
	struct schema *s = ARENA_NEW(a, struct schema);
	const json_t *choices = json_object_get(property, "enum");
	const json_t *items = json_object_get(property, "items");
	const json_t *examples = json_object_get(property, "examples");
	const char *pattern = text_get(a, property, "pattern");

	s->name = name;
	s->doc = text_get(a, property, "description");
	s->kind = form_kind(
	    text_get(a, property, "type"), text_get(a, property, "format"));
	if (json_is_array(choices)) {
		s->kind = SCHEMA_CHOICE;
		s->choices = form_texts(a, choices);
	}
	if (s->kind == SCHEMA_LIST)
		s->of = form_schema(a, NULL, items);
	form_bound(property, "minimum", &s->has_min, &s->min);
	form_bound(property, "maximum", &s->has_max, &s->max);
	if (*pattern != '\0')
		s->pattern = pattern;
	s->default_json = form_json(a, json_object_get(property, "default"));
	s->example = form_json(a, json_array_get(examples, 0));
	if (json_is_true(json_object_get(property, "writeOnly")) ||
	    strcmp(text_get(a, property, "format"), "password") == 0)
		s->flags |= F_SECRET;
	return s;
}

static bool
form_requires(const json_t *schema, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(schema, "required"), i, item)
	{
		if (streq(json_string_value(item), name))
			return true;
	}
	return false;
}

void
form_flags(
    struct arena *a, const json_t *schema, struct flag **ret, size_t *ret_n)
{
	json_t *properties = json_object_get(schema, "properties");
	struct flag *flags =
	    arena_array(a, json_object_size(properties), sizeof(*flags));
	const char *name;
	json_t *property;
	size_t n = 0;

	json_object_foreach(properties, name, property)
	{
		struct flag *f = &flags[n++];

		f->name = clean_line(a, str_of(name));
		f->schema = form_schema(a, f->name, property);
		f->where = FLAG_PARAM;
		f->required = form_requires(schema, name) &&
			      f->schema->default_json == NULL;
		f->secret = (f->schema->flags & F_SECRET) != 0;
	}
	*ret = flags;
	*ret_n = n;
}

const struct flag *
form_flag(const struct form *form, struct str name)
{
	for (size_t i = 0; i < form->nflags; i++) {
		if (flag_is(form->flags[i].name, name))
			return &form->flags[i];
	}
	return NULL;
}

bool
form_catalogue(struct session *s, json_t **ret, struct err *e)
{
	return session_call(s, &op_catalogue_get, NULL, NULL, NULL, ret, e);
}

static bool
form_absent(struct session *s, const json_t *list, bool request,
    const char *name, struct err *e)
{
	struct near near = near_start(name);
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	    near_offer(&near, text_get(s->arena, item, "name"));
	err_set(e, ERR_NOT_FOUND, request ? "request.unknown" : "task.unknown",
	    "there is no %s '%s'", request ? "request type" : "task", name);
	if (near.best != NULL)
		return err_hint(e, "did you mean '%s'?", near.best);
	return err_hint(e, "see: slipway %s", request ? "requests" : "tasks");
}

static void
form_environments(struct arena *a, const json_t *catalogue, struct form *form)
{
	const json_t *list = json_object_get(form->entry, "environments");

	if (json_array_size(list) == 0)
		list = json_object_get(catalogue, "environments");
	form->environments = form_texts(a, list);
	form->environment_needed =
	    json_array_size(list) > 1 &&
	    !json_is_string(json_object_get(catalogue, "default_environment"));
}

bool
form_find(struct session *s, bool request, const char *name, struct form *ret,
    struct err *e)
{
	json_t *catalogue, *list, *item;
	size_t i;

	if (!form_catalogue(s, &catalogue, e))
		return false;
	list = json_object_get(catalogue, request ? "requests" : "tasks");
	json_array_foreach(list, i, item)
	{
		if (!streq(
			json_string_value(json_object_get(item, "name")), name))
			continue;
		memset(ret, 0, sizeof(*ret));
		ret->name = name;
		ret->request = request;
		ret->entry = item;
		ret->doc = text_get(s->arena, item, "doc");
		form_flags(s->arena, json_object_get(item, "params"),
		    &ret->flags, &ret->nflags);
		form_environments(s->arena, catalogue, ret);
		return true;
	}
	return form_absent(s, list, request, name, e);
}
