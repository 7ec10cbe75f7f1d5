/* SPDX-License-Identifier: MIT */
/*
 * plant.h: bugs that are planted on purpose.
 *
 * A gate that never failed proves nothing: test/sim/plants.sh turns each
 * planted bug on and counts how many the simulation finds.  PLANTED("name")
 * is false, and costs nothing, but in a build with -DSLIPWAY_PLANTS; there
 * it is true for the one that SLIPWAY_PLANT names.
 */
#ifndef BASE_PLANT_H
#define BASE_PLANT_H

#include <stdbool.h>

#ifdef SLIPWAY_PLANTS
bool plant_is(const char *name);
#define PLANTED(name) plant_is(name)
#else
#define PLANTED(name) false
#endif

#endif
