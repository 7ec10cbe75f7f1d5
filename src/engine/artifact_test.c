/* SPDX-License-Identifier: MIT */
/* Artifacts from the driver's word to their end. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/engine_private.h"
#include "engine/engine_testing.h"
#include "resource/artifact/artifact.h"
#include "resource/run/step.h"
#include "sys/file.h"

static const char folder[] =
    "slipway: 1\n"
    "team: platform\n"
    "artifacts: {max: 1K}\n"
    "---\n"
    "people: {ernie: {name: E}}\n"
    "teams: {platform: {members: [ernie]}}\n"
    "grants: [{to: platform, role: member}]\n"
    "---\n"
    "task: make\n"
    "params: {n: {type: integer, default: 1}}\n"
    "artifacts:\n"
    "  second: b\n"
    "  first: {path: a, keep: 1h}\n"
    "argv: [/bin/make]\n"
    "---\n"
    "task: use\n"
    "params: {n: {type: integer, default: 1}}\n"
    "needs:\n"
    "  one: {task: make, with: {n: $params.n}}\n"
    "  all: {task: make, foreach: [7, 8], with: {n: $item}}\n"
    "env: {ONE: $needs.one.artifacts.first,\n"
    "  SAME: $needs.one.artifacts.first}\n"
    "argv: [/bin/use, $needs.all.artifacts.second]\n";

struct seen { /* of the commands that were started */
	unsigned makes;
	bool refuse; /* nothing is taken */
	int64_t size;
	char one[64], same[64], all[64];
	char files[8][80];
	size_t nfiles;
};

static void
hash_of(unsigned n, char out[65])
{
	memset(out, "0123456789abcdef"[n % 16], 64);
	out[64] = '\0';
}

/* Names and bytes are there before the word of them is. */
static void
leave(struct seen *s, const struct work *w, struct work_event *ret)
{
	assert_int_equal(w->ntakes, 2);
	assert_string_equal(w->takes[0].path, "a");
	assert_string_equal(w->takes[1].path, "b");
	for (unsigned i = 0; i < 2; i++) {
		struct work_artifact a = { .taken = !s->refuse,
			.size = (uint64_t)s->size, .why = "there is no such "
			"file" };

		hash_of(s->makes * 2 + i, a.sha256);
		buf_add(&ret->artifacts, &a, sizeof(a));
	}
	s->makes++;
}

static void
look(struct seen *s, const struct work *w)
{
	for (const char *const *p = w->env; *p != NULL; p++) {
		if (str_starts(str_of(*p), "ONE="))
			snprintf(s->one, sizeof(s->one), "%s", *p + 4);
		if (str_starts(str_of(*p), "SAME="))
			snprintf(s->same, sizeof(s->same), "%s", *p + 5);
	}
	snprintf(s->all, sizeof(s->all), "%s", w->argv[1]);
	s->nfiles = 0;
	for (size_t i = 0; i < w->nfiles; i++)
		if (strstr(w->files[i].name, "artifacts/") != NULL)
			snprintf(s->files[s->nfiles++], 80, "%s %.2s",
			    w->files[i].name, w->files[i].sha256 == NULL
				? "--" : w->files[i].sha256);
}

static bool
script(void *self, const struct work *w, struct work_event *ret)
{
	struct seen *s = self;

	if (streq(w->argv[0], "/bin/make"))
		leave(s, w, ret);
	else
		look(s, w);
	return true;
}

static struct run *
run_of(struct rig *r, const char *task, const char *params)
{
	struct asked asked;
	struct err e = { 0 };

	assert_ok(rig_ask(r, "ernie", task, NULL, NULL, params, &asked, &e),
	    &e);
	rig_settle(r);
	return asked.run;
}

static void
test_flow(void **state)
{
	struct seen s = { .size = 5 };
	struct rig r;
	struct run *run;

	(void)state;
	rig_make(&r, folder, script, &s);
	run = run_of(&r, "use", "{}");
	assert_string_equal(rig_run_status(&r, run), "succeeded");
	assert_int_equal(s.makes, 3);
	assert_string_equal(s.one, ".slipway/artifacts/one/first");
	assert_string_equal(s.same, s.one);
	assert_string_equal(s.all, ".slipway/artifacts/all/second");
	assert_int_equal(s.nfiles, 4); /* one, two of all, their index */

	/* The same steps again are the same run's; another n is not. */
	run = run_of(&r, "use", "{\"n\": 2}");
	assert_string_equal(rig_run_status(&r, run), "succeeded");
	rig_end(&r);
}

static void
test_refused(void **state)
{
	struct seen s = { .refuse = true };
	struct rig r;
	struct run *run;

	(void)state;
	rig_make(&r, folder, script, &s);
	run = run_of(&r, "make", "{}");
	assert_string_equal(rig_run_status(&r, run), "failed");
	assert_string_equal(rig_step(&r, run, "make")->reason,
	    "artifact 'first' ('a'): there is no such file");
	rig_end(&r);
}

static size_t
kept(struct rig *r, const struct run *run)
{
	struct step *step = rig_step(r, run, "make");
	size_t n;

	(void)artifact_of_step(rig_begin(r, "ernie"), step->id, &n);
	rig_commit(r);
	return n;
}

/* 1 KiB for all: the oldest of runs that are over go first. */
static void
test_room(void **state)
{
	struct seen s = { .size = 300 };
	struct rig r;
	struct run *first, *second, *third;

	(void)state;
	rig_make(&r, folder, script, &s);
	first = run_of(&r, "make", "{\"n\": 1}");
	assert_int_equal(kept(&r, first), 2);
	second = run_of(&r, "make", "{\"n\": 2}");
	assert_int_equal(kept(&r, first), 1);
	assert_int_equal(kept(&r, second), 2);
	s.size = 600;
	third = run_of(&r, "make", "{\"n\": 3}");
	assert_string_equal(rig_run_status(&r, third), "failed");
	assert_int_equal(kept(&r, second), 2);
	rig_end(&r);
}

static size_t
entries(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	size_t n = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void
put(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

/* What a row names stays, what is on its way stays, the rest goes. */
static void
test_sweep(void **state)
{
	struct seen s = { .size = 5 };
	struct rig r;
	char root[200], named[300], way[300], way2[300], none[300], dead[300];
	char hash[65];

	(void)state;
	rig_make(&r, folder, script, &s);
	snprintf(root, sizeof(root), "%s/artifact", r.folder.path);
	assert_int_equal(mkdir(root, 0700), 0);
	snprintf(dead, sizeof(dead), "%s/new", root);
	assert_int_equal(mkdir(dead, 0700), 0);
	(void)run_of(&r, "make", "{}");
	hash_of(0, hash);
	snprintf(named, sizeof(named), "%s/%s", root, hash);
	hash_of(11, hash);
	snprintf(none, sizeof(none), "%s/%s", root, hash);
	hash_of(12, hash);
	snprintf(way, sizeof(way), "%s/%s", root, hash);
	snprintf(way2, sizeof(way2), "%s/elsewhere", r.folder.path);
	snprintf(dead, sizeof(dead), "%s/new/77.0", root);
	put(named);
	put(none);
	put(way);
	assert_int_equal(link(way, way2), 0);
	put(dead);
	rig_restart(&r);
	rig_settle(&r);
	assert_true(file_exists(named));
	assert_true(file_exists(way));
	assert_false(file_exists(none));
	assert_false(file_exists(dead));
	assert_int_equal(entries(root), 3);
	rig_end(&r);
}

/* What a later attempt leaves takes the place of what an earlier one did. */
static void
test_again(void **state)
{
	struct seen s = { .size = 5 };
	struct rig r;
	struct run *run, *again;
	struct step *step;
	struct err e = { 0 };

	(void)state;
	rig_make(&r, folder, script, &s);
	run = run_of(&r, "make", "{}");
	step = rig_step(&r, run, "make");
	again = run_by_id(rig_begin(&r, "ernie"), run->id);
	assert_ok(run_retry(&r.cx, again, step, &e), &e);
	rig_commit(&r);
	rig_settle(&r);
	assert_int_equal(s.makes, 2);
	assert_int_equal(kept(&r, run), 2);
	rig_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_sweep),
		cmocka_unit_test(test_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
