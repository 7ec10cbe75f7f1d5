/* SPDX-License-Identifier: MIT */
#include "role/role.h"

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

#include "base/json_out.h"
#include "platform/platform.h"
#include "spec/folder.h"

#define CHECK_BAD 2

static int
check_usage(FILE *to, int code)
{
	fputs("usage: slipway check [--json] [DIR]\n"
	      "\n"
	      "Read a team's folder and print every mistake with its place.\n"
	      "Exit code 0: it loads; 2: it does not.\n",
	    to);
	return code;
}

static void
check_json(const struct folder_errors *errs, struct buf *to)
{
	struct json_out out;

	json_out_init(&out, to);
	json_array_begin(&out);
	for (size_t i = 0; i < errs->count; i++) {
		const struct folder_error *it = &errs->items[i];

		json_object_begin(&out);
		json_kv_str(&out, "file", it->file);
		json_kv_int(&out, "line", it->line);
		json_kv_int(&out, "column", it->column);
		json_kv_str(&out, "what", it->what);
		json_kv_str(&out, "hint", it->hint);
		json_kv_bool(&out, "warning", it->warning);
		json_object_end(&out);
	}
	json_array_end(&out);
	buf_addc(to, '\n');
}

static void
check_summary(const struct platform *p, const struct folder_errors *errs)
{
	printf("%s: %zu task%s, %zu request%s, %zu %s; %zu warning%s\n",
	    p->folder, p->ntasks, p->ntasks == 1 ? "" : "s", p->nrequests,
	    p->nrequests == 1 ? "" : "s", p->npeople,
	    p->npeople == 1 ? "person" : "people", errs->warnings,
	    errs->warnings == 1 ? "" : "s");
}

static int
check_folder(const char *folder, bool json)
{
	struct arena *arena = arena_create();
	struct jq *jq = jq_create(NULL);
	struct platform *p = NULL;
	struct folder_errors errs;
	struct buf text = { 0 };
	struct err e;
	bool ok;

	folder_errors_init(&errs, arena);
	ok = platform_load(folder, jq, &p, &errs, &e);
	if (json)
		check_json(&errs, &text);
	else
		folder_errors_print(&errs, &text, isatty(STDOUT_FILENO) == 1);
	fputs(buf_cstr(&text), stdout);
	if (ok && !json)
		check_summary(p, &errs);
	if (!ok && errs.count == 0)
		role_fail(&e);
	buf_finish(&text);
	platform_unref(p);
	jq_destroy(jq);
	arena_destroy(arena);
	return ok ? 0 : CHECK_BAD;
}

int
role_check(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool json = false;
	int option;

	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (option == 'h')
			return check_usage(stdout, 0);
		if (option != 'j')
			return check_usage(stderr, CHECK_BAD);
		json = true;
	}
	if (argc - optind > 1)
		return check_usage(stderr, CHECK_BAD);
	return check_folder(argc > optind ? argv[optind] : ".", json);
}

int
role_schema(int argc, char **argv)
{
	struct buf text = { 0 };
	struct json_out out;

	(void)argv;
	if (argc > 1) {
		fputs("usage: slipway schema\n\n"
		      "Print the JSON Schema of a team's folder.\n",
		    stderr);
		return CHECK_BAD;
	}
	json_out_init(&out, &text);
	folder_schema_write(&out);
	puts(buf_cstr(&text));
	buf_finish(&text);
	return 0;
}
