/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "platform/commit.h"
#include "sys/digest.h"

#define PLATFORM_MAGIC 0x91a7f012u

static const char load_settings[] = "slipway.yaml";

static void
load_error_file(struct load *l, const char *name, const char *hint,
    const char *what)
{
	folder_error_add(l->errs, (struct place){ .file = name }, hint, "%s",
	    what);
}

static void
load_bytes_forget(void *bytes)
{
	buf_finish(bytes);
}

/* Every document of one file. */
static void
load_yaml(struct load *l, const char *name, struct folder_file *sources)
{
	struct buf *bytes = ARENA_NEW(l->p->arena, struct buf);
	struct yaml_doc *docs;
	struct err e = { 0 };
	bool executable;

	arena_cleanup(l->p->arena, load_bytes_forget, bytes);
	if (!l->source.read(&l->source, name, LIMIT_YAML_BYTES, bytes,
	    &executable, &e)) {
		load_error_file(l, name, e.hint[0] != '\0' ? e.hint : NULL,
		    e.message);
		return;
	}
	sources[l->p->nsources++] = (struct folder_file){
		.name = arena_strdup(l->p->arena, name),
		.bytes = buf_str(bytes), .executable = executable };
	yaml_parse(l->a, name, buf_str(bytes), l->errs, &docs);
	for (const struct yaml_doc *d = docs; d != NULL; d = d->next)
		load_document(l, d);
}

static int
load_compare_items(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;

	return strcmp(x->name, y->name);
}

static void
load_files(struct load *l)
{
	bool settings = source_has(&l->source, load_settings);
	struct folder_file *sources = arena_array(l->p->arena,
	    l->source.n + 1, sizeof(*sources));

	l->p->sources = sources;
	for (size_t i = 0; i < l->source.n; i++) {
		const char *name = l->source.names[i];

		if (str_ends(str_of(name), ".yaml"))
			load_yaml(l, name, sources);
		else if (str_ends(str_of(name), ".yml") &&
		    strchr(name, '/') == NULL)
			folder_warning_add(l->errs,
			    (struct place){ .file = name },
			    "call it .yaml when it has definitions",
			    "this file is not read: it is called .yml");
	}
	if (!settings)
		load_error_file(l, load_settings,
		    l->kinds[ITEM_SETTINGS].count == 0
			? "type: slipway init"
			: load_text(l, "the file with 'slipway: 1' is called "
			    "so; here it is %s",
			    l->kinds[ITEM_SETTINGS].list[0]->doc->file),
		    "there is no slipway.yaml in this folder");
	else if (l->kinds[ITEM_SETTINGS].count == 0 && l->errs->count == 0)
		load_error_file(l, load_settings,
		    "begin the file with slipway: 1",
		    "no document of the folder says 'slipway: 1'");
	for (int k = 0; k < ITEM_KINDS; k++) {
		if (k != ITEM_GRANT && l->kinds[k].count > 0)
			qsort(l->kinds[k].list, l->kinds[k].count,
			    sizeof(struct item *), load_compare_items);
	}
}

/*
 * Hashes.
 */

/* The own hash, and the closure hash of each task below it: those are there
 * already. */
static void
load_closure(struct load *l, struct task *t)
{
	json_t *below = json_pack("{s:s}", "", t->hash);
	char hash[DIGEST_HEX];
	const char *text, *name;

	for (size_t i = 0; (name = task_below(t, i)) != NULL; i++)
		json_object_set_new(below, name,
		    json_string(load_find(l, ITEM_TASK, name)
				    ->task->closure_hash));
	text = json_canonical(l->a, below);
	json_decref(below);
	t->closure_hash = arena_strdup(l->p->arena,
	    digest_hex(text, strlen(text), hash));
}

/* What is needed comes first; there is no cycle any more.  The walk keeps its
 * own stack: a chain of tasks may be as long as the folder. */
static void
load_closures(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_TASK];
	struct closure_frame {
		struct task *task;
		size_t next; /* to look at */
	} *stack = arena_array(l->a, items->count + 1, sizeof(*stack));

	for (size_t i = 0; i < items->count; i++) {
		size_t depth = 0;

		stack[depth++] = (struct closure_frame){
			items->list[i]->task, 0
		};
		while (depth > 0) {
			struct closure_frame *top = &stack[depth - 1];
			struct task *t = top->task;

			if (t->closure_hash[0] != '\0') {
				depth--;
			} else if (task_below(t, top->next) == NULL) {
				load_closure(l, t);
				depth--;
			} else {
				stack[depth++] = (struct closure_frame){
					load_find(l, ITEM_TASK,
					    task_below(t, top->next++))->task,
					0
				};
			}
		}
	}
}

/* Every definition as canonical JSON, tasks with the hashes of their files;
 * kinds in a fixed order, names sorted, so that moving a definition to
 * another file changes nothing. */
static void
load_hash(struct load *l)
{
	size_t n = 0, used = 0;
	struct str *parts;
	char hash[DIGEST_HEX];

	for (int k = 0; k < ITEM_KINDS; k++)
		n += l->kinds[k].count;
	parts = arena_array(l->a, 2 * n + 1, sizeof(*parts));
	for (int k = 0; k < ITEM_KINDS; k++) {
		for (size_t i = 0; i < l->kinds[k].count; i++) {
			const struct item *it = l->kinds[k].list[i];

			parts[used++] = str_of(it->name != NULL ? it->name
			    : "");
			parts[used++] = str_of(json_canonical(l->a,
			    it->value));
		}
	}
	l->p->hash = arena_strdup(l->p->arena,
	    digest_parts(hash, used, parts));
}

static int
load_compare_files(const void *a, const void *b)
{
	const struct folder_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
load_keep_files(struct load *l)
{
	struct folder_file *files = arena_array(l->p->arena,
	    l->files.count + 1, sizeof(*files));
	const char *name;
	void *file;
	size_t n = 0;

	for (size_t i = 0; map_next(&l->files, &i, &name, &file);)
		files[n++] = *(struct folder_file *)file;
	if (n > 0)
		qsort(files, n, sizeof(*files), load_compare_files);
	l->p->files = files;
	l->p->nfiles = n;
}

/*
 * The whole.
 */

static struct platform *
platform_create(const char *folder)
{
	struct arena *a = arena_create();
	struct platform *p = ARENA_NEW(a, struct platform);

	p->magic = PLATFORM_MAGIC;
	p->arena = a;
	p->folder = arena_strdup(a, folder);
	p->hash = "";
	p->commit = "";
	p->loaded_ms = clock_wall_ms();
	p->refs = 1;
	return p;
}

static bool
load_summary(const struct folder_errors *errs, struct err *e)
{
	size_t n = errs->count - errs->warnings;

	for (size_t i = 0; i < errs->count; i++) {
		const struct folder_error *first = &errs->items[i];

		if (first->warning)
			continue;
		err_set(e, ERR_CONFIG, "folder.invalid", "%s:%d:%d: %s",
		    first->file, first->line, first->column, first->what);
		if (n > 1)
			err_wrap(e, "%zu mistakes in the folder, the first",
			    n);
		if (first->hint != NULL)
			err_hint(e, "%s", first->hint);
		return false;
	}
	return true;
}

static void
load_finish(struct load *l)
{
	for (int k = 0; k < ITEM_KINDS; k++)
		map_finish(&l->kinds[k].by_name);
	map_finish(&l->files);
}

static bool
load_all(struct load *l, struct platform **ret, struct err *e)
{
	load_files(l);
	settle_base(l);
	load_tasks(l);
	load_requests(l);
	load_schedules(l);
	load_notify(l);
	check_environments(l);
	check_tasks(l);
	check_broken(l);
	folder_errors_sort(l->errs);
	if (!load_summary(l->errs, e))
		return false;
	load_closures(l);
	load_hash(l);
	load_keep_files(l);
	*ret = l->p;
	return true;
}

bool
platform_load(const char *folder, struct jq *jq, struct platform **ret,
    struct folder_errors *errs, struct err *e)
{
	char *absolute = realpath(folder, NULL);
	struct load l = { .errs = errs };
	bool ok;

	if (absolute == NULL)
		return err_sys(e, "open the folder '%s'", folder);
	l.a = arena_create();
	l.p = platform_create(absolute);
	l.p->jq = jq;
	ok = source_open(l.a, absolute, &l.source, e) && load_all(&l, ret, e);
	if (ok)
		l.p->commit = commit_read(l.p->arena, absolute);
	else
		platform_unref(l.p);
	load_finish(&l);
	arena_destroy(l.a);
	free(absolute);
	return ok;
}

bool
platform_load_kept(const char *folder, struct jq *jq,
    const struct folder_file *files, size_t nfiles, struct platform **ret,
    struct folder_errors *errs, struct err *e)
{
	struct load l = { .a = arena_create(), .errs = errs,
		.p = platform_create(folder) };
	bool ok;

	l.p->jq = jq;
	source_memory(l.a, files, nfiles, &l.source);
	ok = load_all(&l, ret, e);
	if (!ok)
		platform_unref(l.p);
	load_finish(&l);
	arena_destroy(l.a);
	return ok;
}

bool
platform_load_memory(const char *folder, const struct folder_file *files,
    size_t nfiles, struct platform **ret, struct folder_errors *errs,
    struct err *e)
{
	return platform_load_kept(folder, NULL, files, nfiles, ret, errs, e);
}

struct platform *
platform_empty(void)
{
	struct platform *p = platform_create("");
	struct load l = { .a = arena_create(), .p = p };

	settle_base(&l);
	load_hash(&l);
	load_finish(&l);
	arena_destroy(l.a);
	return p;
}

struct platform *
platform_ref(struct platform *p)
{
	ASSERT_MAGIC(p, PLATFORM_MAGIC);
	ASSERT(__atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED) > 1);
	return p;
}

void
platform_unref(struct platform *p)
{
	if (p == NULL)
		return;
	ASSERT_MAGIC(p, PLATFORM_MAGIC);
	if (__atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	p->magic = 0;
	arena_destroy(p->arena);
}
