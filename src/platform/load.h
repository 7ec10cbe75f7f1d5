/* SPDX-License-Identifier: MIT */
/*
 * load.h: one load of a folder, while it goes on.
 *
 * The order is visible in load.c: read every document into items (a name, a
 * JSON value, a place), settle people and settings (settle.c), then tasks and
 * requests (load_task.c, load_request.c), then check what only the whole can
 * tell (check_*.c).  Every step goes on after a mistake and complains through
 * load_error; an item that was complained about by its schema is `broken`:
 * others may name it, nobody looks into it, but for its names
 * (check_broken.c).
 *
 * Two arenas: `a` dies with the load (documents, positions), `p->arena` is
 * the snapshot's.
 */
#ifndef PLATFORM_LOAD_H
#define PLATFORM_LOAD_H

#include "base/map.h"
#include "platform/source.h"
#include "platform/yaml.h"
#include "spec/validate.h"

enum item_kind {
	ITEM_TASK,
	ITEM_REQUEST,
	ITEM_SCHEDULE,
	ITEM_PERSON,
	ITEM_TEAM,
	ITEM_ENVIRONMENT,
	ITEM_PROJECT,
	ITEM_LIMIT,
	ITEM_VOLUME,
	ITEM_GRANT,
	ITEM_SETTINGS,
	ITEM_KINDS
};

struct item {
	enum item_kind kind;
	const char *name;
	const struct yaml_doc *doc;
	const char *at; /* JSON Pointer in doc: "", "/people/ernie" */
	json_t *value;	/* lives as long as the snapshot */
	bool broken;
	struct task *task; /* ITEM_TASK that is not broken */
};

struct items { /* of one kind, in the order of the folder */
	struct item **list;
	size_t count, cap;
	struct map by_name;
};

struct load {
	struct arena *a;
	struct platform *p;
	struct folder_errors *errs;
	struct source source;
	struct items kinds[ITEM_KINDS];
	struct map files; /* read so far: name → folder_file */
};

/* "task", "person" …: for messages. */
const char *item_kind_name(enum item_kind kind);
/* NULL when there is none. */
struct item *load_find(const struct load *l, enum item_kind kind,
    const char *name);
/* Complains and returns NULL when the name is taken (grants have none).
 * Steals value. */
struct item *load_add(struct load *l, enum item_kind kind, const char *name,
    const struct yaml_doc *doc, const char *at, json_t *value);

/*
 * Complain about the value at a JSON Pointer below the item ("/needs/role");
 * load_error_key about its key.  hint may be NULL.
 */
void load_error(struct load *l, const struct item *it, const char *pointer,
    const char *hint, const char *fmt, ...) PRINTF_LIKE(5, 6);
void load_error_key(struct load *l, const struct item *it,
    const char *pointer, const char *hint, const char *fmt, ...)
    PRINTF_LIKE(5, 6);
void load_warning(struct load *l, const struct item *it, const char *pointer,
    const char *hint, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* printf in the arena of the load. */
const char *load_text(struct load *l, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

/*
 * The item called name, or a complaint "unknown task 'x' in …" with the near
 * name or the names there are.
 */
struct item *load_resolve(struct load *l, const struct item *it,
    const char *pointer, enum item_kind kind, const char *name);
/* The same of a team or a person. */
struct item *load_resolve_group(struct load *l, const struct item *it,
    const char *pointer, const char *name);
/* "did you mean 'x'?", or the names there are, or NULL. */
const char *load_near(struct load *l, const char *typed,
    const char *const *names, size_t n);

/* Steps; see the files of these names. */
void load_document(struct load *l, const struct yaml_doc *doc);
void load_problems(struct load *l, const struct yaml_doc *doc,
    const struct problem *problems, size_t n);
void settle_base(struct load *l);
void load_tasks(struct load *l);
void load_requests(struct load *l);
/* What a request type makes, NULL: nothing. */
const struct resource_def *load_resource(struct load *l,
    const struct item *it, const struct task *task, int64_t lifetime);
/* cost: of a task or a request type, over the parameters of the task. */
void check_cost(struct load *l, const struct item *it,
    const struct task *task);
void load_schedules(struct load *l);
void load_notify(struct load *l);
/* Complains and returns NULL when there is no such time zone. */
const struct zone *settle_zone(struct load *l, const struct item *it,
    const char *pointer, const char *name);
void check_tasks(struct load *l);
void check_environments(struct load *l);
/* What is `broken`: its names, scripts and times all the same. */
void check_broken(struct load *l);
void check_task_params(struct load *l, const struct item *it);
void check_task_output_types(struct load *l, const struct item *it);
void check_task_needs(struct load *l, const struct item *it);
void check_task_cleanups(struct load *l, const struct item *it);
void check_task_key(struct load *l, const struct item *it);
void check_task_requires(struct load *l, const struct item *it);
/* with: of what is no need; of: its task, at: where it is named, ended: it may
 * speak of how this one ended. */
void check_with(struct load *l, const struct item *it, const char *at,
    const json_t *with, const struct task *of, bool ended);
void check_task_undo(struct load *l, const struct item *it);
void check_cycles(struct load *l);
/* "a text", "a list": for messages. */
const char *check_kind(const struct schema *s);
/* Every value of `from` is of the type of `into`. */
bool check_fits(const struct schema *from, const struct schema *into);

/* Read a file that a definition names; NULL and a complaint when it may not
 * be or is not there. */
const struct folder_file *load_file(struct load *l, const struct item *it,
    const char *pointer, const char *name);

/* Names and values of when:, with the parameters it speaks of (NULL: those of
 * any task). */
void check_matchers(struct load *l, const struct item *it,
    const char *pointer, const json_t *when, const struct schema *params);
/* A literal against a schema; name is what the complaint calls it.  False
 * when it is wrong. */
bool check_literal(struct load *l, const struct item *it, const char *pointer,
    const char *name, const struct schema *s, const json_t *value);
/* What the rules of an approve: list can speak of. */
struct rule_scope {
	const struct schema *params; /* NULL: those of any task */
	bool cost;		     /* something says what it costs */
};
/* An approve: list: matchers, windows, groups, counts. */
void check_rules(struct load *l, const struct item *it, const json_t *rules,
    const struct rule_scope *scope);

/*
 * Texts of definitions.  check_script: the text of a script has no syntax
 * that looks as if it were filled in.  check_scalar: the same of a text that
 * may be a whole reference; false when it is wrong.
 */
void check_script(struct load *l, const struct item *it, const char *pointer,
    const char *text);
bool check_scalar(struct load *l, const struct item *it, const char *pointer,
    const char *text);

/* Where a value comes from. */
struct flow {
	enum { FLOW_WRONG, FLOW_LITERAL, FLOW_PARAM, FLOW_OUTPUT,
		FLOW_ARTIFACT } from;
	const char *text;	    /* FLOW_LITERAL, "$$" undone */
	const struct schema *type;  /* FLOW_PARAM, FLOW_OUTPUT */
	bool secret;
};
struct flow check_flow(struct load *l, const struct item *it,
    const char *pointer, const char *text);

#endif
