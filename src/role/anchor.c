/* SPDX-License-Identifier: MIT */
#include "role/anchor.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/post.h"

#define ANCHOR_SYSLOG "/dev/log"
#define ANCHOR_PRIORITY 109 /* log audit (13), notice (5) */
#define ANCHOR_FIRST_PAUSE_MS INT64_C(1000)

enum anchor_kind { ANCHOR_DATA, ANCHOR_FILE, ANCHOR_POST, ANCHOR_SYSLOG_SOCKET };

struct anchor_place {
	struct anchors *all;
	enum anchor_kind kind;
	char *name;   /* as people gave it, without a password */
	char *target; /* path or URL */
	int fd;	      /* ANCHOR_FILE; else -1 */
	bool busy;
	int64_t pause_ms;	/* before the next try; 0: the last went well */
	struct loop_timer *timer; /* that pause, or NULL */

	/* of the job on the pool */
	int64_t seq, at;
	char hash[DIGEST_HEX];
	bool ok;
	struct err err;

	/* under the lock */
	int64_t told, told_at;
	bool refused;	   /* its anchors are not in the chain */
	char problem[512]; /* "": none */
};

struct anchors {
	struct loop *loop;
	struct anchor_place places[ANCHOR_PLACES + 1];
	unsigned n;
	pthread_mutex_t lock;
	int64_t seq; /* the newest head; under the lock */
	char hash[DIGEST_HEX];
};

static void
anchor_set_problem(struct anchor_place *p, const char *text, bool refused)
{
	pthread_mutex_lock(&p->all->lock);
	snprintf(p->problem, sizeof(p->problem), "%s", text);
	p->refused = p->refused || refused;
	pthread_mutex_unlock(&p->all->lock);
}

/* --- telling: pool -------------------------------------------------------- */

static bool
anchor_post(struct anchor_place *p, struct err *e)
{
	char at[CLOCK_TEXT], key[96], host[256] = "";
	struct buf body = { 0 };
	struct json_out j;
	bool ok;

	gethostname(host, sizeof(host) - 1);
	json_out_init(&j, &body);
	json_object_begin(&j);
	json_kv_int(&j, "seq", p->seq);
	json_kv_str(&j, "hash", p->hash);
	json_kv_str(&j, "at", clock_text(p->at, at));
	json_kv_str(&j, "host", host);
	json_object_end(&j);
	snprintf(key, sizeof(key), "%.64s-%" PRId64, p->hash, p->seq);
	ok = http_post(p->target, buf_str(&body), key, e);
	buf_finish(&body);
	return ok;
}

static bool
anchor_syslog(struct anchor_place *p, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char at[CLOCK_TEXT], host[256] = "", line[1024];
	int fd, n;
	bool ok;

	gethostname(host, sizeof(host) - 1);
	n = snprintf(line, sizeof(line), "<%d>1 %s %s slipway %d anchor "
	    "[anchor@32473 seq=\"%" PRId64 "\" hash=\"%s\"] the audit chain "
	    "of slipway is at %" PRId64 " %s", ANCHOR_PRIORITY,
	    clock_text(p->at, at), host[0] == '\0' ? "-" : host,
	    (int)getpid(), p->seq, p->hash, p->seq, p->hash);
	if (strlen(p->target) >= sizeof(to.sun_path))
		return err_set(e, ERR_CONFIG, "anchor.path",
		    "'%s' is too long for a socket", p->target);
	memcpy(to.sun_path, p->target, strlen(p->target));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	ok = fd >= 0 &&
	    sendto(fd, line, (size_t)n, MSG_NOSIGNAL,
		(const struct sockaddr *)&to, sizeof(to)) == n;
	if (!ok)
		err_sys(e, "send to '%s'", p->target);
	if (fd >= 0)
		close(fd);
	return ok;
}

static void
anchor_tell(void *arg)
{
	struct anchor_place *p = arg;

	switch (p->kind) {
	case ANCHOR_DATA:
		p->ok = audit_anchor_write(p->target, p->seq, p->hash,
		    &p->err);
		break;
	case ANCHOR_FILE:
		p->ok = audit_anchor_add(p->fd, p->seq, p->hash, p->at,
		    &p->err);
		break;
	case ANCHOR_POST:
		p->ok = anchor_post(p, &p->err);
		break;
	case ANCHOR_SYSLOG_SOCKET:
		p->ok = anchor_syslog(p, &p->err);
		break;
	}
}

/* --- when: loop ----------------------------------------------------------- */

static void anchor_turn(struct anchor_place *p);

static void
anchor_paused(void *arg)
{
	struct anchor_place *p = arg;

	p->timer = NULL;
	anchor_turn(p);
}

static void
anchor_failed(struct anchor_place *p)
{
	if (p->pause_ms == 0) {
		log_warn("audit.anchor", "place='%s' error='%s'", p->name,
		    p->err.message);
		p->pause_ms = ANCHOR_FIRST_PAUSE_MS;
	} else if (p->pause_ms < ANCHOR_PAUSE_MS / 2) {
		p->pause_ms *= 2;
	} else {
		p->pause_ms = ANCHOR_PAUSE_MS;
	}
	anchor_set_problem(p, p->err.message, false);
	p->timer = loop_timer_start(p->all->loop, (uint64_t)p->pause_ms,
	    anchor_paused, p);
}

static void
anchor_told(void *arg)
{
	struct anchor_place *p = arg;

	p->busy = false;
	if (!p->ok) {
		anchor_failed(p);
		return;
	}
	p->pause_ms = 0;
	pthread_mutex_lock(&p->all->lock);
	p->told = p->seq;
	p->told_at = p->at;
	p->problem[0] = '\0';
	pthread_mutex_unlock(&p->all->lock);
	anchor_turn(p);
}

static void
anchor_turn(struct anchor_place *p)
{
	struct anchors *a = p->all;
	bool due;

	if (p->busy || p->timer != NULL)
		return;
	pthread_mutex_lock(&a->lock);
	due = !p->refused && a->seq > p->told;
	p->seq = a->seq;
	memcpy(p->hash, a->hash, sizeof(p->hash));
	pthread_mutex_unlock(&a->lock);
	if (!due)
		return;
	p->at = clock_wall_ms();
	p->busy = true;
	loop_work(a->loop, anchor_tell, anchor_told, p);
}

static void
anchors_turn(void *arg)
{
	struct anchors *a = arg;

	for (unsigned i = 0; i < a->n; i++)
		anchor_turn(&a->places[i]);
}

void
anchors_head(void *self, int64_t seq, const char *hash)
{
	struct anchors *a = self;

	pthread_mutex_lock(&a->lock);
	a->seq = seq;
	snprintf(a->hash, sizeof(a->hash), "%s", hash);
	pthread_mutex_unlock(&a->lock);
	loop_post(a->loop, anchors_turn, a);
}

/* --- looking: any thread -------------------------------------------------- */

static bool
anchor_compare(struct anchor_place *p, struct db *db,
    enum audit_anchors which, struct err *e)
{
	bool ok = true;

	if (p->kind == ANCHOR_DATA)
		ok = audit_anchor_check(db, p->target, which, e);
	else if (p->kind == ANCHOR_FILE)
		ok = audit_anchor_check_fd(db, p->fd, p->target, which, e);
	return ok || streq(e->code, "audit.no_anchor");
}

bool
anchors_check(void *self, struct db *db, enum audit_anchors which,
    struct err *e)
{
	struct anchors *a = self;
	bool ok = true;

	for (unsigned i = 0; i < a->n; i++)
		if (!anchor_compare(&a->places[i], db, which, e))
			return false;
	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < a->n && ok; i++) {
		const struct anchor_place *p = &a->places[i];

		if (p->problem[0] != '\0')
			ok = err_set(e, ERR_UNAVAILABLE, "audit.anchor_late",
			    "anchor '%s': %s", p->name, p->problem);
	}
	pthread_mutex_unlock(&a->lock);
	return ok;
}

void
anchors_json(void *self, struct json_out *out)
{
	struct anchors *a = self;
	char at[CLOCK_TEXT];

	json_array_begin(out);
	pthread_mutex_lock(&a->lock);
	for (unsigned i = 0; i < a->n; i++) {
		const struct anchor_place *p = &a->places[i];

		json_object_begin(out);
		json_kv_str(out, "place", p->name);
		json_kv_int(out, "event", p->told);
		json_kv_str(out, "at",
		    p->told_at == 0 ? NULL : clock_text(p->told_at, at));
		json_kv_str(out, "problem", p->problem);
		json_object_end(out);
	}
	pthread_mutex_unlock(&a->lock);
	json_array_end(out);
}

/* --- life ----------------------------------------------------------------- */

/* A URL may hold a password: it is for the place alone. */
static char *
anchor_name(const char *place)
{
	const char *at = strchr(place, '@'), *slashes = strstr(place, "://");
	struct buf name = { 0 };
	char *text;

	if (slashes == NULL || at == NULL || at < slashes)
		return strdup(place);
	buf_printf(&name, "%.*s%s", (int)(slashes + 3 - place), place, at + 1);
	text = strdup(buf_cstr(&name));
	buf_finish(&name);
	return text;
}

static bool
anchor_open_file(struct anchor_place *p, const char *data, struct err *e)
{
	const size_t n = strlen(data);
	char real[PATH_MAX];

	if (p->target[0] != '/')
		return err_set(e, ERR_CONFIG, "anchor.path",
		    "--anchor %s: the path is not absolute", p->name);
	p->fd = open(p->target, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0640);
	if (p->fd < 0) {
		err_sys(e, "--anchor %s", p->name);
		e->class = ERR_CONFIG;
		return false;
	}
	if (realpath(p->target, real) != NULL && strncmp(real, data, n) == 0 &&
	    real[n] == '/') {
		err_set(e, ERR_CONFIG, "anchor.inside", "--anchor %s: it lies "
		    "in the data folder, and goes back with it", p->name);
		return err_hint(e, "take a file on another disk or machine");
	}
	return true;
}

static bool
anchor_parse(struct anchor_place *p, const char *place, const char *data,
    struct err *e)
{
	const struct str text = str_of(place);

	p->name = anchor_name(place);
	ASSERT(p->name != NULL);
	if (str_starts(text, "https://") || str_starts(text, "http://")) {
		p->kind = ANCHOR_POST;
		p->target = strdup(place);
		return true;
	}
	if (streq(place, "syslog") || str_starts(text, "syslog:/")) {
		p->kind = ANCHOR_SYSLOG_SOCKET;
		p->target = strdup(place[6] == ':' ? place + 7 : ANCHOR_SYSLOG);
		return true;
	}
	if (str_starts(text, "file:")) {
		p->kind = ANCHOR_FILE;
		p->target = strdup(place + 5);
		return anchor_open_file(p, data, e);
	}
	err_set(e, ERR_CONFIG, "anchor.place", "--anchor '%s': no such kind of "
	    "place", p->name);
	return err_hint(e, "file:/PATH, https://URL or syslog");
}

static struct anchor_place *
anchor_add(struct anchors *a)
{
	struct anchor_place *p = &a->places[a->n++];

	p->all = a;
	p->fd = -1;
	return p;
}

bool
anchors_open(const char *data, const char *const *places, unsigned nplaces,
    struct anchors **ret, struct err *e)
{
	struct anchors *a = calloc(1, sizeof(*a));
	struct anchor_place *p;
	struct buf own = { 0 };

	ASSERT(a != NULL);
	*ret = a;
	pthread_mutex_init(&a->lock, NULL);
	p = anchor_add(a);
	buf_printf(&own, "%s/anchor", data);
	p->kind = ANCHOR_DATA;
	p->target = strdup(buf_cstr(&own));
	p->name = strdup("data folder");
	buf_finish(&own);
	if (nplaces > ANCHOR_PLACES)
		return err_set(e, ERR_CONFIG, "anchor.many",
		    "--anchor: more than %d places", ANCHOR_PLACES);
	for (unsigned i = 0; i < nplaces; i++)
		if (!anchor_parse(anchor_add(a), places[i], data, e))
			return false;
	return true;
}

void
anchors_start(struct anchors *a, struct loop *l, struct db *db)
{
	struct err e;

	a->loop = l;
	for (unsigned i = 0; i < a->n; i++) {
		struct anchor_place *p = &a->places[i];

		if (anchor_compare(p, db, AUDIT_ANCHOR_LAST, &e))
			continue;
		log_error("audit.anchor", "place='%s' error='%s'", p->name,
		    e.message);
		anchor_set_problem(p, e.message, true);
	}
}

void
anchors_close(struct anchors *a)
{
	if (a == NULL)
		return;
	for (unsigned i = 0; i < a->n; i++) {
		free(a->places[i].name);
		free(a->places[i].target);
		if (a->places[i].fd >= 0)
			close(a->places[i].fd);
	}
	pthread_mutex_destroy(&a->lock);
	free(a);
}
