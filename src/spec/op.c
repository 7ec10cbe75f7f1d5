/* SPDX-License-Identifier: MIT */
#include "spec/op.h"

#include <string.h>

#include "base/check.h"
#include "base/str.h"

const char *const role_names[] = {
	[ROLE_ANYBODY] = "anybody",
	[ROLE_SIGNED_IN] = "signed-in",
	[ROLE_VIEWER] = "viewer",
	[ROLE_MEMBER] = "member",
	[ROLE_APPROVER] = "approver",
	[ROLE_ADMIN] = "admin",
	NULL,
};

const char *
op_method_name(enum op_method m)
{
	static const char *const names[] = {
		[OP_GET] = "GET",
		[OP_POST] = "POST",
		[OP_PUT] = "PUT",
		[OP_PATCH] = "PATCH",
		[OP_DELETE] = "DELETE",
	};

	return names[m];
}

const struct op *
op_find_in(const struct op *const *table, const char *name)
{
	size_t from = 0, to = 0;

	while (table[to] != NULL)
		to++;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int d = strcmp(name, table[mid]->name);

		if (d == 0)
			return table[mid];
		if (d < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}

const struct op *
op_find(const char *name)
{
	return op_find_in(ops, name);
}

static bool
op_path_matches(const char *pattern, const char *path, struct str *params)
{
	unsigned n = 0;

	for (;;) {
		if (*pattern == '{') {
			size_t len = strcspn(path, "/");

			ASSERT(n < OP_PATH_PARAMS);
			if (len == 0)
				return false;
			params[n++] = (struct str){ path, len };
			path += len;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern != *path) {
			return false;
		} else if (*pattern == '\0') {
			return true;
		} else {
			pattern++;
			path++;
		}
	}
}

/*
 * Of two patterns that match the same path, "/v1/runs/active" and
 * "/v1/runs/{run}", the one with the literal is meant.  Where they first
 * differ one has a '{', which sorts behind all that occurs in our paths.
 */
const struct op *
op_match_in(const struct op *const *table, enum op_method m, const char *path,
    struct str ret_params[OP_PATH_PARAMS], bool *ret_other)
{
	struct str params[OP_PATH_PARAMS] = { { NULL, 0 } };
	const struct op *best = NULL;

	*ret_other = false;
	for (size_t i = 0; table[i] != NULL; i++) {
		const struct op *op = table[i];

		if (op->method == m &&
		    op_path_matches(op->path, path, params) &&
		    (best == NULL || strcmp(op->path, best->path) < 0))
			best = op;
	}
	if (best != NULL) {
		memset(ret_params, 0, sizeof(params));
		op_path_matches(best->path, path, ret_params);
		return best;
	}
	for (size_t i = 0; table[i] != NULL && !*ret_other; i++)
		*ret_other = op_path_matches(table[i]->path, path, params);
	return NULL;
}

const struct op *
op_match(enum op_method m, const char *path,
    struct str ret_params[OP_PATH_PARAMS], bool *ret_other)
{
	return op_match_in(ops, m, path, ret_params, ret_other);
}

const char *
op_path_param(const struct op *op, unsigned i, char out[64])
{
	const char *p = op->path;
	size_t len;

	while ((p = strchr(p, '{')) != NULL && i > 0) {
		p++;
		i--;
	}
	if (p == NULL)
		return NULL;
	len = strcspn(++p, "}");
	ASSERT(len < 64);
	memcpy(out, p, len);
	out[len] = '\0';
	return out;
}
