/* SPDX-License-Identifier: MIT */
/*
 * spawn_floor.c: the least that running commands costs: posix_spawn of
 * /bin/true, so many in flight, nothing written down.  What a bench of steps
 * is held against.
 *
 *	cc -O2 -o spawn_floor bench/spawn_floor.c
 *	./spawn_floor 1000 8
 *
 * Prints the seconds it took.
 */
#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

static char *const command[] = { "/bin/true", NULL };
static char *const nothing[] = { NULL };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000;
	long most = argc > 2 ? atol(argv[2]) : 8;
	long begun = 0, ended = 0;
	double start = now();
	int status;

	while (ended < n) {
		if (begun < n && begun - ended < most) {
			pid_t pid;

			errno = posix_spawn(&pid, command[0], NULL, NULL,
			    command, nothing);
			if (errno != 0)
				err(1, "posix_spawn");
			begun++;
			continue;
		}
		if (waitpid(-1, &status, 0) < 0)
			err(1, "waitpid");
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			errx(1, "%s failed", command[0]);
		ended++;
	}
	printf("%.6f\n", now() - start);
	return 0;
}
