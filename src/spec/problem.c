/* SPDX-License-Identifier: MIT */
#include "spec/validate.h"

#include <string.h>

#include "base/limits.h"

void
problems_init(struct problems *p, struct arena *a)
{
	*p = (struct problems){ .arena = a };
}

void
problem_add(struct problems *p, const char *pointer, const char *code,
    const char *hint, const char *fmt, ...)
{
	va_list ap;

	if (p->count == LIMIT_FOLDER_ERRORS)
		return;
	if (p->count == p->cap) {
		size_t cap = p->cap == 0 ? 8 : p->cap * 2;
		struct problem *items =
		    arena_array(p->arena, cap, sizeof(*items));

		if (p->count > 0)
			memcpy(items, p->items, p->count * sizeof(*items));
		p->items = items;
		p->cap = cap;
	}
	va_start(ap, fmt);
	p->items[p->count++] = (struct problem){
		.pointer = arena_strdup(p->arena, pointer),
		.code = arena_strdup(p->arena, code),
		.message = arena_vprintf(p->arena, fmt, ap),
		.hint = arena_strdup(p->arena, hint),
	};
	va_end(ap);
}

bool
problems_err(const struct problems *p, struct err *e)
{
	const struct problem *first = p->items;

	if (p->count == 0)
		return true;
	err_set(e, ERR_INVALID, "invalid", "%s", first->message);
	if (first->pointer[0] != '\0')
		err_wrap(e, "%s", first->pointer);
	if (p->count > 1)
		err_wrap(e, "%zu problems, the first", p->count);
	if (first->hint != NULL)
		err_hint(e, "%s", first->hint);
	return false;
}

void
problems_json(const struct problems *p, struct json_out *j)
{
	json_array_begin(j);
	for (size_t i = 0; i < p->count; i++) {
		const struct problem *it = &p->items[i];

		json_object_begin(j);
		json_kv_str(j, "pointer", it->pointer);
		json_kv_str(j, "code", it->code);
		json_kv_str(j, "detail", it->message);
		if (it->hint != NULL)
			json_kv_str(j, "hint", it->hint);
		json_object_end(j);
	}
	json_array_end(j);
}

char *
pointer_join(struct arena *a, const char *base, const char *key)
{
	size_t n = strlen(base);
	char *joined = arena_alloc(a, n + 2 + 2 * strlen(key));
	char *to = joined + n;

	memcpy(joined, base, n);
	*to++ = '/';
	for (; *key != '\0'; key++) {
		if (*key == '~' || *key == '/') {
			*to++ = '~';
			*to++ = *key == '~' ? '0' : '1';
		} else {
			*to++ = *key;
		}
	}
	return joined;
}
