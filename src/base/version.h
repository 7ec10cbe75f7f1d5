/* SPDX-License-Identifier: MIT */
/*
 * version.h: the version of this build, in one place.
 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define SLIPWAY_VERSION "0.1.0"

#endif
