/* SPDX-License-Identifier: MIT */
#include "spec/validate.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "spec/pattern.h"

#define VALIDATE_KEY_BYTES 256 /* longest key of a map */
#define VALIDATE_NAMES 8       /* allowed names that a hint lists */

/* Where a value is; made into a pointer only when something is wrong. */
struct place {
	const struct place *up;
	const char *key; /* NULL: index */
	size_t index;
	bool secret; /* never show the value */
};

struct check {
	struct problems *out;
	const char *base;
	struct pattern_cache patterns;
	bool bad;
};

static const char *
place_pointer(struct check *c, const struct place *p)
{
	char index[24];
	const char *key = p->key;

	if (p->up == NULL)
		return c->base;
	if (key == NULL) {
		snprintf(index, sizeof(index), "%zu", p->index);
		key = index;
	}
	return pointer_join(c->out->arena, place_pointer(c, p->up), key);
}

static bool
check_full(const struct check *c)
{
	return c->out->count >= LIMIT_FOLDER_ERRORS;
}

#define check_problem(c, p, code, hint, ...)                                   \
	do {                                                                   \
		(c)->bad = true;                                               \
		if (!check_full(c))                                            \
			problem_add((c)->out, place_pointer((c), (p)), (code), \
			    (hint), __VA_ARGS__);                              \
	} while (0)

/* At most 60 bytes of text, cut between characters. */
static const char *
check_clip(struct check *c, const char *text)
{
	size_t n = strlen(text);

	if (n <= 60)
		return text;
	for (n = 57; n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		;
	return arena_printf(c->out->arena, "%.*s...", (int)n, text);
}

/* A value as a message shows it. */
static const char *
check_shown(struct check *c, const struct place *p, const json_t *v)
{
	struct arena *a = c->out->arena;

	if (p->secret)
		return "the value";
	if (json_is_string(v))
		return arena_printf(
		    a, "'%s'", check_clip(c, json_string_value(v)));
	if (json_is_real(v))
		return arena_printf(a, "%.17g", json_real_value(v));
	return check_clip(c, json_canonical(a, v));
}

/*
 * Types.
 */

static const char *
check_type_name(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "text";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_REAL:
		return "a number with a fraction";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "?";
}

static const char *
check_kind_name(const struct schema *s)
{
	switch (s->kind) {
	case SCHEMA_STRING:
		return "text";
	case SCHEMA_INTEGER:
		return "a whole number";
	case SCHEMA_NUMBER:
		return "a number";
	case SCHEMA_BOOL:
		return "true or false";
	case SCHEMA_CHOICE:
		return "one of the allowed texts";
	case SCHEMA_TIME:
		return "a time like 2026-11-21T09:30:00Z";
	case SCHEMA_DURATION:
		return "a duration like 5m or 1h30m";
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
		return "an object";
	case SCHEMA_LIST:
		return "a list";
	case SCHEMA_ONE_OF:
	case SCHEMA_JSON:
		break;
	}
	return "any value";
}

static bool
check_is_reference(const struct schema *s, const json_t *v)
{
	const char *text = json_string_value(v);

	return (s->flags & F_REFERENCE) && text != NULL && text[0] == '$' &&
	       text[1] != '$';
}

/* The JSON type of v is one that s takes. */
static bool
check_fits(const struct schema *s, const json_t *v)
{
	if (json_is_null(v) && schema_nullable(s))
		return true;
	if (check_is_reference(s, v))
		return true;
	switch (s->kind) {
	case SCHEMA_STRING:
	case SCHEMA_CHOICE:
	case SCHEMA_TIME:
	case SCHEMA_DURATION:
		return json_is_string(v);
	case SCHEMA_INTEGER:
		return json_is_integer(v);
	case SCHEMA_NUMBER:
		return json_is_number(v);
	case SCHEMA_BOOL:
		return json_is_boolean(v);
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
		return json_is_object(v);
	case SCHEMA_LIST:
		return json_is_array(v);
	case SCHEMA_ONE_OF:
		for (const struct schema *const *m = s->any_of; *m != NULL; m++)
			if (check_fits(*m, v))
				return true;
		return false;
	case SCHEMA_JSON:
		return true;
	}
	return false;
}

static const char *
check_wanted(struct check *c, const struct schema *s)
{
	const char *text = "";

	if (s->kind != SCHEMA_ONE_OF)
		return check_kind_name(s);
	for (const struct schema *const *m = s->any_of; *m != NULL; m++)
		text = arena_printf(c->out->arena, "%s%s%s", text,
		    m == s->any_of ? ""
		    : m[1] == NULL ? " or "
				   : ", ",
		    check_wanted(c, *m));
	return text;
}

/* A text that would be right without its quotes. */
static bool
check_only_quoted(const struct schema *s, const json_t *v)
{
	const char *text = json_string_value(v);

	if (text == NULL)
		return false;
	if (s->kind == SCHEMA_BOOL)
		return streq(text, "true") || streq(text, "false");
	return (s->kind == SCHEMA_INTEGER || s->kind == SCHEMA_NUMBER) &&
	       text[0] != '\0' &&
	       text[strspn(text, "+-.0123456789eE")] == '\0';
}

static void
check_wrong_type(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	const char *hint = NULL;

	if (json_is_real(v) && s->kind == SCHEMA_INTEGER) {
		hint = "write it without a point";
	} else if (check_only_quoted(s, v)) {
		hint = "write it without quotes";
	} else if (json_is_null(v)) {
		hint = (s->flags & F_REQUIRED) ? "write its value"
					       : "leave it out instead";
	} else if (!json_is_object(v) && !json_is_array(v) &&
		   (s->kind == SCHEMA_STRING || s->kind == SCHEMA_CHOICE)) {
		hint = "write it in quotes";
	} else if (json_is_integer(v) && s->kind == SCHEMA_DURATION) {
		hint = "write the unit: 30s, 5m, 1h30m";
	}
	check_problem(c, p, "field.type", hint, "must be %s, not %s",
	    check_wanted(c, s), check_type_name(v));
}

/*
 * Values.
 */

static bool
text_has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if (iscntrl((unsigned char)*text))
			return true;
	return false;
}

/* F_WORDS and F_LINE. */
static bool
check_words(struct check *c, const struct schema *s, const char *text,
    const struct place *p)
{
	if (text[strspn(text, " \t\r\n\v\f")] == '\0')
		check_problem(c, p, "field.range", s->doc,
		    "must not be empty");
	else if ((s->flags & F_LINE) && text_has_control(text))
		check_problem(c, p, "field.line", s->doc,
		    "must be one line, without control characters");
	else
		return true;
	return false;
}

static void
check_text(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	const char *text = json_string_value(v);
	size_t n = json_string_length(v);
	size_t most = s->has_max ? (size_t)s->max : LIMIT_PARAM_BYTES;

	if (!str_is_utf8((struct str){ text, n })) {
		check_problem(c, p, "param.encoding",
		    "text must be UTF-8 and free of NUL", "not valid text");
		return;
	}
	if ((s->flags & F_REFERENCE) && text[0] == '$') {
		text++; /* "$$" stands for one dollar */
		n--;
	}
	if (n > most) {
		check_problem(c, p, "param.too_long", NULL,
		    "%zu bytes long, at most %zu are allowed", n, most);
		return;
	}
	if (s->has_min && n < (size_t)s->min) {
		if (n == 0)
			check_problem(
			    c, p, "field.range", s->doc, "must not be empty");
		else
			check_problem(c, p, "field.range", NULL,
			    "%zu bytes long, at least %lld are needed", n,
			    (long long)s->min);
		return;
	}
	if ((s->flags & (F_WORDS | F_LINE)) && !check_words(c, s, text, p))
		return;
	if (s->pattern != NULL &&
	    !pattern_match(&c->patterns, s->pattern, text)) {
		const char *hint = s->example == NULL
				       ? s->doc
				       : arena_printf(c->out->arena,
					     "for example %s", s->example);

		check_problem(c, p, "param.pattern", hint,
		    "%s does not match %s", check_shown(c, p, v), s->pattern);
	}
}

static void
check_range(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	bool below, above;

	if (json_is_integer(v)) {
		below = s->has_min && json_integer_value(v) < s->min;
		above = s->has_max && json_integer_value(v) > s->max;
	} else {
		below = s->has_min && json_real_value(v) < (double)s->min;
		above = s->has_max && json_real_value(v) > (double)s->max;
	}
	if (below)
		check_problem(c, p, "field.range", NULL,
		    "%s is below the least allowed, %lld", check_shown(c, p, v),
		    (long long)s->min);
	if (above)
		check_problem(c, p, "field.range", NULL,
		    "%s is above the most allowed, %lld", check_shown(c, p, v),
		    (long long)s->max);
}

static void
check_duration(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	int64_t ms;

	if (!schema_duration(json_string_value(v), &ms))
		check_problem(c, p, "field.duration",
		    "write it like 30s, 5m, 1h30m or 90d",
		    "%s is not a duration", check_shown(c, p, v));
	else if ((s->has_min && ms < s->min) || (s->has_max && ms > s->max))
		check_problem(c, p, "field.range", s->doc, "%s is too %s",
		    check_shown(c, p, v),
		    s->has_min && ms < s->min ? "short" : "long");
}

static void
check_time(struct check *c, const json_t *v, const struct place *p)
{
	int64_t ms;

	if (!schema_time(json_string_value(v), &ms))
		check_problem(c, p, "field.time",
		    "write it like 2026-11-21T09:30:00Z", "%s is not a time",
		    check_shown(c, p, v));
}

/* names is NULL for the first. */
static const char *
check_add_name(struct check *c, const char *names, const char *name)
{
	return names == NULL
		   ? name
		   : arena_printf(c->out->arena, "%s, %s", names, name);
}

static const char *
check_did_you_mean(struct check *c, const struct near *near)
{
	return arena_printf(c->out->arena, "did you mean '%s'?", near->best);
}

static void
check_choice(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	const char *text = json_string_value(v), *names = NULL, *hint = NULL;
	struct near near = near_start(text);
	size_t n = 0;

	for (; s->choices[n] != NULL; n++) {
		if (strcmp(s->choices[n], text) == 0)
			return;
	}
	if (!check_full(c)) {
		for (size_t i = 0; i < n; i++) {
			near_offer(&near, s->choices[i]);
			if (n <= VALIDATE_NAMES)
				names = check_add_name(c, names, s->choices[i]);
		}
		if (near.best != NULL)
			hint = check_did_you_mean(c, &near);
		else if (names != NULL)
			hint = arena_printf(
			    c->out->arena, "choose one of: %s", names);
	}
	check_problem(c, p, "field.choice", hint,
	    "%s is not one of the allowed values", check_shown(c, p, v));
}

static void
check_count(
    struct check *c, const struct schema *s, size_t n, const struct place *p)
{
	const char *what = s->kind == SCHEMA_LIST ? "elements" : "entries";

	if (s->has_min && n < (size_t)s->min)
		check_problem(c, p, "field.range", NULL,
		    "%zu %s, at least %lld are needed", n, what,
		    (long long)s->min);
	if (s->has_max && n > (size_t)s->max)
		check_problem(c, p, "field.range", NULL,
		    "%zu %s, at most %lld are allowed", n, what,
		    (long long)s->max);
}

/*
 * Trees.
 */

static void check_value(
    struct check *c, const struct schema *s, json_t *v, const struct place *p);

static void
check_list(struct check *c, const struct schema *s, const json_t *v,
    const struct place *p)
{
	check_count(c, s, json_array_size(v), p);
	for (size_t i = 0; i < json_array_size(v) && !check_full(c); i++)
		check_value(c, s->of, json_array_get(v, i),
		    &(struct place){ p, NULL, i, p->secret });
}

static void
check_map(
    struct check *c, const struct schema *s, json_t *v, const struct place *p)
{
	const char *key;
	json_t *value;

	check_count(c, s, json_object_size(v), p);
	json_object_foreach(v, key, value)
	{
		struct place here = { p, key, 0, p->secret };

		if (check_full(c))
			return;
		if (strlen(key) > VALIDATE_KEY_BYTES) {
			here.key = check_clip(c, key);
			check_problem(c, &here, "param.too_long", NULL,
			    "name of %zu bytes, at most %d are allowed",
			    strlen(key), VALIDATE_KEY_BYTES);
			continue;
		}
		if (s->pattern != NULL &&
		    !pattern_match(&c->patterns, s->pattern, key))
			check_problem(c, &here, "param.pattern", s->doc,
			    "name '%s' does not match %s", check_clip(c, key),
			    s->pattern);
		check_value(c, s->of, value, &here);
	}
}

static void
check_unknown(struct check *c, const struct schema *s, const char *key,
    const struct place *p)
{
	const char *names = NULL, *hint = NULL;
	struct near near = near_start(key);
	size_t n = 0;

	for (const struct schema *f = s->fields; f->name != NULL; f++) {
		if (f->flags & F_HIDDEN)
			continue;
		near_offer(&near, f->name);
		n++;
	}
	for (const struct schema *f = s->fields; f->name != NULL; f++) {
		if (n <= VALIDATE_NAMES && !(f->flags & F_HIDDEN))
			names = check_add_name(c, names, f->name);
	}
	if (near.best != NULL)
		hint = check_did_you_mean(c, &near);
	else if (n == 0)
		hint = "leave it out: there are no fields here";
	else if (n <= VALIDATE_NAMES)
		hint = arena_printf(c->out->arena, "allowed: %s", names);
	key = check_clip(c, key);
	check_problem(c, (&(struct place){ p, key, 0, false }), "field.unknown",
	    hint, "unknown field '%s'", key);
}

static void
check_member(struct check *c, const struct schema *f, json_t *object,
    const struct place *p)
{
	json_t *value = json_object_get(object, f->name);

	if (value == NULL && f->default_json != NULL) {
		value = json_parse(str_of(f->default_json), NULL);
		ASSERT(value != NULL);
		ASSERT(json_object_set_new(object, f->name, value) == 0);
	}
	if (value != NULL)
		check_value(c, f, value, p);
	else if (f->flags & F_REQUIRED)
		check_problem(
		    c, p, "field.required", f->doc, "'%s' is missing", f->name);
}

static void
check_object(
    struct check *c, const struct schema *s, json_t *v, const struct place *p)
{
	const char *key;
	json_t *value;

	json_object_foreach(v, key, value)
	{
		const struct schema *f = schema_member(s, key);

		if (check_full(c))
			return;
		if (f == NULL || (f->flags & F_HIDDEN))
			check_unknown(c, s, key, p);
	}
	for (const struct schema *f = s->fields; f->name != NULL; f++) {
		bool secret = p->secret || (f->flags & F_SECRET);

		if (!(f->flags & F_HIDDEN) && !check_full(c))
			check_member(
			    c, f, v, &(struct place){ p, f->name, 0, secret });
	}
}

static void
check_one_of(
    struct check *c, const struct schema *s, json_t *v, const struct place *p)
{
	for (const struct schema *const *m = s->any_of; *m != NULL; m++) {
		if (check_fits(*m, v)) {
			check_value(c, *m, v, p);
			return;
		}
	}
}

static void
check_value(
    struct check *c, const struct schema *s, json_t *v, const struct place *p)
{
	if (json_is_null(v) && schema_nullable(s))
		return;
	if (check_is_reference(s, v))
		return;
	if (!check_fits(s, v)) {
		check_wrong_type(c, s, v, p);
		return;
	}
	switch (s->kind) {
	case SCHEMA_STRING:
		check_text(c, s, v, p);
		break;
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
		check_range(c, s, v, p);
		break;
	case SCHEMA_CHOICE:
		check_choice(c, s, v, p);
		break;
	case SCHEMA_TIME:
		check_time(c, v, p);
		break;
	case SCHEMA_DURATION:
		check_duration(c, s, v, p);
		break;
	case SCHEMA_OBJECT:
		check_object(c, s, v, p);
		break;
	case SCHEMA_MAP:
		check_map(c, s, v, p);
		break;
	case SCHEMA_LIST:
		check_list(c, s, v, p);
		break;
	case SCHEMA_ONE_OF:
		check_one_of(c, s, v, p);
		break;
	case SCHEMA_BOOL:
	case SCHEMA_JSON:
		break;
	}
}

bool
validate(
    const struct schema *s, json_t *value, const char *at, struct problems *p)
{
	struct check c = { .out = p, .base = at };

	check_value(&c, s, value,
	    &(struct place){ .secret = (s->flags & F_SECRET) != 0 });
	pattern_cache_finish(&c.patterns);
	return !c.bad && !check_full(&c); /* full: nothing was looked at */
}
