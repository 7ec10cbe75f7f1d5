/* SPDX-License-Identifier: MIT */
/*
 * undo.h: taking away again what a run made.
 */
#ifndef SPEC_UNDO_H
#define SPEC_UNDO_H

#include "spec/op.h"

extern const struct op op_run_undo;

#endif
