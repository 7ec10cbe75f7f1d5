/* SPDX-License-Identifier: MIT */
#include "cli/manual.h"

#include <string.h>

#include "base/version.h"
#include "cli/alias.h"
#include "cli/help.h"
#include "cli/local.h"
#include "spec/folder.h"
#include "spec/setting.h"

/* Where it goes and in which of the two languages. */
struct page {
	FILE *out;
	struct arena *arena;
	bool markdown;
	bool items; /* Markdown: a list has begun */
};

/* What either language would read as its own. */
static void
page_text(struct page *p, const char *text)
{
	bool begin = true;

	for (; *text != '\0'; begin = *text == '\n', text++) {
		if (p->markdown && strchr("<>*|\\", *text) != NULL)
			fprintf(p->out, "\\%c", *text);
		else if (!p->markdown && begin && strchr(".'", *text) != NULL)
			fprintf(p->out, "\\&%c", *text);
		else if (!p->markdown && *text == '\\')
			fputs("\\e", p->out);
		else if (!p->markdown && *text == '-')
			fputs("\\-", p->out);
		else
			fputc(*text, p->out);
	}
	fputc('\n', p->out);
}

static void
page_begin(struct page *p, const char *name, int section,
    const char *summary)
{
	if (p->markdown) {
		fprintf(p->out,
		    "<!-- Made by `make reference`; do not edit. -->\n"
		    "# %s(%d)\n\n", name, section);
		page_text(p, summary);
		return;
	}
	fprintf(p->out, ".TH %s %d \"\" \"slipway %s\"\n.SH NAME\n%s \\- ",
	    name, section, SLIPWAY_VERSION, name);
	page_text(p, summary);
}

static void
page_heading(struct page *p, int level, const char *title)
{
	p->items = false;
	if (p->markdown)
		fprintf(p->out, "\n%.*s ", level + 1, "#####");
	else
		fputs(level == 1 ? ".SH " : ".SS ", p->out);
	page_text(p, title);
}

static void
page_paragraph(struct page *p, const char *text)
{
	p->items = false;
	fputs(p->markdown ? "\n" : ".PP\n", p->out);
	page_text(p, text);
}

static void
page_item(struct page *p, const char *term, const char *text)
{
	if (p->markdown) {
		fprintf(p->out, "%s- `%s`: ", p->items ? "" : "\n", term);
		p->items = true;
	} else {
		fputs(".TP\n.B ", p->out);
		page_text(p, term);
	}
	page_text(p, text);
}

/* --- slipway(1) ----------------------------------------------------------- */

static void
manual_flag(struct page *p, const struct flag *f)
{
	const char *kind = flag_kind(p->arena, f);
	const char *text = f->schema->doc == NULL ? "" : f->schema->doc;
	const char *term = flag_text(p->arena, f->name);

	if (f->schema->kind != SCHEMA_BOOL)
		term = arena_printf(p->arena, "%s %s", term,
		    f->hold == NULL ? "VALUE" : f->hold);
	if (*kind != '\0' && !streq(kind, f->hold))
		text = arena_printf(p->arena, "%s (%s)", text, kind);
	if (f->required)
		text = arena_printf(p->arena, "%s Required.", text);
	page_item(p, term, text);
}

static void
manual_op(struct page *p, const struct op *op)
{
	struct usage *u = usage_create(p->arena, op);

	page_heading(p, 2, usage_line(p->arena, u));
	page_paragraph(p, op->summary);
	if (op->doc != NULL)
		page_paragraph(p, op->doc);
	for (const struct alias *l = aliases; l->word != NULL; l++) {
		if (streq(l->op, op->name))
			page_paragraph(p, arena_printf(p->arena,
			    "Short: slipway %s %s", l->word,
			    l->usage == NULL ? "" : l->usage));
	}
	for (size_t i = 0; i < u->nflags; i++)
		manual_flag(p, &u->flags[i]);
}

static void
manual_commands(struct page *p)
{
	page_begin(p, "slipway", 1,
	    "ask for it, have it approved, see it done");
	page_heading(p, 1, "Synopsis");
	page_paragraph(p, "slipway VERB [WORD ...] [--FLAG VALUE ...]");
	page_heading(p, 1, "Flags of every verb");
	for (const struct flag *f = global_flags; f->name != NULL; f++)
		manual_flag(p, f);
	page_heading(p, 1, "Verbs of the program itself");
	for (const struct help_extra *x = help_extras; x->word != NULL; x++)
		page_item(p, arena_printf(p->arena, "slipway %s", x->usage),
		    x->doc == NULL ? x->summary
				   : arena_printf(p->arena, "%s %s",
					 x->summary, x->doc));
	page_heading(p, 1, "Verbs of the server");
	for (const struct op *const *op = ops; *op != NULL; op++) {
		if ((*op)->cli != NULL)
			manual_op(p, *op);
	}
	page_heading(p, 1, "Exit status");
	page_paragraph(p, help_exit_codes);
	page_heading(p, 1, "See also");
	page_paragraph(p, "slipway-folder(5), slipway-serve(8)");
}

/* --- slipway-folder(5) ---------------------------------------------------- */

/* "a text", "one of: a, b", "a list of …": what a key may hold. */
static const char *
manual_kind(struct arena *a, const struct schema *k)
{
	static const char *const words[] = { [SCHEMA_STRING] = "text",
		[SCHEMA_INTEGER] = "whole number", [SCHEMA_NUMBER] = "number",
		[SCHEMA_BOOL] = "true or false", [SCHEMA_CHOICE] = "one of",
		[SCHEMA_TIME] = "time", [SCHEMA_DURATION] = "duration: 5m",
		[SCHEMA_OBJECT] = "mapping", [SCHEMA_MAP] = "mapping by name",
		[SCHEMA_LIST] = "list", [SCHEMA_ONE_OF] = "one of several",
		[SCHEMA_JSON] = "anything" };
	struct buf text = { 0 };
	const char *result;

	buf_adds(&text, words[k->kind]);
	if (k->kind == SCHEMA_CHOICE)
		for (size_t i = 0; k->choices[i] != NULL; i++)
			buf_printf(&text, "%s%s", i == 0 ? ": " : ", ",
			    k->choices[i]);
	if (k->kind == SCHEMA_ONE_OF) {
		buf_clear(&text);
		for (size_t i = 0; k->any_of[i] != NULL; i++)
			buf_printf(&text, "%s%s", i == 0 ? "" : ", or ",
			    manual_kind(a, k->any_of[i]));
	}
	if ((k->kind == SCHEMA_LIST || k->kind == SCHEMA_MAP) && k->of != NULL)
		buf_printf(&text, " of: %s", manual_kind(a, k->of));
	result = arena_strdup(a, buf_cstr(&text));
	buf_finish(&text);
	return result;
}

#define MANUAL_DEPTH 6

static void manual_inside(struct page *p, const struct schema *k,
    const char *name, int depth);

static void
manual_key(struct page *p, const struct schema *k, const char *prefix,
    int depth)
{
	const char *name = arena_printf(p->arena, "%s%s", prefix, k->name);
	const char *text = arena_printf(p->arena, "%s%s(%s%s)",
	    k->doc == NULL ? "" : k->doc, k->doc == NULL ? "" : " ",
	    manual_kind(p->arena, k),
	    (k->flags & F_REQUIRED) != 0 ? "; required" : "");

	if (k->default_json != NULL)
		text = arena_printf(p->arena, "%s Default: %s.", text,
		    k->default_json);
	page_item(p, name, text);
	manual_inside(p, k, name, depth);
}

/* The keys of the mappings in k, wherever in it they are. */
static void
manual_inside(struct page *p, const struct schema *k, const char *name,
    int depth)
{
	const char *dot = *name == '\0' ? "" : ".";

	if (k == NULL || depth == MANUAL_DEPTH)
		return;
	if (k->kind == SCHEMA_ONE_OF) {
		for (size_t i = 0; k->any_of[i] != NULL; i++)
			manual_inside(p, k->any_of[i], name, depth + 1);
	} else if (k->kind == SCHEMA_MAP) {
		manual_inside(p, k->of,
		    arena_printf(p->arena, "%s%sNAME", name, dot), depth + 1);
	} else if (k->kind == SCHEMA_LIST) {
		manual_inside(
		    p, k->of, arena_printf(p->arena, "%s[]", name), depth + 1);
	} else if (k->kind == SCHEMA_OBJECT) {
		for (const struct schema *f = k->fields;
		     f != NULL && f->name != NULL; f++)
			manual_key(p, f,
			    arena_printf(p->arena, "%s%s", name, dot),
			    depth + 1);
	}
}

/* The first kind whose documents have the same keys. */
static const char *
manual_same(const struct folder_kind *kind)
{
	const struct folder_kind *k = folder_kinds;

	while (k->schema != kind->schema)
		k++;
	return k == kind ? NULL : k->key;
}

static void
manual_folder(struct page *p)
{
	const char *same;

	page_begin(p, "slipway-folder", 5, "the team's folder of YAML");
	page_heading(p, 1, "Description");
	page_paragraph(p,
	    "Any file name; the first key of a document tells its kind, and "
	    "several documents may stand in one file.  An unknown key is an "
	    "error.  slipway check DIR says all that is wrong.");
	page_heading(p, 1, "Kinds");
	for (const struct folder_kind *k = folder_kinds; k->key != NULL; k++) {
		if (k->schema == NULL)
			continue;
		page_heading(p, 2, k->key);
		if (k->doc != NULL)
			page_paragraph(p, k->doc);
		same = manual_same(k);
		if (same == NULL)
			manual_inside(p, k->schema, "", 0);
		else
			page_paragraph(p, arena_printf(p->arena,
			    "Its document has the keys of: %s.", same));
	}
	page_heading(p, 1, "See also");
	page_paragraph(p, "slipway(1), slipway-serve(8)");
}

/* --- slipway-serve(8) ----------------------------------------------------- */

static void
manual_serve(struct page *p)
{
	page_begin(p, "slipway-serve", 8, "the server of slipway");
	page_heading(p, 1, "Synopsis");
	page_paragraph(p, "slipway serve [--SETTING VALUE ...]");
	page_heading(p, 1, "Settings");
	page_paragraph(p,
	    "Each is a flag, or a variable of the environment when the flag "
	    "is not given; several values of one variable are separated by "
	    "spaces.");
	for (const struct setting *k = settings; k->flag != NULL; k++)
		page_item(p,
		    arena_printf(p->arena, "--%s%s%s, $%s", k->flag,
			k->hold == NULL ? "" : " ",
			k->hold == NULL ? "" : k->hold, k->env),
		    arena_printf(p->arena, "%s  Default: %s.%s", k->doc,
			k->fallback, k->many ? "  May be repeated." : ""));
	page_heading(p, 1, "Exit status");
	page_paragraph(p,
	    "0 after a signal to stop; 2 usage; 74 the disk failed; 75 "
	    "another server has the data folder; 78 something in the folder, "
	    "the settings or the database's version is wrong.");
	page_heading(p, 1, "See also");
	page_paragraph(p, "slipway(1), slipway-folder(5)");
}

static const struct {
	const char *name;
	void (*print)(struct page *p);
} manuals[] = {
	{ "folder", manual_folder },
	{ "serve", manual_serve },
	{ "slipway", manual_commands },
};

int
manual_run(struct session *s, int argc, char **argv)
{
	struct page p = { .out = s->out, .arena = s->arena };
	const char *name = "slipway";
	struct err e;

	for (int i = 0; i < argc; i++) {
		if (streq(argv[i], "--markdown"))
			p.markdown = true;
		else
			name = argv[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(manuals); i++) {
		if (streq(manuals[i].name, name)) {
			manuals[i].print(&p);
			return EXIT_OK;
		}
	}
	err_set(&e, ERR_SYNTAX, "usage", "manual: no page '%s'", name);
	err_hint(&e, "folder, serve or slipway");
	return session_fail(s, &e);
}
