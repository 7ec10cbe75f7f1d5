/* SPDX-License-Identifier: MIT */
#include "keep/spawner.h"

int
main(int argc, char **argv)
{
	return spawner_main(argc, argv);
}
