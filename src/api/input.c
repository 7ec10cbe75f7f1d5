/* SPDX-License-Identifier: MIT */
#include "api/request.h"
#include "http/uri.h"

static const struct schema input_nothing[] = { { .name = NULL } };
static const struct schema input_empty = {
	.kind = SCHEMA_OBJECT,
	.fields = input_nothing,
};

/* --- query ---------------------------------------------------------------- */

/* Text that is no value of its kind stays text: validate says what is
 * wrong with it. */
static json_t *
input_value(const struct schema *field, const char *text)
{
	int64_t n;

	if (field != NULL && field->kind == SCHEMA_INTEGER &&
	    str_to_int64(str_of(text), &n))
		return json_integer(n);
	if (field != NULL && field->kind == SCHEMA_BOOL &&
	    (streq(text, "true") || streq(text, "false")))
		return json_boolean(streq(text, "true"));
	return json_string(text);
}

static void
input_pair(struct request *r, const struct schema *object,
    const struct uri_pair *pair)
{
	const struct schema *field = schema_member(object, pair->name);
	json_t *there = json_object_get(r->query, pair->name);

	if (field != NULL && field->kind == SCHEMA_LIST) {
		if (there == NULL) {
			there = json_array();
			json_object_set_new(r->query, pair->name, there);
		}
		json_array_append_new(there,
		    input_value(field->of, pair->value));
		return;
	}
	if (there != NULL)
		problem_add(&r->problems,
		    pointer_join(r->arena, "", pair->name), "field.repeated",
		    "say it once", "'%s' is given twice", pair->name);
	json_object_set_new(r->query, pair->name,
	    input_value(field, pair->value));
}

static bool
input_query(struct request *r, struct err *e)
{
	const struct schema object = {
		.kind = SCHEMA_OBJECT,
		.fields = r->op->query == NULL ? input_nothing : r->op->query,
	};
	struct uri_pair *pairs;
	size_t n;

	if (!uri_query(r->arena, r->x->query, &pairs, &n, e))
		return false;
	r->query = json_object();
	for (size_t i = 0; i < n; i++)
		input_pair(r, &object, &pairs[i]);
	validate(&object, r->query, "", &r->problems);
	r->call.query = r->query;
	return problems_err(&r->problems, e);
}

/* --- body ----------------------------------------------------------------- */

static bool
input_is_json(struct str type)
{
	struct str parameter;
	struct str media = str_cut(type, ';', &parameter);

	if (!str_case_is(str_trim(media), "application/json"))
		return false;
	parameter = str_trim(parameter);
	return parameter.n == 0 || str_case_is(parameter, "charset=utf-8") ||
	    str_case_is(parameter, "charset=\"utf-8\"");
}

static bool
input_body(struct request *r, struct err *e)
{
	const struct schema *in = r->op->in;
	const struct str body = r->x->body;

	if (body.n == 0) {
		if (in == NULL)
			return true;
		r->body = json_object();
	} else if (!input_is_json(exchange_header(r->x, "Content-Type"))) {
		err_set(e, ERR_MEDIA_TYPE, "body.media_type",
		    "the body is not application/json");
		return err_hint(e, "send Content-Type: application/json");
	} else {
		r->body = json_parse_body(body, &r->problems, e);
		if (r->body == NULL)
			return err_wrap(e, "body");
	}
	validate(in == NULL ? &input_empty : in, r->body, "", &r->problems);
	r->call.body = r->body;
	return problems_err(&r->problems, e);
}

bool
input_read(struct request *r, struct err *e)
{
	return input_query(r, e) && input_body(r, e);
}
