/* SPDX-License-Identifier: MIT */
#include "base/machine.h"

#include "base/str.h"

const struct machine_move *
machine_find(const struct machine *m, const char *from, const char *to)
{
	for (const struct machine_move *v = m->moves; v->from != NULL; v++)
		if (streq(v->from, from) && streq(v->to, to))
			return v;
	return NULL;
}

static bool
machine_lists(const char *const *states, const char *state)
{
	for (; *states != NULL; states++)
		if (streq(*states, state))
			return true;
	return false;
}

bool
machine_is_final(const struct machine *m, const char *state)
{
	return machine_lists(m->final, state);
}

const char *
machine_words(struct arena *a, const char *state)
{
	char *words = arena_strdup(a, state);

	for (char *p = words; *p != '\0'; p++) {
		if (*p == '_')
			*p = ' ';
	}
	return words;
}

bool
machine_has(const struct machine *m, const char *state)
{
	return machine_lists(m->states, state);
}
