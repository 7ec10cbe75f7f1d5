/* SPDX-License-Identifier: MIT */
/*
 * Every mistake of bad_folders.txt is found, where it is, in these words.
 *
 * A case there is a line "## label", the text of t.yaml, and what is
 * expected, each line behind ">> ".  "## base NAME" is a file that every case
 * gets too.  To see what the loader says now, run this test with a new case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "platform/platform.h"
#include "spec/folder.h"
#include "sys/file.h"

#define CASE_FILES 12

struct cases {
	struct arena *a;
	struct folder_file base[CASE_FILES]; /* and one for t.yaml */
	size_t nbase;
	unsigned count, failed;
};

/* A file named from this one on. */
static void
load_test_path(char *path, size_t n, const char *name)
{
	snprintf(path, n, "%.*s%s",
	    (int)(strrchr(__FILE__, '/') + 1 - __FILE__), __FILE__, name);
}

static int
file_compare(const void *a, const void *b)
{
	const struct folder_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* What the loader says about base and text, as the file writes it. */
static const char *
cases_load(struct cases *c, struct str text)
{
	struct folder_file files[CASE_FILES];
	struct folder_errors errs;
	struct platform *p = NULL;
	struct err e = { 0 };
	const char *said = "";
	bool ok;

	memcpy(files, c->base, sizeof(files));
	files[c->nbase] = (struct folder_file){ .name = "t.yaml",
		.bytes = text };
	qsort(files, c->nbase + 1, sizeof(*files), file_compare);
	folder_errors_init(&errs, c->a);
	ok = platform_load_memory("/folder", files, c->nbase + 1, &p, &errs,
	    &e);
	assert_int_equal(ok, errs.count == errs.warnings);
	assert_int_equal(ok, e.class == ERR_NONE);
	for (size_t i = 0; i < errs.count; i++) {
		const struct folder_error *f = &errs.items[i];

		said = arena_printf(c->a, "%s>> %s:%d:%d: %s%s\n", said,
		    f->file, f->line, f->column,
		    f->warning ? "warning: " : "", f->what);
		if (f->hint != NULL)
			said = arena_printf(c->a, "%s>> hint: %s\n", said,
			    f->hint);
	}
	platform_unref(p);
	return said;
}

static void
cases_base(struct cases *c, struct str name, struct str text)
{
	assert_true(c->nbase + 1 < CASE_FILES);
	c->base[c->nbase++] = (struct folder_file){
		.name = arena_str(c->a, name), .bytes = text };
}

/* One case: its label, and everything up to the next one. */
static void
cases_one(struct cases *c, struct str label, struct str body)
{
	struct str rest = body, text = { body.p, 0 }, line;
	const char *wanted = "", *said;

	while (rest.n > 0) {
		line = str_cut(rest, '\n', &rest);
		if (str_starts(line, ">> "))
			wanted = arena_printf(c->a, "%s%.*s\n", wanted,
			    (int)line.n, line.p);
		else if (wanted[0] == '\0')
			text.n = (size_t)(line.p + line.n + 1 - body.p);
	}
	if (str_starts(label, "base ")) {
		label.p += 5;
		label.n -= 5;
		cases_base(c, label, text);
		return;
	}
	c->count++;
	said = cases_load(c, text);
	if (strcmp(said, wanted) == 0)
		return;
	c->failed++;
	print_error("## %.*s\nwanted\n%sgot\n%s", (int)label.n, label.p,
	    wanted, said);
}

static void
cases_run(struct cases *c, struct str all)
{
	struct str label = str_cut(all, '\n', &all), body;

	while (label.n > 0) {
		const char *next = memmem(all.p, all.n, "\n## ", 4);

		assert_true(str_starts(label, "## "));
		body = (struct str){ all.p,
			next == NULL ? all.n : (size_t)(next + 1 - all.p) };
		all.p += body.n;
		all.n -= body.n;
		label.p += 3;
		label.n -= 3;
		cases_one(c, label, body);
		label = str_cut(all, '\n', &all);
	}
}

static void
test_bad_folders(void **state)
{
	struct cases c = { .a = arena_create() };
	struct buf text = { 0 };
	struct err e = { 0 };
	char path[512];

	(void)state;
	load_test_path(path, sizeof(path), "bad_folders.txt");
	if (!file_read(AT_FDCWD, path, MIB(1), &text, &e))
		fail_msg("%s", e.message);
	cases_run(&c, buf_str(&text));
	print_message("%u bad folders\n", c.count);
	assert_true(c.count >= 60);
	assert_int_equal(c.failed, 0);
	buf_finish(&text);
	arena_destroy(c.a);
}

/*
 * What a text file cannot show.
 */

static void
assert_said(struct str text, const char *wanted)
{
	struct cases c = { .a = arena_create() };

	cases_base(&c, STR("slipway.yaml"),
	    STR("slipway: 1\nteam: t\n---\npeople: {p: {}}\n"
		"teams: {t: {members: [p]}}\n"));
	assert_string_equal(cases_load(&c, text), wanted);
	arena_destroy(c.a);
}

static void
test_bytes(void **state)
{
	(void)state;
	/* A terminal sees no control characters of a stranger's folder. */
	assert_said(STR("task: a\nrun: b\n\"\\e[2J\\u202ezz\": 1\n"),
	    ">> t.yaml:3:2: unknown key '?[2J?zz' in task 'a'\n");
	assert_said(STR("task: a\ndoc: caf\xe9\nrun: exit 0\n"),
	    ">> t.yaml:2:9: the byte 0xe9 is no text\n"
	    ">> hint: save the file as UTF-8 text\n");
	assert_said(STR("task: a\nrun: x\0y\n"),
	    ">> t.yaml:2:7: the byte 0x00 is no text\n"
	    ">> hint: save the file as UTF-8 text\n");
	assert_said(STR("task: a\nrun: \"\xed\xa0\x80\"\n"),
	    ">> t.yaml:2:7: the byte 0xed is no text\n"
	    ">> hint: save the file as UTF-8 text\n");
	assert_said(STR("task: a\nenv:\n\tA: b\n"),
	    ">> t.yaml:3:1: tab character may not be used as indentation\n"
	    ">> hint: indent with spaces, not with tabs\n");
	assert_said(STR("task: a\n\trun: b\n"),
	    ">> t.yaml:1:7: invalid multiline plain key\n"
	    ">> hint: indent with spaces, not with tabs\n");
	assert_said(STR("task: a\r\nrun: exit 0\r\ntiemout: 5m\r\n"),
	    ">> t.yaml:3:1: unknown key 'tiemout' in task 'a'\n"
	    ">> hint: did you mean 'timeout'?\n");
	assert_said(STR("\xef\xbb\xbftask: a\nrun: exit 0\ntiemout: 5m\n"),
	    ">> t.yaml:3:1: unknown key 'tiemout' in task 'a'\n"
	    ">> hint: did you mean 'timeout'?\n");
	assert_said(STR(""), "");
	assert_said(STR("# nothing\n"), "");
	assert_said(STR("---\n---\n...\n# nothing\n---\n"), "");
	assert_said(STR("\xef\xbb\xbf"), "");
}

static void
test_depth(void **state)
{
	struct buf deep = { 0 };

	(void)state;
	buf_adds(&deep, "task: a\nrun: exit 0\nwhen: {x: ");
	for (int i = 0; i < 100000; i++)
		buf_addc(&deep, '[');
	assert_said(buf_str(&deep),
	    ">> t.yaml:3:49: nested deeper than 40 levels\n");
	buf_clear(&deep);
	buf_adds(&deep, "a:\n");
	for (int i = 1; i < 60; i++)
		buf_printf(&deep, "%*sa:\n", i, "");
	assert_said(buf_str(&deep),
	    ">> t.yaml:41:41: nested deeper than 40 levels\n");
	buf_finish(&deep);
}

static void
test_aliases(void **state)
{
	struct buf bomb = { 0 };

	(void)state;
	assert_said(STR("task: a\nrun: exit 0\nenv: {A: &x one, B: *x}\n"
	    "---\ntask: b\nparams: &p {n: {}}\nrun: exit 0\n"), "");
	/* An anchor ends with its document. */
	assert_said(STR("task: a\nrun: &x exit 0\n---\ntask: b\nrun: *x\n"),
	    ">> t.yaml:5:6: unknown alias '*x'\n");
	buf_adds(&bomb, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&bomb, "a%d: &a%d [", i, i);
		for (int k = 0; k < 10; k++)
			buf_printf(&bomb, "%s*a%d", k == 0 ? "" : ", ", i - 1);
		buf_adds(&bomb, "]\n");
	}
	assert_said(buf_str(&bomb), ">> t.yaml:6:10: too many values in a "
	    "file\n>> hint: split the file into several\n");
	buf_clear(&bomb);
	buf_adds(&bomb, "a: &a x\nb: [");
	for (int i = 0; i < 200; i++)
		buf_printf(&bomb, "%s*a", i == 0 ? "" : ", ");
	buf_adds(&bomb, "]\n");
	assert_said(buf_str(&bomb),
	    ">> t.yaml:2:405: more than 100 aliases in a file\n"
	    ">> hint: write the values out\n");
	buf_finish(&bomb);
}

static void
test_size(void **state)
{
	struct buf large = { 0 };

	(void)state;
	buf_adds(&large, "task: a\nrun: |\n");
	while (large.len < MIB(5))
		buf_adds(&large, "  echo 'a long script'\n");
	assert_said(buf_str(&large), ">> t.yaml:1:1: read 't.yaml': it has "
	    "more than 1048576 bytes\n");
	buf_clear(&large);
	buf_adds(&large, "task: a\nenv:\n");
	for (int i = 0; i < 6000; i++)
		buf_printf(&large, "  A%d: x\n", i);
	assert_said(buf_str(&large),
	    ">> t.yaml:5003:3: more than 5000 keys in one map\n");
	buf_clear(&large);
	for (int i = 0; i < 1000; i++)
		buf_printf(&large, "---\ntask: t%d\nx: 1\n", i);
	{
		struct cases c = { .a = arena_create() };
		size_t lines = 0;

		for (const char *p = cases_load(&c, buf_str(&large));
		    (p = strchr(p, '\n')) != NULL; p++)
			lines++;
		/* The missing slipway.yaml was number 201. */
		assert_int_equal(lines, LIMIT_FOLDER_ERRORS);
		arena_destroy(c.a);
	}
	buf_finish(&large);
}

/* The guide has every key of the folder, as `key` or in an example. */
static void
assert_documented(const char *guide, const char *key, const struct schema *s)
{
	char quoted[64], shown[64], used[64];

	snprintf(quoted, sizeof(quoted), "`%s`", key);
	snprintf(shown, sizeof(shown), "`%s:", key);
	snprintf(used, sizeof(used), "\n%s:", key);
	if (strstr(guide, quoted) == NULL && strstr(guide, shown) == NULL &&
	    strstr(guide, used) == NULL)
		fail_msg("the guide does not tell of '%s'", key);
	if (s == NULL || (s->kind != SCHEMA_OBJECT && s->of == NULL))
		return;
	if (s->kind != SCHEMA_OBJECT) {
		assert_documented(guide, key, s->of);
		return;
	}
	for (const struct schema *f = s->fields; f->name != NULL; f++)
		assert_documented(guide, f->name, f);
}

/* Every yaml block of the guide to the folder, as one folder. */
static void
test_guide(void **state)
{
	static const char begin[] = "\n```yaml\n";
	struct buf guide = { 0 }, text = { 0 };
	struct cases c = { .a = arena_create() };
	const char *at;
	char path[512];
	struct err e = { 0 };

	(void)state;
	load_test_path(path, sizeof(path), "../../docs/guide/folder.md");
	if (!file_read(AT_FDCWD, path, MIB(1), &guide, &e))
		fail_msg("%s", e.message);
	for (at = guide.data; (at = strstr(at, begin)) != NULL;) {
		const char *end = strstr(at += strlen(begin), "\n```\n");

		assert_non_null(end);
		buf_adds(&text, "---\n");
		buf_add(&text, at, (size_t)(end + 1 - at));
		at = end;
	}
	cases_base(&c, STR("slipway.yaml"), STR("# it is in the guide\n"));
	assert_string_equal(cases_load(&c, buf_str(&text)), "");
	for (const struct folder_kind *k = folder_kinds; k->key != NULL; k++)
		assert_documented(guide.data, k->key, k->schema);
	assert_documented(guide.data, "params", &folder_param_schema);
	buf_finish(&guide);
	buf_finish(&text);
	arena_destroy(c.a);
}

/* Settings are in a folder once: what is wrong in them has a base of its own. */
static void
test_bad_settings(void **state)
{
	struct cases c = { .a = arena_create() };

	(void)state;
	cases_base(&c, STR("people.yaml"),
	    STR("people: {ernie: {name: E}}\n"
		"teams: {billing: {members: [ernie]}}\n"));
	assert_string_equal(
	    cases_load(&c,
		STR("slipway: 1\n"
		    "team: billing\n"
		    "notify:\n"
		    "  - {on: [aproval], task: mail, to: bilings}\n"
		    "  - {on: [done], task: mail, to: ernie, once: true}\n")),
	    ">> slipway.yaml:1:1: there is no slipway.yaml in this folder\n"
	    ">> hint: the file with 'slipway: 1' is called so; here it is "
	    "t.yaml\n"
	    ">> t.yaml:4:10: an inbox has nothing of the kind 'aproval'\n"
	    ">> hint: did you mean 'approval'?\n"
	    ">> t.yaml:4:27: unknown task 'mail'\n"
	    ">> hint: the folder has no task yet\n"
	    ">> t.yaml:4:37: unknown team or person 'bilings'\n"
	    ">> hint: did you mean 'billing'?\n"
	    ">> t.yaml:5:24: unknown task 'mail'\n"
	    ">> hint: the folder has no task yet\n"
	    ">> t.yaml:5:47: only a team is told once\n"
	    ">> hint: write to: TEAM\n");
	arena_destroy(c.a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_folders),
		cmocka_unit_test(test_bad_settings),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_guide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
