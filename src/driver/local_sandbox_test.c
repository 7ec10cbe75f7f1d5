/* SPDX-License-Identifier: MIT */
/*
 * What a hostile command tries inside the sandbox, and that each of it fails.
 * The probes are this program itself, run as a task with the argument "probe".
 */
#include "driver/local_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

/* --- the probes ------------------------------------------------------------ */

static const char *probe_data; /* the server's folder */
static pid_t probe_server;

static long
open_below(const char *name, int flags)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", probe_data, name);
	return open(path, flags | O_CLOEXEC);
}

static long
open_proc(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static long
p_database(void)
{
	return open_below("db", O_RDONLY);
}

static long
p_key(void)
{
	return open_below("key", O_RDONLY);
}

static long
p_keepers(void)
{
	return open_below("k", O_RDONLY);
}

static long
p_other_workspace(void)
{
	return open_below("ws/999", O_RDONLY);
}

static long
p_data_write(void)
{
	return open_below("x", O_WRONLY | O_CREAT);
}

static long
p_data_write_between(void)
{
	return open_below("ws/x", O_WRONLY | O_CREAT);
}

static long
p_control_socket(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%s/k/server.sock",
	    probe_data);
	return connect(s, (struct sockaddr *)&to, sizeof(to));
}

static long
p_server_environ(void)
{
	return open_proc(probe_server, "environ");
}

static long
p_server_mem(void)
{
	return open_proc(probe_server, "mem");
}

static long
p_first_mem(void)
{
	return open_proc(1, "mem");
}

static long
p_first_environ(void)
{
	return open_proc(1, "environ");
}

static long
p_first_root(void)
{
	return open("/proc/1/root/etc", O_RDONLY | O_CLOEXEC);
}

static long
p_kill_server(void)
{
	return kill(probe_server, SIGTERM);
}

static long
p_ptrace(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}

static long
p_process_vm(void)
{
	return syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0);
}

/* In a user namespace root has no number at all: EINVAL. */
static long
no_such_id(long r)
{
	if (r < 0 && errno == EINVAL)
		errno = EPERM;
	return r;
}

static long
p_setuid(void)
{
	return no_such_id(setuid(0));
}

static long
p_setgid(void)
{
	return no_such_id(setgid(0));
}

static long
p_chown(void)
{
	return no_such_id(chown(".", 0, 0));
}

static long
p_mount(void)
{
	return mount("x", "/mnt", "tmpfs", 0, NULL);
}

static long
p_umount(void)
{
	return umount2(probe_data, MNT_DETACH);
}

static long
p_chroot(void)
{
	return chroot(".");
}

static long
p_unshare_user(void)
{
	return unshare(CLONE_NEWUSER);
}

static long
p_clone_user(void)
{
	return syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
}

static long
p_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0);
}

static long
p_setns(void)
{
	return setns(0, 0);
}

static long
p_keyctl(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
	    KEY_SPEC_SESSION_KEYRING, 0);
}

static long
p_io_uring(void)
{
	return syscall(SYS_io_uring_setup, 1, NULL);
}

static long
p_bpf(void)
{
	return syscall(SYS_bpf, 0, NULL, 0);
}

static long
p_perf(void)
{
	return syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0);
}

static long
p_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, 0);
}

static long
p_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

static long
p_kexec(void)
{
	return syscall(SYS_kexec_load, 0, 0, NULL, 0);
}

static long
p_reboot(void)
{
	return reboot(0);
}

static long
p_swapon(void)
{
	return swapon("/dev/null", 0);
}

static long
p_cgroup(void)
{
	long fd = open("/sys/fs/cgroup/unified/cgroup.procs",
	    O_WRONLY | O_CLOEXEC);

	return fd >= 0 ? fd :
			 open("/sys/fs/cgroup/cgroup.procs",
			     O_WRONLY | O_CLOEXEC);
}

static long
p_sysctl(void)
{
	return open("/proc/sys/kernel/hostname", O_WRONLY | O_CLOEXEC);
}

static long
p_etc_write(void)
{
	return open("/etc/slipway-probe", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

static long
p_var_tmp_write(void)
{
	return open("/var/tmp/slipway-probe", O_WRONLY | O_CREAT | O_CLOEXEC,
	    0600);
}

static long
p_shadow(void)
{
	return open("/etc/shadow", O_RDONLY | O_CLOEXEC);
}

static long
p_shadow_link(void)
{
	return link("/etc/shadow", "shadow");
}

static long
p_device(void)
{
	return mknod("null", S_IFCHR | 0666, 0x103);
}

static long
p_core(void)
{
	struct rlimit core = { RLIM_INFINITY, RLIM_INFINITY };

	return setrlimit(RLIMIT_CORE, &core);
}

static long
p_priority(void)
{
	/* Above what it was started with, whatever that is. */
	const int now = getpriority(PRIO_PROCESS, 0);

	if (now <= -20) {
		errno = EPERM;
		return -1;
	}
	return setpriority(PRIO_PROCESS, 0, now - 1);
}

static long
p_clock(void)
{
	return clock_settime(CLOCK_REALTIME, &(struct timespec){ 0 });
}

static long
p_hostname(void)
{
	return sethostname("x", 1);
}

static long
p_raw_socket(void)
{
	return socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
}

static const struct probe {
	const char *name;
	long (*run)(void);
} probes[] = {
	{ "database", p_database },
	{ "key", p_key },
	{ "keepers", p_keepers },
	{ "other workspace", p_other_workspace },
	{ "data write", p_data_write },
	{ "data write between", p_data_write_between },
	{ "control socket", p_control_socket },
	{ "server environ", p_server_environ },
	{ "server mem", p_server_mem },
	{ "first mem", p_first_mem },
	{ "first environ", p_first_environ },
	{ "first root", p_first_root },
	{ "kill server", p_kill_server },
	{ "ptrace", p_ptrace },
	{ "process_vm", p_process_vm },
	{ "setuid", p_setuid },
	{ "setgid", p_setgid },
	{ "chown", p_chown },
	{ "mount", p_mount },
	{ "umount", p_umount },
	{ "chroot", p_chroot },
	{ "unshare", p_unshare_user },
	{ "clone", p_clone_user },
	{ "clone3", p_clone3 },
	{ "setns", p_setns },
	{ "keyctl", p_keyctl },
	{ "io_uring", p_io_uring },
	{ "bpf", p_bpf },
	{ "perf", p_perf },
	{ "userfaultfd", p_userfaultfd },
	{ "module", p_module },
	{ "kexec", p_kexec },
	{ "reboot", p_reboot },
	{ "swapon", p_swapon },
	{ "cgroup", p_cgroup },
	{ "sysctl", p_sysctl },
	{ "etc write", p_etc_write },
	{ "var tmp write", p_var_tmp_write },
	{ "shadow", p_shadow },
	{ "shadow link", p_shadow_link },
	{ "device", p_device },
	{ "core", p_core },
	{ "priority", p_priority },
	{ "clock", p_clock },
	{ "hostname", p_hostname },
	{ "raw socket", p_raw_socket },
};

static bool
errno_is_refusal(int error)
{
	return error == EPERM || error == EACCES || error == ENOENT ||
	    error == EROFS || error == ESRCH || error == ENOSYS ||
	    error == EXDEV;
}

/* In the sandbox: print every probe that was not refused. */
static int
probe_main(char **argv)
{
	probe_data = argv[2];
	probe_server = (pid_t)strtol(argv[3], NULL, 10);
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		long r;

		errno = 0;
		r = probes[i].run();
		if (r >= 0 || !errno_is_refusal(errno))
			dprintf(1, "%s: %ld, %s\n", probes[i].name, r,
			    strerror(errno));
	}
	dprintf(1, "end\n");
	_exit(0);
}

/* --- tests ----------------------------------------------------------------- */

static int
setup_with(void **state, void (*open_bench)(struct bench *b))
{
	static const char *const files[] = { "db", "key" };
	struct bench *b = calloc(1, sizeof(*b));
	char path[128];

	open_bench(b);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->data, files[i]);
		close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
	}
	snprintf(path, sizeof(path), "%s/ws/999", b->data);
	assert_return_code(mkdir(path, 0755), errno);
	*state = b;
	return 0;
}

static int
setup(void **state)
{
	return setup_with(state, bench_open);
}

static void
bench_open_outside_tmp(struct bench *b)
{
	snprintf(b->data, sizeof(b->data), "/var/tmp/slipway-driver-XXXXXX");
	assert_non_null(mkdtemp(b->data));
	bench_begin(b);
}

static int
setup_outside_tmp(void **state)
{
	return setup_with(state, bench_open_outside_tmp);
}

static int
teardown(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

static void
hostile_probes_fail(void **state)
{
	struct bench *b = *state;
	char self[128] = { 0 }, pid[16];
	const char *argv[] = { "./probe", "probe", b->data, pid, NULL };
	static const char *const env[] = { "ASAN_OPTIONS=detect_leaks=0",
		NULL };
	struct work_file file = { .name = "probe", .source = self };

	assert_true(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	for (int s = SANDBOX_DEFAULT; s <= SANDBOX_STRICT; s++)
		bench_expect(b,
		    &(struct job){ .argv = argv,
			.env = env,
			.files = &file,
			.nfiles = 1,
			.sandbox = (enum sandbox)s },
		    "end\n");
}

static void
layers_are_reported(void **state)
{
	const unsigned want = WIRE_LAYER_PID | WIRE_LAYER_MOUNT |
	    WIRE_LAYER_IPC | WIRE_LAYER_NO_NEW_PRIVS | WIRE_LAYER_LANDLOCK |
	    WIRE_LAYER_SECCOMP |
	    (bench_is_root() ? WIRE_LAYER_UID : WIRE_LAYER_USER);
	struct bench *b = *state;
	struct job j = { .script = "true", .sandbox = SANDBOX_DEFAULT };

	if ((local_layers(&b->driver) & want) != want)
		skip();
	assert_int_equal(bench_run(b, &j).layers, want);
	j.sandbox = SANDBOX_STRICT;
	assert_int_equal(bench_run(b, &j).layers, want | WIRE_LAYER_NET);
}

static void
ordinary_things_work(void **state)
{
	static const char *const scripts[] = {
		"echo x > file && cat file",
		"echo x > /tmp/file && cat /tmp/file",
		"f=$(mktemp) && echo x > \"$f\" && cat \"$f\"",
		"echo x > /dev/shm/file && cat /dev/shm/file",
		"echo y > /dev/null; echo x",
		"echo x > /dev/stdout",
		"echo x > /dev/stderr",
		"mkdir -p a/b && mv a/b c && ls -d c > /dev/null && echo x",
		"ln -s file l && echo x > file && cat l && rm l",
		"bash -c 'cat <(echo x)'",
		"sh -c 'sleep 0.01 & wait' && echo x",
		"[ \"$(pwd)\" = \"$HOME\" ] && echo x",
		"[ \"$(stat -c %a .)\" = 700 ] && echo x",
		"[ -r /proc/self/status ] && echo x",
		"[ \"$(ls /proc | grep -c '^[0-9]')\" -lt 9 ] && echo x",
		"cd \"$SLIPWAY_WORKSPACE\" && touch y && echo x",
		"head -c 4 /dev/urandom > r && echo x",
		"[ \"$(umask)\" = 0077 ] && echo x",
		"perl -e 'print \"x\\n\"'",
	};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++)
		bench_expect(*state,
		    &(struct job){ .script = scripts[i],
			.sandbox = SANDBOX_DEFAULT },
		    "x\n");
}

static void
kill_everybody_hurts_nobody(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "kill -9 -1; echo alone; exit 2",
		.sandbox = SANDBOX_DEFAULT });

	/* we are here; and the command's own end is recorded */
	assert_int_equal(ev.reason, WORK_EXITED);
	assert_int_equal(ev.code, 2);
}

static void
strict_has_no_network(void **state)
{
	static const char script[] =
	    "wc -l < /proc/net/dev; grep -c . /proc/net/route";

	bench_expect(*state,
	    &(struct job){ .script = script, .sandbox = SANDBOX_STRICT },
	    "3\n0\n");
}

static void
each_attempt_has_its_own_uid(void **state)
{
	struct work_event one, two;
	char *a, *c;

	if (!bench_is_root())
		skip();
	for (int s = SANDBOX_NONE; s <= SANDBOX_DEFAULT; s++) {
		struct job j = { .script = "id -u; id -g; id -G",
			.sandbox = (enum sandbox)s };

		one = bench_run(*state, &j);
		two = bench_run(*state, &j);
		a = bench_log(*state, one.attempt);
		c = bench_log(*state, two.attempt);
		assert_string_not_equal(a, c);
		assert_in_range(strtol(a, NULL, 10), bench_uid(),
		    bench_uid() + TEST_UIDS - 1);
		free(a);
		free(c);
	}
}

static void
none_cannot_read_the_server_either(void **state)
{
	struct bench *b = *state;
	char script[512];

	if (!bench_is_root())
		skip();
	snprintf(script, sizeof(script),
	    "cat %s/db 2>/dev/null; ls %s/k 2>/dev/null; "
	    "echo x > \"$HOME/f\" && cat \"$HOME/f\"",
	    b->data, b->data);
	bench_expect(b, &(struct job){ .script = script }, "x\n");
}

static void
volume_of_root_is_refused(void **state)
{
	struct bench *b = *state;
	static const char *const volumes[] = { "/etc", NULL };
	static const char *const argv[] = { "/bin/true", NULL };
	struct work w = { .attempt = ++b->last,
		.token = 1,
		.argv = argv,
		.volumes = volumes };
	struct err e;

	if (!bench_is_root())
		skip();
	assert_false(b->driver.ops->start(b->driver.self, &w, &e));
	assert_string_equal(e.code, "driver.volume_root");
}

/* Root's, but open to everybody: a uid of its own will do. */
static void
volume_for_everybody_is_used(void **state)
{
	struct bench *b = *state;
	char volume[] = "/var/tmp/slipway-volume-XXXXXX", script[256];
	const char *const volumes[] = { volume, NULL };

	if (!bench_is_root())
		skip();
	assert_non_null(mkdtemp(volume));
	assert_int_equal(chmod(volume, 01777), 0);
	snprintf(script, sizeof(script),
	    "[ $(id -u) != 0 ] && echo x >%s/f && cat %s/f", volume, volume);
	bench_expect(b,
	    &(struct job){ .script = script, .volumes = volumes }, "x\n");
	assert_true(file_remove_tree(AT_FDCWD, volume, NULL));
}

static void
processes_are_limited(void **state)
{
	struct work_event ev = bench_run(*state,
	    &(struct job){ .script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do "
				     "sleep 5 & done; exit 0",
		.sandbox = SANDBOX_DEFAULT,
		.processes = 8 });

	assert_int_equal(ev.reason, WORK_EXITED);
	assert_int_equal(ev.code, 2);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_probes_fail),
		cmocka_unit_test(layers_are_reported),
		cmocka_unit_test(ordinary_things_work),
		cmocka_unit_test(kill_everybody_hurts_nobody),
		cmocka_unit_test(strict_has_no_network),
		cmocka_unit_test(each_attempt_has_its_own_uid),
		cmocka_unit_test(none_cannot_read_the_server_either),
		cmocka_unit_test(volume_of_root_is_refused),
		cmocka_unit_test(volume_for_everybody_is_used),
		cmocka_unit_test(processes_are_limited),
	};
	int failed;

	if (argc == 4 && strcmp(argv[1], "probe") == 0)
		return probe_main(argv);
	failed = cmocka_run_group_tests_name("in /tmp", tests, setup, teardown);
	return failed +
	    cmocka_run_group_tests_name("in /var/tmp", tests,
		setup_outside_tmp, teardown);
}
