/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "client/transfer.h"

static void
target_escape(
    const struct client *c, const char *text, size_t n, struct buf *to)
{
	char *escaped;

	if (n == 0)
		return; /* curl would take 0 for strlen */
	escaped = curl_easy_escape(c->curl, text, (int)n);
	ASSERT(escaped != NULL);
	buf_adds(to, escaped);
	curl_free(escaped);
}

static void
target_pair(const struct client *c, const char *name, const json_t *value,
    struct buf *to, char *separator)
{
	char *text = NULL;

	if (json_is_null(value))
		return;
	buf_addc(to, *separator);
	*separator = '&';
	target_escape(c, name, strlen(name), to);
	buf_addc(to, '=');
	if (json_is_string(value)) {
		target_escape(
		    c, json_string_value(value), json_string_length(value), to);
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	ASSERT(text != NULL);
	target_escape(c, text, strlen(text), to);
	free(text);
}

static void
target_query(const struct client *c, const json_t *query, struct buf *to)
{
	json_t *borrowed = (json_t *)(uintptr_t)query; /* jansson's macro */
	char separator = '?';
	const char *name;
	json_t *value, *item;
	size_t i;

	json_object_foreach(borrowed, name, value)
	{
		if (!json_is_array(value)) {
			target_pair(c, name, value, to, &separator);
			continue;
		}
		json_array_foreach(value, i, item)
		    target_pair(c, name, item, to, &separator);
	}
}

bool
target_build(const struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, struct buf *to,
    struct err *e)
{
	const char *p = op->path, *open;
	char name[64];

	for (unsigned i = 0; (open = strchr(p, '{')) != NULL; i++) {
		const char *value = path_params == NULL ? NULL : path_params[i];

		ASSERT(op_path_param(op, i, name) != NULL);
		if (value == NULL || *value == '\0')
			return err_set(e, ERR_INVALID, "path.missing",
			    "call %s: '%s' is empty", op->name, name);
		buf_add(to, p, (size_t)(open - p));
		target_escape(c, value, strlen(value), to);
		p = strchr(open, '}') + 1;
	}
	buf_adds(to, p);
	if (query != NULL)
		target_query(c, query, to);
	return true;
}
