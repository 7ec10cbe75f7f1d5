/* SPDX-License-Identifier: MIT */
#include "resource/call.h"

const char *
call_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

int64_t
call_int(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

bool
call_bool(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}

void
list_begin(struct json_out *out)
{
	json_object_begin(out);
	json_key(out, "items");
	json_array_begin(out);
}

void
list_end(struct json_out *out, const char *next)
{
	json_array_end(out);
	json_kv_str(out, "next", next);
	json_object_end(out);
}

bool
call_absent(struct err *e, const char *noun, const char *name,
    const char *near)
{
	err_set(e, ERR_NOT_FOUND, "not_found", "no %s '%s'", noun, name);
	if (near != NULL)
		err_hint(e, "did you mean '%s'?", near);
	else if (streq(noun, "run") || streq(noun, "ticket") ||
	    streq(noun, "token"))
		err_hint(e, "what there is: slipway %ss", noun);
	return false;
}
