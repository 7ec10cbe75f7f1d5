/* SPDX-License-Identifier: MIT */
#include "cli/audit.h"

#include "cli/show.h"
#include "cli/text.h"
#include "cli/verbs.h"
#include "cli/watch.h"

#define AUDIT_LOOK_S 1

static void
audit_print(struct session *s, struct arena *a, const json_t *row)
{
	static const char *const fields[] = { "seq", "at", "actor", "via",
		"action", "object", "decision", "reason" };

	if (s->globals.json) {
		watch_json(s, row);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		fprintf(s->out, "%s%s", i == 0 ? "" : "  ",
		    text_get(a, row, fields[i]));
	fputc('\n', s->out);
}

/* The first page without `since` is the newest first. */
struct following {
	bool turned;
	int64_t seq;
};

static bool
audit_page(struct session *s, struct arena *a, struct args *args,
    const json_t *answer, void *self)
{
	struct following *f = self;
	const json_t *items = json_object_get(answer, "items");
	const size_t n = json_array_size(items);
	const bool more =
	    !f->turned && !json_is_null(json_object_get(answer, "next"));

	for (size_t i = 0; i < n; i++) {
		const json_t *row =
		    json_array_get(items, f->turned ? n - 1 - i : i);

		audit_print(s, a, row);
		f->seq = json_integer_value(json_object_get(row, "seq"));
	}
	f->turned = false;
	json_object_set_new(args->query, "since", json_integer(f->seq));
	return more;
}

static int
audit_follow(struct session *s, const struct op *op, struct args *args)
{
	struct following f = {
		.turned = json_object_get(args->query, "since") == NULL,
		.seq = int_get(args->query, "since", 0),
	};

	return watch_list(s, op, args, AUDIT_LOOK_S, audit_page, &f);
}

int
audit_verb_list(
    struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	json_t *answer;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (args_local(&args, "follow") != NULL)
		return audit_follow(s, v->op, &args);
	if (!session_call(s, v->op, args.path, args.query, NULL, &answer, &e))
		return session_fail(s, &e);
	return show_answer(s, v->op, answer);
}
