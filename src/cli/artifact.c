/* SPDX-License-Identifier: MIT */
#include "cli/artifact.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/text.h"
#include "cli/verbs.h"
#include "spec/artifact.h"
#include "spec/results.h"

struct saving {
	struct session *session;
	FILE *to;
};

static bool
saving_bytes(void *arg, struct str bytes)
{
	struct saving *s = arg;

	return bytes.n == 0 || fwrite(bytes.p, 1, bytes.n, s->to) == bytes.n;
}

/* Write with fn beside `file`, then give it the name. */
static bool
file_save(struct session *s, const char *file,
    bool (*fn)(struct saving *to, void *arg, struct err *e), void *arg,
    struct err *e)
{
	const char *beside =
	    arena_printf(s->arena, "%s.%ld", file, (long)getpid());
	struct saving to = { .session = s };
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	bool ok;

	if (fd < 0)
		return err_sys(e, "write '%s'", file);
	to.to = fdopen(fd, "w");
	ASSERT(to.to != NULL);
	errno = 0;
	ok = fn(&to, arg, e);
	if (ferror(to.to) != 0)
		ok = err_sys(e, "write '%s'", file);
	if (fclose(to.to) != 0 && ok)
		ok = err_sys(e, "write '%s'", file);
	if (ok && rename(beside, file) != 0)
		ok = err_sys(e, "write '%s'", file);
	if (!ok)
		(void)unlink(beside);
	return ok;
}

static bool
artifact_write(struct saving *to, void *arg, struct err *e)
{
	const char *const *path = arg;
	struct client *client;

	return session_client(to->session, &client, e) &&
	       client_raw(client, &op_artifact_get, path, NULL, saving_bytes,
		   to, e);
}

/* --- one ------------------------------------------------------------------ */

/* "R-1/train/model" in place of "R-1 train model", and -o for --output. */
static int
artifact_words(struct session *s, int argc, char **argv, char **words)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		char *word = argv[i], *slash;

		if (streq(word, "-o"))
			word = arena_strdup(s->arena, "--output");
		else if (n == 0 && word[0] != '-' && strchr(word, '/') != NULL)
			for (word = arena_strdup(s->arena, word);
			     n < 2 && (slash = strchr(word, '/')) != NULL;
			     word = slash + 1) {
				*slash = '\0';
				words[n++] = word;
			}
		words[n++] = word;
	}
	words[n] = NULL;
	return n;
}

static int
artifact_to_stdout(struct session *s, const struct args *args)
{
	struct saving to = { .session = s, .to = s->out };
	struct err e;

	if (!artifact_write(&to, (void *)(uintptr_t)args->path, &e))
		return session_fail(s, &e);
	return EXIT_OK;
}

int
verb_artifact_get(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	char **words = arena_array(s->arena, (size_t)argc + 4, sizeof(*words));
	struct args args;
	const char *file;
	int code = EXIT_OK;
	struct err e;

	argc = artifact_words(s, argc, argv, words);
	if (!verb_parse(s, v, argc, words, &args, &code))
		return code;
	file = args_local(&args, "output");
	if (file == NULL && s->term.out_tty) {
		err_set(&e, ERR_SYNTAX, "usage",
		    "an artifact is no text for a terminal");
		err_hint(&e, "say where it goes: -o %s", args.path[2]);
		return session_fail(s, &e);
	}
	if (file == NULL || streq(file, "-"))
		return artifact_to_stdout(s, &args);
	if (!file_save(s, file, artifact_write, (void *)args.path, &e))
		return session_fail(s, &e);
	session_note(s, "%s is written\n", text_word(s->arena, file));
	return EXIT_OK;
}

/* --- all ------------------------------------------------------------------ */

static bool
results_write(struct saving *to, void *arg, struct err *e)
{
	(void)e;
	json_dumpf(arg, to->to, JSON_INDENT(2));
	fputc('\n', to->to);
	return true;
}

/* How many steps of the list are of this row's task and left that name. */
static bool
artifact_is_shared(const json_t *items, const json_t *row)
{
	json_t *other;
	size_t i;

	json_array_foreach(items, i, other)
	{
		if (json_equal(json_object_get(other, "task"),
			json_object_get(row, "task")) &&
		    !json_equal(json_object_get(other, "step_id"),
			json_object_get(row, "step_id")))
			return true;
	}
	return false;
}

/* What comes from a server becomes no way out of the folder. */
static bool
artifact_is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static bool
artifact_folder(const char *path, struct err *e)
{
	return mkdir(path, 0777) == 0 || errno == EEXIST ||
	       err_sys(e, "make folder '%s'", path);
}

static bool
artifact_save_one(struct session *s, const char *folder, const json_t *items,
    const json_t *row, struct err *e)
{
	struct arena *a = s->arena;
	const char *task = text_get(a, row, "task");
	const char *name = text_get(a, row, "name");
	const char *step = text_get(a, row, "step_id");
	const char *path[4] = { NULL, step, name, NULL };
	const char *place;

	if (!json_is_null(json_object_get(row, "removed_at")))
		return true;
	if (!artifact_is_name(task) || !artifact_is_name(name))
		return err_set(e, ERR_INVALID, "artifact.name",
		    "'%s/%s' is no name for a file", task, name);
	place = arena_printf(a, "%s/%s%s%s", folder, task,
	    artifact_is_shared(items, row) ? "." : "",
	    artifact_is_shared(items, row) ? step : "");
	path[0] = text_get(a, row, "run");
	return artifact_folder(place, e) &&
	       file_save(s, arena_printf(a, "%s/%s", place, name),
		   artifact_write, path, e);
}

bool
artifact_save_run(
    struct session *s, const char *run, const char *folder, struct err *e)
{
	json_t *all = json_array(), *page, *row, *results;
	const char *path[] = { run, NULL };
	json_t *query = json_object();
	bool ok = true, more = true;
	size_t i;

	session_keep(s, all);
	session_keep(s, query);
	while (ok && more) {
		ok = session_call(s, &op_artifact_list, path, query, NULL,
		    &page, e);
		if (!ok)
			break;
		json_array_extend(all, json_object_get(page, "items"));
		more = json_is_string(json_object_get(page, "next"));
		json_object_set(query, "after", json_object_get(page, "next"));
	}
	ok = ok && session_get(s, &op_run_results, run, &results, e) &&
	     artifact_folder(folder, e) &&
	     file_save(s, arena_printf(s->arena, "%s/results.json", folder),
		 results_write, results, e);
	json_array_foreach(all, i, row)
	{
		json_object_set_new(row, "run", json_string(run));
		ok = ok && artifact_save_one(s, folder, all, row, e);
	}
	return ok;
}
