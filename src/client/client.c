/* SPDX-License-Identifier: MIT */
#include "client/client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/id.h"
#include "base/secret.h"
#include "client/transfer.h"
#include "spec/validate.h"
#include "sys/file.h"

#define CLIENT_MAGIC 0xc11e0001u
#define CLIENT_CALL_MS 60000
#define CLIENT_LOOK_MS 5000 /* whether it lives at all */
#define CLIENT_SYSTEM_SOCKET "/run/slipway/api.sock"

static char *
client_copy(const char *s)
{
	char *copy = s == NULL ? NULL : strdup(s);

	ASSERT(s == NULL || copy != NULL);
	return copy;
}

/* NULL when it is not set, or empty. */
static const char *
client_env(const char *name)
{
	const char *value = getenv(name);

	return value == NULL || *value == '\0' ? NULL : value;
}

/* Where a server without XDG_RUNTIME_DIR listens: in its data folder. */
static const char *
client_state_socket(struct arena *a)
{
	const char *state = client_env("XDG_STATE_HOME");
	const char *home = client_env("HOME");

	if (state != NULL)
		return arena_printf(a, "%s/slipway/api.sock", state);
	return home == NULL ? CLIENT_SYSTEM_SOCKET
			    : arena_printf(a,
				  "%s/.local/state/slipway/api.sock", home);
}

/* The socket that is there; the likeliest name when none is. */
static const char *
client_default_socket(struct arena *a)
{
	const char *named = client_env("SLIPWAY_SOCKET");
	const char *runtime = client_env("XDG_RUNTIME_DIR");
	const char *own = runtime == NULL
	    ? CLIENT_SYSTEM_SOCKET
	    : arena_printf(a, "%s/slipway/api.sock", runtime);
	const char *state = client_state_socket(a);

	if (named != NULL)
		return named;
	if (file_exists(CLIENT_SYSTEM_SOCKET))
		return CLIENT_SYSTEM_SOCKET;
	if (file_exists(own))
		return own;
	if (file_exists(state))
		return state;
	return getuid() != 0 ? own : CLIENT_SYSTEM_SOCKET;
}

/* A path too long for sockaddr_un is reached through its open folder. */
static bool
client_set_socket(struct client *c, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct sockaddr_un a;
	struct buf folder = { 0 }, through = { 0 };

	c->url = client_copy("http://localhost");
	if (strlen(path) < sizeof(a.sun_path) || slash == NULL) {
		c->socket = client_copy(path);
		return true;
	}
	buf_add(&folder, path, (size_t)(slash - path));
	c->folder = open(buf_cstr(&folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->folder >= 0)
		buf_printf(&through, "/proc/self/fd/%d%s", c->folder, slash);
	else
		err_sys(e, "reach the server at '%s'", path);
	c->socket = client_copy(through.data);
	buf_finish(&folder);
	buf_finish(&through);
	return c->folder >= 0;
}

static bool
client_set_url(struct client *c, const char *url, struct err *e)
{
	size_t n = strlen(url);

	if (strncmp(url, "http://", 7) != 0 &&
	    strncmp(url, "https://", 8) != 0) {
		err_set(e, ERR_INVALID, "client.url",
		    "use '%s': not the address of a server", url);
		return err_hint(e, "write it as https://host, or "
				   "http://127.0.0.1:8420 on this machine");
	}
	c->url = client_copy(url);
	while (n > 0 && c->url[n - 1] == '/')
		c->url[--n] = '\0';
	return true;
}

/* A token becomes a header: it must stay on its line. */
static bool
client_set_token(struct client *c, const char *token, struct err *e)
{
	for (const char *p = token; p != NULL && *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return err_set(e, ERR_INVALID, "client.token",
			    "use the token: it holds a space or a control "
			    "character");
	c->token = client_copy(token);
	return true;
}

bool
client_create(
    const struct client_options *o, struct client **ret, struct err *e)
{
	const char *url = o->url, *token = o->token;
	struct profile of = { NULL, NULL, NULL };
	struct arena *a = arena_create();
	struct client *c = calloc(1, sizeof(*c));
	bool ok;

	ASSERT(c != NULL);
	c->magic = CLIENT_MAGIC;
	c->folder = -1;
	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->curl = curl_easy_init();
	ASSERT(c->curl != NULL);
	ok = o->profile == NULL ||
	     profile_load(a, o->profile, &of, e);
	if (url == NULL && o->socket == NULL)
		url = of.url;
	if (token == NULL)
		token = of.token;
	c->ca = client_copy(o->ca != NULL ? o->ca : of.ca);
	ok = ok && client_set_token(c, token, e);
	if (ok && url != NULL)
		ok = client_set_url(c, url, e);
	else if (ok)
		ok = client_set_socket(c,
		    o->socket != NULL ? o->socket : client_default_socket(a),
		    e);
	arena_destroy(a);
	if (ok)
		*ret = c;
	else
		client_destroy(c);
	return ok;
}

void
client_destroy(struct client *c)
{
	if (c == NULL)
		return;
	ASSERT_MAGIC(c, CLIENT_MAGIC);
	curl_easy_cleanup(c->curl);
	curl_global_cleanup();
	free(c->ca);
	if (c->token != NULL)
		secret_wipe(c->token, strlen(c->token));
	if (c->folder >= 0)
		close(c->folder);
	free(c->url);
	free(c->socket);
	free(c->token);
	c->magic = 0;
	free(c);
}

/* Again and again with the same key, so that it happens once. */
static enum transfer_end
client_insist(struct client *c, struct transfer *t)
{
	struct transfer_patience patience = { 0 };
	enum transfer_end end;

	do
		end = transfer_run(c, t);
	while (transfer_wait(c, t, end, &patience));
	return end;
}

static bool
client_json(struct client *c, struct transfer *t, json_t **ret, struct err *e)
{
	bool ok = false;

	t->accept = "application/json";
	if (t->within_ms == 0)
		t->within_ms = CLIENT_CALL_MS;
	*ret = NULL;
	if (client_insist(c, t) != TRANSFER_DONE)
		transfer_err(c, t, e);
	else if (t->status / 100 != 2)
		transfer_refusal(t, ret, e);
	else if (t->answer.len == 0)
		ok = true;
	else if ((*ret = json_parse(buf_str(&t->answer), e)) == NULL)
		err_wrap(e, "read the answer of the server");
	else
		ok = true;
	buf_finish(&t->answer);
	return ok;
}

bool
client_call(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, const json_t *body,
    json_t **ret_body, struct err *e)
{
	struct transfer t = { .method = op_method_name(op->method) };
	char key[33], *text = NULL;
	struct buf target = { 0 };
	bool ok = false;

	ASSERT_MAGIC(c, CLIENT_MAGIC);
	*ret_body = NULL;
	if (!target_build(c, op, path_params, query, &target, e))
		goto out;
	t.target = target.data;
	if (op->method != OP_GET)
		t.idempotency_key = id_text(key, 32);
	if (body != NULL) {
		text = json_dumps(body, JSON_COMPACT);
		ASSERT(text != NULL);
		t.body = str_of(text);
	}
	ok = client_json(c, &t, ret_body, e);
	if (text != NULL)
		secret_wipe(text, strlen(text));
out:
	free(text);
	buf_finish(&target);
	return ok;
}

bool
client_get(struct client *c, const char *path, json_t **ret, struct err *e)
{
	struct transfer t = { .method = "GET", .target = path,
		.within_ms = CLIENT_LOOK_MS };

	ASSERT_MAGIC(c, CLIENT_MAGIC);
	if (client_json(c, &t, ret, e))
		return true;
	json_decref(*ret);
	*ret = NULL;
	return false;
}

static bool
raw_run(struct client *c, const struct op *op, const char *const *path_params,
    const json_t *query, struct transfer *t, struct err *e)
{
	struct buf target = { 0 };
	bool ok = false;

	ASSERT_MAGIC(c, CLIENT_MAGIC);
	t->method = op_method_name(op->method);
	t->accept = "*/*";
	t->silent_ms = CLIENT_CALL_MS;
	if (!target_build(c, op, path_params, query, &target, e))
		goto out;
	t->target = target.data;
	switch (client_insist(c, t)) {
	case TRANSFER_STOPPED:
		ok = true;
		break;
	case TRANSFER_DONE:
		ok = t->status / 100 == 2 || transfer_refusal(t, NULL, e);
		break;
	case TRANSFER_REFUSED:
	case TRANSFER_BROKEN:
	case TRANSFER_FAILED:
	default:
		transfer_err(c, t, e);
		break;
	}
out:
	buf_finish(&t->answer);
	buf_finish(&target);
	return ok;
}

bool
client_raw(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query,
    bool (*fn)(void *arg, struct str bytes), void *arg, struct err *e)
{
	struct transfer t = { .fn = fn, .arg = arg };

	return raw_run(c, op, path_params, query, &t, e);
}

struct raw_part {
	struct transfer t;
	struct client_part *part;
	bool told;
};

static bool
raw_part_bytes(void *arg, struct str bytes)
{
	struct raw_part *r = arg;

	if (!r->told) {
		if (r->t.status != 206)
			r->part->from = 0;
		memcpy(r->part->etag, r->t.etag, sizeof(r->t.etag));
		r->told = true;
	}
	return r->part->fn(r->part->arg, bytes);
}

bool
client_raw_part(struct client *c, const struct op *op,
    const char *const *path_params, struct client_part *part, struct err *e)
{
	struct raw_part r = { .part = part };
	char range[48], etag[CLIENT_ETAG];

	r.t.fn = raw_part_bytes;
	r.t.arg = &r;
	if (part->from > 0 && part->etag[0] != '\0') {
		snprintf(range, sizeof(range), "bytes=%lld-",
		    (long long)part->from);
		memcpy(etag, part->etag, sizeof(etag));
		r.t.range = range;
		r.t.if_range = etag;
	}
	return raw_run(c, op, path_params, NULL, &r.t, e);
}
