/* SPDX-License-Identifier: MIT */
/* A step becomes everything that a driver needs to run it. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "engine/delivery.h"
#include "engine/engine_private.h"
#include "resource/run/cleanup.h"
#include "resource/run/run.h"
#include "resource/run/step.h"
#include "resource/sealed.h"
#include "resource/secret/secret.h"
#include "spec/validate.h"

#define SECRETS_MAX 64

struct list { /* of texts or files, in the arena, NULL-terminated */
	const char **items;
	size_t count, cap;
};

struct building {
	struct engine *engine;
	struct cx *cx;
	const struct run *run;
	const struct step *step;
	const struct task *task;
	const char *kind;
	json_t *params; /* plain */
	json_t *needs;	/* plain outputs: {name: {output: value}} */
	struct step_need *steps; /* that it needs */
	size_t nsteps;
	json_t *delivered; /* {reference: path or null} */
	struct list argv, env, volumes;
	struct work_file *files;
	size_t nfiles, files_cap;
	struct str secrets[SECRETS_MAX];
	size_t nsecrets;
};

static void
list_add(struct cx *cx, struct list *l, const char *text)
{
	if (l->count + 1 >= l->cap) {
		size_t cap = l->cap == 0 ? 16 : l->cap * 2;
		const char **more =
		    arena_array(cx->arena, cap, sizeof(*more));

		if (l->count > 0)
			memcpy(more, l->items, l->count * sizeof(*more));
		l->items = more;
		l->cap = cap;
	}
	l->items[l->count++] = text;
	l->items[l->count] = NULL;
}

static void
file_add(struct building *b, const char *name, struct str bytes,
    const char *source)
{
	if (b->nfiles == b->files_cap) {
		size_t cap = b->files_cap == 0 ? 8 : b->files_cap * 2;
		struct work_file *more =
		    arena_array(b->cx->arena, cap, sizeof(*more));

		if (b->nfiles > 0)
			memcpy(more, b->files, b->nfiles * sizeof(*more));
		b->files = more;
		b->files_cap = cap;
	}
	b->files[b->nfiles++] = (struct work_file){ .name = name,
		.bytes = bytes, .source = source };
}

static void
secret_add(struct building *b, struct str value)
{
	if (b->nsecrets < SECRETS_MAX)
		b->secrets[b->nsecrets++] = value;
}

/* What a value looks like in the environment; NULL: not set. */
static const char *
value_text(struct cx *cx, const json_t *value)
{
	if (value == NULL || json_is_null(value))
		return NULL;
	if (json_is_string(value))
		return arena_strdup(cx->arena, json_string_value(value));
	return json_canonical(cx->arena, value);
}

/* "db-url" to "DB_URL" */
static const char *
env_name(struct cx *cx, const char *name)
{
	char *text = arena_strdup(cx->arena, name);

	for (char *p = text; *p != '\0'; p++)
		*p = *p == '-' || *p == '.'
		    ? '_'
		    : (char)toupper((unsigned char)*p);
	return text;
}

static json_t *
need_output(struct cx *cx, const char *ident, const char *name,
    const struct step_need *needs, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		json_t *stored, *plain, *value;

		if (!streq(needs[i].step->ident, ident))
			continue;
		stored = json_loads(needs[i].step->outputs, 0, NULL);
		plain = sealed_to_plain(cx->site, stored, e);
		json_decref(stored);
		if (plain == NULL)
			return NULL;
		value = json_incref(json_object_get(plain, name));
		json_decref(plain);
		return value == NULL ? json_null() : value;
	}
	err_set(e, ERR_INTERNAL, "step.need",
	    "an output '%s' comes from a step that is not there", name);
	return NULL;
}

/* "status", "reason" or "outputs.NAME" of what is cleaned up after. */
static json_t *
ended_value(struct cx *cx, const struct step *owner, const char *name,
    struct err *e)
{
	json_t *stored, *plain, *value;

	if (streq(name, "status"))
		return json_string(owner->status);
	if (streq(name, "reason"))
		return json_string(owner->reason);
	stored = json_loads(owner->outputs, 0, NULL);
	plain = sealed_to_plain(cx->site, stored, e);
	json_decref(stored);
	if (plain == NULL)
		return NULL;
	value = json_incref(json_object_get(plain, name + strlen("outputs.")));
	json_decref(plain);
	return value == NULL ? json_null() : value;
}

json_t *
work_params(struct cx *cx, const struct step *step, struct err *e)
{
	json_t *stored = json_loads(step->params, 0, NULL);
	json_t *plain = sealed_to_plain(cx->site, stored, e);
	size_t n = 0;
	struct step_need *needs = NULL;
	const struct step *owner = NULL;
	void *next;

	json_decref(stored);
	if (plain == NULL || !graph_is_symbolic(plain))
		return plain;
	needs = step_needs(cx, step, &n);
	if (step->cleans != 0)
		owner = run_step(cx, step->cleans);
	for (void *i = json_object_iter(plain); i != NULL; i = next) {
		const json_t *given = json_object_iter_value(i);
		const char *ident, *name = graph_ended(given);
		json_t *value;

		next = json_object_iter_next(plain, i);
		if (name != NULL && owner != NULL)
			value = ended_value(cx, owner, name, e);
		else if (graph_output(given, &ident, &name))
			value = need_output(cx, ident, name, needs, n, e);
		else
			continue;
		if (value == NULL) {
			json_decref(plain);
			return NULL;
		}
		json_object_iter_set_new(plain, i, value);
	}
	return plain;
}

/* Where a child of a foreach was skipped there is a null in the list. */
static bool
param_fits(const struct schema *f, json_t *v, struct problems *problems)
{
	json_t *there;
	bool ok;

	if (!json_is_array(v))
		return validate(f, v, f->name, problems);
	there = json_array();
	for (size_t i = 0; i < json_array_size(v); i++)
		if (!json_is_null(json_array_get(v, i)))
			json_array_append(there, json_array_get(v, i));
	ok = validate(f, there, f->name, problems);
	json_decref(there);
	return ok;
}

/* What came from outputs is held against the schema now that it is known. */
static bool
params_check(struct building *b, struct err *e)
{
	struct problems problems;

	problems_init(&problems, b->cx->arena);
	for (const struct schema *f = b->task->params->fields;
	     f->name != NULL; f++) {
		json_t *v = json_object_get(b->params, f->name);

		if (v == NULL || json_is_null(v))
			continue;
		if ((f->flags & F_SECRET) != 0 && json_is_string(v))
			secret_add(b,
			    str_of(arena_strdup(b->cx->arena,
				json_string_value(v))));
		else if (!param_fits(f, v, &problems))
			return err_set(e, ERR_INVALID, "step.param",
			    "parameter '%s' came out wrong: %s", f->name,
			    problems.items[0].message);
	}
	return true;
}

static bool
needs_collect(struct building *b, struct err *e)
{
	struct step_need *needs = b->steps =
	    step_needs(b->cx, b->step, &b->nsteps);
	size_t n = b->nsteps;

	b->needs = json_object();
	b->delivered = json_object();
	for (size_t i = 0; i < n; i++) {
		json_t *stored, *plain;

		if (needs[i].name[0] == '\0')
			continue;
		stored = json_loads(needs[i].step->outputs, 0, NULL);
		plain = sealed_to_plain(b->cx->site, stored, e);
		if (plain == NULL) {
			json_decref(stored);
			return false;
		}
		for (void *k = json_object_iter(stored); k != NULL;
		     k = json_object_iter_next(stored, k))
			if (sealed_is(json_object_iter_value(k)))
				secret_add(b,
				    str_of(arena_strdup(b->cx->arena,
					json_string_value(json_object_get(
					    plain,
					    json_object_iter_key(k))))));
		json_decref(stored);
		json_object_set_new(b->needs, needs[i].name, plain);
	}
	return true;
}

/* The artifact comes into the workspace, once. */
static bool
deliver(struct building *b, const char *text, const struct reference *ref,
    const char **ret, struct err *e)
{
	const json_t *known = json_object_get(b->delivered, text);
	struct delivery d = { .path = NULL };

	for (size_t i = 0; known == NULL && i < b->nsteps; i++)
		if (str_is(ref->name, b->steps[i].name) &&
		    !delivery_make(b->cx, &b->steps[i], ref->output, &d, e))
			return false;
	for (size_t i = 0; i < d.nfiles; i++) {
		file_add(b, d.files[i].name, d.files[i].bytes,
		    d.files[i].source);
		b->files[b->nfiles - 1].sha256 = d.files[i].sha256;
	}
	if (known == NULL)
		json_object_set_new(b->delivered, text,
		    d.path == NULL ? json_null() : json_string(d.path));
	else
		d.path = json_string_value(known);
	*ret = d.path == NULL ? NULL : arena_strdup(b->cx->arena, d.path);
	return true;
}

/* A literal or one whole reference; NULL with e clear: not set. */
static bool
resolve(struct building *b, const char *text, const char **ret,
    struct err *e)
{
	struct reference ref = reference_parse(text);
	const json_t *value = NULL;

	switch (ref.kind) {
	case REFERENCE_NONE:
		*ret = str_starts(str_of(text), "$$") ? text + 1 : text;
		return true;
	case REFERENCE_PARAM:
		value = json_object_getn(b->params, ref.name.p, ref.name.n);
		break;
	case REFERENCE_OUTPUT:
		value = json_object_getn(
		    json_object_getn(b->needs, ref.name.p, ref.name.n),
		    ref.output.p, ref.output.n);
		break;
	case REFERENCE_ARTIFACT:
		return deliver(b, text, &ref, ret, e);
	case REFERENCE_ITEM:
	case REFERENCE_ENDED:
	case REFERENCE_BAD:
	default:
		return err_set(e, ERR_INVALID, "step.reference",
		    "'%s' is no reference that works here", text);
	}
	*ret = value_text(b->cx, value);
	return true;
}

static bool
argv_build(struct building *b, const json_t *argv, struct err *e)
{
	bool options_over = false;

	for (size_t i = 0; i < json_array_size(argv); i++) {
		const char *given =
		    json_string_value(json_array_get(argv, i));
		const char *text;

		if (!resolve(b, given, &text, e))
			return false;
		if (text == NULL)
			text = "";
		if (streq(given, "--"))
			options_over = true;
		if (given[0] == '$' && text[0] == '-' && !options_over) {
			err_set(e, ERR_INVALID, "param.leading_dash",
			    "'%s' begins with '-' and would be taken for an "
			    "option of %s",
			    given, b->argv.items[0]);
			return err_hint(e,
			    "put \"--\" before it in argv of task '%s'",
			    b->task->name);
		}
		list_add(b->cx, &b->argv, text);
	}
	return true;
}

static bool
command_build(struct building *b, const struct command *c, struct err *e)
{
	struct cx *cx = b->cx;

	switch (c->kind) {
	case COMMAND_FILE:
		list_add(cx, &b->argv,
		    arena_printf(cx->arena, "./%s", c->file));
		return true;
	case COMMAND_INLINE:
		file_add(b, "run", str_of(c->text), NULL);
		if (!str_starts(str_of(c->text), "#!")) {
			list_add(cx, &b->argv, "/bin/sh");
			list_add(cx, &b->argv, "-eu");
		}
		list_add(cx, &b->argv, "./.slipway/run");
		return true;
	case COMMAND_ARGV:
		return argv_build(b, c->argv, e);
	case COMMAND_NONE:
	default:
		return err_set(e, ERR_INTERNAL, "step.command",
		    "task '%s' has nothing to run", b->task->name);
	}
}

static bool
creates_build(struct building *b, struct err *e)
{
	const struct creates *c = &b->task->creates;
	const char *target = NULL;

	if (c->kind == CREATES_RUN)
		return command_build(b, &c->command, e);
	if (!resolve(b, c->target, &target, e))
		return false;
	if (target == NULL)
		return err_set(e, ERR_INVALID, "step.target",
		    "its target '%s' is not set", c->target);
	if (c->kind == CREATES_PATH) {
		if (target[0] != '/')
			return err_set(e, ERR_INVALID, "step.target",
			    "its target '%s' is no absolute path", target);
		list_add(b->cx, &b->argv, "/usr/bin/test");
		list_add(b->cx, &b->argv, "-e");
	} else {
		if (!str_starts(str_of(target), "http://") &&
		    !str_starts(str_of(target), "https://"))
			return err_set(e, ERR_INVALID, "step.target",
			    "its target '%s' is no http or https address",
			    target);
		list_add(b->cx, &b->argv, "/bin/sh");
		list_add(b->cx, &b->argv, "-c");
		list_add(b->cx, &b->argv,
		    "curl -fsS --proto =http,https --max-time 10 -o /dev/null "
		    "-- \"$1\"; case $? in 0) exit 0;; 22) exit 1;; *) exit "
		    "2;; esac");
		list_add(b->cx, &b->argv, "creates");
	}
	list_add(b->cx, &b->argv, target);
	return true;
}

static void
env_add(struct building *b, const char *prefix, const char *name,
    const char *value)
{
	/* The kernel takes no longer one; the file of parameters has it. */
	if (value != NULL && strlen(value) <= LIMIT_ENV_BYTES)
		list_add(b->cx, &b->env,
		    arena_printf(b->cx->arena, "%s%s=%s", prefix, name,
			value));
}

static bool
env_build(struct building *b, struct err *e)
{
	struct cx *cx = b->cx;
	const struct environment_def *environment =
	    platform_environment(cx->platform, b->run->environment);
	json_t *vars = environment == NULL
	    ? NULL
	    : (json_t *)(uintptr_t)environment->vars;
	json_t *own = (json_t *)(uintptr_t)b->task->env;
	char scheduled[SCHEDULE_TIME_TEXT];

	env_add(b, "", "PATH", "/usr/local/bin:/usr/bin:/bin");
	env_add(b, "", "LANG", "C.UTF-8");
	env_add(b, "", "TZ", cx->platform->timezone);
	env_add(b, "", "TMPDIR", "/tmp");
	env_add(b, "SLIPWAY_", "RUN", b->run->key);
	env_add(b, "SLIPWAY_", "STEP",
	    arena_printf(cx->arena, "%lld", (long long)b->step->id));
	env_add(b, "SLIPWAY_", "ATTEMPT",
	    arena_printf(cx->arena, "%lld", (long long)b->step->tries + 1));
	env_add(b, "SLIPWAY_", "TASK", b->task->name);
	env_add(b, "SLIPWAY_", "ENVIRONMENT", b->run->environment);
	env_add(b, "SLIPWAY_", "REQUESTER", b->run->requester);
	env_add(b, "SLIPWAY_", "MODE", b->kind);
	if (b->step->cleans != 0) {
		const struct step *after = run_step(cx, b->step->cleans);

		if (after == NULL)
			return err_set(e, ERR_INTERNAL, "step.cleans",
			    "what it cleans up after is not there");
		env_add(b, "SLIPWAY_", "AFTER", after->task);
		env_add(b, "SLIPWAY_", "AFTER_STATUS", after->status);
	}
	if (b->run->scheduled_at != 0) {
		env_add(b, "SLIPWAY_", "SCHEDULE", b->run->schedule);
		env_add(b, "SLIPWAY_", "SCHEDULED_AT",
		    arena_strdup(cx->arena,
			schedule_time_text(b->run->scheduled_at,
			    scheduled)));
	}
	for (void *i = json_object_iter(vars); i != NULL;
	     i = json_object_iter_next(vars, i))
		env_add(b, "", json_object_iter_key(i),
		    value_text(cx, json_object_iter_value(i)));
	for (void *i = json_object_iter(b->params); i != NULL;
	     i = json_object_iter_next(b->params, i))
		env_add(b, "PARAM_", env_name(cx, json_object_iter_key(i)),
		    value_text(cx, json_object_iter_value(i)));
	for (void *i = json_object_iter(b->needs); i != NULL;
	     i = json_object_iter_next(b->needs, i)) {
		json_t *outputs = json_object_iter_value(i);
		const char *prefix = arena_printf(cx->arena, "NEEDS_%s_",
		    env_name(cx, json_object_iter_key(i)));

		for (void *k = json_object_iter(outputs); k != NULL;
		     k = json_object_iter_next(outputs, k))
			env_add(b, prefix,
			    env_name(cx, json_object_iter_key(k)),
			    value_text(cx, json_object_iter_value(k)));
	}
	for (void *i = json_object_iter(own); i != NULL;
	     i = json_object_iter_next(own, i)) {
		const char *given =
		    json_string_value(json_object_iter_value(i));
		const char *text;

		if (!resolve(b, given, &text, e))
			return false;
		env_add(b, "", json_object_iter_key(i), text);
	}
	return true;
}

static bool
named(const char *const *names, const char *name)
{
	for (size_t i = 0; names != NULL && names[i] != NULL; i++)
		if (streq(names[i], name))
			return true;
	return false;
}

/* A secret goes where both the environment and the task name it. */
static bool
secret_deliver(struct building *b, const struct environment_def *env,
    const char *name, struct err *e)
{
	struct buf value = { .data = NULL };
	const char *text;
	bool ok;

	if (env == NULL || !named(env->secrets, name)) {
		err_set(e, ERR_DENIED, "secret.not_granted",
		    "secret '%s': environment '%s' does not grant it", name,
		    b->run->environment);
		return err_hint(e, "add it to its secrets: in the folder");
	}
	ok = secret_read(b->cx, name, env->name, &value, e);
	if (ok) {
		text = arena_str(b->cx->arena, buf_str(&value));
		secret_add(b, str_of(text));
		file_add(b,
		    arena_printf(b->cx->arena, "secrets/%s", name),
		    str_of(text), NULL);
	}
	buf_finish(&value);
	return ok;
}

static bool
kind_is(const struct building *b, const char *kind)
{
	return streq(b->kind, kind);
}

static bool
secrets_build(struct building *b, struct err *e)
{
	const struct environment_def *env =
	    platform_environment(b->cx->platform, b->run->environment);
	const json_t *own = kind_is(b, "run")
	    ? NULL
	    : kind_is(b, "preview") ? b->task->preview.secrets
				    : b->task->creates.secrets;

	for (size_t i = 0; i < json_array_size(own); i++)
		if (!secret_deliver(b, env,
			json_string_value(json_array_get(own, i)), e))
			return false;
	for (size_t i = 0; own == NULL && b->task->secrets != NULL &&
	     b->task->secrets[i] != NULL;
	     i++)
		if (!secret_deliver(b, env, b->task->secrets[i], e))
			return false;
	return true;
}

static bool
files_build(struct building *b, struct err *e)
{
	struct cx *cx = b->cx;
	json_t *files = (json_t *)(uintptr_t)b->task->files;
	json_t *all = json_pack("{s:O,s:O}", "params", b->params, "needs",
	    b->needs);

	file_add(b, "params.json", str_of(json_canonical(cx->arena, all)),
	    NULL);
	json_decref(all);
	for (void *i = json_object_iter(files); i != NULL;
	     i = json_object_iter_next(files, i))
		file_add(b, arena_strdup(cx->arena, json_object_iter_key(i)),
		    STR(""),
		    arena_printf(cx->arena, "%s/blob/%s", cx->site->data,
			json_string_value(json_object_iter_value(i))));
	for (size_t i = 0; b->task->volumes != NULL &&
	     b->task->volumes[i] != NULL;
	     i++) {
		const struct volume_def *v =
		    platform_volume(cx->platform, b->task->volumes[i]);

		if (v == NULL)
			return err_set(e, ERR_CONFIG, "volume.missing",
			    "volume '%s' is no longer in the folder",
			    b->task->volumes[i]);
		list_add(cx, &b->volumes, v->path);
		env_add(b, "VOLUME_", env_name(cx, v->name), v->path);
	}
	return true;
}

static void
work_takes(struct building *b, struct work *ret)
{
	const struct task *t = b->task;
	struct work_take *takes =
	    arena_array(b->cx->arena, t->nartifacts + 1, sizeof(*takes));

	if (!kind_is(b, "run"))
		return;
	for (size_t i = 0; i < t->nartifacts; i++)
		takes[i] = (struct work_take){ t->artifacts[i].path,
			(uint64_t)t->artifacts[i].max_bytes };
	ret->takes = takes;
	ret->ntakes = t->nartifacts;
}

static void
work_fill(struct building *b, bool check, struct work *ret)
{
	const struct task *t = b->task;
	/* Nobody waits long for what is only looked at. */
	bool preview = check &&
	    ((run_is_preview(b->run) && b->step->cleans == 0) ||
		step_is_stopped(b->run, b->step));
	struct str *secrets = arena_array(b->cx->arena, b->nsecrets,
	    sizeof(*secrets));

	if (b->nsecrets > 0)
		memcpy(secrets, b->secrets, b->nsecrets * sizeof(*secrets));
	*ret = (struct work){ .argv = b->argv.items, .env = b->env.items,
		.files = b->files, .nfiles = b->nfiles, .secrets = secrets,
		.nsecrets = b->nsecrets, .volumes = b->volumes.items,
		.sandbox = t->sandbox,
		.timeout_ms = preview ? LIMIT_PREVIEW_MS
		    : kind_is(b, "preview") && t->timeout_ms > LIMIT_SHOW_MS
		    ? LIMIT_SHOW_MS
		    : t->timeout_ms,
		.grace_ms = t->grace_ms,
		.output_cap = (uint64_t)t->output_cap,
		.memory_bytes = (uint64_t)t->memory_bytes,
		.processes = (unsigned)t->processes };
	work_takes(b, ret);
}

struct secrets_seen
work_secrets(struct cx *cx, const struct run *run, const struct step *step,
    const struct task *task, const char *kind)
{
	struct building *b = ARENA_NEW(cx->arena, struct building);
	struct err ignored;

	*b = (struct building){ .cx = cx, .run = run, .step = step,
		.task = task, .kind = kind };
	b->params = work_params(cx, step, &ignored);
	if (b->params != NULL)
		(void)params_check(b, &ignored);
	(void)needs_collect(b, &ignored);
	(void)secrets_build(b, &ignored);
	json_decref(b->params);
	json_decref(b->needs);
	json_decref(b->delivered);
	return (struct secrets_seen){ b->secrets, b->nsecrets };
}

bool
work_build(struct engine *g, struct cx *cx, const struct run *run,
    const struct step *step, const struct task *task, const char *kind,
    struct work *ret, struct err *e)
{
	struct building *b = ARENA_NEW(cx->arena, struct building);
	bool check = !streq(kind, "run") && !streq(kind, "preview"), ok;
	const struct command *command =
	    streq(kind, "run") ? &task->command : &task->preview.command;

	*b = (struct building){ .engine = g, .cx = cx, .run = run,
		.step = step, .task = task, .kind = kind };
	b->params = work_params(cx, step, e);
	ok = b->params != NULL && params_check(b, e) && needs_collect(b, e) &&
	    (check ? creates_build(b, e)
		   : command_build(b, command, e)) &&
	    env_build(b, e) && secrets_build(b, e) &&
	    files_build(b, e);
	if (ok)
		work_fill(b, check, ret);
	json_decref(b->params);
	json_decref(b->needs);
	json_decref(b->delivered);
	return ok;
}
