/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/version.h"
#include "role/role.h"

int
role_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("slipway " SLIPWAY_VERSION);
	return 0;
}

int
role_fail(const struct err *e)
{
	fprintf(stderr, "slipway: %s\n", e->message);
	if (e->hint[0] != '\0')
		fprintf(stderr, "  %s\n", e->hint);
	return err_class_info(e->class)->exit;
}
