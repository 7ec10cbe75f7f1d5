/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/scratch_testing.h"
#include "platform/commit.h"
#include "platform/platform.h"
#include "sys/file.h"

struct bench {
	struct arena *a;
	char dir[64];
	struct folder_errors errs;
	struct err e;
};

static int
bench_create(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->a = arena_create();
	scratch_make(b->dir, sizeof(b->dir), "platform");
	*state = b;
	return 0;
}

static int
bench_destroy(void **state)
{
	struct bench *b = *state;

	assert_true(file_remove_tree(AT_FDCWD, b->dir, NULL));
	arena_destroy(b->a);
	free(b);
	return 0;
}

static const char *
bench_path(struct bench *b, const char *name)
{
	return arena_printf(b->a, "%s/%s", b->dir, name);
}

static void
bench_write(struct bench *b, const char *name, const char *text)
{
	char *path = arena_printf(b->a, "%s/%s", b->dir, name);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	assert_true(file_mkdirs(path, 0755, NULL));
	*slash = '/';
	assert_true(file_replace(AT_FDCWD, path, text, strlen(text), 0644,
	    NULL));
}

static struct platform *
bench_load(struct bench *b)
{
	struct platform *p = NULL;
	struct buf text = { 0 };
	bool ok;

	b->e = (struct err){ 0 };
	folder_errors_init(&b->errs, b->a);
	ok = platform_load(b->dir, NULL, &p, &b->errs, &b->e);
	if (!ok) {
		assert_null(p);
		assert_true(b->e.message[0] != '\0');
	}
	folder_errors_print(&b->errs, &text, false);
	buf_finish(&text);
	return p;
}

static struct platform *
bench_load_good(struct bench *b)
{
	struct platform *p = bench_load(b);

	if (p == NULL)
		fail_msg("%s", b->e.message);
	return p;
}

static const char good_settings[] =
    "slipway: 1\n"
    "timezone: Europe/London\n"
    "limits: {db: 2}\n"
    "projects: {OPS: {team: platform}}\n"
    "---\n"
    "people: {ernie: {name: Ernie Engineer, unix: ernie,\n"
    "  email: ernie@example.com}, casey: {name: Casey}, tina: {}}\n"
    "teams: {platform: {members: [tina]}, billing: {members: [ernie]},\n"
    "  compliance: {members: [casey, tina]}}\n"
    "grants: [{to: billing, role: member, on: platform, env: [dev, prod]},\n"
    "  {to: casey, role: approver, env: prod, deny: true,\n"
    "  tasks: [database]}]\n"
    "---\n"
    "environments: {prod: {protected: true, vars: {PGHOST: 127.0.0.1,\n"
    "  PGPORT: 05432}, secrets: [pg-admin],\n"
    "  approve: [{of: compliance, count: 1}]}, dev: }\n";

static const char good_tasks[] =
    "task: database\n"
    "params:\n"
    "  name: {type: string, pattern: '[a-z][a-z0-9_]{1,30}',\n"
    "    required: true, doc: Name of the database}\n"
    "  size: {type: integer, min: 1, max: 500, default: 10, doc: GiB}\n"
    "needs: {role: {task: database-role, with: {name: $params.name}}}\n"
    "creates: {run: ./bin/check-db, secrets: [pg-admin]}\n"
    "uses: {db: 1}\n"
    "timeout: 5m\n"
    "retry: {times: 2, backoff: 10s..2m}\n"
    "outputs: {url: , password: {secret: true, reveal: once}}\n"
    "env: {ROLE: $needs.role.outputs.role, PRICE: $$5, PORT: 5432}\n"
    "files: [./lib.sh]\n"
    "run: ./create-db\n"
    "undo: database-drop\n"
    "---\n"
    "task: database-role\n"
    "params: {name: {required: true}}\n"
    "outputs: {role: {}}\n"
    "argv: [createuser, $params.name]\n"
    "---\n"
    "task: database-drop\n"
    "params: {name: {required: true}}\n"
    "manual: [drop it, tell the owner]\n"
    "---\n"
    "request: database\n"
    "project: OPS\n"
    "task: database\n"
    "priority: customer\n"
    "approve: [{when: {env: prod}, of: compliance, count: 1},\n"
    "  {when: {env: dev, size: {max: 20}}, none: true}]\n"
    "lifetime: 90d\n";

static void
bench_good(struct bench *b)
{
	bench_write(b, "slipway.yaml", good_settings);
	bench_write(b, "tasks/database.yaml", good_tasks);
	bench_write(b, "create-db", "#!/bin/sh\n");
	bench_write(b, "bin/check-db", "#!/bin/sh\nexit 1\n");
	bench_write(b, "lib.sh", "true\n");
}

static void
test_good(void **state)
{
	struct bench *b = *state;
	const struct request_def *r;
	const struct task *t;
	struct platform *p;

	bench_good(b);
	p = bench_load_good(b);
	assert_int_equal(b->errs.count, 0);
	assert_string_equal(p->timezone, "Europe/London");
	assert_int_equal(p->approval_expires_ms, 86400000);
	assert_null(p->default_environment);
	assert_string_equal(p->commit, "");
	assert_int_equal(strlen(p->hash), 64);
	assert_string_equal(platform_person_by_unix(p, "ernie")->email,
	    "ernie@example.com");
	assert_string_equal(platform_person(p, "tina")->full_name, "tina");
	assert_string_equal(platform_person(p, "casey")->where,
	    "slipway.yaml:7");
	assert_null(platform_person(p, "nobody"));
	assert_true(platform_is_one_of(p, "casey", "compliance"));
	assert_true(platform_is_one_of(p, "casey", "casey"));
	assert_false(platform_is_one_of(p, "ernie", "compliance"));
	assert_string_equal(p->grants[0].text,
	    "member on platform in dev, prod");
	assert_string_equal(p->grants[0].where, "slipway.yaml:10");
	assert_string_equal(p->grants[1].text,
	    "not approver for database in prod");
	assert_true(p->grants[1].deny);
	assert_true(platform_environment(p, "prod")->is_protected);
	assert_string_equal(json_string_value(json_object_get(
	    platform_environment(p, "prod")->vars, "PGPORT")), "05432");
	assert_int_equal(platform_limit(p, "db")->amount, 2);
	assert_string_equal(platform_project(p, "OPS")->team, "platform");
	assert_null(platform_volume(p, "git"));

	t = platform_task(p, "database");
	assert_string_equal(t->team, "platform");
	assert_string_equal(t->where, "tasks/database.yaml:1");
	assert_int_equal(json_object_size(t->files), 3);
	assert_string_equal(t->command.file, "create-db");
	assert_string_equal(t->creates.command.file, "bin/check-db");
	assert_false(t->creates.early); /* its environment waits for role */
	assert_string_equal(json_string_value(
	    json_object_get(t->env, "PORT")), "5432");
	assert_int_equal(strlen(t->closure_hash), 64);
	assert_string_not_equal(t->closure_hash, t->hash);
	assert_non_null(strstr(platform_closure(p, t, b->a),
	    platform_task(p, "database-role")->hash));
	assert_int_equal(p->nfiles, 3);
	assert_string_equal(p->files[0].name, "bin/check-db");
	assert_string_equal(p->files[0].sha256, json_string_value(
	    json_object_get(t->files, "bin/check-db")));

	r = platform_request(p, "database");
	assert_ptr_equal(r->task, t);
	assert_int_equal(r->lifetime_ms, 90 * 86400000LL);
	assert_int_equal(r->napprove, 2);
	assert_string_equal(r->where, "tasks/database.yaml:26");
	platform_unref(p);
}

static void
test_hashes(void **state)
{
	struct bench *b = *state;
	struct platform *p, *q;
	char *text;

	bench_good(b);
	p = bench_load_good(b);
	q = bench_load_good(b);
	assert_string_equal(p->hash, q->hash);
	platform_unref(q);

	/* A file changes the task that names it and whoever needs it. */
	bench_write(b, "lib.sh", "false\n");
	q = bench_load_good(b);
	assert_string_not_equal(p->hash, q->hash);
	assert_string_not_equal(platform_task(p, "database")->hash,
	    platform_task(q, "database")->hash);
	assert_string_equal(platform_task(p, "database-role")->closure_hash,
	    platform_task(q, "database-role")->closure_hash);
	platform_unref(q);

	/* A need changes the closure alone; a comment or another file name
	 * nothing. */
	bench_write(b, "lib.sh", "true\n");
	assert_int_equal(unlink(bench_path(b, "tasks/database.yaml")), 0);
	bench_write(b, "all.yaml", arena_printf(b->a, "# moved\n%s",
	    good_tasks));
	q = bench_load_good(b);
	assert_string_equal(p->hash, q->hash);
	platform_unref(q);

	text = arena_strdup(b->a, good_tasks);
	memcpy(strstr(text, "createuser"), "changeuser", 10);
	bench_write(b, "all.yaml", text);
	q = bench_load_good(b);
	assert_string_equal(platform_task(p, "database")->hash,
	    platform_task(q, "database")->hash);
	assert_string_not_equal(platform_task(p, "database")->closure_hash,
	    platform_task(q, "database")->closure_hash);
	assert_string_equal(platform_task(p, "database-drop")->closure_hash,
	    platform_task(q, "database-drop")->closure_hash);
	platform_unref(q);
	platform_unref(p);
}

static void
assert_refused(struct bench *b, const char *wanted)
{
	assert_null(bench_load(b));
	if (strstr(b->e.message, wanted) == NULL)
		fail_msg("'%s' instead of '%s'", b->e.message, wanted);
}

static void
test_disk(void **state)
{
	struct bench *b = *state;
	struct platform *p;

	assert_refused(b, "slipway.yaml:1:1: there is no slipway.yaml");
	assert_string_equal(b->e.hint, "type: slipway init");
	assert_int_equal(b->e.class, ERR_CONFIG);
	bench_write(b, "slipway.yaml", "# nothing yet\n");
	assert_refused(b, "no document of the folder says 'slipway: 1'");
	bench_write(b, "slipway.yaml", "slipway: 2\n");
	assert_refused(b, "2 is above the most allowed, 1");
	bench_write(b, "slipway.yaml", "slipway: 1\ntimezone: Mars/Base\n");
	assert_refused(b, "unknown time zone 'Mars/Base'");

	bench_good(b);
	assert_int_equal(unlink(bench_path(b, "lib.sh")), 0);
	assert_int_equal(symlink("/etc/passwd", bench_path(b, "lib.sh")), 0);
	assert_refused(b, "tasks/database.yaml:13:9: read 'lib.sh': it is a "
	    "symbolic link");
	assert_int_equal(unlink(bench_path(b, "lib.sh")), 0);
	assert_int_equal(mkfifo(bench_path(b, "lib.sh"), 0600), 0);
	assert_refused(b, "there is no file './lib.sh'");
	assert_int_equal(unlink(bench_path(b, "lib.sh")), 0);
	assert_int_equal(mkdir(bench_path(b, "lib.sh"), 0700), 0);
	assert_refused(b, "there is no file './lib.sh'");
	assert_int_equal(rmdir(bench_path(b, "lib.sh")), 0);
	assert_refused(b, "there is no file './lib.sh'");
	bench_write(b, "lib.sh", "true\n");

	assert_int_equal(symlink("/etc/passwd", bench_path(b, "x.yaml")), 0);
	assert_refused(b, "x.yaml:1:1: read 'x.yaml': it is a symbolic link");
	assert_int_equal(unlink(bench_path(b, "x.yaml")), 0);

	/* Hidden folders are nobody's business, *.yml is worth a word. */
	bench_write(b, ".git/x.yaml", "nonsense: [\n");
	bench_write(b, "old.yml", "nonsense: [\n");
	p = bench_load_good(b);
	assert_int_equal(b->errs.count, 1);
	assert_int_equal(b->errs.warnings, 1);
	assert_string_equal(b->errs.items[0].file, "old.yml");
	platform_unref(p);
	assert_false(platform_load("/nowhere/at/all", NULL, &p, &b->errs, &b->e));
}

static void
test_print(void **state)
{
	struct bench *b = *state;
	struct buf text = { 0 };

	bench_write(b, "slipway.yaml", "slipway: 1\nteam: t\n");
	bench_write(b, "people.yaml",
	    "people: {p: }\nteams: {t: {members: [p]}}\n");
	bench_write(b, "t.yaml", "task: a\nrun: exit 0\n"
	    "outputs:  {\xc3\xa9: {}, u: {secrte: true}}\n");
	assert_null(bench_load(b));
	folder_errors_print(&b->errs, &text, false);
	assert_string_equal(buf_cstr(&text),
	    "t.yaml:3:12: outputs of task 'a': name '\xc3\xa9' does not match "
	    "[a-z][a-z0-9_]{0,40}\n"
	    "    outputs:  {\xc3\xa9: {}, u: {secrte: true}}\n"
	    "               ^\n"
	    "    hint: a name here has small letters, digits and _, and "
	    "begins with a letter\n"
	    "t.yaml:3:23: unknown key 'secrte' in outputs.u of task 'a'\n"
	    "    outputs:  {\xc3\xa9: {}, u: {secrte: true}}\n"
	    "                          ^\n"
	    "    hint: did you mean 'secret'?\n");
	assert_string_equal(b->e.message, "2 mistakes in the folder, the "
	    "first: t.yaml:3:12: outputs of task 'a': name '\xc3\xa9' does "
	    "not match [a-z][a-z0-9_]{0,40}");
	buf_finish(&text);
}

static void
test_commit(void **state)
{
	static const char one[] = "0123456789012345678901234567890123456789";
	static const char two[] = "abcdef6789012345678901234567890123456789";
	struct bench *b = *state;
	const char *sub = bench_path(b, "sub/folder");

	assert_true(file_mkdirs(sub, 0755, NULL));
	assert_string_equal(commit_read(b->a, sub), "");
	bench_write(b, ".git/HEAD", "ref: refs/heads/main\n");
	assert_string_equal(commit_read(b->a, sub), "");
	bench_write(b, ".git/packed-refs", arena_printf(b->a,
	    "# pack-refs with: peeled\n%s refs/heads/main\n", two));
	assert_string_equal(commit_read(b->a, sub), two);
	bench_write(b, ".git/refs/heads/main", arena_printf(b->a, "%s\n",
	    one));
	assert_string_equal(commit_read(b->a, sub), one);
	bench_write(b, ".git/HEAD", arena_printf(b->a, "%s\n", two));
	assert_string_equal(commit_read(b->a, sub), two);
	bench_write(b, ".git/HEAD", "ref: refs/../../../etc/passwd\n");
	assert_string_equal(commit_read(b->a, sub), "");
	bench_write(b, ".git/HEAD", "nonsense\n");
	assert_string_equal(commit_read(b->a, sub), "");
	bench_write(b, "sub/.git", arena_printf(b->a, "gitdir: %s/w\n",
	    b->dir));
	bench_write(b, "w/HEAD", "ref: refs/heads/main\n");
	bench_write(b, "w/commondir", "../.git\n");
	assert_string_equal(commit_read(b->a, sub), one);
}

static void
test_init(void **state)
{
	struct bench *b = *state;
	const struct task *t;
	struct platform *p;

	assert_false(platform_init(b->dir, "Ernie E", "ernie", &b->e));
	assert_string_equal(b->e.code, "person.name");
	assert_true(platform_init(b->dir, "ernie", "ernie", &b->e));
	p = bench_load_good(b);
	assert_int_equal(b->errs.count, 0);
	t = platform_task(p, "hello");
	assert_non_null(t);
	assert_int_equal(t->creates.kind, CREATES_RUN);
	assert_true(t->creates.early);
	assert_string_equal(platform_person_by_unix(p, "ernie")->name,
	    "ernie");
	assert_int_equal(p->grants[0].role, ROLE_ADMIN);
	assert_string_equal(p->default_environment, "default");
	assert_true(platform_request(p, "disk-report")->approve[0].none);
	assert_true(file_exists(p->volumes[0].path));
	platform_unref(p);

	assert_false(platform_init(b->dir, "ernie", "ernie", &b->e));
	assert_int_equal(b->e.class, ERR_CONFLICT);
	assert_true(platform_init(bench_path(b, "new folder"), "tina", NULL,
	    &b->e));
}

static void
test_empty(void **state)
{
	struct platform *p = platform_empty();

	(void)state;
	assert_int_equal(p->ntasks, 0);
	assert_null(platform_task(p, "x"));
	assert_null(platform_person(p, "x"));
	assert_string_equal(p->default_environment, "default");
	assert_string_equal(p->timezone, "UTC");
	platform_unref(p);
	platform_unref(NULL);
}

/*
 * Reload: readers hold references while the pointer is swapped.
 */

struct shared {
	pthread_mutex_t mutex; /* only around taking the pointer */
	struct platform *now;
	bool over;
};

static void *
reader_run(void *arg)
{
	struct arena *a = arena_create();
	struct shared *s = arg;
	size_t seen = 0;
	bool over = false;

	while (!over) {
		struct platform *p;

		pthread_mutex_lock(&s->mutex);
		p = platform_ref(s->now);
		over = s->over;
		pthread_mutex_unlock(&s->mutex);
		seen += strlen(platform_task(p, "database")->body);
		seen += matchers_try(platform_request(p,
		    "database")->approve[0].when,
		    &(struct matched_on){ .env = "prod" }, a,
		    NULL) == MATCH_YES;
		arena_reset(a);
		platform_unref(p);
	}
	arena_destroy(a);
	return (void *)(uintptr_t)seen;
}

static void
test_reload(void **state)
{
	struct bench *b = *state;
	struct shared s = { .mutex = PTHREAD_MUTEX_INITIALIZER };
	struct platform *next, *before;
	pthread_t readers[4];
	void *seen;

	bench_good(b);
	s.now = bench_load_good(b);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		assert_int_equal(pthread_create(&readers[i], NULL, reader_run,
		    &s), 0);
	for (int i = 0; i < 30; i++) {
		next = bench_load_good(b);
		pthread_mutex_lock(&s.mutex);
		before = s.now;
		s.now = next;
		s.over = i == 29;
		pthread_mutex_unlock(&s.mutex);
		platform_unref(before);
	}
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		assert_int_equal(pthread_join(readers[i], &seen), 0);
		assert_non_null(seen);
	}
	platform_unref(s.now);
}

static void
test_many(void **state)
{
	struct bench *b = *state;
	struct platform *p;
	int64_t start;

	bench_good(b);
	for (int i = 0; i < 500; i++) {
		const char *text = arena_printf(b->a,
		    "task: task-%d\ndoc: One of many\nparams:\n"
		    "  name: {pattern: '[a-z]+', default: abc, doc: A name}\n"
		    "  size: {type: integer, min: 1, max: 9, default: 5}\n"
		    "needs: {%s}\nenv: {NAME: $params.name}\n"
		    "creates: {run: ./bin/check-db}\ntimeout: 5m\n"
		    "run: |\n  set -eu\n  echo \"$PARAM_NAME\"\n",
		    i, i == 0 ? "" : arena_printf(b->a, "before: task-%d",
		    i - 1));

		bench_write(b, arena_printf(b->a, "many/%d.yaml", i), text);
	}
	start = clock_boot_us();
	p = bench_load_good(b);
	print_message("500 tasks in 500 files: %.1f ms\n",
	    (double)(clock_boot_us() - start) / 1000);
	assert_int_equal(p->ntasks, 503);
	platform_unref(p);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_create, bench_destroy)
	const struct CMUnitTest tests[] = {
		TEST(test_good),
		TEST(test_hashes),
		TEST(test_disk),
		TEST(test_print),
		TEST(test_commit),
		TEST(test_init),
		TEST(test_empty),
		TEST(test_reload),
		TEST(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
