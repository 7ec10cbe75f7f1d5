/* SPDX-License-Identifier: MIT */
#include "platform/build.h"

#include <string.h>

#include "base/limits.h"
#include "spec/folder.h"
#include "spec/validate.h"

const char *
build_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int64_t
build_duration(const json_t *object, const char *key, int64_t absent)
{
	const char *text = build_text(object, key);
	int64_t ms;

	return text != NULL && schema_duration(text, &ms) ? ms : absent;
}

int64_t
build_size(const json_t *object, const char *key, int64_t absent)
{
	const char *text = build_text(object, key);
	int64_t bytes;

	return text != NULL && folder_size(text, &bytes) ? bytes : absent;
}

const char *const *
build_names(struct arena *a, const json_t *list)
{
	size_t n = json_is_array(list) ? json_array_size(list) : 1, used = 0;
	const char **names;

	if (list == NULL)
		return NULL;
	names = arena_array(a, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++) {
		const json_t *item = json_is_array(list)
		    ? json_array_get(list, i) : list;

		if (json_is_string(item))
			names[used++] = json_string_value(item);
	}
	return names;
}

struct rule_def
build_rule(struct arena *a, const json_t *rule)
{
	const json_t *count = json_object_get(rule, "count");
	struct rule_def r = {
		.when = json_object_get(rule, "when"),
		.window = json_object_get(rule, "window"),
		.timezone = build_text(rule, "timezone"),
		.of = build_text(rule, "of"),
		.none = json_is_true(json_object_get(rule, "none")),
		.count = 1,
		.percent = json_integer_value(
		    json_object_get(rule, "percent")),
		.name = build_text(rule, "name"),
		.expires_ms = build_duration(rule, "expires", 0),
		.valid_ms = build_duration(rule, "valid", 0),
		.remind_ms = build_duration(rule, "remind", 0),
		.when_expired = build_text(rule, "when_expired"),
	};

	if (json_is_string(count))
		r.count = 0; /* all */
	else if (json_is_integer(count))
		r.count = json_integer_value(count);
	if (r.when_expired == NULL)
		r.when_expired = "cancel";
	if (r.none) {
		r.text = "no approval";
		r.of = NULL;
	} else if (r.percent != 0) {
		r.text = arena_printf(a, "%lld%% of %s",
		    (long long)r.percent, r.of);
	} else if (r.count == 0) {
		r.text = arena_printf(a, "all of %s", r.of);
	} else {
		r.text = arena_printf(a, "%lld of %s", (long long)r.count,
		    r.of);
	}
	if (r.valid_ms != 0)
		r.text = arena_printf(a, "%s, good for %s", r.text,
		    build_text(rule, "valid"));
	return r;
}

const struct rule_def *
build_rules(struct arena *a, const json_t *list, size_t *ret_n)
{
	size_t n = json_array_size(list), used = 0;
	struct rule_def *rules = arena_array(a, n + 1, sizeof(*rules));

	for (size_t i = 0; i < n; i++) {
		rules[used] = build_rule(a, json_array_get(list, i));
		used += rules[used].none || rules[used].of != NULL;
	}
	*ret_n = used;
	return rules;
}

static bool
build_kind(const char *type, enum schema_kind *ret)
{
	static const struct {
		const char *type;
		enum schema_kind kind;
	} kinds[] = {
		{ "string", SCHEMA_STRING },
		{ "integer", SCHEMA_INTEGER },
		{ "number", SCHEMA_NUMBER },
		{ "boolean", SCHEMA_BOOL },
		{ "choice", SCHEMA_CHOICE },
		{ "secret", SCHEMA_STRING },
		{ "list", SCHEMA_LIST },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (streq(kinds[i].type, type)) {
			*ret = kinds[i].kind;
			return true;
		}
	}
	return false;
}

static bool
build_param_of(struct arena *a, const json_t *def, struct schema *ret)
{
	struct schema *of = ARENA_NEW(a, struct schema);
	const char *type = build_text(def, "of");

	ret->of = of;
	return build_kind(type == NULL ? "string" : type, &of->kind);
}

bool
build_param(struct arena *a, const char *name, const json_t *def,
    struct schema *ret)
{
	static const char *const none[] = { NULL };
	const char *type = build_text(def, "type");
	const json_t *min = json_object_get(def, "min");
	const json_t *max = json_object_get(def, "max");
	const json_t *absent = json_object_get(def, "default");

	ret->name = name;
	ret->doc = build_text(def, "doc");
	if (!build_kind(type == NULL ? "string" : type, &ret->kind))
		return false;
	if (ret->kind == SCHEMA_LIST && !build_param_of(a, def, ret))
		return false;
	if (streq(type, "secret"))
		ret->flags |= F_SECRET;
	if (json_is_true(json_object_get(def, "required")))
		ret->flags |= F_REQUIRED;
	ret->pattern = build_text(def, "pattern");
	ret->choices = build_names(a, json_object_get(def, "choices"));
	if (ret->kind == SCHEMA_CHOICE && ret->choices == NULL)
		ret->choices = none;
	ret->has_min = json_is_integer(min);
	ret->min = json_integer_value(min);
	ret->has_max = json_is_integer(max);
	ret->max = json_integer_value(max);
	if (ret->kind == SCHEMA_STRING && (!ret->has_max || ret->max < 0 ||
	    ret->max > (int64_t)LIMIT_PARAM_BYTES)) {
		ret->has_max = true;
		ret->max = (int64_t)LIMIT_PARAM_BYTES;
	}
	if (absent != NULL)
		ret->default_json = json_canonical(a, absent);
	return true;
}

const struct schema *
build_params(struct arena *a, const json_t *params)
{
	size_t n = json_object_size(params), i = 0;
	struct schema *fields = arena_array(a, n + 1, sizeof(*fields));
	struct schema *object = ARENA_NEW(a, struct schema);
	json_t *walked = (json_t *)(uintptr_t)params, *def;
	const char *name;

	json_object_foreach (walked, name, def) {
		if (!build_param(a, name, def, &fields[i++]))
			return NULL;
	}
	object->kind = SCHEMA_OBJECT;
	object->fields = fields;
	return object;
}

const char *
build_command_file(const char *run)
{
	if (strncmp(run, "./", 2) != 0 || run[2] == '\0' ||
	    strpbrk(run, " \t\r\n") != NULL)
		return NULL;
	return run + 2;
}

struct command
build_command(const json_t *object)
{
	const char *run = build_text(object, "run");
	struct command c = { .kind = COMMAND_NONE };

	c.argv = json_object_get(object, "argv");
	if (c.argv != NULL) {
		c.kind = COMMAND_ARGV;
	} else if (run != NULL) {
		c.file = build_command_file(run);
		c.kind = c.file != NULL ? COMMAND_FILE : COMMAND_INLINE;
		if (c.file == NULL)
			c.text = run;
	}
	return c;
}
