/* SPDX-License-Identifier: MIT */
#include "platform/task.h"

#include <string.h>

#include "base/limits.h"
#include "platform/build.h"
#include "spec/folder.h"
#include "spec/validate.h"
#include "sys/digest.h"

/* What stands in the schema as the defaults of keep and max. */
#define ARTIFACT_KEEP_MS (30 * 86400000LL)
#define ARTIFACT_MAX_BYTES ((int64_t)MIB(100))

static const char *const task_none[] = { NULL };

/* Something that needs know only when they ran. */
static bool
task_is_late(const json_t *value)
{
	const char *text = json_string_value(value);
	enum reference_kind kind;

	if (text == NULL)
		return false;
	kind = reference_parse(text).kind;
	return kind == REFERENCE_OUTPUT || kind == REFERENCE_ARTIFACT;
}

static bool
task_any_late(const json_t *values)
{
	json_t *walked = (json_t *)(uintptr_t)values, *value;
	const char *key;
	size_t i;

	if (json_is_array(values)) {
		json_array_foreach (walked, i, value) {
			if (task_is_late(value))
				return true;
		}
		return false;
	}
	json_object_foreach (walked, key, value) {
		if (task_is_late(value))
			return true;
	}
	return false;
}

static void
task_build_creates(struct task *t, const json_t *creates)
{
	struct creates *c = &t->creates;
	const json_t *target;

	if (creates == NULL)
		return;
	c->secrets = json_object_get(creates, "secrets");
	c->command = build_command(creates);
	if (c->command.kind != COMMAND_NONE) {
		c->kind = CREATES_RUN;
		c->early = !task_any_late(c->command.argv) &&
		    !task_any_late(t->env);
		return;
	}
	target = json_object_get(creates, "path");
	c->kind = target != NULL ? CREATES_PATH : CREATES_URL;
	if (target == NULL)
		target = json_object_get(creates, "url");
	c->target = json_string_value(target);
	c->early = !task_is_late(target);
	if (c->target == NULL)
		c->kind = CREATES_NONE;
}

static bool
task_build_needs(struct arena *a, struct task *t, const json_t *needs)
{
	struct need_def *list = arena_array(a, json_object_size(needs) + 1,
	    sizeof(*list));
	json_t *walked = (json_t *)(uintptr_t)needs, *need;
	const char *name;

	json_object_foreach (walked, name, need) {
		struct need_def *n = &list[t->nneeds++];

		n->name = name;
		n->task = build_text(need, "task");
		n->with = json_object_get(need, "with");
		n->over = json_object_get(need, "foreach");
		n->max_parallel = json_integer_value(
		    json_object_get(need, "max_parallel"));
		if (n->task == NULL || !json_is_object(n->with))
			return false;
	}
	t->needs = list;
	return true;
}

static size_t
task_count_cleanups(const json_t *body)
{
	return json_array_size(json_object_get(body, "on_failure")) +
	    json_array_size(json_object_get(body, "always"));
}

/* What is for a failure comes first, as in every language. */
static bool
task_build_cleanups(struct arena *a, struct task *t, const json_t *body)
{
	static const char *const keys[] = { [CLEANUP_ON_FAILURE] =
		"on_failure", [CLEANUP_ALWAYS] = "always" };
	struct cleanup_def *list = arena_array(a,
	    task_count_cleanups(body) + 1, sizeof(*list));

	for (int k = CLEANUP_ON_FAILURE; k <= CLEANUP_ALWAYS; k++) {
		const json_t *entries = json_object_get(body, keys[k]);

		for (size_t i = 0; i < json_array_size(entries); i++) {
			const json_t *entry = json_array_get(entries, i);
			struct cleanup_def *c = &list[t->ncleanups++];

			c->kind = (enum cleanup)k;
			c->task = build_text(entry, "task");
			c->with = json_object_get(entry, "with");
			if (c->task == NULL || !json_is_object(c->with))
				return false;
		}
	}
	t->cleanups = list;
	return true;
}

static bool
task_build_requires(struct arena *a, struct task *t, const json_t *entries)
{
	struct require_def *list = arena_array(a,
	    json_array_size(entries) + 1, sizeof(*list));

	for (size_t i = 0; i < json_array_size(entries); i++) {
		const json_t *entry = json_array_get(entries, i);
		struct require_def *r = &list[t->nrequires++];

		r->task = build_text(entry, "task");
		r->with = json_object_get(entry, "with");
		r->within_ms = build_duration(entry, "within", 0);
		r->within = build_text(entry, "within");
		r->env = build_text(entry, "env");
		r->wait = json_is_true(json_object_get(entry, "wait"));
		if (r->task == NULL || !json_is_object(r->with))
			return false;
	}
	t->requires = list;
	return true;
}

static enum when_busy
task_when_busy(const char *name)
{
	if (streq(name, "replace"))
		return BUSY_REPLACE;
	return streq(name, "refuse") ? BUSY_REFUSE : BUSY_QUEUE;
}

static bool
task_build_outputs(struct arena *a, struct task *t, const json_t *outputs)
{
	struct output_def *list = arena_array(a,
	    json_object_size(outputs) + 1, sizeof(*list));
	json_t *walked = (json_t *)(uintptr_t)outputs, *output;
	const char *name;

	json_object_foreach (walked, name, output) {
		const char *to = build_text(output, "to");
		struct schema *schema = ARENA_NEW(a, struct schema);

		if (!build_param(a, name, output, schema))
			return false;
		if (json_is_true(json_object_get(output, "secret")))
			schema->flags |= F_SECRET;
		list[t->noutputs++] = (struct output_def){
			.name = name,
			.schema = schema,
			.secret = json_is_true(
			    json_object_get(output, "secret")),
			.once = build_text(output, "reveal") != NULL,
			.to = to != NULL ? to : "requester",
			.doc = build_text(output, "doc"),
		};
	}
	t->outputs = list;
	return true;
}

static bool
task_build_artifacts(struct arena *a, struct task *t, const json_t *artifacts)
{
	struct artifact_def *list = arena_array(a,
	    json_object_size(artifacts) + 1, sizeof(*list));
	json_t *walked = (json_t *)(uintptr_t)artifacts, *artifact;
	const char *name;

	json_object_foreach (walked, name, artifact) {
		const char *keep = build_text(artifact, "keep");
		size_t at = t->nartifacts++;

		/* A body out of the database is sorted, one just read is as it
		 * was written: the same order for both. */
		for (; at > 0 && strcmp(list[at - 1].name, name) > 0; at--)
			list[at] = list[at - 1];
		list[at] = (struct artifact_def){
			.name = name,
			.path = json_is_string(artifact)
			    ? json_string_value(artifact)
			    : build_text(artifact, "path"),
			.doc = build_text(artifact, "doc"),
			.keep = keep != NULL ? keep : "30d",
			.keep_ms = build_duration(artifact, "keep",
			    ARTIFACT_KEEP_MS),
			.max_bytes = build_size(artifact, "max",
			    ARTIFACT_MAX_BYTES),
		};
		if (list[at].path == NULL)
			return false;
	}
	t->artifacts = list;
	return true;
}

static void
task_build_uses(struct arena *a, struct task *t, const json_t *uses)
{
	struct use_def *list = arena_array(a, json_object_size(uses) + 1,
	    sizeof(*list));
	json_t *walked = (json_t *)(uintptr_t)uses, *amount;
	const char *name;

	json_object_foreach (walked, name, amount)
		list[t->nuses++] = (struct use_def){ name,
			json_integer_value(amount) };
	t->uses = list;
}

static const char *const *
task_names(struct arena *a, const json_t *body, const char *key)
{
	const char *const *names = build_names(a, json_object_get(body, key));

	return names != NULL ? names : task_none;
}

static enum sandbox
task_sandbox(const char *name)
{
	if (streq(name, "none"))
		return SANDBOX_NONE;
	return streq(name, "strict") ? SANDBOX_STRICT : SANDBOX_DEFAULT;
}

static void
task_build_limits(struct task *t, const json_t *body)
{
	const json_t *retry = json_object_get(body, "retry");
	const char *backoff = build_text(retry, "backoff");

	t->saves_ms = build_duration(body, "saves", 0);
	t->timeout_ms = build_duration(body, "timeout", 3600000);
	t->grace_ms = build_duration(body, "grace", 10000);
	t->retry_times = json_integer_value(json_object_get(retry, "times"));
	if (backoff == NULL || !folder_span(backoff, &t->backoff_min_ms,
	    &t->backoff_max_ms)) {
		t->backoff_min_ms = 10000;
		t->backoff_max_ms = 300000;
	}
	t->memory_bytes = build_size(body, "memory", 0);
	t->processes = json_integer_value(json_object_get(body, "processes"));
	t->output_cap = build_size(body, "output", (int64_t)LIMIT_LOG_WHOLE);
	t->sandbox = task_sandbox(build_text(body, "sandbox"));
	t->idempotent = json_is_true(json_object_get(body, "idempotent"));
}

bool
task_from_json(struct arena *a, const json_t *body, struct task **ret,
    struct err *e)
{
	struct task *t = ARENA_NEW(a, struct task);
	char hash[DIGEST_HEX];

	t->name = build_text(body, "task");
	t->team = build_text(body, "team");
	if (t->name == NULL || t->team == NULL)
		return err_set(e, ERR_INTERNAL, "task.body",
		    "a task definition has no name or no team");
	t->doc = build_text(body, "doc");
	t->where = "";
	t->closure_hash = "";
	t->body = json_canonical(a, body);
	t->hash = arena_strdup(a, digest_hex(t->body, strlen(t->body), hash));
	t->params = build_params(a, json_object_get(body, "params"));
	if (t->params == NULL ||
	    !task_build_needs(a, t, json_object_get(body, "needs")) ||
	    !task_build_cleanups(a, t, body) ||
	    !task_build_requires(a, t, json_object_get(body, "requires")) ||
	    !task_build_outputs(a, t, json_object_get(body, "outputs")) ||
	    !task_build_artifacts(a, t, json_object_get(body, "artifacts")))
		return err_set(e, ERR_INTERNAL, "task.body",
		    "the definition of task '%s' is damaged", t->name);
	t->command = build_command(body);
	t->env = json_object_get(body, "env");
	t->key = json_object_get(body, "key");
	t->when_busy = task_when_busy(build_text(body, "when_busy"));
	task_build_creates(t, json_object_get(body, "creates"));
	t->preview.command =
	    build_command(json_object_get(body, "preview"));
	t->preview.secrets =
	    json_object_get(json_object_get(body, "preview"), "secrets");
	t->files = json_object_get(body, "files");
	t->secrets = task_names(a, body, "secrets");
	t->volumes = task_names(a, body, "volumes");
	task_build_uses(a, t, json_object_get(body, "uses"));
	t->approve = build_rules(a, json_object_get(body, "approve"),
	    &t->napprove);
	t->cost = cost_build(a, json_object_get(body, "cost"));
	t->when = json_object_get(body, "when");
	t->manual = build_names(a, json_object_get(body, "manual"));
	t->undo = build_text(body, "undo");
	task_build_limits(t, body);
	*ret = t;
	return true;
}

const struct need_def *
task_need(const struct task *t, const char *name)
{
	for (size_t i = 0; i < t->nneeds; i++) {
		if (strcmp(t->needs[i].name, name) == 0)
			return &t->needs[i];
	}
	return NULL;
}

const struct output_def *
task_output(const struct task *t, const char *name)
{
	for (size_t i = 0; i < t->noutputs; i++) {
		if (strcmp(t->outputs[i].name, name) == 0)
			return &t->outputs[i];
	}
	return NULL;
}

const char *
task_below(const struct task *t, size_t i)
{
	if (i < t->nneeds)
		return t->needs[i].task;
	i -= t->nneeds;
	return i < t->ncleanups ? t->cleanups[i].task : NULL;
}

bool
task_is_group(const struct task *t)
{
	return t->command.kind == COMMAND_NONE && t->manual == NULL;
}

const struct artifact_def *
task_artifact(const struct task *t, const char *name)
{
	for (size_t i = 0; i < t->nartifacts; i++) {
		if (strcmp(t->artifacts[i].name, name) == 0)
			return &t->artifacts[i];
	}
	return NULL;
}
