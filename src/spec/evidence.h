/* SPDX-License-Identifier: MIT */
/*
 * evidence.h: what an auditor asks for: every change of a period, with who
 * asked, who approved which hash, what ran and what came of it.
 */
#ifndef SPEC_EVIDENCE_H
#define SPEC_EVIDENCE_H

#include "spec/op.h"

extern const struct op op_evidence_get;

#endif
