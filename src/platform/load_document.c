/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/near.h"
#include "platform/names.h"
#include "spec/folder.h"
#include "spec/validate.h"

static const struct folder_kind *
document_kind(const char *key)
{
	for (const struct folder_kind *k = folder_kinds; k->key != NULL; k++) {
		if (streq(k->key, key))
			return k;
	}
	return NULL;
}

static void
document_error(struct load *l, const struct yaml_doc *doc,
    const struct yaml_node *n, const char *hint, const char *what)
{
	folder_error_add(l->errs, yaml_place(doc, n, true), hint, "%s", what);
}

/* No kind begins with the first key: say what could be meant. */
static void
document_unknown(struct load *l, const struct yaml_doc *doc,
    const struct yaml_node *first)
{
	struct near near = near_start(first->key);

	for (const struct yaml_node *n = first; n != NULL; n = n->next) {
		if (document_kind(n->key) != NULL) {
			document_error(l, doc, n, load_text(l,
			    "move it above '%s'", first->key), load_text(l,
			    "'%s' must be the first key of its document",
			    n->key));
			return;
		}
	}
	for (const struct folder_kind *k = folder_kinds; k->key != NULL; k++)
		near_offer(&near, k->key);
	document_error(l, doc, first, near.best != NULL
	    ? load_text(l, "did you mean '%s'?", near.best)
	    : "begin it with slipway, people, teams, grants, environments, "
	      "task, request or schedule", load_text(l,
	    "'%s' tells no kind of document", first->key));
}

static const struct folder_kind *
document_find_kind(struct load *l, const struct yaml_doc *doc)
{
	const struct yaml_node *first = doc->root->child;
	const struct folder_kind *kind;

	if (doc->root->kind != YAML_MAP || first == NULL) {
		document_error(l, doc, doc->root, "begin it with a key like "
		    "task: or people:", "a document must be keys and values");
		return NULL;
	}
	kind = document_kind(first->key);
	if (kind == NULL) {
		document_unknown(l, doc, first);
		return NULL;
	}
	if (kind->schema == NULL) {
		document_error(l, doc, first, "take the document out for now",
		    "processes are not in this release");
		return NULL;
	}
	return kind;
}

static void
document_later(struct load *l, const struct yaml_doc *doc, const char *key,
    const char *task)
{
	const struct yaml_node *at = yaml_find(doc, load_text(l, "/%s", key),
	    NULL);

	if (streq(key, "foreach"))
		document_error(l, doc, at, load_text(l, "in the task that "
		    "needs it write needs: {each: {task: %s, foreach: …, "
		    "with: {PARAMETER: $item}}}", task != NULL ? task : "…"),
		    "'foreach' is not of the task, but of a need");
	else
		document_error(l, doc, at, "take it out for now",
		    load_text(l, "'%s' is not in this release", key));
}

/* Keys that we know and do not do yet are named, not "unknown". */
static bool
document_refuse_later(struct load *l, const struct yaml_doc *doc,
    json_t *value)
{
	bool refused = false;

	for (const char *const *key = folder_task_later; *key != NULL; key++) {
		if (json_object_get(value, *key) == NULL)
			continue;
		document_later(l, doc, *key, json_string_value(
		    json_object_get(value, "task")));
		json_object_del(value, *key);
		refused = true;
	}
	return refused;
}

/* The members of a map of the document become items. */
static void
document_spread(struct load *l, const struct yaml_doc *doc, json_t *value,
    const char *key, enum item_kind kind)
{
	json_t *map = json_object_get(value, key), *member;
	const char *name;
	size_t i;

	json_array_foreach (map, i, member) {
		if (kind == ITEM_GRANT)
			load_add(l, kind, NULL, doc, load_text(l, "/%s/%zu",
			    key, i), json_incref(member));
	}
	json_object_foreach (map, name, member) {
		const char *at = pointer_join(l->a, load_text(l, "/%s", key),
		    name);

		if (kind == ITEM_GRANT)
			break;
		load_add(l, kind, arena_strdup(l->p->arena, name), doc, at,
		    json_incref(member));
	}
}

/* The whole document is one item, named by its first key. */
static bool
document_is_one(const struct folder_kind *kind)
{
	return kind->schema == &folder_task_schema ||
	    kind->schema == &folder_request_schema ||
	    kind->schema == &folder_schedule_schema;
}

static enum item_kind
document_item(const struct folder_kind *kind)
{
	if (kind->schema == &folder_task_schema)
		return ITEM_TASK;
	return kind->schema == &folder_request_schema ? ITEM_REQUEST
						      : ITEM_SCHEDULE;
}

static void
document_items(struct load *l, const struct yaml_doc *doc,
    const struct folder_kind *kind, json_t *value, bool broken)
{
	const char *key = kind->key;
	struct item *it;

	if (document_is_one(kind)) {
		const char *name = json_string_value(
		    json_object_get(value, key));

		if (name == NULL)
			return;
		it = load_add(l, document_item(kind), name, doc, "",
		    json_incref(value));
		if (it != NULL)
			it->broken = broken;
		return;
	}
	if (kind->schema == &folder_settings_schema) {
		load_add(l, ITEM_SETTINGS, "slipway", doc, "",
		    json_incref(value));
		document_spread(l, doc, value, "limits", ITEM_LIMIT);
		document_spread(l, doc, value, "projects", ITEM_PROJECT);
		document_spread(l, doc, value, "volumes", ITEM_VOLUME);
		return;
	}
	document_spread(l, doc, value, "people", ITEM_PERSON);
	document_spread(l, doc, value, "teams", ITEM_TEAM);
	document_spread(l, doc, value, "environments", ITEM_ENVIRONMENT);
	document_spread(l, doc, value, "grants", ITEM_GRANT);
}

void
load_document(struct load *l, const struct yaml_doc *doc)
{
	const struct folder_kind *kind = document_find_kind(l, doc);
	struct problems problems;
	json_t *value;
	bool broken;

	if (kind == NULL)
		return;
	value = yaml_json(doc->root, kind->schema);
	broken = kind->schema == &folder_task_schema &&
	    document_refuse_later(l, doc, value);
	problems_init(&problems, l->a);
	if (!validate(kind->schema, value, "", &problems)) {
		load_problems(l, doc, problems.items, problems.count);
		broken = true;
	}
	document_items(l, doc, kind, value, broken);
	json_decref(value);
}

/*
 * What validation found, said about a file instead of a request.
 */

/* "/approve/0/of" → "approve[0].of" */
static const char *
problem_path(struct load *l, struct str pointer)
{
	struct str rest, token;
	const char *path = "";

	str_cut(pointer, '/', &rest);
	while (rest.p != NULL) {
		token = str_cut(rest, '/', &rest);
		if (token.n > 0 && token.p[0] >= '0' && token.p[0] <= '9')
			path = load_text(l, "%s[%.*s]", path, (int)token.n,
			    token.p);
		else
			path = load_text(l, "%s%s%.*s", path,
			    path[0] == '\0' ? "" : ".", (int)token.n, token.p);
	}
	return path;
}

/* "/retry/times" of task 'x' → "retry.times of task 'x'". */
static const char *
problem_where(struct load *l, const struct yaml_doc *doc, struct str pointer)
{
	const struct yaml_node *first = doc->root->child;
	const char *path = problem_path(l, pointer);
	bool named = (streq(first->key, "task") ||
	    streq(first->key, "request") ||
	    streq(first->key, "schedule")) && first->kind == YAML_SCALAR;

	if (!named || streq(path, first->key))
		return *path == '\0' ? "this document" : path;
	return load_text(l, "%s%s%s '%s'", path, *path == '\0' ? "" : " of ",
	    first->key, first->text);
}

static void
problem_unknown(struct load *l, const struct yaml_doc *doc,
    const struct yaml_node *n, const struct problem *pr, struct str up)
{
	const char *hint = pr->hint;

	if (up.n == 0 && document_kind(n->key) != NULL &&
	    !streq(n->key, "task"))
		hint = load_text(l, "'%s' begins a document of its own: write "
		    "--- above it", n->key);
	folder_error_add(l->errs, yaml_place(doc, n, true), hint,
	    "unknown key '%s' in %s", n->key, problem_where(l, doc, up));
}

/* A hint that is the sentence of a schema, in the voice of a hint. */
static const char *
problem_hint(struct load *l, const char *hint)
{
	struct str s = str_of(hint);
	char *copy;

	if (!str_ends(s, "."))
		return hint;
	s.n--;
	copy = arena_str(l->a, s);
	if (copy[0] >= 'A' && copy[0] <= 'Z' &&
	    !(copy[1] >= 'A' && copy[1] <= 'Z'))
		copy[0] = (char)(copy[0] - 'A' + 'a');
	return copy;
}

/* How names of the map at a pointer look. */
static const char *
problem_name_hint(struct str map)
{
	if (str_ends(map, "/params") || str_ends(map, "/outputs") ||
	    str_ends(map, "/artifacts"))
		return "a name here has small letters, digits and _, and "
		       "begins with a letter";
	if (str_ends(map, "/env") || str_ends(map, "/vars"))
		return "a name here has capitals, digits and _";
	if (str_ends(map, "/projects"))
		return "a name here has 2 to 10 capitals and digits";
	return "a name here has small letters, digits, _ and -, and begins "
	       "with a letter";
}

static void
load_problem(struct load *l, const struct yaml_doc *doc,
    const struct problem *pr)
{
	const struct yaml_node *n = yaml_find(doc, pr->pointer, NULL);
	struct str whole = str_of(pr->pointer), up = whole;
	const char *last;
	bool name;

	while (up.n > 0 && up.p[up.n - 1] != '/')
		up.n--;
	last = up.p + up.n;
	up.n -= up.n > 0;
	if (streq(pr->code, "field.unknown")) {
		problem_unknown(l, doc, n, pr, up);
		return;
	}
	if (streq(pr->code, "field.required")) {
		folder_error_add(l->errs, yaml_place(doc, n, false),
		    problem_hint(l, pr->hint), "%s in %s",
		    pr->message, problem_where(l, doc, up));
		return;
	}
	name = strncmp(pr->message, "name ", 5) == 0;
	if (name && n->key != NULL && names_reserved(n->key))
		folder_error_add(l->errs, yaml_place(doc, n, true),
		    "choose another name", "'%s' is a reserved name", last);
	else if (name)
		folder_error_add(l->errs, yaml_place(doc, n, true),
		    problem_name_hint(up), "%s: %s", problem_where(l, doc, up), pr->message);
	else
		folder_error_add(l->errs, yaml_place(doc, n, false),
		    problem_hint(l, pr->hint), "%s: %s",
		    problem_where(l, doc, whole), pr->message);
}

void
load_problems(struct load *l, const struct yaml_doc *doc,
    const struct problem *problems, size_t n)
{
	for (size_t i = 0; i < n; i++)
		load_problem(l, doc, &problems[i]);
}
