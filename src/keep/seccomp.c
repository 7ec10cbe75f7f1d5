/* SPDX-License-Identifier: MIT */
#include "keep/seccomp.h"

#include <asm/unistd.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/check.h"

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#define FOREIGN_BIT 0x40000000U /* x32 */
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#define FOREIGN_BIT 0x80000000U
#else
#error "seccomp.c: name the audit architecture of this machine"
#endif

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* Sorted by what they would reach. */
static const uint32_t denied[] = {
	/* other processes */
	__NR_ptrace,
	__NR_process_vm_readv,
	__NR_process_vm_writev,
	__NR_kcmp,
	__NR_pidfd_getfd,
	/* mounts and namespaces */
	__NR_mount,
	__NR_umount2,
	__NR_pivot_root,
	__NR_chroot,
	__NR_open_tree,
	__NR_move_mount,
	__NR_fsopen,
	__NR_fsconfig,
	__NR_fsmount,
	__NR_fspick,
	__NR_mount_setattr,
	__NR_unshare,
	__NR_setns,
	/* keys that namespaces do not separate */
	__NR_add_key,
	__NR_request_key,
	__NR_keyctl,
	/* large and rarely needed parts of the kernel */
	__NR_bpf,
	__NR_perf_event_open,
	__NR_userfaultfd,
	__NR_io_uring_setup,
	__NR_io_uring_enter,
	__NR_io_uring_register,
	__NR_fanotify_init,
	__NR_open_by_handle_at,
	__NR_lookup_dcookie,
	/* the machine */
	__NR_kexec_load,
	__NR_kexec_file_load,
	__NR_init_module,
	__NR_finit_module,
	__NR_delete_module,
	__NR_reboot,
	__NR_swapon,
	__NR_swapoff,
	__NR_acct,
	__NR_quotactl,
	__NR_syslog,
	__NR_vhangup,
	__NR_settimeofday,
	__NR_clock_settime,
	__NR_clock_adjtime,
	__NR_adjtimex,
	__NR_sethostname,
	__NR_setdomainname,
#if defined(__x86_64__)
	__NR_iopl,
	__NR_ioperm,
	__NR_uselib,
	__NR_ustat,
	__NR_sysfs,
#endif
};

#define NAMESPACES                                                             \
	((uint32_t)CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |              \
	    CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET |       \
	    CLONE_NEWTIME)

#define LOAD(field)                                                            \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,                                     \
	    (uint32_t)offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define EQUAL(value, yes, no)                                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define ANY_BIT(value, yes, no)                                                \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (value), (yes), (no))

#define DENY (SECCOMP_RET_ERRNO | EPERM)
#define ABSENT (SECCOMP_RET_ERRNO | ENOSYS)

bool
seccomp_install(void)
{
	static const struct sock_filter head[] = {
		LOAD(arch),
		EQUAL(OWN_ARCH, 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ANY_BIT(FOREIGN_BIT, 0, 1),
		ANSWER(ABSENT),
		EQUAL(__NR_clone3, 0, 1),
		ANSWER(ABSENT),
		EQUAL(__NR_clone, 0, 4),
		LOAD(args[0]),
		ANY_BIT(NAMESPACES, 0, 1),
		ANSWER(DENY),
		ANSWER(SECCOMP_RET_ALLOW),
		EQUAL(__NR_ioctl, 0, 5),
		LOAD(args[1]),
		EQUAL(TIOCSTI, 1, 0),
		EQUAL(TIOCLINUX, 0, 1),
		ANSWER(DENY),
		ANSWER(SECCOMP_RET_ALLOW),
	};
	struct sock_filter code[ARRAY_SIZE(head) + ARRAY_SIZE(denied) + 2];
	size_t n = 0, many = ARRAY_SIZE(denied);

	for (size_t i = 0; i < ARRAY_SIZE(head); i++)
		code[n++] = head[i];
	for (size_t i = 0; i < many; i++)
		code[n++] = (struct sock_filter)EQUAL(denied[i],
		    (uint8_t)(many - i), 0);
	code[n++] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)ANSWER(DENY);

	struct sock_fprog program = { .len = (unsigned short)n,
		.filter = code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
