/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/near.h"
#include "spec/validate.h"

#define LOAD_NAMES 6 /* that a hint lists */

const char *
item_kind_name(enum item_kind kind)
{
	static const char *const names[ITEM_KINDS] = {
		[ITEM_TASK] = "task",
		[ITEM_REQUEST] = "request",
		[ITEM_SCHEDULE] = "schedule",
		[ITEM_PERSON] = "person",
		[ITEM_TEAM] = "team",
		[ITEM_ENVIRONMENT] = "environment",
		[ITEM_PROJECT] = "project",
		[ITEM_LIMIT] = "limit",
		[ITEM_VOLUME] = "volume",
		[ITEM_GRANT] = "grant",
		[ITEM_SETTINGS] = "document",
	};

	return names[kind];
}

struct item *
load_find(const struct load *l, enum item_kind kind, const char *name)
{
	return map_get(&l->kinds[kind].by_name, name);
}

static void
items_push(struct load *l, struct items *items, struct item *it)
{
	if (items->count == items->cap) {
		size_t cap = items->cap == 0 ? 16 : items->cap * 2;
		struct item **more = arena_array(l->a, cap, sizeof(*more));

		if (items->count > 0)
			memcpy(more, items->list,
			    items->count * sizeof(*more));
		items->list = more;
		items->cap = cap;
	}
	items->list[items->count++] = it;
}

static void
item_forget(void *value)
{
	json_decref(value);
}

struct item *
load_add(struct load *l, enum item_kind kind, const char *name,
    const struct yaml_doc *doc, const char *at, json_t *value)
{
	struct item *it = ARENA_NEW(l->a, struct item);
	struct item *before = name == NULL ? NULL : load_find(l, kind, name);

	arena_cleanup(l->p->arena, item_forget, value);
	*it = (struct item){ .kind = kind, .name = name, .doc = doc, .at = at,
		.value = value };
	if (before != NULL) {
		const struct yaml_node *n = yaml_find(before->doc, before->at,
		    NULL);

		load_error_key(l, it, "", kind == ITEM_SETTINGS
		    ? "keep one" : "keep one, or give one another name",
		    "%s '%s' is in the folder twice, first in %s:%d",
		    item_kind_name(kind), name, before->doc->file,
		    n->key_line);
		return NULL;
	}
	if (name != NULL)
		map_put(&l->kinds[kind].by_name, name, it);
	items_push(l, &l->kinds[kind], it);
	return it;
}

static struct place
load_place(struct load *l, const struct item *it, const char *pointer,
    bool key)
{
	const char *whole = load_text(l, "%s%s", it->at, pointer);
	bool exact;
	const struct yaml_node *n = yaml_find(it->doc, whole, &exact);

	return yaml_place(it->doc, n, key && exact);
}

void
load_error(struct load *l, const struct item *it, const char *pointer,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	folder_error_add(l->errs, load_place(l, it, pointer, false), hint,
	    "%s", arena_vprintf(l->a, fmt, ap));
	va_end(ap);
}

void
load_error_key(struct load *l, const struct item *it, const char *pointer,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	folder_error_add(l->errs, load_place(l, it, pointer, true), hint,
	    "%s", arena_vprintf(l->a, fmt, ap));
	va_end(ap);
}

void
load_warning(struct load *l, const struct item *it, const char *pointer,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	folder_warning_add(l->errs, load_place(l, it, pointer, false), hint,
	    "%s", arena_vprintf(l->a, fmt, ap));
	va_end(ap);
}

const char *
load_text(struct load *l, const char *fmt, ...)
{
	const char *text;
	va_list ap;

	va_start(ap, fmt);
	text = arena_vprintf(l->a, fmt, ap);
	va_end(ap);
	return text;
}

const char *
load_near(struct load *l, const char *typed, const char *const *names,
    size_t n)
{
	struct near near = near_start(typed);
	const char *text = NULL;

	for (size_t i = 0; i < n; i++)
		near_offer(&near, names[i]);
	if (near.best != NULL)
		return load_text(l, "did you mean '%s'?", near.best);
	for (size_t i = 0; i < n && i < LOAD_NAMES; i++)
		text = load_text(l, "%s%s", text == NULL ? "known: "
		    : load_text(l, "%s, ", text), names[i]);
	if (n > LOAD_NAMES)
		text = load_text(l, "%s and %zu more", text, n - LOAD_NAMES);
	return text;
}

/* The names of up to two kinds (or the same twice), for a hint. */
static const char *
load_near_items(struct load *l, const char *typed, enum item_kind k,
    enum item_kind other)
{
	const struct items *a = &l->kinds[k], *b = &l->kinds[other];
	const char **names = arena_array(l->a, a->count + b->count + 1,
	    sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++)
		names[n++] = a->list[i]->name;
	for (size_t i = 0; other != k && i < b->count; i++)
		names[n++] = b->list[i]->name;
	if (n == 0)
		return load_text(l, "the folder has no %s yet",
		    item_kind_name(k));
	return load_near(l, typed, names, n);
}

struct item *
load_resolve(struct load *l, const struct item *it, const char *pointer,
    enum item_kind kind, const char *name)
{
	struct item *found = load_find(l, kind, name);

	if (found == NULL)
		load_error(l, it, pointer, load_near_items(l, name, kind,
		    kind), "unknown %s '%s'", item_kind_name(kind), name);
	return found;
}

struct item *
load_resolve_group(struct load *l, const struct item *it, const char *pointer,
    const char *name)
{
	struct item *found = load_find(l, ITEM_TEAM, name);

	if (found == NULL)
		found = load_find(l, ITEM_PERSON, name);
	if (found == NULL)
		load_error(l, it, pointer, load_near_items(l, name, ITEM_TEAM,
		    ITEM_PERSON), "unknown team or person '%s'", name);
	return found;
}
