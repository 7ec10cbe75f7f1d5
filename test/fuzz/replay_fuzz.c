/* SPDX-License-Identifier: MIT */
/*
 * replay_fuzz.c: a bundle of a run from anybody, as `slipway replay` reads it.
 *
 * The bytes are the whole file; then they are laid over a bundle whose
 * definitions and plan have their hashes, so that graph, steps, approvals and
 * events are met too.  Whatever comes, the answer is that it follows or one
 * sentence why not.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "platform/platform.h"
#include "role/replay.h"
#include "spec/validate.h"
#include "sys/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char settings[] =
    "slipway: 1\nteam: t\n---\npeople: {p: {}, q: {}}\n"
    "teams: {t: {members: [p, q]}}\n---\nenvironments: {dev: {}}\n---\n"
    "task: u\nrun: 'true'\noutputs: {n: {}}\n---\n"
    "task: t\nparams: {a: {type: string, default: x}}\n"
    "needs: {u: {task: u}}\nwhen: {a: x}\nrun: 'true'\n";

static const char frame[] =
    "{\"bundle\":1,\"run\":{\"key\":\"R-1\",\"task\":\"t\","
    "\"requester\":\"p\",\"environment\":\"dev\",\"status\":\"succeeded\"},"
    "\"ticket\":null,\"plan\":{\"task\":\"t\",\"params\":{\"a\":\"x\"},"
    "\"requester\":\"p\",\"environment\":{\"name\":\"dev\"}},"
    "\"closure\":{},\"definitions\":{},\"steps\":{\"rows\":[],"
    "\"edges\":[],\"attempts\":[]},\"needs\":[],\"events\":[]}";

static void
fuzz_look(struct arena *a, const json_t *bundle)
{
	struct replay_report report = { 0 };
	struct err e = { .class = ERR_NONE };

	if (!replay_bundle(a, NULL, bundle, &report, &e))
		ASSERT(e.class != ERR_NONE && e.message[0] != '\0');
}

static void
fuzz_set_hash(struct arena *a, json_t *object, const char *name,
    const json_t *of)
{
	const char *text = json_canonical(a, of);
	char hash[DIGEST_HEX];

	json_object_set_new(object, name,
	    json_string(digest_hex(text, strlen(text), hash)));
}

/* The definitions of the settings above, by their hashes. */
static void
fuzz_definitions(struct arena *a, json_t *bundle)
{
	const struct folder_file file = { .name = "slipway.yaml",
		.bytes = STR(settings) };
	json_t *closure = json_object_get(bundle, "closure");
	struct folder_errors errs;
	struct platform *p = NULL;

	folder_errors_init(&errs, a);
	ASSERT(platform_load_memory("/folder", &file, 1, &p, &errs, NULL));
	for (size_t i = 0; i < p->ntasks; i++) {
		json_object_set_new(closure, p->tasks[i]->name,
		    json_string(p->tasks[i]->hash));
		json_object_set_new(json_object_get(bundle, "definitions"),
		    p->tasks[i]->hash,
		    json_parse(str_of(p->tasks[i]->body), NULL));
	}
	platform_unref(p);
}

static void
fuzz_merged(struct arena *a, json_t *given)
{
	json_t *whole = json_parse(STR(frame), NULL);
	json_t *plan, *run;

	ASSERT(whole != NULL);
	fuzz_definitions(a, whole);
	json_object_update_recursive(whole, given);
	plan = json_object_get(whole, "plan");
	run = json_object_get(whole, "run");
	if (json_is_object(plan) && json_is_object(run)) {
		fuzz_set_hash(a, plan, "closure",
		    json_object_get(whole, "closure"));
		json_object_set(run, "closure_hash",
		    json_object_get(plan, "closure"));
		fuzz_set_hash(a, run, "plan_hash", plan);
	}
	json_object_del(whole, "hash");
	fuzz_set_hash(a, whole, "hash", whole);
	fuzz_look(a, whole);
	json_decref(whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *given =
	    json_parse((struct str){ (const char *)data, size }, NULL);
	struct arena *a;

	if (given == NULL)
		return 0;
	a = arena_create();
	fuzz_look(a, given);
	if (json_is_object(given))
		fuzz_merged(a, given);
	arena_destroy(a);
	json_decref(given);
	return 0;
}
