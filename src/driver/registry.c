/* SPDX-License-Identifier: MIT */
#include "driver/registry.h"

#include "base/near.h"
#include "driver/fake.h"

static bool
create_fake(const char *data_folder, const struct local_options *o,
    struct driver *ret, struct err *e)
{
	(void)data_folder;
	(void)o;
	(void)e;
	fake_create(NULL, NULL, ret);
	return true;
}

const struct registry_entry registry[] = {
	{ "fake", "runs nothing; every attempt succeeds", create_fake },
	{ "local", "runs commands on this machine", local_create },
	{ NULL, NULL, NULL },
};

bool
registry_create(const char *name, const char *data_folder,
    const struct local_options *o, struct driver *ret, struct err *e)
{
	struct near near = near_start(name);

	for (const struct registry_entry *r = registry; r->name; r++) {
		if (streq(r->name, name))
			return r->create(data_folder, o, ret, e);
		near_offer(&near, r->name);
	}
	err_set(e, ERR_CONFIG, "driver.unknown", "no driver '%s'", name);
	if (near.best)
		err_hint(e, "did you mean '%s'", near.best);
	return false;
}
