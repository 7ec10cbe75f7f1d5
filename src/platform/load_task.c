/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "base/limits.h"
#include "base/near.h"
#include "platform/build.h"
#include "sys/digest.h"

/*
 * Files.
 */

static void
file_forget(void *bytes)
{
	buf_finish(bytes);
}

static const struct folder_file *
file_take(struct load *l, const char *name, struct buf *bytes, bool executable)
{
	struct folder_file *f = ARENA_NEW(l->p->arena, struct folder_file);
	struct buf *kept = ARENA_NEW(l->p->arena, struct buf);
	char hash[DIGEST_HEX];

	*kept = *bytes;
	arena_cleanup(l->p->arena, file_forget, kept);
	*f = (struct folder_file){
		.name = arena_strdup(l->p->arena, name),
		.sha256 = arena_strdup(l->p->arena,
		    digest_hex(buf_cstr(kept), kept->len, hash)),
		.bytes = buf_str(kept),
		.executable = executable,
	};
	map_put(&l->files, name, f);
	return f;
}

/* "." and ".." and empty parts have no business in the name of a file. */
static bool
file_is_inside(const char *name)
{
	struct str rest = str_of(name), part;

	if (rest.n == 0)
		return false;
	while (rest.p != NULL) {
		part = str_cut(rest, '/', &rest);
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
	}
	return true;
}

static const char *
file_near(struct load *l, const char *name)
{
	struct near near = near_start(name);

	for (size_t i = 0; i < l->source.n; i++)
		near_offer(&near, l->source.names[i]);
	if (near.best != NULL)
		return load_text(l, "did you mean './%s'?", near.best);
	return "files are named from the folder on; hidden ones do not count";
}

const struct folder_file *
load_file(struct load *l, const struct item *it, const char *pointer,
    const char *name)
{
	const struct folder_file *f = map_get(&l->files, name);
	struct buf bytes = { 0 };
	struct err e = { 0 };
	bool executable;

	if (f != NULL)
		return f;
	if (!file_is_inside(name)) {
		load_error(l, it, pointer, "name it from the folder on, like "
		    "./scripts/create-db",
		    "'./%s' is not inside the folder", name);
		return NULL;
	}
	if (!source_has(&l->source, name)) {
		load_error(l, it, pointer, file_near(l, name),
		    "there is no file './%s' in the folder", name);
		return NULL;
	}
	if (!l->source.read(&l->source, name, LIMIT_FILE_BYTES, &bytes,
	    &executable, &e)) {
		buf_finish(&bytes);
		load_error(l, it, pointer, e.hint[0] != '\0' ? e.hint : NULL,
		    "%s", e.message);
		return NULL;
	}
	return file_take(l, name, &bytes, executable);
}

/* Note the hash of a file in the body. */
static void
task_add_file(struct load *l, struct item *it, json_t *files,
    const char *pointer, const char *run)
{
	const char *name = build_command_file(run);
	const struct folder_file *f;

	if (name == NULL)
		return;
	f = load_file(l, it, pointer, name);
	if (f != NULL)
		json_object_set_new(files, name, json_string(f->sha256));
}

/* run: or argv: below a pointer. */
static void
task_command_files(struct load *l, struct item *it, json_t *files,
    const json_t *object, const char *at)
{
	const char *run = build_text(object, "run");
	const json_t *argv = json_object_get(object, "argv");
	const char *first = json_string_value(json_array_get(argv, 0));

	if (run != NULL)
		task_add_file(l, it, files, load_text(l, "%s/run", at), run);
	if (first != NULL)
		task_add_file(l, it, files, load_text(l, "%s/argv/0", at),
		    first);
}

/* files: becomes {name: hash} of every file that the task names. */
static void
task_files(struct load *l, struct item *it)
{
	json_t *files = json_object(), *named;
	size_t i;

	task_command_files(l, it, files, it->value, "");
	task_command_files(l, it, files, json_object_get(it->value, "creates"),
	    "/creates");
	task_command_files(l, it, files, json_object_get(it->value, "preview"),
	    "/preview");
	json_array_foreach (json_object_get(it->value, "files"), i, named) {
		const char *at = load_text(l, "/files/%zu", i);
		const char *name = json_string_value(named);

		if (build_command_file(name) != NULL)
			task_add_file(l, it, files, at, name);
		else
			load_error(l, it, at, load_text(l,
				"write ./%s",
				name + strspn(name, "/")),
			    "'%s' does not begin with ./", name);
	}
	json_object_set_new(it->value, "files", files);
}

/*
 * Short forms become long ones.
 */

static json_t *
task_need_json(const json_t *need)
{
	json_t *with = json_object_get(need, "with");
	const char *task = json_is_string(need) ? json_string_value(need)
	    : build_text(need, "task");

	json_t *over = json_object_get(need, "foreach");
	json_t *full = json_pack("{s:s, s:o}", "task", task, "with",
	    with != NULL ? json_incref(with) : json_object());

	if (over != NULL)
		json_object_set(full, "foreach", over);
	if (json_object_get(need, "max_parallel") != NULL)
		json_object_set(full, "max_parallel",
		    json_object_get(need, "max_parallel"));
	return full;
}

static void
task_needs(struct item *it)
{
	json_t *needs = json_object_get(it->value, "needs"), *need;
	json_t *full;
	const char *name;
	size_t i;

	if (needs == NULL)
		return;
	full = json_object();
	json_array_foreach (needs, i, need)
		json_object_set_new(full, json_string_value(need),
		    task_need_json(need));
	json_object_foreach (needs, name, need)
		json_object_set_new(full, name, task_need_json(need));
	json_object_set_new(it->value, "needs", full);
}

/* A task, {task, with}, or a list of these: always the list. */
static void
task_cleanups(struct item *it, const char *key)
{
	json_t *given = json_object_get(it->value, key), *entry;
	json_t *full;
	size_t i;

	if (given == NULL)
		return;
	full = json_array();
	if (!json_is_array(given))
		json_array_append_new(full, task_need_json(given));
	json_array_foreach (given, i, entry)
		json_array_append_new(full, task_need_json(entry));
	json_object_set_new(it->value, key, full);
}

/* One text or a list of them: always the list. */
static void
task_key(struct item *it)
{
	json_t *key = json_object_get(it->value, "key");

	if (json_is_string(key))
		json_object_set_new(it->value, "key",
		    json_pack("[O]", key));
}

/* with: becomes complete: what was asked for is told apart by all of it. */
static void
task_requires(struct load *l, struct item *it)
{
	json_t *entry, *def;
	const char *name;
	size_t i;

	json_array_foreach (json_object_get(it->value, "requires"), i, entry) {
		const char *task = build_text(entry, "task");
		const struct item *of = task == NULL
		    ? NULL
		    : load_find(l, ITEM_TASK, task);
		json_t *with = json_object_get(entry, "with");

		if (with == NULL) {
			with = json_object();
			json_object_set_new(entry, "with", with);
		}
		if (of == NULL)
			continue;
		json_object_foreach (json_object_get(of->value, "params"),
		    name, def) {
			json_t *value = json_object_get(def, "default");

			if (value != NULL &&
			    json_object_get(with, name) == NULL)
				json_object_set(with, name, value);
		}
	}
}

/* The owner: its own, the settings', that of the only project. */
static void
task_team(struct load *l, struct item *it)
{
	const struct items *settings = &l->kinds[ITEM_SETTINGS];
	const char *team = build_text(it->value, "team");

	if (team != NULL) {
		load_resolve(l, it, "/team", ITEM_TEAM, team);
		return;
	}
	if (settings->count > 0)
		team = build_text(settings->list[0]->value, "team");
	if (team == NULL && l->p->nprojects == 1)
		team = l->p->projects[0].team;
	json_object_set_new(it->value, "team",
	    json_string(team != NULL ? team : ""));
	if (team == NULL)
		load_error(l, it, "/task", "write team: NAME here or "
		    "in slipway.yaml", "nobody owns task '%s'", it->name);
}

static void
load_task(struct load *l, struct item *it)
{
	struct err e = { 0 };

	task_team(l, it);
	task_needs(it);
	task_cleanups(it, "on_failure");
	task_cleanups(it, "always");
	task_key(it);
	task_requires(l, it);
	task_files(l, it);
	if (!task_from_json(l->p->arena, it->value, &it->task, &e)) {
		load_error(l, it, "", NULL, "%s", e.message);
		it->broken = true;
		return;
	}
	it->task->where = arena_printf(l->p->arena, "%s:%d", it->doc->file,
	    yaml_find(it->doc, "/task", NULL)->key_line);
}

void
load_tasks(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_TASK];
	const struct task **tasks = arena_array(l->p->arena, items->count + 1,
	    sizeof(*tasks));

	for (size_t i = 0; i < items->count; i++) {
		struct item *it = items->list[i];

		if (it->broken)
			continue;
		load_task(l, it);
		if (it->task != NULL)
			tasks[l->p->ntasks++] = it->task;
	}
	l->p->tasks = tasks;
}
