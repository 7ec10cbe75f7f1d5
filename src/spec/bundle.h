/* SPDX-License-Identifier: MIT */
/*
 * bundle.h: a run with everything that its graph and decisions follow from,
 * for `slipway replay` and for whoever looks at it without slipway.
 */
#ifndef SPEC_BUNDLE_H
#define SPEC_BUNDLE_H

#include "spec/op.h"

#define BUNDLE_VERSION 1

extern const struct op op_run_bundle;

#endif
