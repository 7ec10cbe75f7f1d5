/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/scratch_testing.h"
#include "client/client.h"
#include "http/server.h"

static const struct op op_put = { .name = "thing.put",
	.method = OP_PUT,
	.path = "/v1/things/{thing}/parts/{part}" };
static const struct op op_drop = {
	.name = "thing.drop", .method = OP_DELETE, .path = "/v1/none"
};
static const struct op op_get = {
	.name = "thing.get", .method = OP_GET, .path = "/v1/problem/{what}"
};
static const struct op op_bytes = { .name = "thing.bytes",
	.method = OP_GET,
	.path = "/v1/bytes",
	.kind = OP_RAW };
static const struct op op_watch = { .name = "thing.watch",
	.method = OP_GET,
	.path = "/v1/watch",
	.kind = OP_STREAM };

/* --- a server that is started again whenever it ends ---------------------- */

struct house {
	pthread_t thread;
	struct loop *loop;
	struct http_server *server;
	char folder[64], socket[256];
	atomic_bool quit, up;
	atomic_int lives, breaks; /* how often it came up, and is told to end */
};

static struct house *the_house;

static void
house_down(void *arg)
{
	struct house *h = arg;

	loop_stop(h->loop);
}

static void
house_break(void *arg)
{
	struct house *h = arg;

	http_server_drain(h->server, 0, house_down, h);
}

static void
house_end_soon(struct house *h)
{
	atomic_fetch_add(&h->breaks, 1);
	loop_timer_start(h->loop, 20, house_break, h);
}

static void
handle_echo(struct exchange *x)
{
	struct buf b = { 0 };
	struct json_out j;

	json_out_init(&j, &b);
	json_object_begin(&j);
	json_kv_str(&j, "path", arena_str(x->arena, x->path));
	json_kv_str(&j, "query", arena_str(x->arena, x->query));
	json_kv_str(&j, "body", arena_str(x->arena, x->body));
	json_kv_str(&j, "key",
	    arena_str(x->arena, exchange_header(x, "Idempotency-Key")));
	json_kv_str(&j, "type",
	    arena_str(x->arena, exchange_header(x, "Content-Type")));
	json_kv_str(&j, "token",
	    arena_str(x->arena, exchange_header(x, "Authorization")));
	json_kv_str(
	    &j, "agent", arena_str(x->arena, exchange_header(x, "User-Agent")));
	json_object_end(&j);
	exchange_answer(x, 200, "application/json", buf_str(&b));
	buf_finish(&b);
}

/* Three events from where the client was; after the ninth the regular end. */
static void
handle_watch(struct house *h, struct exchange *x)
{
	int64_t from = 0;
	char id[24];

	str_to_int64(exchange_header(x, "Last-Event-ID"), &from);
	stream_begin(x);
	for (int64_t i = from + 1; i <= from + 3; i++) {
		snprintf(id, sizeof(id), "%lld", (long long)i);
		stream_send(x, id, "n", str_of(id));
	}
	if (from + 3 >= 9)
		stream_end(x);
	else
		house_end_soon(h);
}

static void
handle(void *self, struct exchange *x)
{
	if (str_starts(x->path, "/v1/things/"))
		handle_echo(x);
	else if (str_is(x->path, "/v1/none"))
		exchange_answer(x, 204, NULL, (struct str){ 0 });
	else if (str_is(x->path, "/v1/problem/known"))
		exchange_answer(x, 500, "application/problem+json",
		    STR("{\"title\":\"Input or output failed\",\"status\":500,"
			"\"code\":\"disk.sad\",\"detail\":\"write: no\","
			"\"hint\":\"buy one\"}"));
	else if (str_is(x->path, "/v1/problem/busy"))
		exchange_answer(x, 429, "text/html", STR("<html>"));
	else if (str_is(x->path, "/v1/problem/text"))
		exchange_answer(x, 200, "text/html", STR("<html>"));
	else if (str_is(x->path, "/v1/bytes"))
		exchange_answer(x, 200, "text/plain", STR("raw bytes"));
	else if (str_is(x->path, "/v1/watch"))
		handle_watch(self, x);
	else
		exchange_answer(x, 404, "application/problem+json",
		    STR("{\"title\":\"Not found\",\"code\":\"none\"}"));
}

static void *
house_run(void *arg)
{
	struct house *h = arg;
	struct http_options o = { .handler = handle, .self = h };

	while (!atomic_load(&h->quit)) {
		struct err e;

		h->loop = loop_create();
		h->server = http_server_create(h->loop, &o);
		assert_true(http_listen_unix(h->server, h->socket, 0600, &e));
		atomic_fetch_add(&h->lives, 1);
		atomic_store(&h->up, true);
		loop_run(h->loop);
		atomic_store(&h->up, false);
		http_server_destroy(h->server);
		loop_destroy(h->loop);
		if (!atomic_load(&h->quit))
			usleep(100000); /* being away for a while */
	}
	return NULL;
}

static bool
house_stands(struct house *h)
{
	return atomic_load(&h->up) &&
	    atomic_load(&h->lives) == 1 + atomic_load(&h->breaks);
}

/* Up, and not about to end. */
static void
house_await(struct house *h)
{
	for (int i = 0; i < 6000 && !house_stands(h); i++)
		usleep(10000);
	assert_true(house_stands(h));
}

static int
setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));

	the_house = h;
	scratch_make(h->folder, sizeof(h->folder), "client");
	snprintf(h->socket, sizeof(h->socket), "%s/sock", h->folder);
	assert_int_equal(pthread_create(&h->thread, NULL, house_run, h), 0);
	house_await(h);
	*state = h;
	return 0;
}

static int
teardown(void **state)
{
	struct house *h = *state;

	house_await(h);
	atomic_store(&h->quit, true);
	loop_post(h->loop, house_down, h);
	pthread_join(h->thread, NULL);
	unlink(h->socket);
	rmdir(h->folder);
	free(h);
	return 0;
}

static struct client *
client_of(const struct house *h)
{
	struct client_options o = { .socket = h->socket, .token = "tok" };
	struct client *c;
	struct err e;

	assert_true(client_create(&o, &c, &e));
	return c;
}

static const char *
text(const json_t *answer, const char *name)
{
	return json_string_value(json_object_get(answer, name));
}

/* --- tests ---------------------------------------------------------------- */

static void
test_call(void **state)
{
	static const char *const params[] = { "a/b c\xc3\xa4", ".." };
	struct client *c = client_of(*state);
	json_t *query = json_pack("{s:s,s:i,s:b,s:n,s:[s,i]}", "q", "x y&z",
	    "n", -3, "t", 1, "none", "list", "a", 2);
	json_t *body = json_pack("{s:s}", "k", "v"), *answer;
	char first[64];
	struct err e;

	assert_true(client_call(c, &op_put, params, query, body, &answer, &e));
	assert_string_equal(
	    text(answer, "path"), "/v1/things/a%2Fb%20c%C3%A4/parts/..");
	assert_string_equal(
	    text(answer, "query"), "q=x%20y%26z&n=-3&t=true&list=a&list=2");
	assert_string_equal(text(answer, "body"), "{\"k\":\"v\"}");
	assert_string_equal(text(answer, "type"), "application/json");
	assert_string_equal(text(answer, "token"), "Bearer tok");
	assert_memory_equal(text(answer, "agent"), "slipway/", 8);
	snprintf(first, sizeof(first), "%s", text(answer, "key"));
	assert_int_equal(strlen(first), 32);
	json_decref(answer);
	assert_true(client_call(c, &op_put, params, NULL, NULL, &answer, &e));
	assert_string_not_equal(text(answer, "key"), first);
	assert_string_equal(text(answer, "type"), "");
	json_decref(answer);
	assert_true(client_call(c, &op_drop, NULL, NULL, NULL, &answer, &e));
	assert_null(answer);
	assert_false(client_call(
	    c, &op_put, (const char *[]){ "a", "" }, NULL, NULL, &answer, &e));
	assert_string_equal(e.code, "path.missing");
	json_decref(query);
	json_decref(body);
	client_destroy(c);
}

static void
test_problems(void **state)
{
	struct client *c = client_of(*state);
	json_t *answer;
	struct err e;

	assert_false(client_call(
	    c, &op_get, (const char *[]){ "known" }, NULL, NULL, &answer, &e));
	assert_int_equal(e.class, ERR_IO);
	assert_string_equal(e.code, "disk.sad");
	assert_string_equal(e.message, "write: no");
	assert_string_equal(e.hint, "buy one");
	assert_string_equal(text(answer, "code"), "disk.sad");
	json_decref(answer);
	assert_false(client_call(
	    c, &op_get, (const char *[]){ "busy" }, NULL, NULL, &answer, &e));
	assert_int_equal(e.class, ERR_BUSY);
	assert_null(answer);
	assert_false(client_call(
	    c, &op_get, (const char *[]){ "text" }, NULL, NULL, &answer, &e));
	assert_false(client_get(c, "/absent", &answer, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	client_destroy(c);
}

static bool
collect(void *arg, struct str bytes)
{
	buf_addstr(arg, bytes);
	return true;
}

static void
test_raw(void **state)
{
	struct client *c = client_of(*state);
	struct buf b = { 0 };
	struct err e;

	assert_true(client_raw(c, &op_bytes, NULL, NULL, collect, &b, &e));
	assert_string_equal(b.data, "raw bytes");
	assert_false(client_raw(
	    c, &op_get, (const char *[]){ "no" }, NULL, collect, &b, &e));
	assert_int_equal(e.class, ERR_NOT_FOUND);
	assert_string_equal(b.data, "raw bytes");
	buf_finish(&b);
	client_destroy(c);
}

static bool
watch(void *arg, const struct client_event *ev)
{
	struct buf *b = arg;

	if (streq(ev->event, CLIENT_AWAY))
		buf_adds(b, "away ");
	else if (streq(ev->event, CLIENT_BACK))
		buf_adds(b, "back ");
	else
		buf_printf(b, "%s ", ev->id);
	return !streq(ev->id, "stop");
}

/* The server breaks off and restarts twice; each event comes once. */
static void
test_resume(void **state)
{
	struct client *c = client_of(*state);
	struct buf b = { 0 };
	struct err e;

	assert_true(
	    client_stream(c, &op_watch, NULL, NULL, 5000, watch, &b, &e));
	assert_string_equal(b.data, "1 2 3 away back 4 5 6 away back 7 8 9 ");
	buf_finish(&b);
	client_destroy(c);
}

static void
test_restart_during_call(void **state)
{
	struct house *h = *state;
	struct client *c = client_of(h);
	json_t *answer;
	struct err e;

	for (int i = 0; i < 3; i++) {
		house_await(h);
		atomic_fetch_add(&h->breaks, 1);
		loop_post(h->loop, house_break, h);
		usleep(20000);
		assert_true(
		    client_call(c, &op_drop, NULL, NULL, NULL, &answer, &e));
	}
	client_destroy(c);
}

/* --- a peer that takes the request and hangs up --------------------------- */

struct peer {
	pthread_t thread;
	int fd;
	char key[2][33];
};

static void *
peer_run(void *arg)
{
	static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
	struct peer *p = arg;

	for (int i = 0; i < 2; i++) {
		char bytes[4096] = "";
		int fd = accept(p->fd, NULL, NULL);
		size_t n = 0;
		ssize_t got = 1;
		const char *key;

		while (got > 0 && strstr(bytes, "\r\n\r\n") == NULL) {
			got = read(fd, bytes + n, sizeof(bytes) - 1 - n);
			n += got > 0 ? (size_t)got : 0;
		}
		key = strstr(bytes, "Idempotency-Key: ");
		if (key != NULL)
			snprintf(
			    p->key[i], sizeof(p->key[i]), "%.32s", key + 17);
		if (i == 1)
			(void)!write(fd, answer, sizeof(answer) - 1);
		close(fd);
	}
	return NULL;
}

static void
test_lost_answer(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char folder[64];
	struct client_options o = { .socket = a.sun_path };
	struct peer p = { 0 };
	struct client *c;
	json_t *answer;
	struct err e;

	(void)state;
	scratch_make(folder, sizeof(folder), "peer");
	snprintf(a.sun_path, sizeof(a.sun_path), "%s/sock", folder);
	p.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p.fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(p.fd, 5), 0);
	assert_int_equal(pthread_create(&p.thread, NULL, peer_run, &p), 0);
	assert_true(client_create(&o, &c, &e));
	assert_true(client_call(c, &op_drop, NULL, NULL, NULL, &answer, &e));
	pthread_join(p.thread, NULL);
	assert_int_equal(strlen(p.key[0]), 32);
	assert_string_equal(p.key[0], p.key[1]);
	close(p.fd);
	unlink(a.sun_path);
	/* no file there: nothing to wait for */
	client_destroy(c);
	assert_true(client_create(&o, &c, &e));
	assert_false(client_call(c, &op_drop, NULL, NULL, NULL, &answer, &e));
	assert_int_equal(e.class, ERR_UNAVAILABLE);
	assert_string_equal(e.code, "server.unreachable");
	assert_non_null(strstr(e.message, "No such file"));
	assert_false(
	    client_stream(c, &op_watch, NULL, NULL, 5000, watch, NULL, &e));
	client_destroy(c);
	rmdir(folder);
}

static void
test_long_socket(void **state)
{
	struct house *h = *state;
	char folder[220], link_name[240];
	struct client_options o = { .socket = link_name };
	struct client *c;
	json_t *answer;
	struct err e;

	snprintf(folder, sizeof(folder), "%s/%0150d", h->folder, 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	snprintf(link_name, sizeof(link_name), "%s/sock", folder);
	assert_int_equal(symlink(h->socket, link_name), 0);
	assert_true(client_create(&o, &c, &e));
	assert_true(client_call(c, &op_drop, NULL, NULL, NULL, &answer, &e));
	client_destroy(c);
	unlink(link_name);
	rmdir(folder);
}

static void
test_profiles(void **state)
{
	struct client_options o = { .profile = "casey" };
	struct arena *a = arena_create();
	char folder[64], path[128];
	const struct profile bad = { .token = "t\nurl=x" },
		good = { "http://h:1/", "sw_t=1", "/etc/ca.pem" };
	struct profile p;
	struct client *c;
	struct stat st;
	struct err e;

	(void)state;
	scratch_make(folder, sizeof(folder), "profile");
	setenv("XDG_CONFIG_HOME", folder, 1);
	assert_false(profile_load(a, "casey", &p, &e));
	assert_string_equal(e.code, "profile.unknown");
	assert_false(profile_save("../casey", &good, &e));
	assert_false(profile_save("casey", &bad, &e));
	assert_true(profile_save("casey", &good, &e));
	assert_true(profile_load(a, "casey", &p, &e));
	assert_string_equal(p.url, "http://h:1/");
	assert_string_equal(p.token, "sw_t=1");
	assert_string_equal(p.ca, "/etc/ca.pem");
	assert_null(profile_default(a));
	assert_true(profile_set_default("casey", &e));
	assert_string_equal(profile_default(a), "casey");
	snprintf(path, sizeof(path), "%s/slipway/profiles/casey", folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(client_create(&o, &c, &e));
	client_destroy(c);
	chmod(path, 0644);
	assert_false(client_create(&o, &c, &e));
	assert_string_equal(e.code, "profile.mode");
	assert_true(profile_remove("casey", &e));
	assert_null(profile_default(a));
	assert_false(profile_remove("casey", &e));
	assert_string_equal(e.code, "profile.unknown");
	for (int i = 0; i < 2; i++) {
		*strrchr(path, '/') = '\0';
		rmdir(path);
	}
	rmdir(folder);
	arena_destroy(a);
}

static void
test_bad_options(void **state)
{
	struct client_options url = { .url = "ftp://a" },
			      token = { .url = "http://a",
				      .token = "a\r\nX: b" };
	struct client *c;
	struct err e;

	(void)state;
	assert_false(client_create(&url, &c, &e));
	assert_string_equal(e.code, "client.url");
	assert_false(client_create(&token, &c, &e));
	assert_string_equal(e.code, "client.token");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_call),
		TEST(test_problems),
		TEST(test_raw),
		TEST(test_resume),
		TEST(test_restart_during_call),
		cmocka_unit_test(test_lost_answer),
		TEST(test_long_socket),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_bad_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
