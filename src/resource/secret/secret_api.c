/* SPDX-License-Identifier: MIT */
#include "resource/secret/secret_api.h"

#include "base/near.h"
#include "resource/secret/secret.h"
#include "spec/folder.h"
#include "spec/pattern.h"
#include "store/record.h"

static void
secret_json(struct json_out *out, const struct secret_row *row)
{
	json_object_begin(out);
	record_json(out, &secret_schema, row);
	json_object_end(out);
}

bool
secret_api_list(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	struct query *q = query(cx->db, "secret_list");

	(void)call;
	(void)e;
	list_begin(out);
	while (query_next(q)) {
		struct secret_row row = { .name = NULL };

		record_read(q, &secret_schema, &row, cx->arena);
		secret_json(out, &row);
	}
	query_end(q);
	list_end(out, NULL);
	return true;
}

static bool
secret_name_check(const char *name, struct err *e)
{
	struct pattern_cache cache = { .used = 0 };
	const bool ok = pattern_match(&cache, FOLDER_NAME, name);

	pattern_cache_finish(&cache);
	if (ok)
		return true;
	err_set(e, ERR_INVALID, "secret.name", "'%s' is no name of a secret",
	    name);
	return err_hint(e, "small letters, digits, _ and -, a letter first");
}

/* "" when none is said. */
static bool
secret_environment(struct cx *cx, const json_t *said, const char **ret,
    struct err *e)
{
	const struct platform *p = cx->platform;
	struct near near;

	*ret = call_text(said, "environment");
	if (*ret == NULL)
		*ret = "";
	if (**ret == '\0' || platform_environment(p, *ret) != NULL)
		return true;
	near = near_start(*ret);
	for (size_t i = 0; i < p->nenvironments; i++)
		near_offer(&near, p->environments[i].name);
	return call_absent(e, "environment", *ret, near.best);
}

bool
secret_api_set(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const json_t *value = json_object_get(call->body, "value");
	const char *environment;

	if (!secret_name_check(call->path[0], e) ||
	    !secret_environment(cx, call->body, &environment, e))
		return false;
	secret_json(out,
	    secret_set(cx, call->path[0], environment,
		(struct str){ json_string_value(value),
		    json_string_length(value) }));
	return true;
}

bool
secret_api_remove(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const char *environment = call_text(call->query, "environment");
	struct secret_row *row;

	if (environment == NULL)
		environment = "";
	row = secret_get(cx, call->path[0], environment);
	if (row == NULL || !streq(row->environment, environment))
		return call_absent(e, "secret", call->path[0], NULL);
	secret_remove(cx, row);
	secret_json(out, row);
	return true;
}
