/* SPDX-License-Identifier: MIT */
/* The team's folder as one JSON Schema, for editors. */
#include "spec/folder.h"
#include "spec/json_schema.h"

void
folder_schema_write(struct json_out *out)
{
	struct json_schema_table table = { .arena = arena_create(),
		.where = "#/$defs/" };

	for (const struct folder_kind *k = folder_kinds; k->key != NULL; k++)
		if (k->schema != NULL)
			json_schema_add(&table, k->schema);
	json_object_begin(out);
	json_kv_str(out, "$schema",
	    "https://json-schema.org/draft/2020-12/schema");
	json_kv_str(out, "title", "A document of a slipway folder");
	json_key(out, "anyOf");
	json_array_begin(out);
	for (const struct folder_kind *k = folder_kinds; k->key != NULL;
	     k++) {
		if (k->schema == NULL)
			continue;
		json_object_begin(out);
		json_kv_str(out, "description", k->doc);
		json_key(out, "required");
		json_array_begin(out);
		json_str(out, k->key);
		json_array_end(out);
		json_key(out, "allOf");
		json_array_begin(out);
		json_schema_put(&table, k->schema, out);
		json_array_end(out);
		json_object_end(out);
	}
	json_array_end(out);
	json_key(out, "$defs");
	json_object_begin(out);
	json_schema_members(&table, out);
	json_object_end(out);
	json_object_end(out);
	arena_destroy(table.arena);
}
