/* SPDX-License-Identifier: MIT */
/*
 * spawner.h: the program `keep`: forks keepers.
 *
 *	keep CONTROL_FD DATA_FOLDER SERVER_UID SERVER_GID
 *
 * CONTROL_FD is the SEQPACKET socket to the server, DATA_FOLDER holds k/ and
 * ws/.  Started as root it stays root, for keepers need it to become somebody
 * else; uid and gid are then those of the server, who owns the files.  Else
 * they are its own.
 *
 * One thread, one poll: starts come in, keepers are forked (a fork of a small
 * static program, not an exec), their ends are collected, and what a keeper
 * could not tell itself is told (wire.h).  The end of the socket means that
 * the server is gone: the spawner goes at once, keepers live on.
 *
 * Workspaces are removed by a child of low priority, when nothing has happened
 * for a second, or they are many or old: on ext4 an inode is not used again
 * for five seconds and everybody who makes a file looks past it, so removing
 * in between the starts would double the cost of each.  What an earlier
 * spawner left is found at the start.
 */
#ifndef KEEP_SPAWNER_H
#define KEEP_SPAWNER_H

/* Returns the exit code: 0 after the server went, 2 for wrong arguments, 1
 * when it cannot work. */
int spawner_main(int argc, char **argv);

#endif
