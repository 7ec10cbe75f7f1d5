/* SPDX-License-Identifier: MIT */
/*
 * folder_fuzz.c: a YAML file of the team's folder, from any bytes.
 *
 * The bytes are t.yaml beside settings and people that are fine.  Whatever
 * comes, the loader returns; every mistake has a place; and what it takes
 * gives the same tasks again when read back from their canonical bodies, as
 * pinned definitions are.
 */
#include <stddef.h>
#include <stdint.h>

#include "platform/platform.h"
#include "spec/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char settings[] =
    "slipway: 1\nteam: t\nlimits: {db: 2}\nprojects: {OPS: {team: t}}\n"
    "volumes: {git: {path: /srv/git}}\n---\n"
    "people: {p: {}, q: {}}\nteams: {t: {members: [p, q]}}\n---\n"
    "environments: {dev: {}, prod: {secrets: [s]}}\n";

static void
fuzz_pinned(const struct platform *p, struct arena *a)
{
	for (size_t i = 0; i < p->ntasks; i++) {
		json_t *body = json_parse(str_of(p->tasks[i]->body), NULL);
		struct task *again;

		ASSERT(body != NULL);
		ASSERT(task_from_json(a, body, &again, NULL));
		ASSERT(streq(again->hash, p->tasks[i]->hash));
		ASSERT(again->nneeds == p->tasks[i]->nneeds);
		json_decref(body);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct folder_file files[] = {
		{ .name = "slipway.yaml", .bytes = STR(settings) },
		{ .name = "t.yaml", .bytes = { (const char *)data, size } },
		{ .name = "tool", .bytes = STR("#!/bin/sh\n") },
	};
	struct arena *a = arena_create();
	struct folder_errors errs;
	struct platform *p = NULL;
	struct buf text = { 0 };
	struct err e = { 0 };

	folder_errors_init(&errs, a);
	if (platform_load_memory("/folder", files, 3, &p, &errs, &e))
		fuzz_pinned(p, a);
	else
		ASSERT(e.message[0] != '\0' && errs.count > errs.warnings);
	for (size_t i = 0; i < errs.count; i++)
		ASSERT(errs.items[i].line > 0 && errs.items[i].column > 0);
	folder_errors_print(&errs, &text, true);
	buf_finish(&text);
	platform_unref(p);
	arena_destroy(a);
	return 0;
}
