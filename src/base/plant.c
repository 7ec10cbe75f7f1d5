/* SPDX-License-Identifier: MIT */
#include "base/plant.h"

#ifdef SLIPWAY_PLANTS

#include <stdlib.h>

#include "base/str.h"

bool
plant_is(const char *name)
{
	static const char *chosen;

	if (chosen == NULL) {
		chosen = getenv("SLIPWAY_PLANT");
		if (chosen == NULL)
			chosen = "";
	}
	return streq(chosen, name);
}

#endif
