/* SPDX-License-Identifier: MIT */
#include "sys/confine.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#error "confine.c: name the audit architecture of this machine"
#endif

enum { NOBODY = 65534 };

static const uint32_t allowed[] = {
	__NR_read,
	__NR_write,
	__NR_readv,
	__NR_writev,
	__NR_close,
	__NR_ppoll,
	__NR_pipe2,
	__NR_brk,
	__NR_mmap,
	__NR_munmap,
	__NR_mremap,
	__NR_mprotect,
	__NR_madvise,
	__NR_futex,
	__NR_clone,
	__NR_wait4,
	__NR_kill,
	__NR_tgkill,
	__NR_getpid,
	__NR_gettid,
	__NR_exit,
	__NR_exit_group,
	__NR_setitimer,
	__NR_clock_gettime,
	__NR_gettimeofday,
	__NR_getrandom,
	__NR_rt_sigaction,
	__NR_rt_sigprocmask,
	__NR_rt_sigreturn,
	__NR_sigaltstack,
	__NR_sched_yield,
	__NR_set_robust_list,
	__NR_rseq,
	__NR_restart_syscall,
#if defined(__x86_64__)
	__NR_poll,
	__NR_time,
#endif
};

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (uint32_t)offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define EQUAL(value, yes, no)                                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))

static bool
confine_calls(void)
{
	struct sock_filter code[ARRAY_SIZE(allowed) + 6];
	size_t n = 0, many = ARRAY_SIZE(allowed);

	code[n++] = (struct sock_filter)LOAD(arch);
	code[n++] = (struct sock_filter)EQUAL(OWN_ARCH, 1, 0);
	code[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_KILL_PROCESS);
	code[n++] = (struct sock_filter)LOAD(nr);
	for (size_t i = 0; i < many; i++)
		code[n++] = (struct sock_filter)EQUAL(allowed[i],
		    (uint8_t)(many - i), 0);
	code[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);

	struct sock_fprog program = { .len = (unsigned short)n,
		.filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

bool
confine_to_computing(struct err *e)
{
	const struct rlimit none = { 0, 0 };

	if (geteuid() == 0 && (setresgid(NOBODY, NOBODY, NOBODY) != 0 ||
				  setresuid(NOBODY, NOBODY, NOBODY) != 0))
		return err_sys(e, "cannot leave uid 0");
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !confine_calls())
		return err_sys(e, "cannot give up the system's calls");
	return true;
}
