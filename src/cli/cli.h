/* SPDX-License-Identifier: MIT */
/*
 * cli.h: the command line: a thin client of the API.
 *
 * A verb is an operation of spec/ops.c by its canonical `noun verb` or by an
 * alias (alias.c); request types and tasks of the team's folder become flags
 * of `request NAME` and `run TASK` (form.c).  To change what a verb takes,
 * change op->cli; to give it a page of its own, add a printer to show.c.
 *
 *	argv.c flag.c local.c alias.c form.c	words and flags
 *	session.c login.c term.c		connection, terminal
 *	ask.c audit.c evidence.c wait.c decide.c follow.c verbs.c	verbs that do more than call
 *	show*.c table.c text.c clean.c		what people see
 *	help.c manual.c completion.c		from the same tables
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Every verb that the caller does not handle itself; the exit code. */
int cli_main(int argc, char **argv);

#endif
