/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <ctype.h>
#include <string.h>

/* What looks as if it were filled in. */
static const char *const text_tokens[] = { "$params.", "$needs.", "${{", "{{",
	NULL };

/* The first token in text, the earliest and longest. */
static const char *
text_find(const char *text, const char **ret_token)
{
	const char *best = NULL;

	for (const char *const *t = text_tokens; *t != NULL; t++) {
		const char *at = strstr(text, *t);

		if (at != NULL && (best == NULL || at < best)) {
			best = at;
			*ret_token = *t;
		}
	}
	return best;
}

/*
 * Where the n-th line of a text stands in the file: a block scalar keeps its
 * lines, so the token is looked for in that line; else the value's place.
 */
static struct place
text_place(struct load *l, const struct item *it, const char *pointer,
    const char *text, const char *at)
{
	const struct yaml_node *n = yaml_find(it->doc,
	    load_text(l, "%s%s", it->at, pointer), NULL);
	struct place place = yaml_place(it->doc, n, false);
	const char *start = at, *end = at + strcspn(at, "\n");
	struct str rest = it->doc->text, line = { 0 };
	int down = 0;

	while (start > text && start[-1] != '\n')
		start--;
	for (const char *c = text; c < start; c++)
		down += *c == '\n';
	for (int i = 0; i < place.line + down && rest.p != NULL; i++)
		line = str_cut(rest, '\n', &rest);
	for (size_t i = 0; line.n >= (size_t)(end - start) &&
	    i <= line.n - (size_t)(end - start); i++) {
		if (memcmp(line.p + i, start, (size_t)(end - start)) != 0)
			continue;
		place.line += down;
		place.column = 1;
		for (const char *c = line.p; c < line.p + i + (at - start); c++)
			place.column += ((unsigned char)*c & 0xc0) != 0x80;
		break;
	}
	return place;
}

/* "$params.name…" or "{{ params.name }}": the name; empty when there is
 * none. */
static struct str
text_name(const char *at, const char *token)
{
	const char *p = at + strlen(token), *start;

	while (*p == ' ')
		p++;
	if (strncmp(p, "params.", 7) == 0)
		p += 7;
	for (start = p; islower((unsigned char)*p) ||
	    isdigit((unsigned char)*p) || *p == '_'; p++)
		;
	return (struct str){ start, (size_t)(p - start) };
}

static const char *
text_upper(struct load *l, struct str name)
{
	char *upper = arena_str(l->a, name);

	for (char *c = upper; *c != '\0'; c++)
		*c = (char)(*c == '-' ? '_' : toupper((unsigned char)*c));
	return upper;
}

/* "$needs.role.outputs.url…": the reference that it is part of. */
static const char *
text_output_hint(struct load *l, const char *at)
{
	size_t n = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_-.");
	const char *whole = arena_str(l->a, (struct str){ at, n + 1 });
	struct reference r = reference_parse(whole);

	if (r.kind == REFERENCE_ARTIFACT)
		return load_text(l, "write env: {%s: %s} and here \"$%s\"",
		    text_upper(l, r.output), whole, text_upper(l, r.output));
	if (r.kind != REFERENCE_OUTPUT)
		return "write \"$NEEDS_<NEED>_<OUTPUT>\"";
	return load_text(l, "write \"$NEEDS_%s_%s\"", text_upper(l, r.name),
	    text_upper(l, r.output));
}

static bool
text_is_param(const struct item *it, struct str name)
{
	const json_t *params = json_object_get(it->value, "params");

	return json_object_getn(params, name.p, name.n) != NULL;
}

static const char *
text_hint(struct load *l, const struct item *it, const char *at,
    const char *token)
{
	struct str name = text_name(at, token);

	if (strcmp(token, "$needs.") == 0)
		return text_output_hint(l, at);
	if (name.n > 0 && (token[0] == '$' || text_is_param(it, name)))
		return load_text(l, "write \"$PARAM_%s\"", text_upper(l, name));
	return "nothing fills it in; a template of another program goes into "
	       "a file: run: ./script";
}

void
check_script(struct load *l, const struct item *it, const char *pointer,
    const char *text)
{
	const char *token = NULL, *at = text;

	while ((at = text_find(at, &token)) != NULL) {
		struct str name = text_name(at, token);

		folder_error_add(l->errs, text_place(l, it, pointer, text, at),
		    text_hint(l, it, at, token),
		    "'%s%.*s' is not filled in inside a script", token,
		    token[0] == '$' && token[1] != '{' ? (int)name.n : 0,
		    name.p);
		at += strlen(token);
		if (token[0] == '$' && token[1] == '{')
			at += strspn(at, "{");
	}
}

bool
check_scalar(struct load *l, const struct item *it, const char *pointer,
    const char *text)
{
	struct reference r = reference_parse(text);
	const char *token = NULL, *at;

	if (r.kind == REFERENCE_ITEM) {
		load_error(l, it, pointer, "write it in with: of a need that "
		    "has foreach:", "'%s' is known only in a need with "
		    "foreach", text);
		return false;
	}
	if (r.kind == REFERENCE_ENDED) {
		load_error(l, it, pointer, "write it in with: of on_failure: "
		    "or always:", "'%s' is known only to what cleans up",
		    text);
		return false;
	}
	if (r.kind == REFERENCE_PARAM || r.kind == REFERENCE_OUTPUT ||
	    r.kind == REFERENCE_ARTIFACT)
		return true;
	at = text_find(reference_literal(text) != text ? text + 2 : text,
	    &token);
	if (at == NULL && r.kind == REFERENCE_NONE)
		return true;
	if (at == NULL || r.kind == REFERENCE_BAD)
		load_error(l, it, pointer, "write $params.NAME or "
		    "$needs.NEED.outputs.NAME and nothing else; '$$' for a "
		    "dollar", "'%s' is no reference", text);
	else
		folder_error_add(l->errs, text_place(l, it, pointer, text, at),
		    "write a reference as the whole value, or join the parts "
		    "in a script", "'%s' is not filled in inside a longer "
		    "text", token);
	return false;
}
