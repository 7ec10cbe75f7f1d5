/* SPDX-License-Identifier: MIT */
#include "spec/openapi.h"

#include <stdlib.h>
#include <string.h>

#include "spec/json_schema.h"

static const struct schema openapi_error_fields[] = {
	{ .name = "pointer",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .doc = "JSON Pointer to the value." },
	{ .name = "code",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .doc = "For programs, like field.unknown." },
	{ .name = "detail",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .doc = "What is wrong, and why." },
	{ .name = "hint",
	    .kind = SCHEMA_STRING,
	    .doc = "What to write instead." },
	{ .name = NULL },
};

static const struct schema openapi_error = {
	.kind = SCHEMA_OBJECT,
	.title = "FieldProblem",
	.fields = openapi_error_fields,
};

static const struct schema openapi_problem_fields[] = {
	{ .name = "type",
	    .kind = SCHEMA_STRING,
	    .doc = "URI of the kind of problem." },
	{ .name = "title",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .doc = "The kind of problem in words." },
	{ .name = "status",
	    .kind = SCHEMA_INTEGER,
	    .flags = F_REQUIRED,
	    BETWEEN(400, 599),
	    .doc = "The HTTP status." },
	{ .name = "code",
	    .kind = SCHEMA_STRING,
	    .flags = F_REQUIRED,
	    .example = "\"approval.stale\"",
	    .doc = "For programs." },
	{ .name = "detail",
	    .kind = SCHEMA_STRING,
	    .doc = "What failed, and why." },
	{ .name = "hint",
	    .kind = SCHEMA_STRING,
	    .doc = "What to type or click next." },
	{ .name = "link",
	    .kind = SCHEMA_STRING,
	    .doc = "Where to look or to act." },
	{ .name = "request_id",
	    .kind = SCHEMA_STRING,
	    .doc = "Finds this request in the log of the server." },
	{ .name = "errors",
	    .kind = SCHEMA_LIST,
	    .of = &openapi_error,
	    .doc = "Every wrong field." },
	{ .name = NULL },
};

static const struct schema openapi_problem = {
	.kind = SCHEMA_OBJECT,
	.title = "Problem",
	.fields = openapi_problem_fields,
	.doc = "Why it did not work (RFC 9457).",
};

/* One operation as the document has it. */
struct openapi_entry {
	const char *path;
	const struct op *op;
	const struct openapi_dynamic *dynamic; /* NULL: static */
	const struct schema *in;
};

struct openapi {
	struct arena *arena;
	struct json_out *out;
	struct json_schema_table schemas;
	struct openapi_entry *entries; /* by path and method */
	size_t count;
};

/*
 * Collecting.
 */

static bool
openapi_is_environment(const struct schema *f)
{
	return strcmp(f->name, "environment") == 0 ||
	       strcmp(f->name, "env") == 0;
}

static bool
openapi_any_required(const struct schema *object)
{
	for (const struct schema *f = object->fields; f->name != NULL; f++) {
		if (f->flags & F_REQUIRED)
			return true;
	}
	return false;
}

static void
openapi_specialise(struct schema *f, const struct openapi_dynamic *d)
{
	if (strcmp(f->name, "params") == 0 && d->params != NULL) {
		const char *doc = f->doc;
		unsigned flags = f->flags;

		*f = *d->params;
		f->name = "params";
		f->doc = d->params->doc != NULL ? d->params->doc : doc;
		f->flags = flags;
		if (openapi_any_required(d->params))
			f->flags |= F_REQUIRED;
		else
			f->default_json = "{}";
	} else if (openapi_is_environment(f) && d->environments != NULL) {
		f->kind = SCHEMA_CHOICE;
		f->choices = d->environments;
	}
}

/* The body of the general operation, made particular. */
static const struct schema *
openapi_body(struct openapi *o, const struct openapi_dynamic *d)
{
	const struct schema *in = d->op->in;
	struct schema *body, *fields;
	size_t n = 0;

	if (in == NULL)
		return NULL;
	while (in->fields[n].name != NULL)
		n++;
	fields = arena_array(o->arena, n + 1, sizeof(*fields));
	for (size_t i = 0; i < n; i++) {
		fields[i] = in->fields[i];
		openapi_specialise(&fields[i], d);
	}
	body = ARENA_NEW(o->arena, struct schema);
	*body = *in;
	body->fields = fields;
	body->title = NULL;
	return body;
}

/* The path of the general operation with its first parameter filled in. */
static const char *
openapi_path(struct openapi *o, const struct openapi_dynamic *d)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	size_t head = strcspn(d->op->path, "{");
	const char *tail = strchr(d->op->path, '}');
	struct buf path = { 0 };
	const char *text;

	if (tail == NULL)
		return d->op->path;
	buf_add(&path, d->op->path, head);
	for (const char *c = d->name; *c != '\0'; c++) {
		if (strchr(plain, *c) != NULL)
			buf_addc(&path, *c);
		else
			buf_printf(&path, "%%%02X", (unsigned char)*c);
	}
	buf_adds(&path, tail + 1);
	text = arena_str(o->arena, buf_str(&path));
	buf_finish(&path);
	return text;
}

static int
openapi_order(const void *pa, const void *pb)
{
	const struct openapi_entry *a = pa, *b = pb;
	int d = strcmp(a->path, b->path);

	return d != 0 ? d : (int)a->op->method - (int)b->op->method;
}

static void
openapi_add(struct openapi *o, struct openapi_entry entry)
{
	o->entries[o->count++] = entry;
	for (const struct schema *f = entry.op->query;
	     f != NULL && f->name != NULL; f++)
		json_schema_add(&o->schemas, f);
	if (entry.in != NULL)
		json_schema_add(&o->schemas, entry.in);
	if (entry.op->out != NULL)
		json_schema_add(&o->schemas, entry.op->out);
}

static void
openapi_collect(struct openapi *o, const struct openapi_source *src)
{
	size_t n = 0;

	while (src->ops[n] != NULL)
		n++;
	o->entries = arena_array(o->arena, n + src->count, sizeof(*o->entries));
	json_schema_add(&o->schemas, &openapi_problem);
	for (size_t i = 0; i < n; i++)
		openapi_add(
		    o, (struct openapi_entry){ .path = src->ops[i]->path,
			   .op = src->ops[i],
			   .in = src->ops[i]->in });
	for (size_t i = 0; i < src->count; i++) {
		const struct openapi_dynamic *d = &src->dynamic[i];

		openapi_add(
		    o, (struct openapi_entry){ .path = openapi_path(o, d),
			   .op = d->op,
			   .dynamic = d,
			   .in = openapi_body(o, d) });
	}
	qsort(o->entries, o->count, sizeof(*o->entries), openapi_order);
}

/*
 * One operation.
 */

/* The noun of "ticket.approve". */
static const char *
openapi_tag(struct openapi *o, const struct op *op)
{
	return arena_strndup(o->arena, op->name, strcspn(op->name, "."));
}

static void
openapi_words(struct openapi *o, const struct openapi_entry *entry)
{
	const struct op *op = entry->op;
	const struct openapi_dynamic *d = entry->dynamic;
	const char *summary = op->summary, *text = op->doc, *id = op->name;

	if (d != NULL)
		id = arena_printf(o->arena, "%s.%s", id, d->name);
	if (d != NULL && d->doc != NULL && d->doc[0] != '\0') {
		text = arena_printf(o->arena, "%s\n\n%s", d->doc, summary);
		summary =
		    arena_strndup(o->arena, d->doc, strcspn(d->doc, "\n"));
	}
	if (op->flags & OP_RETURNS_SECRET)
		text = arena_printf(o->arena,
		    "%s%sThe answer holds a secret and is given once: a replay "
		    "with the same Idempotency-Key answers 409 "
		    "`secret.already_shown`.",
		    text == NULL ? "" : text, text == NULL ? "" : "\n\n");
	json_kv_str(o->out, "operationId", id);
	json_kv_str(o->out, "summary", summary);
	if (text != NULL)
		json_kv_str(o->out, "description", text);
	json_key(o->out, "tags");
	json_array_begin(o->out);
	json_str(o->out, openapi_tag(o, op));
	json_array_end(o->out);
	json_kv_str(o->out, "x-slipway-role", role_names[op->role]);
	if (op->cli != NULL && d == NULL)
		json_kv_str(o->out, "x-slipway-command", op->cli);
}

static void
openapi_ref(struct openapi *o, const char *ref)
{
	json_object_begin(o->out);
	json_kv_str(o->out, "$ref", ref);
	json_object_end(o->out);
}

static void
openapi_parameter(
    struct openapi *o, const char *in, const struct schema *s, bool required)
{
	json_object_begin(o->out);
	json_kv_str(o->out, "name", s->name);
	json_kv_str(o->out, "in", in);
	if (s->doc != NULL)
		json_kv_str(o->out, "description", s->doc);
	json_kv_bool(o->out, "required", required);
	json_key(o->out, "schema");
	json_schema_put(&o->schemas, s, o->out);
	json_object_end(o->out);
}

static void
openapi_parameters(struct openapi *o, const struct openapi_entry *entry)
{
	const struct op *op = entry->op;
	char name[64];

	json_key(o->out, "parameters");
	json_array_begin(o->out);
	for (unsigned i = entry->dynamic != NULL;
	     op_path_param(op, i, name) != NULL; i++) {
		const struct schema s = {
			.name = name, .kind = SCHEMA_STRING, AT_LEAST(1)
		};

		openapi_parameter(o, "path", &s, true);
	}
	for (const struct schema *f = op->query; f != NULL && f->name != NULL;
	     f++) {
		if (!(f->flags & F_HIDDEN))
			openapi_parameter(
			    o, "query", f, (f->flags & F_REQUIRED) != 0);
	}
	if (op->kind == OP_WRITE)
		openapi_ref(o, "#/components/parameters/IdempotencyKey");
	if (op->kind == OP_STREAM)
		openapi_ref(o, "#/components/parameters/LastEventID");
	json_array_end(o->out);
}

static void
openapi_page(struct openapi *o, const struct schema *element)
{
	json_object_begin(o->out);
	json_kv_str(o->out, "type", "object");
	json_key(o->out, "properties");
	json_object_begin(o->out);
	json_key(o->out, "items");
	json_object_begin(o->out);
	json_kv_str(o->out, "type", "array");
	json_key(o->out, "items");
	json_schema_put(&o->schemas, element, o->out);
	json_object_end(o->out);
	json_key(o->out, "next");
	json_schema_put(&o->schemas,
	    &(const struct schema){ .kind = SCHEMA_STRING,
		.flags = F_NULLABLE,
		.doc = "Give it as `after` for the page behind this one; null "
		       "at the end." },
	    o->out);
	json_object_end(o->out);
	json_key(o->out, "required");
	json_array_begin(o->out);
	json_str(o->out, "items");
	json_array_end(o->out);
	json_object_end(o->out);
}

static void
openapi_content(struct openapi *o, const char *media_type,
    const struct schema *s, bool list)
{
	json_key(o->out, "content");
	json_object_begin(o->out);
	json_key(o->out, media_type);
	json_object_begin(o->out);
	if (s != NULL) {
		json_key(o->out, "schema");
		if (list)
			openapi_page(o, s);
		else
			json_schema_put(&o->schemas, s, o->out);
	}
	json_object_end(o->out);
	if (list) {
		json_key(o->out, "text/csv");
		json_object_begin(o->out);
		json_object_end(o->out);
	}
	json_object_end(o->out);
}

static void
openapi_request(struct openapi *o, const struct schema *in)
{
	json_key(o->out, "requestBody");
	json_object_begin(o->out);
	json_kv_bool(o->out, "required", openapi_any_required(in));
	openapi_content(o, "application/json", in, false);
	json_object_end(o->out);
}

static void
openapi_success(struct openapi *o, const struct op *op)
{
	static const struct schema text = { .kind = SCHEMA_STRING };

	/* The handler of a write chooses between 200, 201 and 202. */
	if (op->kind == OP_RAW || op->kind == OP_STREAM || op->kind == OP_READ)
		json_key(o->out, "200");
	else
		json_key(o->out, op->out == NULL ? "204" : "2XX");
	json_object_begin(o->out);
	json_kv_str(o->out, "description", "Done.");
	if (op->kind == OP_STREAM)
		openapi_content(o, "text/event-stream", &text, false);
	else if (op->kind == OP_RAW)
		openapi_content(o, "*/*", NULL, false);
	else if (op->out != NULL)
		openapi_content(
		    o, "application/json", op->out, (op->flags & OP_LIST) != 0);
	json_object_end(o->out);
	if ((op->flags & OP_RANGES) == 0)
		return;
	json_key(o->out, "206");
	json_object_begin(o->out);
	json_kv_str(o->out, "description",
	    "The part that Range asks for; Content-Range tells which.");
	openapi_content(o, "*/*", NULL, false);
	json_object_end(o->out);
}

static void
openapi_operation(struct openapi *o, const struct openapi_entry *entry)
{
	static const char *const keys[] = {
		[OP_GET] = "get",
		[OP_POST] = "post",
		[OP_PUT] = "put",
		[OP_PATCH] = "patch",
		[OP_DELETE] = "delete",
	};

	json_key(o->out, keys[entry->op->method]);
	json_object_begin(o->out);
	openapi_words(o, entry);
	if (entry->op->role == ROLE_ANYBODY) {
		json_key(o->out, "security");
		json_array_begin(o->out);
		json_array_end(o->out);
	}
	openapi_parameters(o, entry);
	if (entry->in != NULL)
		openapi_request(o, entry->in);
	json_key(o->out, "responses");
	json_object_begin(o->out);
	openapi_success(o, entry->op);
	json_key(o->out, "4XX");
	openapi_ref(o, "#/components/responses/Problem");
	json_key(o->out, "5XX");
	openapi_ref(o, "#/components/responses/Problem");
	json_object_end(o->out);
	json_object_end(o->out);
}

static void
openapi_paths(struct openapi *o)
{
	const struct openapi_entry *last = NULL;

	json_key(o->out, "paths");
	json_object_begin(o->out);
	for (size_t i = 0; i < o->count; i++) {
		const struct openapi_entry *entry = &o->entries[i];

		if (last != NULL && openapi_order(last, entry) == 0)
			continue;
		if (last == NULL || strcmp(last->path, entry->path) != 0) {
			if (last != NULL)
				json_object_end(o->out);
			json_key(o->out, entry->path);
			json_object_begin(o->out);
		}
		openapi_operation(o, entry);
		last = entry;
	}
	if (last != NULL)
		json_object_end(o->out);
	json_object_end(o->out);
}

/*
 * What is there once.
 */

static void
openapi_head(struct openapi *o, const struct openapi_source *src)
{
	json_kv_str(o->out, "openapi", "3.1.0");
	json_kv_str(o->out, "jsonSchemaDialect",
	    "https://spec.openapis.org/oas/3.1/dialect/base");
	json_key(o->out, "info");
	json_object_begin(o->out);
	json_kv_str(o->out, "title", "slipway");
	json_kv_str(o->out, "version", src->version);
	json_kv_str(o->out, "summary",
	    "What this platform team does for you, as an API.");
	json_kv_str(o->out, "description",
	    "Shows what you may see: sign in to see more. Every task and "
	    "every request type of the team has a typed path of its own.");
	json_key(o->out, "license");
	json_object_begin(o->out);
	json_kv_str(o->out, "name", "MIT");
	json_kv_str(o->out, "identifier", "MIT");
	json_object_end(o->out);
	json_object_end(o->out);
	json_key(o->out, "servers");
	json_array_begin(o->out);
	json_object_begin(o->out);
	json_kv_str(o->out, "url", "/");
	json_object_end(o->out);
	json_array_end(o->out);
	json_key(o->out, "security");
	json_array_begin(o->out);
	json_object_begin(o->out);
	json_key(o->out, "bearer");
	json_array_begin(o->out);
	json_array_end(o->out);
	json_object_end(o->out);
	json_array_end(o->out);
}

static void
openapi_tags(struct openapi *o, const struct openapi_source *src)
{
	const char *last = "";

	json_key(o->out, "tags");
	json_array_begin(o->out);
	for (const struct op *const *op = src->ops; *op != NULL; op++) {
		const char *tag = openapi_tag(o, *op);

		if (strcmp(tag, last) == 0)
			continue;
		json_object_begin(o->out);
		json_kv_str(o->out, "name", tag);
		json_object_end(o->out);
		last = tag;
	}
	json_array_end(o->out);
}

static void
openapi_headers(struct openapi *o)
{
	static const struct schema key = { .name = "Idempotency-Key",
		.kind = SCHEMA_STRING,
		AT_LEAST(1),
		.doc = "Any text of your own: the same key and body again give "
		       "the stored answer, the same key and another body "
		       "422." };
	static const struct schema last = { .name = "Last-Event-ID",
		.kind = SCHEMA_STRING,
		.doc = "Continue behind the event of this id." };

	json_key(o->out, "parameters");
	json_object_begin(o->out);
	json_key(o->out, "IdempotencyKey");
	openapi_parameter(o, "header", &key, false);
	json_key(o->out, "LastEventID");
	openapi_parameter(o, "header", &last, false);
	json_object_end(o->out);
}

static void
openapi_components(struct openapi *o)
{
	json_key(o->out, "components");
	json_object_begin(o->out);
	json_key(o->out, "schemas");
	json_object_begin(o->out);
	json_schema_members(&o->schemas, o->out);
	json_object_end(o->out);
	openapi_headers(o);
	json_key(o->out, "responses");
	json_object_begin(o->out);
	json_key(o->out, "Problem");
	json_object_begin(o->out);
	json_kv_str(o->out, "description", openapi_problem.doc);
	openapi_content(o, "application/problem+json", &openapi_problem, false);
	json_object_end(o->out);
	json_object_end(o->out);
	json_key(o->out, "securitySchemes");
	json_object_begin(o->out);
	json_key(o->out, "bearer");
	json_object_begin(o->out);
	json_kv_str(o->out, "type", "http");
	json_kv_str(o->out, "scheme", "bearer");
	json_kv_str(
	    o->out, "description", "A token, from: slipway token create");
	json_object_end(o->out);
	json_object_end(o->out);
	json_object_end(o->out);
}

void
openapi_write(const struct openapi_source *src, struct json_out *out)
{
	struct openapi o = { .out = out, .arena = arena_create() };

	o.schemas = (struct json_schema_table){ .arena = o.arena,
		.where = "#/components/schemas/" };
	openapi_collect(&o, src);
	json_object_begin(out);
	openapi_head(&o, src);
	openapi_tags(&o, src);
	openapi_paths(&o);
	openapi_components(&o);
	json_object_end(out);
	arena_destroy(o.arena);
}
