/* SPDX-License-Identifier: MIT */
/*
 * jq.h: run the jq programs that a team writes into when:.
 *
 * libjq has no limits of its own, so the programs run in a helper: this very
 * program started as `slipway jq-helper` (role/jq_helper.c) with an empty
 * environment, no files and few system calls.  It compiles each program once
 * and forks for each question; the child is killed after JQ_CPU_MS of
 * processor time.  Whoever never writes jq never has the helper: it is
 * started by the first question, and again when it died.
 *
 * Blocks for as long as the question takes: about half a millisecond, 20 ms
 * for a program that is new, JQ_WAIT_MS at the worst.  Any thread; one
 * question at a time.
 */
#ifndef SYS_JQ_H
#define SYS_JQ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

enum {
	JQ_CPU_MS = 100,
	JQ_WAIT_MS = 3000,
	JQ_PROGRAM_MAX = 4096,	      /* bytes */
	JQ_DATA_MAX = 4 * 1024 * 1024 /* bytes */
};

/* Between us and the helper, on its standard input and output. */
enum { JQ_COMPILE = 'c', JQ_ASK = 'a' };
struct jq_question { /* then the program, then the data */
	uint32_t what, program_bytes, data_bytes;
};
struct jq_answer { /* then a text: "true", "false", or what is wrong */
	uint32_t ok, bytes;
};

struct jq;

/* program: the path to start the helper from; NULL: this program. */
struct jq *jq_create(const char *program);
void jq_destroy(struct jq *jq);

/* Does it compile?  e says what is wrong with it. */
bool jq_check(struct jq *jq, const char *program, struct err *e);

/*
 * What program makes of data (JSON): *ret.  Fails when that is not one true
 * or false, when it asks for too much, or when there is no helper.
 */
bool jq_ask(struct jq *jq, const char *program, const char *data, bool *ret,
    struct err *e);

#endif
