/* SPDX-License-Identifier: MIT */
#include "role/server.h"

#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/version.h"
#include "keep/wire.h"
#include "role/server_part.h"
#include "sys/file.h"

#define SOCKET_MODE 0666 /* who may do what is decided by who asks */

void
server_say(const struct server *s, const char *fmt, ...)
{
	va_list ap;

	if (s->o.local)
		return;
	fputs("slipway: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void
server_notify(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n = path == NULL ? 0 : strlen(path);
	int fd;

	if (n == 0 || n >= sizeof(to.sun_path))
		return;
	memcpy(to.sun_path, path, n);
	if (path[0] == '@') /* the abstract kind */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	(void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL,
	    (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

/* --- sandbox -------------------------------------------------------------- */

static const struct {
	unsigned layer;
	const char *word;
} server_layers[] = {
	{ WIRE_LAYER_USER, "user" },
	{ WIRE_LAYER_PID, "pid" },
	{ WIRE_LAYER_MOUNT, "mount" },
	{ WIRE_LAYER_IPC, "ipc" },
	{ WIRE_LAYER_NO_NEW_PRIVS, "no_new_privs" },
	{ WIRE_LAYER_LANDLOCK, "landlock" },
	{ WIRE_LAYER_SECCOMP, "seccomp" },
	{ WIRE_LAYER_CGROUP, "cgroup" },
	{ WIRE_LAYER_NET, "net" },
	{ WIRE_LAYER_UID, "uid" },
};

/* As root every attempt has a uid of its own, else a user namespace: one of
 * the two is what is wanted. */
static bool
server_wants_layer(const struct server *s, unsigned layer)
{
	if (layer == WIRE_LAYER_USER)
		return s->started_by != 0;
	return layer != WIRE_LAYER_UID || s->started_by == 0;
}

/* Its keys, its tokens, its session: attempts that run as the account itself
 * would find them otherwise. */
static void
server_hide_account(struct server *s)
{
	const struct passwd *pw = getpwuid(s->started_by);

	snprintf(s->session, sizeof(s->session), "/run/user/%u",
	    (unsigned)s->started_by);
	s->hidden[2] = s->session;
	if (pw == NULL || pw->pw_dir[0] != '/' || streq(pw->pw_dir, "/"))
		return;
	snprintf(s->home, sizeof(s->home), "%s", pw->pw_dir);
	s->hidden[3] = s->home;
}

/*
 * What attempts must not reach though their account may: our socket, and one
 * that is as good as root.  A folder made for our socket is hidden as a whole,
 * as a restart makes a new socket in it.
 */
static void
server_hide(struct server *s)
{
	static const char made[] = "/slipway/";
	char folder[PATH_MAX] = "", *slash;
	size_t n = 0;

	if (s->o.socket[0] != '/' && getcwd(folder, sizeof(folder)) != NULL)
		n = strlen(folder);
	snprintf(s->socket, sizeof(s->socket), "%s%s%s", folder,
	    n > 0 ? "/" : "", s->o.socket);
	slash = strrchr(s->socket, '/');
	n = strlen(made) - 1;
	if ((size_t)(slash - s->socket) >= n &&
	    memcmp(slash - n, made, n + 1) == 0)
		*slash = '\0';
	s->hidden[0] = s->socket;
	s->hidden[1] = "/run/docker.sock";
	if (s->started_by != 0)
		server_hide_account(s);
}

static bool
server_open_driver(struct server *s, struct err *e)
{
	const struct local_options o = {
		.server_uid = s->identity.uid,
		.server_gid = s->identity.gid,
		.uid_first = s->identity.uid_first,
		.uid_count = s->identity.uid_count,
		.hidden = s->hidden,
	};
	unsigned layers;

	server_hide(s);
	if (!local_create(s->data, &o, &s->driver, e))
		return err_wrap(e, "local driver");
	layers = local_layers(&s->driver);
	for (size_t i = 0; i < ARRAY_SIZE(server_layers); i++) {
		const bool has = (layers & server_layers[i].layer) != 0;
		struct buf *to = has ? &s->has : &s->lacks;

		if (has || server_wants_layer(s, server_layers[i].layer))
			buf_printf(to, "%s%s", to->len == 0 ? "" : " ",
			    server_layers[i].word);
	}
	server_say(s, "sandbox: %s", buf_cstr(&s->has));
	if (s->lacks.len == 0)
		return true;
	server_say(s, "sandbox: this machine lacks %s", buf_cstr(&s->lacks));
	if (!s->o.require_sandbox)
		return true;
	err_set(e, ERR_CONFIG, "sandbox.lacking",
	    "--require-sandbox, and this machine lacks %s",
	    buf_cstr(&s->lacks));
	return err_hint(e, "leave it out to run with what there is");
}

static bool
server_driver(void *self, struct buf *has, struct buf *lacks, struct err *e)
{
	const struct server *s = self;

	buf_addstr(has, buf_str(&s->has));
	buf_addstr(lacks, buf_str(&s->lacks));
	return local_ok(&s->driver, e);
}

/* --- sockets -------------------------------------------------------------- */

static void
server_handle(void *self, struct exchange *x)
{
	struct server *s = self;

	api_handle(s->api, x);
}

static bool
server_open_socket(struct server *s, struct err *e)
{
	const char *slash = strrchr(s->o.socket, '/');
	char folder[PATH_MAX];

	if (slash != NULL && slash != s->o.socket) {
		snprintf(folder, sizeof(folder), "%.*s",
		    (int)(slash - s->o.socket), s->o.socket);
		if (!file_mkdirs(folder, 0755, e))
			return err_wrap(e, "socket '%s'", s->o.socket);
	}
	return http_listen_unix(s->http, s->o.socket, SOCKET_MODE, e) ||
	    err_wrap(e, "socket '%s'", s->o.socket);
}

static bool
server_listen(struct server *s, struct err *e)
{
	const struct http_options o = { .handler = server_handle,
		.self = s,
		.proxies = s->proxy };
	int port;

	for (unsigned i = 0; i < s->o.nproxies; i++) {
		if (!forwarded_proxy(s->o.proxies[i], s->proxies[i], e))
			return err_wrap(e, "--proxy");
		s->proxy[i] = s->proxies[i];
	}
	s->loop = loop_create();
	s->http = http_server_create(s->loop, &o);
	if (!server_open_socket(s, e))
		return false;
	for (unsigned i = 0; i < s->o.nlisten; i++) {
		if (!http_listen_tcp(s->http, s->o.listen[i], &port, e))
			return err_wrap(e, "--listen %s", s->o.listen[i]);
		server_say(s, "listening on %.*s:%d",
		    (int)(strrchr(s->o.listen[i], ':') - s->o.listen[i]),
		    s->o.listen[i], port);
	}
	return true;
}

/* --- identity ------------------------------------------------------------- */

static bool
server_become(struct server *s, struct err *e)
{
	const struct identity *id = &s->identity;

	if (id->drop && !identity_own(id, s->data, e))
		return false;
	if (!identity_drop(id, e) || !server_check_store(s, e))
		return false;
	if (s->started_by == 0 && !id->drop)
		server_say(s, "user: root, as --user says: the server could "
			      "do anything to this machine");
	else if (id->name[0] == '\0')
		server_say(s, "user: %u, for there is no account 'slipway'",
		    (unsigned)id->uid);
	else
		server_say(s, "user: %s", id->name);
	return true;
}

/* --- engine and all that needs it ----------------------------------------- */

static struct platform *
server_platform(void *self)
{
	return engine_platform(self);
}

static bool
server_open_folder(struct server *s, struct platform **ret, struct err *e)
{
	const struct platform *p;

	if (!folder_open(s->o.folder, s->o.local ? NULL : s->data,
		s->o.local, &s->folder, ret, e)) {
		if (e->class != ERR_CONFIG)
			e->class = ERR_CONFIG; /* exit 78 */
		err_hint(e, "slipway check %s", s->o.folder);
		return false;
	}
	p = *ret;
	server_say(s, "folder: %s: tasks %zu, requests %zu, people %zu",
	    p->folder, p->ntasks, p->nrequests, p->npeople);
	return true;
}

static bool
server_open_engine(struct server *s, struct platform *p, struct err *e)
{
	const struct engine_options o = { .site = &s->site,
		.driver = s->driver,
		.bus = s->bus,
		.anchor = anchors_head,
		.anchor_self = s->anchors,
		.slots = s->o.slots };
	struct writer_hooks hooks;

	s->engine = engine_create(&o);
	engine_set_platform(s->engine, p);
	s->site.platform = server_platform;
	s->site.platform_self = s->engine;
	s->site.log_tail = server_log_tail;
	s->site.log_output = server_log_output;
	s->site.log_tail_self = &s->site;
	s->site.anchors_check = anchors_check;
	s->site.anchors_json = anchors_json;
	s->site.anchors_self = s->anchors;
	anchors_start(s->anchors, s->loop, s->write);
	if (!engine_recover(s->engine, s->write, e))
		return err_wrap(e, "recovery");
	hooks = engine_hooks(s->engine);
	s->writer = writer_create(s->write, s->loop, &hooks);
	s->write = NULL; /* the writer's */
	return true;
}

static void
server_open_api(struct server *s)
{
	const struct api_options o = { .loop = s->loop,
		.writer = s->writer,
		.bus = s->bus,
		.site = &s->site,
		.read = s->read,
		.owner = s->started_by,
		.platform = server_platform,
		.platform_self = s->engine,
		.driver = server_driver,
		.driver_self = s };

	s->api = api_create(&o);
	s->read = NULL; /* the api's */
	api_serve(s->api, s->http);
}

/* As many connections as the system lets us have.  After the driver: what it
 * starts keeps the ordinary number. */
static void
server_raise_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* --- life ----------------------------------------------------------------- */

bool
server_open(const struct server_options *o, struct server **ret,
    struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	struct platform *p;

	ASSERT(s != NULL);
	*ret = s;
	s->o = *o;
	s->lock = -1;
	s->started_by = geteuid();
	s->site.local = o->local;
	s->site.keep_logs_ms = o->keep_logs_ms;
	s->site.keep_runs_ms = o->keep_runs_ms;
	s->site.keep_tickets_ms = o->keep_tickets_ms;
	if (o->local) /* never outlive who started us for one run */
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	server_say(s, "version %s", SLIPWAY_VERSION);
	if (!identity_find(o->user, &s->identity, e) ||
	    !server_open_store(s, e))
		return false;
	server_say(s, "data: %s", s->data);
	if (!anchors_open(s->data, o->anchors, o->nanchors, &s->anchors, e) ||
	    !server_open_driver(s, e))
		return false;
	server_raise_files();
	if (!server_listen(s, e) || !server_become(s, e) ||
	    !server_open_folder(s, &p, e))
		return false;
	s->bus = bus_create(s->loop);
	if (!server_open_engine(s, p, e))
		return false;
	server_open_api(s);
	folder_watch(s->folder, &s->site, s->loop, s->engine, s->writer);
	return true;
}

void
server_run(struct server *s)
{
	writer_start(s->writer);
	s->prune = prune_start(&s->site, s->loop, s->writer, s->db_path,
	    s->o.keep_logs_ms);
	s->forget = forget_start(&s->site, s->loop, s->writer, s->db_path);
	s->backups = backups_start(&s->site, s->loop, s->writer,
	    s->o.backups);
	s->compress = compress_start(&s->site, s->loop, s->db_path);
	s->segments = segments_start(&s->site, s->loop, s->writer, s->db_path);
	s->site.segments_self = s->segments;
	s->site.segments_check = segments_check;
	loop_signal(s->loop, SIGTERM, server_on_signal, s);
	loop_signal(s->loop, SIGINT, server_on_signal, s);
	if (!s->o.local)
		fprintf(stderr, "slipway is ready: %s\n", s->o.socket);
	server_notify("READY=1");
	loop_run(s->loop);
}

/* What a server leaves that was told to stop: the head of its chain anchored in
 * the data folder, and the database in one file, since the last connection
 * moves the log into it when it closes. */
static void
server_fold(const struct server *s)
{
	char path[PATH_MAX + 8], head[DIGEST_HEX];
	struct db *db = NULL;
	struct err e;
	int64_t seq;
	bool ok;

	snprintf(path, sizeof(path), "%s/anchor", s->data);
	if (db_open(s->db_path, DB_WRITE, &db, &e)) {
		db_begin(db);
		seq = audit_head(db, head);
		/* One that does not fit any more has found something. */
		ok = audit_anchor_check(db, path, AUDIT_ANCHOR_LAST, &e) ||
		    streq(e.code, "audit.no_anchor");
		db_rollback(db);
		if (ok && seq > 0 && !db_failed(db, &e) &&
		    !audit_anchor_write(path, seq, head, &e))
			server_say(s, "%s", e.message);
	}
	db_close(db);
}

void
server_close(struct server *s)
{
	if (s->api != NULL)
		api_stop(s->api);
	prune_stop(s->prune);
	segments_stop(s->segments);
	compress_stop(s->compress);
	backups_stop(s->backups);
	forget_stop(s->forget);
	writer_destroy(s->writer);
	if (s->writer != NULL) {
		loop_stop(s->loop); /* once more, for the last answers */
		loop_run(s->loop);
	}
	if (s->folder != NULL)
		folder_stop(s->folder);
	http_server_destroy(s->http);
	api_destroy(s->api);
	bus_destroy(s->bus);
	engine_destroy(s->engine);
	if (s->driver.ops != NULL)
		s->driver.ops->destroy(s->driver.self);
	if (s->loop != NULL)
		loop_destroy(s->loop);
	anchors_close(s->anchors);
	prune_free(s->prune);
	segments_free(s->segments);
	compress_free(s->compress);
	backups_free(s->backups);
	forget_free(s->forget);
	folder_close(s->folder);
	db_close(s->read);
	db_close(s->write);
	buf_finish(&s->has);
	buf_finish(&s->lacks);
	if (s->stopping)
		server_fold(s);
	secret_wipe(s->site.key, sizeof(s->site.key));
	if (s->lock >= 0)
		close(s->lock);
	free(s);
}
