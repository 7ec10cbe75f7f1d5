/* SPDX-License-Identifier: MIT */
#include "platform/yaml.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The child that a pointer token names, or NULL. */
static const struct yaml_node *
yaml_step(const struct yaml_node *n, struct str token)
{
	int64_t index = -1, i = 0;

	if (n->kind == YAML_SCALAR)
		return NULL;
	for (const struct yaml_node *c = n->child; c != NULL; c = c->next) {
		if (n->kind == YAML_MAP ? str_is(token, c->key)
			: c->kind == YAML_SCALAR && str_is(token, c->text))
			return c;
	}
	if (n->kind == YAML_MAP || !str_to_int64(token, &index))
		return NULL;
	for (const struct yaml_node *c = n->child; c != NULL; c = c->next) {
		if (i++ == index)
			return c;
	}
	return NULL;
}

/* One token of a JSON Pointer, with ~1 and ~0 undone, into buf. */
static struct str
yaml_token(struct str raw, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < raw.n && n < size; i++) {
		char c = raw.p[i];

		if (c == '~' && i + 1 < raw.n)
			c = raw.p[++i] == '1' ? '/' : '~';
		buf[n++] = c;
	}
	return (struct str){ buf, n };
}

const struct yaml_node *
yaml_find(const struct yaml_doc *d, const char *pointer, bool *ret_exact)
{
	const struct yaml_node *n = d->root, *below;
	struct str rest = str_of(pointer), token;
	char buf[512];
	bool exact = true;

	if (rest.n > 0)
		str_cut(rest, '/', &rest);
	else
		rest.p = NULL;
	while (rest.p != NULL && exact) {
		token = str_cut(rest, '/', &rest);
		below = yaml_step(n, yaml_token(token, buf, sizeof(buf)));
		exact = below != NULL;
		n = exact ? below : n;
	}
	if (ret_exact != NULL)
		*ret_exact = exact;
	return n;
}

struct place
yaml_place(const struct yaml_doc *d, const struct yaml_node *n, bool key)
{
	return (struct place){ d->file, d->text, key ? n->key_line : n->line,
		key ? n->key_column : n->column };
}

static bool
yaml_is(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strcmp(text, *words) == 0)
			return true;
	}
	return false;
}

static bool
yaml_integer(const char *text, int64_t *ret)
{
	const char *digits = text + (*text == '-' || *text == '+');
	struct str s = str_of(*text == '+' ? text + 1 : text);
	char *end;

	errno = 0;
	if (strncmp(text, "0x", 2) == 0 || strncmp(text, "0o", 2) == 0) {
		if (!isxdigit((unsigned char)text[2]))
			return false;
		*ret = strtoll(text + 2, &end, text[1] == 'x' ? 16 : 8);
		return *end == '\0' && errno == 0;
	}
	if (!isdigit((unsigned char)*digits) ||
	    (digits[0] == '0' && digits[1] != '\0'))
		return false;
	return str_to_int64(s, ret);
}

static bool
yaml_number(const char *text, double *ret)
{
	const char *p = text + (*text == '-' || *text == '+');
	char *end;

	if (p[0] == '0' && isdigit((unsigned char)p[1]))
		return false;
	if (!isdigit((unsigned char)*p) &&
	    !(p[0] == '.' && isdigit((unsigned char)p[1])))
		return false;
	if (p[strspn(p, "0123456789.eE+-")] != '\0')
		return false;
	*ret = strtod(text, &end);
	return *end == '\0' && isfinite(*ret);
}

static json_t *
yaml_scalar_json(const struct yaml_node *n, bool want_text)
{
	static const char *const none[] = { "", "~", "null", "Null", "NULL",
		NULL };
	static const char *const yes[] = { "true", "True", "TRUE", NULL };
	static const char *const no[] = { "false", "False", "FALSE", NULL };
	int64_t integer;
	double number;

	if (!n->plain)
		return json_string(n->text);
	if (yaml_is(n->text, none))
		return json_null();
	if (want_text)
		return json_string(n->text);
	if (yaml_is(n->text, yes))
		return json_true();
	if (yaml_is(n->text, no))
		return json_false();
	if (yaml_integer(n->text, &integer))
		return json_integer(integer);
	/* A whole number too large for an integer is not rounded. */
	if (strpbrk(n->text, ".eE") != NULL && yaml_number(n->text, &number))
		return json_real(number);
	return json_string(n->text);
}

/* The alternative that a node can only mean, or NULL. */
static const struct schema *
yaml_alternative(const struct yaml_node *n, const struct schema *s)
{
	if (s == NULL || s->kind != SCHEMA_ONE_OF)
		return s;
	for (const struct schema *const *o = s->any_of; *o != NULL; o++) {
		enum schema_kind k = (*o)->kind;

		if (n->kind == YAML_MAP
			? k == SCHEMA_OBJECT || k == SCHEMA_MAP
			: n->kind == YAML_LIST && k == SCHEMA_LIST)
			return *o;
	}
	return NULL;
}

json_t *
yaml_json(const struct yaml_node *n, const struct schema *s)
{
	json_t *value, *below;

	s = yaml_alternative(n, s);
	if (n->kind == YAML_SCALAR) {
		value = yaml_scalar_json(n, s != NULL &&
		    (s->kind == SCHEMA_STRING || s->kind == SCHEMA_CHOICE));
		if (json_is_null(value) && s != NULL &&
		    (s->kind == SCHEMA_OBJECT || s->kind == SCHEMA_MAP))
			value = json_object();
		ASSERT(value != NULL);
		return value;
	}
	value = n->kind == YAML_MAP ? json_object() : json_array();
	for (const struct yaml_node *c = n->child; c != NULL; c = c->next) {
		const struct schema *of = NULL;

		if (s != NULL && s->kind == SCHEMA_OBJECT && c->key != NULL)
			of = schema_member(s, c->key);
		else if (s != NULL && (s->kind == SCHEMA_MAP ||
		    s->kind == SCHEMA_LIST))
			of = s->of;
		below = yaml_json(c, of);
		if (n->kind == YAML_MAP)
			json_object_set_new(value, c->key, below);
		else
			json_array_append_new(value, below);
	}
	return value;
}
