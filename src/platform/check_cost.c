/* SPDX-License-Identifier: MIT */
/* cost: of tasks and request types. */
#include "platform/load.h"

#include "base/limits.h"
#include "platform/build.h"

struct costing {
	struct load *l;
	const struct item *it;
	const struct schema *params;
};

/* One currency in the whole folder. */
static void
check_money(const struct costing *c, const char *at, const json_t *value)
{
	struct platform *p = c->l->p;
	const char *currency;
	int64_t n;

	if (!json_is_string(value) ||
	    !money_parse(json_string_value(value), &n, &currency))
		return; /* the schema complained */
	if (p->currency == NULL)
		p->currency = currency;
	else if (!streq(p->currency, currency))
		load_error(c->l, c->it, at, load_text(c->l, "write it in %s",
		    p->currency), "costs are in %s elsewhere: those in %s "
		    "could not be compared or added up", p->currency,
		    currency);
}

/* A parameter that is always there; NULL and a complaint when it is not. */
static const struct schema *
check_cost_param(const struct costing *c, const char *at, const char *name)
{
	const struct schema *s = schema_member(c->params, name);
	const char *names[LIMIT_PARAMS + 1];
	size_t n = 0;

	for (const struct schema *f = c->params->fields;
	     f->name != NULL && n < LIMIT_PARAMS; f++)
		names[n++] = f->name;
	if (s == NULL) {
		load_error(c->l, c->it, at, load_near(c->l, name, names, n),
		    "unknown parameter '%s'", name);
		return NULL;
	}
	if ((s->flags & F_SECRET) != 0) {
		load_error(c->l, c->it, at, NULL,
		    "'%s' is secret: nothing may depend on it", name);
		return NULL;
	}
	if ((s->flags & F_REQUIRED) == 0 && s->default_json == NULL)
		load_error(c->l, c->it, at,
		    load_text(c->l, "give '%s' a default, or required: true",
			name),
		    "'%s' may be left out, and then nobody knows the cost",
		    name);
	return s;
}

static void
check_cost_per(const struct costing *c, const char *at, const json_t *value)
{
	const char *per = build_text(value, "per");
	const struct schema *s;

	if (json_object_get(value, "each") == NULL) {
		load_error(c->l, c->it, at, "write each: 0.20 EUR",
		    "nothing says what one of '%s' costs", per);
		return;
	}
	at = load_text(c->l, "%s/per", at);
	s = check_cost_param(c, at, per);
	if (s != NULL && s->kind != SCHEMA_INTEGER &&
	    s->kind != SCHEMA_NUMBER)
		load_error(c->l, c->it, at, "write by: and amounts: instead",
		    "'%s' is no number", per);
}

static void
check_cost_by(const struct costing *c, const char *at, const json_t *value)
{
	static const char *const flags[] = { "false", "true", NULL };
	const json_t *amounts = json_object_get(value, "amounts");
	const char *by = build_text(value, "by");
	const struct schema *s =
	    check_cost_param(c, load_text(c->l, "%s/by", at), by);
	const char *const *choices = s == NULL ? NULL
	    : s->kind == SCHEMA_BOOL ? flags : s->choices;

	if (s != NULL && choices == NULL)
		load_error(c->l, c->it, load_text(c->l, "%s/by", at),
		    "write each: and per: for a number",
		    "'%s' is neither a choice nor a boolean", by);
	for (size_t i = 0; choices != NULL && choices[i] != NULL; i++)
		if (json_object_get(amounts, choices[i]) == NULL)
			load_error(c->l, c->it, load_text(c->l, "%s/amounts",
			    at), load_text(c->l, "add %s: 0 EUR", choices[i]),
			    "nothing says what '%s' of '%s' costs",
			    choices[i], by);
}

static void
check_amount(const struct costing *c, const char *at, const json_t *value)
{
	const bool per = json_object_get(value, "per") != NULL;
	const bool by = json_object_get(value, "by") != NULL;
	json_t *amounts = json_object_get(value, "amounts"), *one;
	const char *name;

	check_money(c, at, value);
	if (!json_is_object(value))
		return;
	check_money(c, load_text(c->l, "%s/each", at),
	    json_object_get(value, "each"));
	check_money(c, load_text(c->l, "%s/plus", at),
	    json_object_get(value, "plus"));
	json_object_foreach (amounts, name, one)
		check_money(c, pointer_join(c->l->a,
		    load_text(c->l, "%s/amounts", at), name), one);
	if (per == by || (per && amounts != NULL) ||
	    (by && json_object_get(value, "each") != NULL))
		load_error(c->l, c->it, at, "write 5 EUR, {each: 0.20 EUR, "
		    "per: PARAM}, or {by: PARAM, amounts: {…}}",
		    per ? "an amount goes by one parameter"
			: "nothing says which parameter it goes by");
	else if (per)
		check_cost_per(c, at, value);
	else
		check_cost_by(c, at, value);
}

void
check_cost(struct load *l, const struct item *it, const struct task *task)
{
	const struct costing c = { l, it, task->params };
	const json_t *cost = json_object_get(it->value, "cost");

	if (cost != NULL && json_object_size(cost) == 0)
		load_error(l, it, "/cost", "write {per_month: 12.50 EUR}",
		    "a cost says once, per_month or per_year");
	for (int i = 0; i < COST_PARTS; i++) {
		const json_t *part = json_object_get(cost, cost_keys[i]);

		if (part != NULL)
			check_amount(&c, load_text(l, "/cost/%s",
			    cost_keys[i]), part);
	}
}
