/* SPDX-License-Identifier: MIT */
/*
 * data.h: which data folder is meant by a role that looks into one.
 */
#ifndef ROLE_DATA_H
#define ROLE_DATA_H

#include "base/arena.h"

/* `named` if it is not NULL, else $SLIPWAY_DATA, else where `slipway serve`
 * would have it for this account. */
const char *data_folder(const char *named, struct arena *a);

#endif
