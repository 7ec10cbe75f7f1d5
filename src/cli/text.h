/* SPDX-License-Identifier: MIT */
/*
 * text.h: values of an answer as words for people.
 *
 * Everything that a printer shows passes here and is cleaned (clean.h) on the
 * way, so that no printer can forget.  Results live in the arena and are one
 * line unless said otherwise; an absent or null value is "".
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "base/arena.h"
#include "spec/schema.h"

const char *text_value(struct arena *a, const json_t *value);
const char *text_get(struct arena *a, const json_t *object, const char *key);
/* Text that is no JSON: the key of an object. */
const char *text_word(struct arena *a, const char *word);
/* Newlines stay; for comments and lines of a log. */
const char *text_lines(struct arena *a, const json_t *value);

/* By its kind: times are relative, durations short, lists joined. */
const char *text_field(
    struct arena *a, const struct schema *field, const json_t *value);

/* "3 min ago", "in 23 h", "just now"; a date when it is far away. */
const char *text_ago(struct arena *a, const json_t *rfc3339);
/* The same, of UTC ms against now. */
const char *text_relative(struct arena *a, int64_t at_ms, int64_t now_ms);
/* "1.2 s"; "" for null. */
const char *text_ms(struct arena *a, const json_t *ms);

/* "waiting_approval" to "waiting approval". */
const char *text_status(struct arena *a, const char *status);
/* "name=orders, size=10". */
const char *text_params(struct arena *a, const json_t *params);
/* The first 12 characters. */
const char *text_hash(struct arena *a, const json_t *object, const char *key);

/* A word quoted for a shell when it needs to be: a command to type again. */
const char *text_shell(struct arena *a, const char *word);

/* "12 B", "1.5 KiB", "3.0 GiB". */
const char *text_bytes(struct arena *a, int64_t n);

/* Lines of at most width columns, each indented; its own lines stay. */
void text_below(FILE *out, int width, int indent, const char *text);
/* "  left      text", the text in such lines; all below on a narrow terminal.
 */
void text_wrap(
    FILE *out, int width, int left_width, const char *left, const char *text);

int64_t int_get(const json_t *object, const char *key, int64_t otherwise);

#endif
