/* SPDX-License-Identifier: MIT */
#include "platform/fan.h"

#include "spec/validate.h"

#define ITEM_KEY "$item"

const json_t *
item_at(const json_t *item, struct str path)
{
	while (item != NULL && path.n > 0) {
		struct str key = str_cut(path, '.', &path);

		item = json_object_getn(item, key.p, key.n);
	}
	return item;
}

json_t *
item_symbol(struct str path)
{
	return json_pack("{s:s%}", ITEM_KEY, path.n > 0 ? path.p : "", path.n);
}

static bool
item_is_plain(const json_t *value)
{
	if (json_is_object(value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++)
		if (json_is_object(json_array_get(value, i)) ||
		    json_is_array(json_array_get(value, i)))
			return false;
	return true;
}

json_t *
item_params(const json_t *with, const json_t *item, size_t no,
    struct err *e)
{
	json_t *params = json_object();
	json_t *walked = (json_t *)(uintptr_t)with, *given;
	const char *name;

	json_object_foreach (walked, name, given) {
		const char *path =
		    json_string_value(json_object_get(given, ITEM_KEY));
		const json_t *value;

		if (path == NULL) {
			json_object_set(params, name, given);
			continue;
		}
		value = item_at(item, str_of(path));
		if (value == NULL || !item_is_plain(value)) {
			err_set(e, ERR_INVALID, "foreach.item",
			    value == NULL
				? "item %zu of foreach has no '%s'"
				: "item %zu of foreach is an object: '%s' is "
				  "no parameter",
			    no + 1, path[0] == '\0' ? "$item" : path);
			err_hint(e, "write $item.NAME");
			json_decref(params);
			return NULL;
		}
		json_object_set_new(params, name, json_deep_copy(value));
	}
	return params;
}

json_t *
item_list(const json_t *value, struct err *e)
{
	json_t *list;

	if (value == NULL || json_is_null(value))
		return json_array();
	if (json_is_array(value))
		return json_deep_copy(value);
	if (json_is_string(value)) {
		list = json_parse(str_of(json_string_value(value)), e);
		if (json_is_array(list))
			return list;
		json_decref(list);
	}
	err_set(e, ERR_INVALID, "foreach.list",
	    "foreach goes over a list, and what it got is none");
	return NULL;
}
