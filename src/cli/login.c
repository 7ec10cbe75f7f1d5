/* SPDX-License-Identifier: MIT */
#include "cli/login.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cli/text.h"
#include "spec/access.h"

struct login {
	const char *url, *file, *ca;
};

static bool
login_words(struct session *s, struct login *l, int argc, char **argv,
    struct err *e)
{
	for (int i = 0; i < argc; i++) {
		int taken = globals_parse(
		    &s->globals, argc - i, argv + i, e);
		const char **value = streq(argv[i], "--token-file") ? &l->file
		    : streq(argv[i], "--ca")			    ? &l->ca
								    : NULL;

		if (taken < 0)
			return false;
		if (taken > 0)
			i += taken - 1;
		else if (value != NULL && i + 1 < argc)
			*value = argv[++i];
		else if (argv[i][0] != '-' && l->url == NULL)
			l->url = argv[i];
		else
			return err_set(e, ERR_SYNTAX, "usage",
				   "login: what is '%s'", argv[i]) ||
			    err_hint(e, "see: slipway help login");
	}
	if (l->url != NULL)
		return true;
	err_set(e, ERR_SYNTAX, "usage", "login where: URL is missing");
	return err_hint(e, "slipway login https://slipway.example.com");
}

/* A token that crosses a network in the clear is everybody's. */
static bool
login_is_safe(const char *url, struct err *e)
{
	static const char *const own[] = { "localhost", "127.0.0.1", "[::1]" };
	struct str rest, host;

	if (!str_starts(str_of(url), "http://"))
		return true; /* whether it is an address the client says */
	host = str_cut(str_of(url + strlen("http://")), '/', &rest);
	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		size_t n = strlen(own[i]);

		if (str_starts(host, own[i]) &&
		    (host.n == n || host.p[n] == ':'))
			return true;
	}
	err_set(e, ERR_INVALID, "login.plain",
	    "sign in to '%s': the token would cross the network in the clear",
	    url);
	return err_hint(e, "https://%.*s", (int)host.n, host.p);
}

static bool
login_token(struct session *s, const struct login *l, char **ret, struct err *e)
{
	struct str text;
	int fd;
	bool ok;

	if (l->file == NULL && !isatty(STDIN_FILENO)) {
		err_set(e, ERR_SYNTAX, "usage",
		    "login: there is no terminal to ask for the token on");
		return err_hint(e, "--token-file FILE, - is stdin");
	}
	if (l->file == NULL)
		return term_ask_secret(s->arena, "Token: ", ret, e);
	fd = streq(l->file, "-") ? dup(STDIN_FILENO)
				 : open(l->file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "read '%s'", l->file);
	ok = term_read_all(s->arena, fd, KIB(4), "the token", &text, e);
	close(fd);
	if (ok)
		*ret = arena_str(s->arena, str_trim(str_cut(text, '\n', &text)));
	return ok;
}

int
login_run(struct session *s, int argc, char **argv)
{
	struct client_options o = { .url = NULL };
	struct login l = { NULL, NULL, NULL };
	struct profile p;
	const char *name;
	char *token = NULL;
	json_t *me = NULL;
	struct err e;

	if (!login_words(s, &l, argc, argv, &e) || !login_is_safe(l.url, &e) ||
	    !login_token(s, &l, &token, &e))
		return session_fail(s, &e);
	if (l.ca != NULL && (l.ca = realpath(l.ca, NULL)) == NULL) {
		err_sys(&e, "read the authority of --ca");
		return session_fail(s, &e);
	}
	if (l.ca != NULL)
		arena_cleanup(s->arena, free, (char *)(uintptr_t)l.ca);
	p = (struct profile){ l.url, token, l.ca };
	o.url = l.url;
	o.token = token;
	o.ca = l.ca;
	if (!client_create(&o, &s->client, &e) ||
	    !session_call(s, &op_me_get, NULL, NULL, NULL, &me, &e))
		return session_fail(s, &e);
	name = s->globals.as != NULL ? s->globals.as
				     : text_get(s->arena, me, "person");
	if (!profile_save(name, &p, &e) || !profile_set_default(name, &e))
		return session_fail(s, &e);
	session_say(s, "signed in as %s to %s; profile %s\n",
	    text_get(s->arena, me, "person"), l.url, name);
	return EXIT_OK;
}

int
logout_run(struct session *s, int argc, char **argv)
{
	const char *name = argc > 0 ? argv[0]
	    : s->globals.as != NULL ? s->globals.as
				    : profile_default(s->arena);
	struct err e;

	if (argc > 1 || name == NULL) {
		err_set(&e, argc > 1 ? ERR_SYNTAX : ERR_NOT_FOUND,
		    "login.nobody",
		    argc > 1 ? "logout: one profile at a time"
			     : "logout: nobody is signed in");
		err_hint(&e, "slipway logout PROFILE");
		return session_fail(s, &e);
	}
	if (!profile_remove(name, &e))
		return session_fail(s, &e);
	session_say(s, "the profile %s is forgotten; its token stays good "
		       "until: slipway token revoke\n",
	    name);
	return EXIT_OK;
}
