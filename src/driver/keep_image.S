/* SPDX-License-Identifier: MIT */
/*
 * keep_image.S: the static keeper as bytes inside slipway.
 *
 *	extern const unsigned char keep_image[], keep_image_end[];
 *
 * It is written to a memfd and run from there, so that the two can never be
 * of different releases.  The path comes from the Makefile.
 */
#ifdef __CET__
#include <cet.h>
#endif

	.section .rodata
	.balign 16
	.globl keep_image
	.globl keep_image_end
	.type keep_image, @object
keep_image:
	.incbin KEEP_IMAGE
keep_image_end:
	.byte 0
	.size keep_image, keep_image_end - keep_image

	.section .note.GNU-stack, "", @progbits
