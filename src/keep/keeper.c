/* SPDX-License-Identifier: MIT */
#include "keep/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "keep/artifact.h"
#include "keep/drain.h"
#include "keep/first.h"
#include "keep/home.h"
#include "keep/spec.h"
#include "keep/tree.h"
#include "keep/workspace.h"

#define NEVER INT64_MAX
#define START_LIMIT_MS 30000  /* from fork to exec */
#define KILL_LIMIT_MS 5000    /* from KILL to "unkillable" */
#define GROUP_LIMIT_MS 200    /* from the end to the kill of the group */
#define MEMORY_PERIOD_MS 250
#define RETELL_PERIOD_MS 50

enum state {
	STATE_START, /* until exec */
	STATE_RUN,
	STATE_TERM, /* TERM was sent, the grace runs */
	STATE_KILL, /* KILL was sent */
	STATE_END,  /* the command is over, the rest is being killed */
	STATE_OVER
};

enum event {
	EVENT_STARTED,
	EVENT_FAILED, /* to start */
	EVENT_ENDED,  /* the command */
	EVENT_GONE,   /* the first process, and so the whole tree */
	EVENT_CANCEL,
	EVENT_LATE, /* the deadline of the state has passed */
	EVENT_MEMORY,
	EVENTS
};

struct keeper {
	const struct keeper_setup *setup;
	struct wire_start start;
	struct spec spec;
	struct home home;
	struct drain drain;
	struct wire_exit end;
	struct first_report report; /* the last one */
	struct wire_control control; /* the last one */
	enum state state;
	int64_t begun, deadline; /* boot ms */
	int64_t next_look;	 /* at the memory, NEVER without a limit */
	unsigned layers;
	int workspace; /* the folder */
	int reports;   /* read end */
	int first;     /* pidfd */
	int group;
	pid_t pid; /* of the first process */
	bool started, started_told;
};

/* --- actions --------------------------------------------------------------- */

static bool
keeper_tell(struct keeper *k, enum wire_kind kind)
{
	struct wire_event e = { .version = WIRE_VERSION,
		.kind = kind,
		.attempt = k->start.attempt,
		.token = k->start.token,
		.pid = getpid(),
		.layers = k->layers,
		.end = k->end };

	return home_tell(&k->home, &e);
}

static void
first_signal(const struct keeper *k, int signal)
{
	(void)syscall(SYS_pidfd_send_signal, k->first, signal, NULL, 0);
}

static void
deadline_set(struct keeper *k, int64_t ms)
{
	k->deadline = clock_boot_ms() + ms;
}

static void
do_run(struct keeper *k)
{
	uint64_t timeout = k->spec.numbers.timeout_ms;

	k->started = true;
	k->started_told = keeper_tell(k, WIRE_STARTED);
	k->deadline = timeout ? k->begun + (int64_t)timeout : NEVER;
}

/* It was asked to end before it began; it began all the same. */
static void
do_note(struct keeper *k)
{
	k->started = true;
	k->started_told = keeper_tell(k, WIRE_STARTED);
}

static void
do_fail(struct keeper *k)
{
	k->end.reason = WIRE_END_SPAWN_FAILED;
	k->end.error = k->report.value;
	memcpy(k->end.stage, k->report.stage, sizeof(k->end.stage));
	deadline_set(k, KILL_LIMIT_MS);
}

/* The first reason stands: a command that ends because it was told to has
 * been cancelled, whatever code it gives. */
static void
reason_set(struct keeper *k, enum wire_reason reason)
{
	if (k->end.reason == 0)
		k->end.reason = reason;
}

static void
do_end(struct keeper *k)
{
	int status = k->report.value;

	if (WIFEXITED(status)) {
		k->end.code = WEXITSTATUS(status);
		reason_set(k, WIRE_END_EXITED);
	} else {
		k->end.signal = WTERMSIG(status);
		reason_set(k, WIRE_END_SIGNALLED);
	}
	deadline_set(k, k->group >= 0 ? GROUP_LIMIT_MS : KILL_LIMIT_MS);
}

static void
act_as_server(const struct keeper *k)
{
	identity_act_as(k->setup->sandbox.root, k->setup->server_uid,
	    k->setup->server_gid);
}

static void
act_as_root(const struct keeper *k)
{
	identity_act_as(k->setup->sandbox.root, 0, 0);
}

/* The group is root's, where there is a root. */
static void
group_kill(struct keeper *k)
{
	if (k->group < 0)
		return;
	act_as_root(k);
	cgroup_kill(k->group);
	act_as_server(k);
}

static bool
group_ran_out(struct keeper *k)
{
	bool ran_out;

	if (k->group < 0 || k->spec.numbers.memory_bytes == 0)
		return false;
	act_as_root(k);
	ran_out = cgroup_ran_out(k->group);
	act_as_server(k);
	return ran_out;
}

static void
kill_now(struct keeper *k)
{
	group_kill(k);
	first_signal(k, k->layers & WIRE_LAYER_PID ? SIGKILL : SIGUSR1);
	deadline_set(k, KILL_LIMIT_MS);
}

static void
term_or_kill(struct keeper *k, uint32_t grace_ms)
{
	if (grace_ms == 0) {
		k->state = STATE_KILL;
		kill_now(k);
		return;
	}
	first_signal(k, SIGTERM);
	deadline_set(k, grace_ms);
}

static void
do_cancel(struct keeper *k)
{
	reason_set(k, WIRE_END_CANCELLED);
	term_or_kill(k, k->control.grace_ms);
}

/* A second order can only make it shorter. */
static void
do_hurry(struct keeper *k)
{
	int64_t until = clock_boot_ms() + k->control.grace_ms;

	if (until < k->deadline)
		k->deadline = until;
}

static void
do_late(struct keeper *k)
{
	reason_set(k, WIRE_END_TIMEOUT);
	term_or_kill(k, k->spec.numbers.grace_ms);
}

static void
do_drop(struct keeper *k)
{
	k->report.value = ETIMEDOUT;
	snprintf(k->report.stage, sizeof(k->report.stage), "start");
	do_fail(k);
	kill_now(k);
}

static void
do_kill(struct keeper *k)
{
	kill_now(k);
}

static void
do_memory(struct keeper *k)
{
	reason_set(k, WIRE_END_MEMORY);
	kill_now(k);
}

static void
do_stuck(struct keeper *k)
{
	k->end.reason = WIRE_END_UNKILLABLE;
}

/* The first process never goes before its report but by a KILL. */
static void
do_lose(struct keeper *k)
{
	if (k->end.code < 0 && k->end.signal == 0)
		k->end.signal = SIGKILL;
	reason_set(k, WIRE_END_SIGNALLED);
}

static void
do_close(struct keeper *k)
{
	(void)k;
}

static const struct cell {
	void (*act)(struct keeper *k);
	enum state next;
} table[EVENTS][STATE_OVER] = {
#define ON(event, ...) [EVENT_##event] = { __VA_ARGS__ }
#define C(action, state) { do_##action, STATE_##state }
#define NO { NULL, STATE_OVER } /* it does not matter any more */
	/* clang-format off */
	/* event   START          RUN             TERM            KILL           END */
	ON(STARTED, C(run, RUN),   NO,             C(note, TERM),  NO,            NO),
	ON(FAILED,  C(fail, END),  C(fail, END),   C(fail, END),   NO,            NO),
	ON(ENDED,   C(end, END),   C(end, END),    C(end, END),    C(end, KILL),  NO),
	ON(GONE,    C(lose, OVER), C(lose, OVER),  C(lose, OVER),  C(lose, OVER), C(close, OVER)),
	ON(CANCEL,  C(cancel, TERM),C(cancel, TERM),C(hurry, TERM), NO,            NO),
	ON(LATE,    C(drop, KILL), C(late, TERM),  C(kill, KILL),  C(stuck, OVER),C(kill, KILL)),
	ON(MEMORY,  NO,            C(memory, KILL),C(memory, KILL),NO,            NO),
	/* clang-format on */
#undef ON
#undef C
#undef NO
};

/* The next state stands before the action, which may go one further. */
static void
keeper_event(struct keeper *k, enum event e)
{
	const struct cell *c;

	if (k->state == STATE_OVER)
		return;
	c = &table[e][k->state];
	if (!c->act)
		return;
	k->state = c->next;
	c->act(k);
}

/* --- what happens ---------------------------------------------------------- */

static void
reports_read(struct keeper *k)
{
	static const enum event events[] = { [FIRST_STARTED] = EVENT_STARTED,
		[FIRST_FAILED] = EVENT_FAILED,
		[FIRST_ENDED] = EVENT_ENDED };
	ssize_t n;

	while (k->reports >= 0) {
		n = read(k->reports, &k->report, sizeof(k->report));
		if (n == sizeof(k->report)) {
			keeper_event(k, events[k->report.kind]);
		} else if (n < 0 && errno == EAGAIN) {
			return;
		} else if (n >= 0 || errno != EINTR) {
			close(k->reports);
			k->reports = -1;
		}
	}
}

static void
orders_read(struct keeper *k)
{
	while (home_next(&k->home, &k->control)) {
		if (k->control.version == WIRE_VERSION &&
		    k->control.order == WIRE_CANCEL &&
		    k->control.attempt == k->start.attempt &&
		    k->control.token == k->start.token)
			keeper_event(k, EVENT_CANCEL);
	}
}

/* Its end is the end of the tree where it was process 1.  Elsewhere it has
 * killed the tree; if somebody killed it first, the orphans are ours. */
static void
first_reap(struct keeper *k)
{
	(void)waitpid(k->pid, NULL, 0);
	close(k->first);
	k->first = -1;
	reports_read(k);
	keeper_event(k, EVENT_GONE);
	group_kill(k);
	if (!tree_kill(KILL_LIMIT_MS))
		do_stuck(k);
}

static void
memory_look(struct keeper *k)
{
	if (tree_memory(getpid()) > k->spec.numbers.memory_bytes)
		keeper_event(k, EVENT_MEMORY);
}

static void
timers_check(struct keeper *k)
{
	int64_t now = clock_boot_ms();

	if (now >= k->deadline) {
		k->deadline = NEVER;
		keeper_event(k, EVENT_LATE);
	}
	if (now >= k->next_look) {
		k->next_look = now + MEMORY_PERIOD_MS;
		memory_look(k);
	}
	if (k->started && !k->started_told)
		k->started_told = keeper_tell(k, WIRE_STARTED);
}

/* How long to sleep.  poll counts no suspend: look again each minute. */
static int
timers_next(const struct keeper *k)
{
	int64_t next = k->deadline < k->next_look ? k->deadline : k->next_look;
	int64_t ms = 60000;

	if (next != NEVER) {
		int64_t left = next - clock_boot_ms();

		ms = left < 0 ? 0 : left < ms ? left : ms;
	}
	if (k->started && !k->started_told && ms > RETELL_PERIOD_MS)
		ms = RETELL_PERIOD_MS;
	return (int)ms;
}

static void
keeper_watch(struct keeper *k)
{
	enum { OUT, ERR, REPORTS, FIRST, ORDERS, FDS };

	while (k->state != STATE_OVER) {
		struct pollfd fds[FDS] = {
			[OUT] = { k->drain.pipe[DRAIN_OUT], POLLIN, 0 },
			[ERR] = { k->drain.pipe[DRAIN_ERR], POLLIN, 0 },
			[REPORTS] = { k->reports, POLLIN, 0 },
			[FIRST] = { k->first, POLLIN, 0 },
			[ORDERS] = { k->home.sock, POLLIN, 0 },
		};

		if (poll(fds, FDS, timers_next(k)) < 0)
			continue;
		if (fds[OUT].revents)
			(void)drain_read(&k->drain, DRAIN_OUT);
		if (fds[ERR].revents)
			(void)drain_read(&k->drain, DRAIN_ERR);
		if (fds[REPORTS].revents)
			reports_read(k);
		if (fds[ORDERS].revents)
			orders_read(k);
		if (fds[FIRST].revents)
			first_reap(k);
		timers_check(k);
	}
}

/* --- start and end --------------------------------------------------------- */

/* Nothing was started and nothing is recorded: only the spawner can tell. */
_Noreturn static void
keeper_refuse(int error)
{
	_exit(KEEPER_REFUSED + (error > 0 && error < 150 ? error : EIO));
}

static void
spec_load(struct keeper *k, int fd)
{
	struct wire_numbers *n = &k->spec.numbers;
	/* one more byte of zeroes than the file has: the last string ends */
	char *bytes = mmap(NULL, (size_t)k->start.size + 1,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	if (bytes == MAP_FAILED)
		keeper_refuse(errno);
	close(fd);
	if (!spec_parse(&k->spec, bytes, k->start.size))
		keeper_refuse(EINVAL);
	if (!k->setup->sandbox.root) {
		n->uid = geteuid();
		n->gid = getegid();
	} else if (n->uid == 0 && n->sandbox != WIRE_SANDBOX_NONE) {
		keeper_refuse(EPERM);
	}
	k->layers = sandbox_layers(&k->setup->sandbox, n);
}

/* A group where it does something: limits, or the tree of a command that no
 * PID namespace holds. */
static void
group_make(struct keeper *k)
{
	const struct wire_numbers *n = &k->spec.numbers;
	const struct cgroup *c = &k->setup->cgroup;
	bool limits = (n->memory_bytes && c->memory) ||
	    (n->processes && c->pids);

	k->group = -1;
	k->next_look = NEVER;
	act_as_root(k);
	if (limits || !(k->layers & WIRE_LAYER_PID))
		k->group = cgroup_make(c, k->start.attempt, n->memory_bytes,
		    n->processes);
	if (k->group >= 0 && limits)
		k->layers |= WIRE_LAYER_CGROUP;
	if (n->memory_bytes && !(k->group >= 0 && c->memory))
		k->next_look = clock_boot_ms() + MEMORY_PERIOD_MS;
}

static pid_t
first_clone(struct keeper *k, const struct first *f)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD | sandbox_clone_flags(k->layers),
		.pidfd = (uintptr_t)&k->first,
		.exit_signal = SIGCHLD
	};

	if (k->group >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned)k->group;
	}

	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));

	if (pid == 0) {
		act_as_root(k);
		first_run(f);
	}
	return pid;
}

/* Pipes belong to the attempt, so that it may open /dev/stdout. */
static bool
pipes_make(int out[2], int err[2], int reports[2])
{
	return pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0 &&
	    pipe2(reports, O_CLOEXEC) == 0 &&
	    fcntl(out[0], F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(err[0], F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(reports[0], F_SETFL, O_NONBLOCK) == 0;
}

static bool
keeper_start(struct keeper *k, const char **ret_stage)
{
	bool root = k->setup->sandbox.root;
	int out[2], err[2], reports[2];

	if (!workspace_make(&k->spec, root, &k->workspace, ret_stage))
		return false;
	*ret_stage = "artifacts";
	act_as_server(k);
	if (!artifacts_prepare(&k->spec))
		return false;
	identity_act_as(root, k->spec.numbers.uid, k->spec.numbers.gid);
	*ret_stage = "pipe";
	if (!pipes_make(out, err, reports))
		return false;
	k->reports = reports[0];
	*ret_stage = "memory";
	if (!drain_open(&k->drain, k->home.log, (int[]){ out[0], err[0] },
		k->spec.secrets, k->spec.nsecrets, k->spec.numbers.output_cap))
		return false;

	struct first f = { .sandbox = &k->setup->sandbox,
		.spec = &k->spec,
		.layers = k->layers,
		.out = out[1],
		.err = err[1],
		.report = reports[1],
		.close = { out[0], err[0], reports[0], k->home.log,
		    k->home.record, k->home.sock, k->workspace, -1 } };

	*ret_stage = "fork";
	act_as_root(k);
	k->pid = first_clone(k, &f);
	if (k->pid < 0)
		return false;
	close(out[1]);
	close(err[1]);
	close(reports[1]);
	deadline_set(k, START_LIMIT_MS);
	return true;
}

static int
outputs_take(struct keeper *k)
{
	bool cut;
	int fd;

	if (!k->started)
		return -1;
	identity_act_as(k->setup->sandbox.root, k->spec.numbers.uid,
	    k->spec.numbers.gid);
	fd = workspace_outputs(k->workspace, k->spec.numbers.uid,
	    &k->end.outputs_bytes, &cut);
	k->end.outputs_cut = cut;
	return fd;
}

static void
end_fill(struct keeper *k)
{
	struct wire_exit *end = &k->end;

	if (end->reason != WIRE_END_UNKILLABLE && group_ran_out(k))
		end->reason = WIRE_END_MEMORY;
	if (end->reason == WIRE_END_MEMORY && k->next_look != NEVER)
		drain_note(&k->drain, "slipway: the memory limit was passed; "
				      "it is sampled here, not enforced\n");
	end->layers = k->layers;
	end->ended_ms = clock_wall_ms();
	end->duration_ms = clock_boot_ms() - k->begun;
	end->log_bytes = k->drain.size;
	end->log_dropped = drain_dropped(&k->drain);
}

/* What the command leaves behind, when it ended well. */
static void
left_take(struct keeper *k)
{
	const struct artifact_who who = { k->setup->sandbox.root,
		k->setup->server_uid, k->setup->server_gid };

	if (k->started && k->end.reason == WIRE_END_EXITED && k->end.code == 0)
		artifacts_take(&k->spec, k->workspace, k->start.attempt, &who);
}

/* Record, tell, clean up: in this order, so that a death between two of them
 * costs a folder and no result. */
_Noreturn static void
keeper_finish(struct keeper *k)
{
	bool recorded, told;
	int outputs = outputs_take(k);

	act_as_server(k);
	end_fill(k);
	left_take(k);
	recorded = home_record(&k->home, &k->end, outputs);
	told = keeper_tell(k, WIRE_EXITED);
	act_as_root(k);
	if (getppid() != k->setup->spawner &&
	    !(k->start.flags & WIRE_KEEP_WORKSPACE))
		workspace_remove(k->spec.workspace);
	cgroup_remove(&k->setup->cgroup, k->group, k->start.attempt);
	act_as_server(k);
	told = told || keeper_tell(k, WIRE_EXITED);
	home_close(&k->home);
	_exit(told ? KEEPER_TOLD : recorded ? KEEPER_UNTOLD : EXIT_FAILURE);
}

void
keeper_run(const struct keeper_setup *setup, const struct wire_start *start,
    int spec)
{
	struct keeper k = { .setup = setup,
		.start = *start,
		.begun = clock_boot_ms(),
		.deadline = NEVER,
		.workspace = -1 };
	const char *stage = "";

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	spec_load(&k, spec);
	group_make(&k);
	act_as_server(&k);
	switch (home_claim(&k.home, start->attempt)) {
	case HOME_FENCED:
		_exit(KEEPER_TOLD);
	case HOME_FAILED:
		keeper_refuse(errno);
	case HOME_MINE:
		break;
	}
	k.end = (struct wire_exit){ .version = WIRE_VERSION,
		.code = -1,
		.attempt = start->attempt,
		.token = start->token,
		.started_ms = clock_wall_ms() };
	if (!keeper_start(&k, &stage)) {
		k.end.reason = WIRE_END_SPAWN_FAILED;
		k.end.error = errno;
		snprintf(k.end.stage, sizeof(k.end.stage), "%s", stage);
		keeper_finish(&k);
	}
	act_as_server(&k);
	keeper_watch(&k);
	drain_finish(&k.drain);
	keeper_finish(&k);
}
