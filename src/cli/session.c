/* SPDX-License-Identifier: MIT */
#include "cli/session.h"

#include <stdlib.h>
#include <string.h>

#include "cli/clean.h"
#include "cli/dump.h"
#include "cli/text.h"

void
session_init(struct session *s)
{
	memset(s, 0, sizeof(*s));
	s->arena = arena_create();
	s->out = stdout;
	term_init(&s->term);
}

void
session_finish(struct session *s)
{
	client_destroy(s->client);
	json_decref(s->problem);
	if (s->arena != NULL)
		arena_destroy(s->arena);
	memset(s, 0, sizeof(*s));
}

static const char *
session_env(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && *v != '\0' ? v : NULL;
}

const char *
session_url(const struct session *s)
{
	if (s->globals.url != NULL || s->globals.socket != NULL)
		return s->globals.url;
	return session_env("SLIPWAY_URL");
}

/*
 * What is typed wins over the environment, also across kinds: --socket over
 * $SLIPWAY_URL, --as over $SLIPWAY_TOKEN.  When nothing says anything it is
 * the profile that was signed in last, else the local socket.
 */
bool
session_client(struct session *s, struct client **ret, struct err *e)
{
	const struct globals *g = &s->globals;
	struct client_options o = {
		.url = session_url(s), .socket = g->socket, .profile = g->as
	};

	if (s->client == NULL) {
		if (o.profile == NULL)
			o.token = session_env("SLIPWAY_TOKEN");
		if (o.profile == NULL && o.token == NULL)
			o.profile = session_env("SLIPWAY_AS");
		o.ca = session_env("SLIPWAY_CA");
		if (o.url == NULL && o.socket == NULL && o.token == NULL &&
		    o.profile == NULL && session_env("SLIPWAY_SOCKET") == NULL)
			o.profile = profile_default(s->arena);
		if (!client_create(&o, &s->client, e))
			return false;
	}
	*ret = s->client;
	return true;
}

static void
session_release(void *json)
{
	json_decref(json);
}

json_t *
session_keep(struct session *s, json_t *json)
{
	if (json != NULL)
		arena_cleanup(s->arena, session_release, json);
	return json;
}

bool
session_call(struct session *s, const struct op *op, const char *const *path,
    const json_t *query, const json_t *body, json_t **ret, struct err *e)
{
	struct client *client;
	json_t *answer = NULL;

	json_decref(s->problem);
	s->problem = NULL;
	if (!session_client(s, &client, e))
		return false;
	if (!client_call(client, op, path, query, body, &answer, e)) {
		s->problem = answer;
		return false;
	}
	*ret = session_keep(s, answer);
	return true;
}

bool
session_get(struct session *s, const struct op *op, const char *key,
    json_t **ret, struct err *e)
{
	const char *path[OP_PATH_PARAMS] = { key };

	return session_call(s, op, path, NULL, NULL, ret, e);
}

/* "/params/size" to "--size", "/note" to "--note", "/label/0" to "--label". */
static const char *
session_flag_of(struct session *s, const char *pointer)
{
	const char *last = strrchr(pointer, '/');

	if (last != NULL && last > pointer && last[1] != '\0' &&
	    strspn(last + 1, "0123456789") == strlen(last + 1))
		pointer = arena_strndup(
		    s->arena, pointer, (size_t)(last - pointer));
	if (strncmp(pointer, "/params/", 8) == 0)
		pointer += 8;
	else if (*pointer == '/')
		pointer++;
	if (*pointer == '\0')
		return "the request";
	if (strcmp(pointer, "environment") == 0)
		return "--env";
	return flag_text(s->arena, pointer);
}

/* A line per wrong field; the only one is the message itself. */
static void
session_fields(struct session *s, const json_t *errors)
{
	bool only = json_array_size(errors) == 1;
	struct arena *a = s->arena;
	json_t *item;
	size_t i;

	if (!only)
		fprintf(stderr, "slipway: %zu values are wrong\n",
		    json_array_size(errors));
	json_array_foreach(errors, i, item)
	{
		const char *hint = text_get(a, item, "hint");

		fprintf(stderr, "%s%s: %s\n", only ? "slipway: " : "  ",
		    session_flag_of(s, text_get(a, item, "pointer")),
		    text_get(a, item, "detail"));
		if (*hint != '\0')
			fprintf(stderr, "%s  hint: %s\n", only ? "" : "  ",
			    hint);
	}
}

/* One of the fields says so already. */
static bool
session_hinted(const json_t *errors, const char *hint)
{
	for (size_t i = 0; i < json_array_size(errors); i++) {
		const char *of = json_string_value(json_object_get(
		    json_array_get(errors, i), "hint"));

		if (of != NULL && strcmp(of, hint) == 0)
			return true;
	}
	return false;
}

int
session_fail(struct session *s, const struct err *e)
{
	const char *message = clean_text(s->arena, str_of(e->message));
	const char *hint = clean_line(s->arena, str_of(e->hint));
	const json_t *errors = json_object_get(s->problem, "errors");

	fflush(s->out);
	if (json_array_size(errors) > 0)
		session_fields(s, errors);
	else
		fprintf(stderr, "slipway: %s\n", message);
	if (*hint != '\0' && !session_hinted(errors, e->hint))
		fprintf(stderr, "  hint: %s\n", hint);
	if (s->globals.json && s->problem != NULL)
		session_json(s, s->problem);
	return err_class_info(e->class)->exit;
}

/*
 * jansson leaves U+007F to U+009F as they are, which a terminal may obey:
 * there everything beyond ASCII is escaped.
 */
int
session_json(struct session *s, const json_t *json)
{
	if (json != NULL) {
		dump_json(s->out, json, 2, s->term.out_tty);
		fputc('\n', s->out);
	}
	return EXIT_OK;
}

void
session_say(struct session *s, const char *fmt, ...)
{
	va_list ap;

	if (s->globals.json || s->globals.quiet)
		return;
	va_start(ap, fmt);
	vfprintf(s->out, fmt, ap);
	va_end(ap);
}

void
session_note(struct session *s, const char *fmt, ...)
{
	va_list ap;

	if (s->globals.quiet)
		return;
	fflush(s->out);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

const char *
session_tone(struct session *s, enum term_tone tone, const char *text)
{
	if (!s->term.colour || tone == TONE_PLAIN || *text == '\0')
		return text;
	return arena_printf(s->arena, "%s%s%s", term_begin(&s->term, tone),
	    text, term_end(&s->term));
}
