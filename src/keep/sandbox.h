/* SPDX-License-Identifier: MIT */
/*
 * sandbox.h: what a command may not do, layer by layer.
 *
 * The spawner asks the kernel once what it has (sandbox_probe).  A layer that
 * is not there is left out, and its bit in enum wire_layer stays 0; a layer
 * that is there and fails is a failed start with its stage.
 *
 *   keeper         sandbox_layers, sandbox_clone_flags: what to ask for
 *   first process  sandbox_enter: identity in the user namespace, mounts
 *   command        sandbox_confine: limits, identity, rights, Landlock,
 *                  seccomp; the last thing before exec
 *
 * Functions that may fail set errno and *ret_stage.  None allocates.
 */
#ifndef KEEP_SANDBOX_H
#define KEEP_SANDBOX_H

#include <stdbool.h>
#include <sys/types.h>

#include "keep/spec.h"

struct sandbox {
	unsigned layers; /* that the kernel has: enum wire_layer */
	int landlock;	 /* its version */
	bool root;	 /* the spawner may change identity */
};

void sandbox_probe(struct sandbox *s);

/* The layers that this attempt gets. */
unsigned sandbox_layers(const struct sandbox *s, const struct wire_numbers *n);
unsigned long sandbox_clone_flags(unsigned layers);

/* In the first process, born with the namespaces of `layers`. */
bool sandbox_enter(unsigned layers, const struct spec *spec,
    const char **ret_stage);
/* In the command: never goes back. */
bool sandbox_confine(const struct sandbox *s, unsigned layers,
    const struct spec *spec, const char **ret_stage);

#endif
