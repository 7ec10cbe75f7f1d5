/* SPDX-License-Identifier: MIT */
/*
 * api_testing.h: the whole server but its driver, on a thread of its own, and
 * requests from the test's thread; for *_test.c only.
 *
 * Whoever comes by the socket is the operator; people come with the tokens
 * that bench_token makes.  Every wait ends: a socket gives up after ten
 * seconds.
 */
#ifndef API_API_TESTING_H
#define API_API_TESTING_H

#include <pthread.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "api/api.h"
#include "driver/fake.h"
#include "engine/engine.h"
#include "store/store_testing.h"

struct bench {
	struct folder folder;
	char socket[96];
	struct site site;
	struct loop *loop;
	struct fake *fake;
	struct driver driver;
	struct bus *bus;
	struct engine *engine;
	struct writer *writer;
	struct http_server *http;
	struct api *api;
	pthread_t thread;
	/* of the last request */
	char *raw, *headers, *body;
	int status;
	json_t *json; /* NULL when the body is none */
};

static inline struct platform *
bench_load(const char *yaml)
{
	struct folder_file file = { .name = "slipway.yaml",
		.bytes = str_of(yaml) };
	struct arena *arena = arena_create();
	struct platform *p = NULL;
	struct folder_errors errs;
	struct err e = { 0 };

	folder_errors_init(&errs, arena);
	assert_ok(platform_load_memory("/t", &file, 1, &p, &errs, &e), &e);
	arena_destroy(arena);
	return p;
}

static inline struct platform *
bench_platform(void *self)
{
	return engine_platform(self);
}

static inline bool
bench_driver(void *self, struct buf *has, struct buf *lacks, struct err *e)
{
	(void)self;
	(void)lacks;
	(void)e;
	buf_adds(has, "none");
	return true;
}

static inline const char *
bench_errors(void *self, struct arena *a)
{
	(void)self;
	return arena_strdup(a, "");
}

static inline const char *
bench_tail(void *self, int64_t attempt, size_t bytes, struct arena *a)
{
	(void)self;
	(void)attempt;
	(void)bytes;
	return arena_strdup(a, "");
}

static inline void *
bench_main(void *arg)
{
	struct bench *b = arg;

	loop_run(b->loop);
	return NULL;
}

static inline void
bench_site(struct bench *b)
{
	b->site.data = b->folder.path;
	b->site.epoch = 1;
	b->site.boot_id = "boot";
	b->site.reload_errors = bench_errors;
	b->site.log_tail = bench_tail;
	b->site.platform = bench_platform;
	b->site.platform_self = b->engine;
}

static inline void
bench_api(struct bench *b, struct db *db)
{
	struct writer_hooks hooks = engine_hooks(b->engine);
	struct api_options o = { .loop = b->loop, .bus = b->bus,
		.site = &b->site, .owner = getuid(),
		.platform = bench_platform, .platform_self = b->engine,
		.driver = bench_driver };
	struct err e = { 0 };

	hooks.epoch = 0;
	b->writer = writer_create(db, b->loop, &hooks);
	o.writer = b->writer;
	o.read = folder_open(&b->folder, DB_READ);
	b->api = api_create(&o);
	b->http = http_server_create(b->loop,
	    &(struct http_options){ .handler = api_handle, .self = b->api });
	api_serve(b->api, b->http);
	snprintf(b->socket, sizeof(b->socket), "%s/s", b->folder.path);
	assert_ok(http_listen_unix(b->http, b->socket, 0600, &e), &e);
}

static inline struct bench *
bench_make(const char *yaml, fake_script *script)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct err e = { 0 };
	struct db *db = folder_start(&b->folder);
	char blob[96];

	snprintf(blob, sizeof(blob), "%s/blob", b->folder.path);
	assert_ok(file_mkdirs(blob, 0700, &e), &e);
	b->loop = loop_create();
	b->fake = fake_create(script, NULL, &b->driver);
	b->bus = bus_create(b->loop);
	b->engine = engine_create(&(struct engine_options){
	    .site = &b->site, .driver = b->driver, .bus = b->bus,
	    .slots = 4 });
	engine_set_platform(b->engine, bench_load(yaml));
	bench_site(b);
	bench_api(b, db);
	writer_start(b->writer);
	assert_int_equal(
	    pthread_create(&b->thread, NULL, bench_main, b), 0);
	return b;
}

static inline void
bench_drained(void *arg)
{
	loop_stop(((struct bench *)arg)->loop);
}

static inline void
bench_drain(void *arg)
{
	struct bench *b = arg;

	http_server_drain(b->http, 5000, bench_drained, b);
}

static inline void
bench_end(struct bench *b)
{
	loop_post(b->loop, bench_drain, b);
	pthread_join(b->thread, NULL);
	api_stop(b->api);
	writer_destroy(b->writer);
	loop_stop(b->loop);
	loop_run(b->loop);
	http_server_destroy(b->http);
	api_destroy(b->api);
	bus_destroy(b->bus);
	engine_destroy(b->engine);
	fake_destroy(b->fake);
	loop_destroy(b->loop);
	folder_remove(&b->folder);
	json_decref(b->json);
	free(b->raw);
	free(b);
}

static inline char *
bench_exchange(struct bench *b, const char *request, size_t n)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = 10 };
	struct buf answer = { 0 };
	char piece[4096];
	ssize_t got;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", b->socket);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(send(fd, request, n, MSG_NOSIGNAL), n);
	while ((got = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_add(&answer, piece, (size_t)got);
	close(fd);
	buf_reserve(&answer, 1);
	return answer.data; /* ends with a NUL */
}

/* "GET /v1/me", header lines or NULL, a JSON body or NULL. */
static inline int
bench_call(struct bench *b, const char *what, const char *headers,
    const char *body)
{
	struct buf request = { 0 };

	buf_printf(&request,
	    "%s HTTP/1.1\r\nHost: here\r\nConnection: close\r\n%s", what,
	    headers == NULL ? "" : headers);
	if (body != NULL && strstr(request.data, "Content-Type") == NULL)
		buf_adds(&request, "Content-Type: application/json\r\n");
	if (body != NULL)
		buf_printf(&request, "Content-Length: %zu\r\n",
		    strlen(body));
	buf_printf(&request, "\r\n%s", body == NULL ? "" : body);
	free(b->raw);
	json_decref(b->json);
	b->raw = bench_exchange(b, request.data, request.len);
	buf_finish(&request);
	assert_non_null(b->raw);
	b->headers = b->raw;
	b->body = strstr(b->raw, "\r\n\r\n");
	assert_non_null(b->body);
	b->body[2] = '\0';
	b->body += 4;
	assert_int_equal(sscanf(b->raw, "HTTP/1.1 %d", &b->status), 1);
	b->json = json_loads(b->body, 0, NULL);
	return b->status;
}

static inline const char *
bench_text(struct bench *b, const char *name)
{
	const char *text = json_string_value(json_object_get(b->json, name));

	return text == NULL ? "" : text;
}

/* A header line for a new token of that person; the caller frees it. */
static inline char *
bench_token(struct bench *b, const char *person, const char *more)
{
	struct buf text = { 0 };

	buf_printf(&text, "{\"name\":\"t\",\"person\":\"%s\"%s}", person,
	    more);
	assert_int_equal(bench_call(b, "POST /v1/tokens", NULL, text.data),
	    201);
	buf_clear(&text);
	buf_printf(&text, "Authorization: Bearer %s\r\n",
	    bench_text(b, "token"));
	return text.data;
}

#endif
