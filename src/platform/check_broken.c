/* SPDX-License-Identifier: MIT */
/*
 * Items that their schema complained about.  What one of their values means
 * may hang on the one that is wrong, so that nobody looks into them; but a
 * name is a name, a script a script, and a time a time.  A place that was
 * complained about is left alone: one mistake is told once.
 */
#include "platform/load.h"

#include <string.h>

#include "base/cron.h"
#include "base/limits.h"
#include "platform/build.h"

/* "[]": each of a list, "*": each of an object, "{}": its keys. */
struct named {
	enum item_kind in;
	const char *path;
	enum item_kind of; /* ITEM_TEAM at the end of "of": or a person */
};

static const struct named named[] = {
	{ ITEM_TASK, "team", ITEM_TEAM },
	{ ITEM_TASK, "needs/[]", ITEM_TASK },
	{ ITEM_TASK, "needs/*", ITEM_TASK },
	{ ITEM_TASK, "needs/*/task", ITEM_TASK },
	{ ITEM_TASK, "on_failure", ITEM_TASK },
	{ ITEM_TASK, "on_failure/task", ITEM_TASK },
	{ ITEM_TASK, "on_failure/[]", ITEM_TASK },
	{ ITEM_TASK, "on_failure/[]/task", ITEM_TASK },
	{ ITEM_TASK, "always", ITEM_TASK },
	{ ITEM_TASK, "always/task", ITEM_TASK },
	{ ITEM_TASK, "always/[]", ITEM_TASK },
	{ ITEM_TASK, "always/[]/task", ITEM_TASK },
	{ ITEM_TASK, "requires/[]/task", ITEM_TASK },
	{ ITEM_TASK, "undo", ITEM_TASK },
	{ ITEM_TASK, "uses/{}", ITEM_LIMIT },
	{ ITEM_TASK, "volumes/[]", ITEM_VOLUME },
	{ ITEM_TASK, "approve/[]/of", ITEM_TEAM },
	{ ITEM_REQUEST, "task", ITEM_TASK },
	{ ITEM_REQUEST, "project", ITEM_PROJECT },
	{ ITEM_REQUEST, "approve/[]/of", ITEM_TEAM },
	{ ITEM_SCHEDULE, "task", ITEM_TASK },
	{ ITEM_SCHEDULE, "request", ITEM_REQUEST },
	{ ITEM_SCHEDULE, "team", ITEM_TEAM },
};

/* Is there a complaint already? */
static bool
broken_is_told(struct load *l, const struct item *it, const char *pointer)
{
	bool exact;
	const struct yaml_node *n = yaml_find(it->doc,
	    load_text(l, "%s%s", it->at, pointer), &exact);
	struct place value = yaml_place(it->doc, n, false);
	struct place key = yaml_place(it->doc, n, true);

	for (size_t i = 0; i < l->errs->count; i++) {
		const struct folder_error *e = &l->errs->items[i];

		if (streq(e->file, value.file) &&
		    ((e->line == value.line && e->column == value.column) ||
			(e->line == key.line && e->column == key.column)))
			return true;
	}
	return !exact;
}

static void
broken_name(struct load *l, const struct item *it, const struct named *rule,
    const char *pointer, const char *name)
{
	const bool group = str_ends(str_of(rule->path), "/of");

	if (name == NULL || load_find(l, rule->of, name) != NULL ||
	    (group && load_find(l, ITEM_PERSON, name) != NULL) ||
	    l->errs->count == LIMIT_FOLDER_ERRORS ||
	    broken_is_told(l, it, pointer))
		return;
	if (group)
		load_resolve_group(l, it, pointer, name);
	else
		load_resolve(l, it, pointer, rule->of, name);
}

static void
broken_walk(struct load *l, const struct item *it, const struct named *rule,
    const json_t *value, const char *pointer, const char *path)
{
	json_t *walked = (json_t *)(uintptr_t)value, *member;
	size_t n = strcspn(path, "/"), i;
	const char *rest = path[n] == '/' ? path + n + 1 : path + n;
	struct str part = { path, n };
	const char *key;

	if (*path == '\0') {
		broken_name(l, it, rule, pointer, json_string_value(value));
		return;
	}
	if (str_is(part, "[]")) {
		json_array_foreach (walked, i, member)
			broken_walk(l, it, rule, member,
			    load_text(l, "%s/%zu", pointer, i), rest);
		return;
	}
	json_object_foreach (walked, key, member) {
		const char *at = pointer_join(l->a, pointer, key);

		if (str_is(part, "{}"))
			broken_name(l, it, rule, at, key);
		else if (str_is(part, "*") || str_is(part, key))
			broken_walk(l, it, rule, member, at, rest);
	}
}

static void
broken_times(struct load *l, const struct item *it)
{
	const char *cron = build_text(it->value, "cron");
	const char *zone = build_text(it->value, "timezone");
	struct cron parsed;
	struct err e = { 0 };

	if (zone != NULL && !broken_is_told(l, it, "/timezone"))
		settle_zone(l, it, "/timezone", zone);
	if (cron != NULL && !broken_is_told(l, it, "/cron") &&
	    !cron_parse(str_of(cron), &parsed, &e))
		load_error(l, it, "/cron", e.hint[0] != '\0' ? e.hint : NULL,
		    "%s", e.message);
}

void
check_broken(struct load *l)
{
	for (int k = 0; k < ITEM_KINDS; k++) {
		for (size_t i = 0; i < l->kinds[k].count; i++) {
			const struct item *it = l->kinds[k].list[i];
			const char *run = build_text(it->value, "run");

			if (!it->broken)
				continue;
			for (size_t r = 0; r < ARRAY_SIZE(named); r++)
				if (named[r].in == it->kind)
					broken_walk(l, it, &named[r],
					    it->value, "", named[r].path);
			if (it->kind == ITEM_TASK && run != NULL &&
			    !broken_is_told(l, it, "/run"))
				check_script(l, it, "/run", run);
			if (it->kind == ITEM_SCHEDULE)
				broken_times(l, it);
		}
	}
}
