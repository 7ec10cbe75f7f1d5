/* SPDX-License-Identifier: MIT */
#include "cli/evidence.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/text.h"
#include "cli/verbs.h"

static const json_t *
evidence_list(const json_t *object, const char *name)
{
	return json_object_get(object, name);
}

/* --- Markdown ------------------------------------------------------------- */

/* What people wrote is text, whatever Markdown or HTML it looks like. */
static const char *
md_plain(struct session *s, const char *text)
{
	char *plain = arena_alloc(s->arena, 2 * strlen(text) + 1), *to = plain;

	for (; *text != '\0'; text++) {
		if (strchr("\\`[]<>|", *text) != NULL)
			*to++ = '\\';
		*to++ = *text;
	}
	*to = '\0';
	return plain;
}

static const char *
md_get(struct session *s, const json_t *object, const char *key)
{
	return md_plain(s, text_get(s->arena, object, key));
}

static void
md_params(struct session *s, FILE *out, const json_t *change)
{
	const json_t *params = json_object_get(change, "params");
	const char *name, *mark = "- with: ";
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)params, name, value) {
		fprintf(out, "%s%s=%s", mark, md_plain(s, name),
		    md_get(s, params, name));
		mark = ", ";
	}
	if (json_object_size(params) > 0)
		fputc('\n', out);
}

static void
md_approvals(struct session *s, FILE *out, const json_t *change)
{
	json_t *need, *d;
	size_t i, k;

	json_array_foreach(evidence_list(change, "approvals"), i, need) {
		fprintf(out, "- %s: %s by %s, over %s `%s`\n",
		    text_get(s->arena, need, "status"),
		    text_get(s->arena, need, "rule"),
		    text_get(s->arena, need, "source"),
		    text_get(s->arena, need, "over"),
		    text_get(s->arena, need, "hash"));
		json_array_foreach(evidence_list(need, "decisions"), k, d)
			fprintf(out, "  - %s: %s by %s, %s, over `%s`%s%s\n",
			    text_get(s->arena, d, "person"),
			    text_get(s->arena, d, "decision"),
			    text_get(s->arena, d, "via"),
			    text_get(s->arena, d, "at"),
			    text_get(s->arena, d, "hash"),
			    text_get(s->arena, d, "note")[0] == '\0' ? ""
								     : ": ",
			    md_get(s, d, "note"));
	}
}

static void
md_steps(struct session *s, FILE *out, const json_t *change)
{
	json_t *step, *file;
	size_t i, k;

	json_array_foreach(evidence_list(change, "steps"), i, step) {
		fprintf(out, "- step %s, %s: %s, definition `%s`\n",
		    text_get(s->arena, step, "step"),
		    text_get(s->arena, step, "task"),
		    text_get(s->arena, step, "status"),
		    text_get(s->arena, step, "definition"));
		json_array_foreach(evidence_list(step, "artifacts"), k, file)
			fprintf(out, "  - %s, %s bytes, `%s`\n",
			    text_get(s->arena, file, "name"),
			    text_get(s->arena, file, "size"),
			    text_get(s->arena, file, "sha256"));
	}
}

static void
md_change(struct session *s, FILE *out, const json_t *c)
{
	const char *ticket = text_get(s->arena, c, "ticket");
	const char *commit = text_get(s->arena, c, "commit");

	fprintf(out, "\n## %s%s%s %s\n\n", text_get(s->arena, c, "run"),
	    ticket[0] == '\0' ? "" : ", ", ticket,
	    md_get(s, c, "title"));
	fprintf(out, "- asked: %s by %s, %s: %s in %s, plan `%s`\n",
	    text_get(s->arena, c, "requester"), text_get(s->arena, c, "via"),
	    text_get(s->arena, c, "asked_at"), text_get(s->arena, c, "task"),
	    text_get(s->arena, c, "environment"),
	    text_get(s->arena, c, "plan_hash"));
	md_params(s, out, c);
	md_approvals(s, out, c);
	fprintf(out, "- definitions: `%s`, commit %s\n",
	    text_get(s->arena, c, "closure_hash"),
	    commit[0] == '\0' ? "unknown" : commit);
	md_steps(s, out, c);
	fprintf(out, "- result: %s%s%s, %s to %s\n",
	    text_get(s->arena, c, "status"),
	    text_get(s->arena, c, "reason")[0] == '\0' ? "" : ": ",
	    md_get(s, c, "reason"),
	    text_get(s->arena, c, "started_at"),
	    text_get(s->arena, c, "ended_at"));
}

static void
md_write(struct session *s, FILE *out, const json_t *all)
{
	const json_t *head = json_object_get(all, "rests_on");
	const json_t *gaps = evidence_list(all, "gaps");
	const json_t *notable = evidence_list(all, "notable");
	json_t *row;
	size_t i;

	fprintf(out, "# Evidence, %s to %s%s%s\n\n",
	    text_get(s->arena, all, "from"), text_get(s->arena, all, "to"),
	    text_get(s->arena, all, "project")[0] == '\0' ? "" : ", project ",
	    text_get(s->arena, all, "project"));
	fprintf(out, "%zu changes, %zu gaps, %zu notable events.\n"
		     "SHA-256 `%s`; rests on audit event %s `%s`.\n",
	    json_array_size(evidence_list(all, "changes")),
	    json_array_size(gaps), json_array_size(notable),
	    text_get(s->arena, all, "hash"), text_get(s->arena, head, "event"),
	    text_get(s->arena, head, "hash"));
	fprintf(out, "\n## Gaps\n\n");
	json_array_foreach(gaps, i, row)
		fprintf(out, "- %s: %s: %s\n", text_get(s->arena, row, "run"),
		    text_get(s->arena, row, "kind"),
		    md_get(s, row, "text"));
	if (json_array_size(gaps) == 0)
		fprintf(out, "none\n");
	fprintf(out, "\n## Notable\n\n");
	json_array_foreach(notable, i, row)
		fprintf(out, "- %s, event %s: %s %s %s: %s\n",
		    text_get(s->arena, row, "at"),
		    text_get(s->arena, row, "event"),
		    text_get(s->arena, row, "actor"),
		    text_get(s->arena, row, "action"),
		    md_get(s, row, "object"),
		    md_get(s, row, "reason"));
	if (json_array_size(notable) == 0)
		fprintf(out, "none\n");
	json_array_foreach(evidence_list(all, "changes"), i, row)
		md_change(s, out, row);
}

/* --- CSV ------------------------------------------------------------------ */

/* Quoted; a spreadsheet must not take it for a formula. */
static void
csv_cell(FILE *out, const char *text, bool first)
{
	fputs(first ? "\"" : ",\"", out);
	if (strchr("=+-@\t\r", text[0]) != NULL && text[0] != '\0')
		fputc('\'', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

static const char *
csv_approvers(struct session *s, const json_t *change)
{
	const char *list = "";
	json_t *need, *d;
	size_t i, k;

	json_array_foreach(evidence_list(change, "approvals"), i, need)
		json_array_foreach(evidence_list(need, "decisions"), k, d)
			if (strcmp(text_get(s->arena, d, "decision"),
				"approve") == 0)
				list = arena_printf(s->arena, "%s%s%s", list,
				    list[0] == '\0' ? "" : " ",
				    text_get(s->arena, d, "person"));
	return list;
}

static const char *
csv_gaps(struct session *s, const json_t *all, const char *run)
{
	const char *list = "";
	json_t *gap;
	size_t i;

	json_array_foreach(evidence_list(all, "gaps"), i, gap)
		if (strcmp(text_get(s->arena, gap, "run"), run) == 0)
			list = arena_printf(s->arena, "%s%s%s", list,
			    list[0] == '\0' ? "" : " ",
			    text_get(s->arena, gap, "kind"));
	return list;
}

static void
csv_write(struct session *s, FILE *out, const json_t *all)
{
	static const char *const columns[] = { "run", "ticket", "title",
		"task", "environment", "requester", "asked_at", "started_at",
		"ended_at", "status", "plan_hash", "closure_hash", "commit" };
	json_t *c;
	size_t i;

	for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
		csv_cell(out, columns[k], k == 0);
	csv_cell(out, "approved_by", false);
	csv_cell(out, "gaps", false);
	fputs("\r\n", out);
	json_array_foreach(evidence_list(all, "changes"), i, c) {
		for (size_t k = 0; k < ARRAY_SIZE(columns); k++)
			csv_cell(out, text_get(s->arena, c, columns[k]),
			    k == 0);
		csv_cell(out, csv_approvers(s, c), false);
		csv_cell(out,
		    csv_gaps(s, all, text_get(s->arena, c, "run")), false);
		fputs("\r\n", out);
	}
}

/* --- the verb ------------------------------------------------------------- */

static void
json_write(struct session *s, FILE *out, const json_t *all)
{
	(void)s;
	json_dumpf(all, out, JSON_COMPACT | JSON_SORT_KEYS);
	fputc('\n', out);
}

static bool
evidence_file(struct session *s, const char *dir, const char *name,
    void (*write)(struct session *s, FILE *out, const json_t *all),
    const json_t *all, struct err *e)
{
	const char *path = arena_printf(s->arena, "%s/%s", dir, name);
	FILE *out = fopen(path, "we");
	bool ok;

	if (out == NULL)
		return err_sys(e, "write '%s'", path);
	write(s, out, all);
	ok = fflush(out) == 0;
	if (fclose(out) != 0 || !ok)
		return err_sys(e, "write '%s'", path);
	return true;
}

static bool
evidence_files(struct session *s, const char *dir, const json_t *all,
    struct err *e)
{
	if (mkdir(dir, 0777) != 0 && errno != EEXIST)
		return err_sys(e, "make '%s'", dir);
	return evidence_file(s, dir, "evidence.json", json_write, all, e) &&
	    evidence_file(s, dir, "evidence.md", md_write, all, e) &&
	    evidence_file(s, dir, "changes.csv", csv_write, all, e);
}

int
evidence_verb(struct session *s, const struct verb *v, int argc, char **argv)
{
	struct args args;
	const char *dir;
	json_t *all;
	struct err e;
	int code = EXIT_OK;

	if (!verb_parse(s, v, argc, argv, &args, &code))
		return code;
	if (!session_call(s, v->op, args.path, args.query, NULL, &all, &e))
		return session_fail(s, &e);
	dir = args_local(&args, "out");
	if (dir == NULL && s->globals.json)
		return session_json(s, all);
	if (dir == NULL) {
		md_write(s, s->out, all);
		return EXIT_OK;
	}
	if (!evidence_files(s, dir, all, &e))
		return session_fail(s, &e);
	session_say(s, "%s: evidence.json, evidence.md, changes.csv: %zu "
	    "changes, %zu gaps, SHA-256 %s\n", dir,
	    json_array_size(evidence_list(all, "changes")),
	    json_array_size(evidence_list(all, "gaps")),
	    text_get(s->arena, all, "hash"));
	return EXIT_OK;
}
