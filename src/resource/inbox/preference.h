/* SPDX-License-Identifier: MIT */
/*
 * preference.h: how a person wants to be told.  Pure but for reading.
 */
#ifndef RESOURCE_INBOX_PREFERENCE_H
#define RESOURCE_INBOX_PREFERENCE_H

#include <jansson.h>

#include "resource/cx.h"

enum telling { TELL_NOW, TELL_DIGEST, TELL_OFF };

struct preference {
	const json_t *kinds;   /* kind → "now", "digest", "off" */
	int quiet_from, quiet_to; /* minutes of the day; equal: none */
	int digest;	       /* minute of the day */
	const char *timezone;
	const struct zone *zone;
};

/* Theirs, or what holds for who never chose.  Lives in the arena. */
struct preference *preference_of(struct cx *cx, const char *person);
/* What they chose, to be changed and set: a new reference with `kinds` in
 * it; value NULL leaves it. */
json_t *preference_body(struct cx *cx, const char *person);
void preference_take(json_t *body, const char *key, const char *value);
/* Checked already; replaces what they chose before. */
void preference_set(struct cx *cx, const char *person, const json_t *body);
/* false: no "HH:MM". */
bool preference_minute(const char *text, int *ret);

enum telling preference_telling(const struct preference *p, const char *kind);
/* The instant that a thing of this kind is told which happens at now. */
int64_t preference_when(const struct preference *p, const char *kind,
    int64_t now);

#endif
