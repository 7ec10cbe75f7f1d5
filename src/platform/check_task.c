/* SPDX-License-Identifier: MIT */
#include "platform/load.h"

#include <string.h>

#include "platform/build.h"
#include "platform/names.h"
#include "spec/folder.h"

static const char secret_hint[] =
    "write env: {NAME: the reference}; a command line can be seen by others";

/* The command of the task or of creates, at a pointer. */
static void
task_check_command(struct load *l, const struct item *it, const char *at,
    const struct command *c)
{
	for (size_t i = 0; i < json_array_size(c->argv); i++) {
		const char *here = load_text(l, "%s/argv/%zu", at, i);
		const char *text = json_string_value(
		    json_array_get(c->argv, i));
		struct flow f = check_flow(l, it, here, text);

		if (i == 0 && (f.from == FLOW_PARAM ||
		    f.from == FLOW_OUTPUT || f.from == FLOW_ARTIFACT))
			load_error(l, it, here, "write the program itself",
			    "what is run may not depend on a value");
		else if (f.secret)
			load_error(l, it, here, secret_hint,
			    "'%s' is secret and may not be an argument", text);
	}
	if (c->kind != COMMAND_INLINE)
		return;
	check_script(l, it, load_text(l, "%s/run", at), c->text);
	if (strncmp(c->text, "./", 2) == 0 &&
	    strcspn(c->text, "\n") >= strlen(c->text) - 1)
		load_error(l, it, load_text(l, "%s/run", at),
		    "write argv: [./FILE, ARGUMENT …]",
		    "a file with arguments is not run: but argv:");
}

/* What a task does: one of run, argv, manual; or it asks, waits, groups. */
static void
task_check_kind(struct load *l, const struct item *it)
{
	static const char *const ways[] = { "run", "argv", "manual" };
	const struct task *t = it->task;
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (json_object_get(it->value, ways[i]) == NULL)
			continue;
		if (first != NULL)
			load_error_key(l, it, load_text(l, "/%s", ways[i]),
			    "one task is one command: make it two, with needs",
			    "task '%s' has both %s and %s", it->name, first,
			    ways[i]);
		else
			first = ways[i];
	}
	if (first == NULL && t->napprove == 0 && t->nneeds == 0 &&
	    t->creates.kind == CREATES_NONE)
		load_error(l, it, "/task", "write run:, argv:, manual:, "
		    "approve: or needs:", "task '%s' does nothing", it->name);
}

static void
task_check_creates(struct load *l, const struct item *it)
{
	static const char *const ways[] = { "run", "argv", "path", "url" };
	const json_t *creates = json_object_get(it->value, "creates");
	const struct creates *c = &it->task->creates;
	const char *first = NULL;
	struct flow f;

	if (creates == NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (json_object_get(creates, ways[i]) == NULL)
			continue;
		if (first != NULL)
			load_error_key(l, it, load_text(l, "/creates/%s",
			    ways[i]), NULL, "creates has both %s and %s",
			    first, ways[i]);
		first = ways[i];
	}
	if (first == NULL)
		load_error(l, it, "/creates",
		    "write run:, argv:, path: or url:",
		    "creates names no target");
	task_check_command(l, it, "/creates", &c->command);
	if (c->target != NULL) {
		f = check_flow(l, it, load_text(l, "/creates/%s",
		    c->kind == CREATES_PATH ? "path" : "url"), c->target);
		if (f.secret || f.from == FLOW_ARTIFACT)
			load_error(l, it, "/creates", NULL,
			    f.secret ? "the target may not be secret"
				     : "the target may not be an artifact");
	}
	if (c->kind == CREATES_URL &&
	    reference_parse(c->target).kind == REFERENCE_NONE &&
	    strncmp(c->target, "http://", 7) != 0 &&
	    strncmp(c->target, "https://", 8) != 0)
		load_error(l, it, "/creates/url",
		    "begin it with http:// or https://",
		    "'%s' is no address", c->target);
}

static void
task_check_preview(struct load *l, const struct item *it)
{
	const json_t *preview = json_object_get(it->value, "preview");
	const struct task *t = it->task;

	if (preview == NULL)
		return;
	if (json_object_get(preview, "run") != NULL &&
	    json_object_get(preview, "argv") != NULL)
		load_error_key(l, it, "/preview/argv", NULL,
		    "preview has both run and argv");
	if (t->preview.command.kind == COMMAND_NONE)
		load_error(l, it, "/preview", "write run: or argv:",
		    "preview has no command");
	else if (t->command.kind == COMMAND_NONE)
		load_error(l, it, "/preview", "write run:, or leave it out",
		    "task '%s' has a preview and no command to preview",
		    it->name);
	task_check_command(l, it, "/preview", &t->preview.command);
}

static void
task_check_env(struct load *l, const struct item *it)
{
	json_t *env = json_object_get(it->value, "env"), *value;
	const char *name;

	json_object_foreach (env, name, value) {
		const char *at = load_text(l, "/env/%s", name);

		if (names_reserved_variable(name))
			load_error_key(l, it, at, "choose another name",
			    "'%s' is a reserved name", name);
		check_flow(l, it, at, json_string_value(value));
	}
}

static void
task_check_outputs(struct load *l, const struct item *it)
{
	const struct task *t = it->task;

	check_task_output_types(l, it);
	for (size_t i = 0; i < t->noutputs; i++) {
		const struct output_def *o = &t->outputs[i];
		const char *at = load_text(l, "/outputs/%s", o->name);

		if (names_reserved(o->name))
			load_error_key(l, it, at, "choose another name",
			    "'%s' is a reserved name", o->name);
		if (o->once && !o->secret)
			load_error_key(l, it, load_text(l, "%s/reveal", at),
			    "write secret: true, or leave reveal out",
			    "output '%s' is shown once and is no secret",
			    o->name);
		if (!streq(o->to, "requester"))
			load_resolve_group(l, it, load_text(l, "%s/to", at),
			    o->to);
	}
}

static bool
task_path_is_inside(const char *path)
{
	struct str rest = str_of(path), part;
	bool first = true;

	while (rest.p != NULL) {
		part = str_cut(rest, '/', &rest);
		if (part.n == 0 || str_is(part, ".") || str_is(part, "..") ||
		    (first && str_is(part, ".slipway")))
			return false;
		first = false;
	}
	return true;
}

static void
task_check_artifacts(struct load *l, const struct item *it)
{
	const struct task *t = it->task;

	for (size_t i = 0; i < t->nartifacts; i++) {
		const struct artifact_def *a = &t->artifacts[i];
		const char *at = load_text(l, "/artifacts/%s", a->name);

		if (names_reserved(a->name))
			load_error_key(l, it, at, "choose another name",
			    "'%s' is a reserved name", a->name);
		if (!task_path_is_inside(a->path))
			load_error(l, it, json_is_string(json_object_get(
			    json_object_get(it->value, "artifacts"), a->name))
			    ? at : load_text(l, "%s/path", at),
			    "name it from where the command begins on, like "
			    "out/model.bin",
			    "'%s' is not a file of the workspace", a->path);
	}
	if (t->nartifacts > 0 && t->command.kind == COMMAND_NONE)
		load_error(l, it, "/artifacts", "write run: or argv:",
		    "task '%s' has artifacts and no command that leaves them",
		    it->name);
}

/* Somebody must have written a secret's name somewhere else too. */
static void
task_check_secret(struct load *l, const struct item *it, const char *at,
    const char *name)
{
	const struct platform *p = l->p;
	const char **names;
	size_t n = 0;

	for (size_t i = 0; i < p->nenvironments; i++) {
		for (size_t j = 0; p->environments[i].secrets[j] != NULL; j++)
			n++;
	}
	if (n == 0)
		return;
	names = arena_array(l->a, n, sizeof(*names));
	n = 0;
	for (size_t i = 0; i < p->nenvironments; i++) {
		for (size_t j = 0; p->environments[i].secrets[j] != NULL; j++) {
			names[n] = p->environments[i].secrets[j];
			if (streq(names[n++], name))
				return;
		}
	}
	load_warning(l, it, at, load_near(l, name, names, n),
	    "no environment gives the secret '%s'", name);
}

static void
task_check_names(struct load *l, const struct item *it)
{
	const struct task *t = it->task;
	const json_t *checked = t->creates.secrets;
	const json_t *previewed = t->preview.secrets;

	for (size_t i = 0; t->secrets[i] != NULL; i++)
		task_check_secret(l, it, load_text(l, "/secrets/%zu", i),
		    t->secrets[i]);
	for (size_t i = 0; i < json_array_size(checked); i++)
		task_check_secret(l, it, load_text(l, "/creates/secrets/%zu",
		    i), json_string_value(json_array_get(checked, i)));
	for (size_t i = 0; i < json_array_size(previewed); i++)
		task_check_secret(l, it, load_text(l, "/preview/secrets/%zu",
		    i), json_string_value(json_array_get(previewed, i)));
	for (size_t i = 0; t->volumes[i] != NULL; i++)
		load_resolve(l, it, load_text(l, "/volumes/%zu", i),
		    ITEM_VOLUME, t->volumes[i]);
	for (size_t i = 0; i < t->nuses; i++) {
		const char *at = load_text(l, "/uses/%s", t->uses[i].limit);
		const struct item *limit = load_resolve(l, it, at, ITEM_LIMIT,
		    t->uses[i].limit);

		if (limit != NULL && json_is_integer(limit->value) &&
		    t->uses[i].amount > json_integer_value(limit->value))
			load_error(l, it, at, load_text(l,
			    "raise the limit, or take at most %lld",
			    (long long)json_integer_value(limit->value)),
			    "task '%s' takes %lld of '%s' and could never run",
			    it->name, (long long)t->uses[i].amount,
			    t->uses[i].limit);
	}
}

static void
task_check_rest(struct load *l, const struct item *it)
{
	const char *backoff = build_text(json_object_get(it->value, "retry"),
	    "backoff");
	int64_t min, max;

	if (backoff != NULL && !folder_span(backoff, &min, &max))
		load_error(l, it, "/retry/backoff", "write it like 10s..2m",
		    "'%s' is no span of durations", backoff);
	if (it->task->sandbox == SANDBOX_NONE)
		load_warning(l, it, "/sandbox", "an admin must grant it; "
		    "leave it out when the command runs without",
		    "task '%s' runs with no sandbox", it->name);
	check_matchers(l, it, "/when", it->task->when, it->task->params);
	check_cost(l, it, it->task);
	check_rules(l, it, json_object_get(it->value, "approve"),
	    &(struct rule_scope){ it->task->params,
		it->task->cost != NULL });
}

void
check_tasks(struct load *l)
{
	const struct items *items = &l->kinds[ITEM_TASK];

	for (size_t i = 0; i < items->count; i++) {
		const struct item *it = items->list[i];

		if (it->task == NULL)
			continue;
		check_task_params(l, it);
		task_check_kind(l, it);
		task_check_command(l, it, "", &it->task->command);
		task_check_creates(l, it);
		task_check_preview(l, it);
		task_check_env(l, it);
		task_check_outputs(l, it);
		task_check_artifacts(l, it);
		task_check_names(l, it);
		check_task_undo(l, it);
		task_check_rest(l, it);
		check_task_needs(l, it);
		check_task_cleanups(l, it);
		check_task_key(l, it);
		check_task_requires(l, it);
	}
	check_cycles(l);
}
