/* SPDX-License-Identifier: MIT */
/*
 * registry.h: the drivers by name.
 *
 * A sorted table; to add a driver write its NAME.[ch] and one line here.  The
 * caller owns the driver and ends it with ops->destroy.
 */
#ifndef DRIVER_REGISTRY_H
#define DRIVER_REGISTRY_H

#include "driver/driver.h"
#include "driver/local.h"

struct registry_entry {
	const char *name;
	const char *doc;
	bool (*create)(const char *data_folder, const struct local_options *o,
	    struct driver *ret, struct err *e);
};

/* Ends with name NULL. */
extern const struct registry_entry registry[];

/* ERR_CONFIG with the near name when there is none of that name. */
bool registry_create(const char *name, const char *data_folder,
    const struct local_options *o, struct driver *ret, struct err *e);

#endif
