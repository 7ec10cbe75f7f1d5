/* SPDX-License-Identifier: MIT */
/*
 * parser.h: the second reader of a head.
 *
 * head.c decides; http_parser reads the same bytes again, and a head on whose
 * meaning the two differ is refused: a mistake of one of them must not become
 * a request that a proxy in front saw otherwise.  http_parser is archived and
 * lenient (bare LF, any two bytes after a chunk), hence second and for heads
 * alone.  parser.c is the only file that includes <http_parser.h>, so that
 * llhttp can take its place.  Pure.
 */
#ifndef HTTP_PARSER_READER_H
#define HTTP_PARSER_READER_H

#include "http/head.h"

/* bytes: exactly the head that h was read from. */
bool parser_agrees(const struct head *h, struct str bytes);

#endif
