/* SPDX-License-Identifier: MIT */
#include "driver/local.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "driver/local_attempt.h"
#include "driver/local_event.h"
#include "driver/local_running.h"
#include "driver/local_spawner.h"
#include "driver/local_spec.h"
#include "driver/local_taken.h"
#include "sys/file.h"

#define LOCAL_MAGIC 0x10ca1d21U
/* A spawner that dies again within this time is not worth another one. */
#define RESTART_MS 2000

/* What epoll says of the two sockets; everything else is an attempt. */
#define WATCH_EVENTS UINT64_MAX
#define WATCH_CONTROL (UINT64_MAX - 1)
#define WATCH_WAKE (UINT64_MAX - 2)

struct local {
	unsigned magic;
	char data[PATH_MAX];
	struct local_options options;
	const char **hidden;
	uid_t born; /* effective uid at creation */
	int k;	    /* DATA/k */
	int ws;	    /* DATA/ws */
	int artifact; /* DATA/artifact */
	int events; /* server.sock */
	int epoll;
	int wake; /* eventfd: attempts are to be looked at */
	struct spawner spawner;
	int64_t spawned_ms;
	struct running_table running;
};

/* --- the spawner ----------------------------------------------------------- */

static bool
local_is_root(const struct local *l)
{
	return l->born == 0;
}

static bool
epoll_watch(const struct local *l, int fd, uint64_t what, struct err *e)
{
	struct epoll_event ev = { .events = EPOLLIN, .data = { .u64 = what } };

	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) == 0 ||
	    err_sys(e, "cannot watch the attempts");
}

static bool
spawner_begin(struct local *l, struct err *e)
{
	l->spawned_ms = clock_boot_ms();
	if (!spawner_open(&l->spawner, l->data, l->options.server_uid,
		l->options.server_gid, e))
		return false;
	if (epoll_watch(l, l->spawner.control, WATCH_CONTROL, e))
		return true;
	spawner_close(&l->spawner);
	return false;
}

static void
look_later(const struct local *l, struct running *r)
{
	uint64_t one = 1;

	r->look = true;
	(void)!write(l->wake, &one, sizeof(one));
}

/* What it had not forked yet never will be, and what it forked has lost the
 * one who tells of its death: look at each. */
static void
spawner_lost(struct local *l)
{
	struct err e;

	log_error("driver.spawner_lost", "pid=%d", (int)l->spawner.pid);
	spawner_close(&l->spawner);
	for (size_t i = 0; i < l->running.count; i++) {
		struct running *r = &l->running.entries[i];

		if (r->pidfd < 0)
			look_later(l, r);
	}
	if (geteuid() != l->born ||
	    clock_boot_ms() - l->spawned_ms < RESTART_MS)
		return;
	if (!spawner_begin(l, &e))
		log_error("driver.spawner_restart", "error=%s", e.message);
}

bool
local_ok(const struct driver *d, struct err *e)
{
	const struct local *l = d->self;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	return l->spawner.control >= 0 ||
	    err_set(e, ERR_UNAVAILABLE, "driver.spawner",
		"cannot start attempts: the spawner has died");
}

unsigned
local_layers(const struct driver *d)
{
	const struct local *l = d->self;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	return l->spawner.layers;
}

/* --- start and cancel ------------------------------------------------------ */

static bool
identity_of(const struct local *l, const struct work *w,
    struct wire_numbers *n, uid_t *ret_own, struct err *e)
{
	const char *volume = w->volumes ? w->volumes[0] : NULL;
	struct stat st;

	*ret_own = UID_NONE;
	if (!local_is_root(l))
		return true;
	if (volume && stat(volume, &st) < 0)
		return err_sys(e, "cannot use volume '%s'", volume);
	if (!volume || (st.st_uid == 0 && (st.st_mode & S_IWOTH))) {
		if (!running_uid(&l->running, l->options.uid_first,
			l->options.uid_count, w->attempt, ret_own, e))
			return false;
		n->uid = n->gid = *ret_own;
		return true;
	}
	n->uid = st.st_uid;
	n->gid = st.st_gid == 0 ? st.st_uid : st.st_gid;
	if (n->uid != 0 && n->uid != l->options.server_uid)
		return true;
	err_set(e, ERR_CONFIG, "driver.volume_root",
	    "cannot use volume '%s': it belongs to %s, and no task runs as %s",
	    volume, n->uid == 0 ? "root" : "this server",
	    n->uid == 0 ? "root" : "that");
	return err_hint(e, "chown USER %s", volume);
}

static void
path_workspace(const struct local *l, int64_t attempt, char path[PATH_MAX])
{
	int n = snprintf(path, PATH_MAX, "%s/ws/%" PRId64, l->data, attempt);

	ASSERT(n > 0 && n < PATH_MAX);
}

static int
spec_write(const struct local *l, const struct work *w,
    const struct wire_numbers *n, uint32_t *ret_size, struct err *e)
{
	char workspace[PATH_MAX];
	struct buf spec = { 0 };
	int fd;

	path_workspace(l, w->attempt, workspace);
	local_spec(&spec, w, n, workspace, l->hidden);
	*ret_size = (uint32_t)spec.len;
	fd = memfd_create("spec", MFD_CLOEXEC);
	if (fd >= 0 && !file_write_all(fd, spec.data, spec.len)) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		err_sys(e, "cannot start attempt %" PRId64, w->attempt);
	buf_finish(&spec);
	return fd;
}

static bool
local_start(void *self, const struct work *w, struct err *e)
{
	struct local *l = self;
	struct wire_numbers n = { .sandbox = (uint32_t)w->sandbox,
		.owner_uid = l->options.server_uid,
		.owner_gid = l->options.server_gid,
		.grace_ms = (uint32_t)w->grace_ms,
		.timeout_ms = (uint64_t)w->timeout_ms,
		.output_cap = w->output_cap,
		.memory_bytes = w->memory_bytes,
		.processes = w->processes };
	struct wire_start start = { .version = WIRE_VERSION,
		.attempt = w->attempt,
		.token = w->token,
		.flags = l->options.keep_workspaces ? WIRE_KEEP_WORKSPACE : 0 };
	struct driver d = { .self = self };
	uid_t own;
	int spec;
	bool ok;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	if (!local_ok(&d, e) || !identity_of(l, w, &n, &own, e))
		return false;
	spec = spec_write(l, w, &n, &start.size, e);
	if (spec < 0)
		return false;
	ok = spawner_send(&l->spawner, &start, spec, e);
	if (!ok && (errno == EPIPE || errno == ECONNRESET)) {
		spawner_lost(l);
		ok = local_ok(&d, e) &&
		    spawner_send(&l->spawner, &start, spec, e);
	}
	close(spec);
	if (ok)
		running_add(&l->running, w->attempt, w->token)->uid = own;
	return ok;
}

static void
local_cancel(void *self, int64_t attempt, int64_t token, int64_t grace_ms)
{
	struct local *l = self;
	struct wire_control c = { .version = WIRE_VERSION,
		.order = WIRE_CANCEL,
		.attempt = attempt,
		.token = token,
		.grace_ms = (uint32_t)grace_ms };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct running *r;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	r = running_find(&l->running, attempt);
	if (!r || r->token != token)
		return;
	snprintf(to.sun_path, sizeof(to.sun_path),
	    "/proc/self/fd/%d/%" PRId64 "/sock", l->k, attempt);
	/* still on its way to a keeper: nobody listens yet, so the end is
	 * asked for again when it says that it has started */
	if (sendto(l->events, &c, sizeof(c), MSG_DONTWAIT | MSG_NOSIGNAL,
		(struct sockaddr *)&to, sizeof(to)) < 0)
		r->cancel_ms = grace_ms;
}

/* --- events ---------------------------------------------------------------- */

static void
event_end(struct local *l, struct work_event *ret, const struct wire_exit *end)
{
	work_event_end(ret, end);
	if (end->reason == WIRE_END_EXITED && end->code == 0)
		taken_read(l->k, l->artifact, ret->attempt, &ret->artifacts);
}

/* Turn what came over the wire into an event; false when it says nothing. */
static bool
event_take(struct local *l, const struct wire_event *from,
    struct work_event *ret)
{
	struct running *r = running_find(&l->running, from->attempt);
	struct wire_exit end = from->end;

	if (!r || r->token != from->token)
		return false;
	work_event_begin(ret, from->attempt, from->token);
	switch (from->kind) {
	case WIRE_STARTED:
		if (r->cancel_ms >= 0)
			local_cancel(l, r->attempt, r->token, r->cancel_ms);
		ret->kind = WORK_STARTED;
		ret->layers = from->layers;
		return true;
	case WIRE_EXITED:
		/* The disk may refuse the record, the datagram has it too:
		 * all of it but the outputs. */
		if ((end.reason == 0 || end.outputs_bytes > 0) &&
		    !attempt_result(l->k, from->attempt, from->token, &end,
			&ret->outputs))
			end.outputs_cut |= end.outputs_bytes > 0;
		if (end.reason != 0)
			event_end(l, ret, &end);
		else
			ret->kind = WORK_GONE;
		break;
	case WIRE_REFUSED:
		work_event_refused(ret, strerror(end.error));
		break;
	case WIRE_GONE:
		ret->kind = WORK_GONE;
		break;
	default:
		return false;
	}
	running_remove(&l->running, r);
	return true;
}

/* Watch a keeper that another spawner forked.  Its pid may have gone to
 * somebody else between the two looks at the lock. */
static void
running_attach(struct local *l, struct running *r, pid_t pid)
{
	r->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (r->pidfd >= 0 && attempt_holder(l->k, r->attempt) == pid &&
	    epoll_watch(l, r->pidfd, (uint64_t)r->attempt, NULL))
		return;
	if (r->pidfd >= 0)
		close(r->pidfd);
	r->pidfd = -1;
	look_later(l, r);
}

/* See what the disk says of an attempt whose keeper may be gone. */
static bool
event_look(struct local *l, struct running *r, struct work_event *ret)
{
	struct wire_exit end;
	pid_t pid = 0;

	work_event_begin(ret, r->attempt, r->token);
	r->look = false;
	switch (attempt_look(l->k, r->attempt, r->token, &end, &ret->outputs,
	    &pid)) {
	case WORK_RUNNING:
		running_attach(l, r, pid);
		return false;
	case WORK_OVER:
		event_end(l, ret, &end);
		break;
	case WORK_NEVER:
		work_event_refused(ret, "the spawner died before it could start");
		break;
	case WORK_LOST:
		ret->kind = WORK_GONE;
		break;
	}
	running_remove(&l->running, r);
	return true;
}

/* Mark what epoll says of keepers; false when it says nothing. */
static bool
pidfds_check(struct local *l)
{
	struct epoll_event ev[32];
	int n = epoll_wait(l->epoll, ev, ARRAY_SIZE(ev), 0);
	bool any = false;

	for (int i = 0; i < n; i++) {
		struct running *r = NULL;
		uint64_t count;

		if (ev[i].data.u64 == WATCH_WAKE)
			any = read(l->wake, &count, sizeof(count)) > 0;
		if (ev[i].data.u64 < WATCH_WAKE)
			r = running_find(&l->running,
			    (int64_t)ev[i].data.u64);
		if (!r)
			continue;
		close(r->pidfd);
		r->pidfd = -1;
		r->look = any = true;
	}
	return any;
}

static bool
looks_next(struct local *l, struct work_event *ret)
{
	for (size_t i = 0; i < l->running.count; i++) {
		struct running *r = &l->running.entries[i];

		if (r->look && event_look(l, r, ret))
			return true;
	}
	return false;
}

static bool
datagrams_next(struct local *l, struct work_event *ret)
{
	struct wire_event ev;
	ssize_t n;

	for (;;) {
		n = recv(l->events, &ev, sizeof(ev), MSG_DONTWAIT);
		if (n < 0 && errno != EINTR)
			return false;
		if (n == sizeof(ev) && ev.version == WIRE_VERSION &&
		    event_take(l, &ev, ret))
			return true;
	}
}

static bool
control_next(struct local *l, struct work_event *ret)
{
	struct wire_event ev;

	for (;;) {
		switch (spawner_next(&l->spawner, &ev)) {
		case SPAWNER_EVENT:
			if (event_take(l, &ev, ret))
				return true;
			break;
		case SPAWNER_DEAD:
			spawner_lost(l);
			return false;
		case SPAWNER_NOTHING:
			return false;
		}
	}
}

/* Datagrams first: a keeper's own word comes before what the spawner says of
 * its end. */
static bool
local_next(void *self, struct work_event *ret)
{
	struct local *l = self;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	do {
		if (datagrams_next(l, ret) || control_next(l, ret) ||
		    looks_next(l, ret))
			return true;
	} while (pidfds_check(l));
	return false;
}

static int
local_fd(void *self)
{
	struct local *l = self;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	return l->epoll;
}

/* --- recovery and afterwards ----------------------------------------------- */

static enum work_state
local_recover(void *self, int64_t attempt, int64_t token,
    struct work_event *ret_end)
{
	struct local *l = self;
	struct work_event ev;
	struct wire_exit end;
	enum work_state state;
	pid_t pid = 0;

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	work_event_begin(&ev, attempt, token);
	state = attempt_look(l->k, attempt, token, &end, &ev.outputs, &pid);
	if (state == WORK_OVER) {
		event_end(l, &ev, &end);
		*ret_end = ev;
	} else if (state == WORK_RUNNING &&
	    !running_find(&l->running, attempt)) {
		running_attach(l, running_add(&l->running, attempt, token),
		    pid);
	}
	return state;
}

/* The spawner removes workspaces by itself.  The outputs are in the database
 * by now and may be secret. */
static void
local_forget(void *self, int64_t attempt)
{
	struct local *l = self;
	char name[48];

	ASSERT_MAGIC(l, LOCAL_MAGIC);
	snprintf(name, sizeof(name), "%" PRId64 "/exit", attempt);
	(void)unlinkat(l->k, name, 0);
	taken_forget(l->artifact, attempt);
}

static void
local_destroy(void *self)
{
	struct local *l = self;

	if (!l)
		return;
	ASSERT_MAGIC(l, LOCAL_MAGIC);
	spawner_close(&l->spawner);
	running_finish(&l->running);
	for (size_t i = 0; i < 6; i++) {
		int fd = (int[]){ l->events, l->epoll, l->wake, l->k,
			l->ws, l->artifact }[i];

		if (fd >= 0)
			close(fd);
	}
	free(l->hidden);
	l->magic = 0;
	free(l);
}

static const struct driver_ops local_ops = {
	.name = "local",
	.start = local_start,
	.cancel = local_cancel,
	.fd = local_fd,
	.next = local_next,
	.recover = local_recover,
	.forget = local_forget,
	.destroy = local_destroy,
};

/* --- creation -------------------------------------------------------------- */

static int
folder_open(const struct local *l, const char *name, struct err *e)
{
	char path[PATH_MAX];
	int fd = -1;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", l->data, name) <
		sizeof(path) &&
	    (mkdir(path, 0700) == 0 || errno == EEXIST))
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && local_is_root(l) &&
	    fchown(fd, l->options.server_uid, l->options.server_gid) < 0) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		err_sys(e, "cannot use folder '%s/%s'", l->data, name);
	return fd;
}

static bool
events_bind(struct local *l, struct err *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int room = (int)MIB(1);

	snprintf(at.sun_path, sizeof(at.sun_path),
	    "/proc/self/fd/%d/server.sock", l->k);
	(void)unlinkat(l->k, "server.sock", 0);
	l->events = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (l->events < 0 ||
	    bind(l->events, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    fchmodat(l->k, "server.sock", 0600, 0) < 0)
		return err_sys(e, "cannot make '%s/k/server.sock'", l->data);
	if (local_is_root(l) &&
	    fchownat(l->k, "server.sock", l->options.server_uid,
		l->options.server_gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(e, "cannot make '%s/k/server.sock'", l->data);
	(void)setsockopt(l->events, SOL_SOCKET, SO_RCVBUF, &room,
	    sizeof(room));
	return true;
}

/* The data folder and what was asked for; the strings are the caller's. */
static void
hidden_list(struct local *l)
{
	const char *const *more = l->options.hidden;
	size_t n = 0;

	while (more && more[n])
		n++;
	l->hidden = calloc(n + 2, sizeof(*l->hidden));
	ASSERT(l->hidden != NULL);
	l->hidden[0] = l->data;
	for (size_t i = 0; i < n; i++)
		l->hidden[i + 1] = more[i];
}

/*
 * Where no mount namespace puts the workspace before an attempt, the attempt
 * goes to it by its path, as a user who may pass through the data folder but
 * not read it.
 */
static bool
open_way(struct local *l, struct err *e)
{
	if (!local_is_root(l) ||
	    (l->spawner.layers & WIRE_LAYER_MOUNT) != 0)
		return true;
	if (chmod(l->data, 0711) < 0 || fchmod(l->ws, 0711) < 0)
		return err_sys(e, "cannot open the way to '%s/ws'", l->data);
	return true;
}

bool
local_create(const char *data_folder, const struct local_options *o,
    struct driver *ret, struct err *e)
{
	struct local *l = calloc(1, sizeof(*l));
	int fresh = -1;

	ASSERT(l != NULL);
	l->magic = LOCAL_MAGIC;
	l->options = *o;
	l->born = geteuid();
	l->k = l->ws = l->artifact = l->events = l->epoll = l->wake = -1;
	l->spawner.control = -1;
	if (!realpath(data_folder, l->data)) {
		err_sys(e, "cannot use data folder '%s'", data_folder);
		goto fail;
	}
	if (local_is_root(l) && (o->uid_first == 0 || o->uid_count == 0)) {
		err_set(e, ERR_CONFIG, "driver.uids",
		    "cannot start attempts as root: no range of user ids");
		goto fail;
	}
	hidden_list(l);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->epoll < 0 || l->wake < 0) {
		err_sys(e, "cannot watch the attempts");
		goto fail;
	}
	l->k = folder_open(l, "k", e);
	if (l->k < 0)
		goto fail;
	l->ws = folder_open(l, "ws", e);
	if (l->ws < 0)
		goto fail;
	l->artifact = folder_open(l, "artifact", e);
	fresh = folder_open(l, "artifact/new", e);
	if (fresh >= 0)
		close(fresh);
	if (l->artifact < 0 || fresh < 0 || !events_bind(l, e) ||
	    !epoll_watch(l, l->events, WATCH_EVENTS, e) ||
	    !epoll_watch(l, l->wake, WATCH_WAKE, e) ||
	    !spawner_begin(l, e) || !open_way(l, e))
		goto fail;
	*ret = (struct driver){ &local_ops, l };
	return true;
fail:
	local_destroy(l);
	return false;
}
