/* SPDX-License-Identifier: MIT */
/*
 * data.h: which data folder is meant by a role that looks into one.
 */
#ifndef ROLE_DATA_H
#define ROLE_DATA_H

#include "base/arena.h"
#include "sys/digest.h"

/* `named` if it is not NULL, else $SLIPWAY_DATA, else where `slipway serve`
 * would have it for this account. */
const char *data_folder(const char *named, struct arena *a);

/* The server's key in a data folder; false: it is not there or not ours. */
bool data_key(const char *data, unsigned char ret[SEAL_KEY]);

#endif
