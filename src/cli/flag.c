/* SPDX-License-Identifier: MIT */
#include "cli/flag.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "cli/alias.h"
#include "spec/validate.h"

const char *
flag_text(struct arena *a, const char *name)
{
	char *text = arena_printf(a, "--%s", name);

	for (char *p = text; *p != '\0'; p++) {
		if (*p == '_')
			*p = '-';
	}
	return text;
}

bool
flag_is(const char *name, struct str typed)
{
	if (strlen(name) != typed.n)
		return false;
	for (size_t i = 0; i < typed.n; i++) {
		char a = name[i] == '_' ? '-' : name[i];
		char b = typed.p[i] == '_' ? '-' : typed.p[i];

		if (a != b)
			return false;
	}
	return true;
}

/* Fills e; the value itself is not repeated when it is secret. */
static bool
flag_wrong(
    const struct flag *f, struct str text, struct err *e, const char *what)
{
	struct arena *a = arena_create();

	err_set(e, ERR_INVALID, "flag.value", "%s%s%.*s%s: %s",
	    flag_text(a, f->name), f->secret ? "" : " '",
	    f->secret ? 0 : (int)text.n, text.p, f->secret ? "" : "'", what);
	arena_destroy(a);
	return false;
}

static bool
flag_integer(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	int64_t v;

	if (!str_to_int64(text, &v))
		return flag_wrong(f, text, e, "not a whole number");
	*ret = json_integer(v);
	return true;
}

static bool
flag_number(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	char *copy = strndup(text.p, text.n), *end;
	double v;

	ASSERT(copy != NULL);
	errno = 0;
	v = strtod(copy, &end);
	if (*copy == '\0' || *end != '\0' || errno != 0 || !isfinite(v)) {
		free(copy);
		return flag_wrong(f, text, e, "not a number");
	}
	free(copy);
	*ret = json_real(v);
	return true;
}

static bool
flag_bool(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	if (str_is(text, "true") || str_is(text, "yes"))
		*ret = json_true();
	else if (str_is(text, "false") || str_is(text, "no"))
		*ret = json_false();
	else
		return flag_wrong(f, text, e, "say true or false");
	return true;
}

/* The choice that the text is, or means: `can alice deploy prod/api`.  Of a
 * form only what it is. */
static const char *
flag_chosen(const struct flag *f, const char *text)
{
	const char *const *c = f->schema->choices;
	const struct meant *m = meant_find(text);
	const char *means = f->where != FLAG_QUERY || m == NULL ? NULL
								: m->action;

	for (; *c != NULL; c++) {
		if (strcmp(*c, text) == 0)
			return *c;
	}
	for (c = f->schema->choices; *c != NULL; c++) {
		if (streq(*c, means))
			return *c;
	}
	return NULL;
}

static bool
flag_choice(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	struct arena *a = arena_create();
	struct near near = near_start(arena_str(a, text));
	const char *chosen = flag_chosen(f, near.typed);

	if (chosen == NULL) {
		for (const char *const *c = f->schema->choices; *c != NULL; c++)
			near_offer(&near, *c);
		flag_wrong(
		    f, text, e, arena_printf(a, "it is %s", flag_kind(a, f)));
		if (near.best != NULL)
			err_hint(e, "did you mean '%s'?", near.best);
	} else
		*ret = json_string(chosen);
	arena_destroy(a);
	return chosen != NULL;
}

static bool
flag_string(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	*ret = json_stringn(text.p, text.n);
	if (*ret == NULL) {
		flag_wrong(f, (struct str){ "…", sizeof("…") - 1 }, e,
		    "not valid UTF-8");
		memcpy(e->code, "param.encoding", sizeof("param.encoding"));
		return false;
	}
	return true;
}

static bool
flag_json(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	struct arena *a;

	*ret = json_parse(text, e);
	if (*ret != NULL)
		return true;
	a = arena_create();
	err_wrap(e, "%s", flag_text(a, f->name));
	arena_destroy(a);
	return false;
}

/* What fits more than one kind is JSON when it reads as JSON, else text. */
static bool
flag_any(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	struct err ignored;

	*ret = json_parse(text, &ignored);
	return *ret != NULL || flag_string(f, text, ret, e);
}

bool
flag_value(const struct flag *f, struct str text, json_t **ret, struct err *e)
{
	struct flag element = *f;

	switch (f->schema->kind) {
	case SCHEMA_INTEGER:
		return flag_integer(f, text, ret, e);
	case SCHEMA_NUMBER:
		return flag_number(f, text, ret, e);
	case SCHEMA_BOOL:
		return flag_bool(f, text, ret, e);
	case SCHEMA_CHOICE:
		return flag_choice(f, text, ret, e);
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
	case SCHEMA_JSON:
		return flag_json(f, text, ret, e);
	case SCHEMA_LIST:
		element.schema = f->schema->of;
		return flag_value(&element, text, ret, e);
	case SCHEMA_ONE_OF:
		return flag_any(f, text, ret, e);
	case SCHEMA_STRING:
	case SCHEMA_TIME:
	case SCHEMA_DURATION:
		break;
	}
	return flag_string(f, text, ret, e);
}

static const char *
flag_range(struct arena *a, const struct schema *s, const char *unit)
{
	if (s->has_min && s->has_max)
		return arena_printf(
		    a, "%" PRId64 " to %" PRId64 "%s", s->min, s->max, unit);
	if (s->has_min)
		return arena_printf(a, "at least %" PRId64 "%s", s->min, unit);
	if (s->has_max)
		return arena_printf(a, "at most %" PRId64 "%s", s->max, unit);
	return "";
}

static const char *
flag_choices(struct arena *a, const struct schema *s)
{
	struct buf out = { 0 };
	const char *copy;

	buf_adds(&out, "one of: ");
	for (size_t i = 0; s->choices[i] != NULL; i++) {
		if (i > 0)
			buf_adds(&out, ", ");
		buf_adds(&out, s->choices[i]);
	}
	copy = arena_str(a, buf_str(&out));
	buf_finish(&out);
	return copy;
}

/* A pattern without the anchors that every pattern has. */
static const char *
flag_pattern(struct arena *a, const char *pattern)
{
	struct str p = str_of(pattern);

	if (str_starts(p, "^(?:") && str_ends(p, ")$"))
		p = (struct str){ p.p + 4, p.n - 6 };
	else if (str_starts(p, "^") && str_ends(p, "$"))
		p = (struct str){ p.p + 1, p.n - 2 };
	return arena_printf(a, "text matching %.*s", (int)p.n, p.p);
}

const char *
flag_kind(struct arena *a, const struct flag *f)
{
	const struct schema *s = f->schema;
	struct flag element = *f;
	const char *range;

	switch (s->kind) {
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
		range = flag_range(a, s, "");
		return *range != '\0'              ? range
		       : s->kind == SCHEMA_INTEGER ? "a whole number"
						   : "a number";
	case SCHEMA_CHOICE:
		return flag_choices(a, s);
	case SCHEMA_DURATION:
		return "a time such as 5m or 30d";
	case SCHEMA_TIME:
		return "a moment such as 2026-11-21T09:00:00Z";
	case SCHEMA_LIST:
		element.schema = s->of;
		range = flag_kind(a, &element);
		return *range == '\0'
			   ? "may be repeated"
			   : arena_printf(a, "may be repeated; %s", range);
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
	case SCHEMA_JSON:
		return "JSON";
	case SCHEMA_STRING:
		if (s->pattern != NULL)
			return flag_pattern(a, s->pattern);
		return "";
	case SCHEMA_BOOL:
	case SCHEMA_ONE_OF:
		break;
	}
	return "";
}
