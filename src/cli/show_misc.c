/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "cli/show.h"
#include "cli/table.h"
#include "cli/text.h"
#include "spec/catalogue.h"

/* "default 10"; "" for none, and for what is empty or off anyway. */
static const char *
show_default(struct session *s, const struct schema *schema)
{
	const json_t *json =
	    schema->default_json == NULL
		? NULL
		: session_keep(s,
		      json_loads(schema->default_json, JSON_DECODE_ANY, NULL));
	const char *text = text_value(s->arena, json);

	if (*text == '\0' || json_is_false(json))
		return "";
	return arena_printf(s->arena, "default %s", text);
}

static void
show_flag(struct session *s, const struct flag *f)
{
	struct arena *a = s->arena;
	const char *name = flag_text(a, f->name);
	const char *kind = flag_kind(a, f);
	const char *text = f->schema->doc == NULL ? "" : f->schema->doc;

	if (f->secret)
		kind =
		    arena_printf(a, "secret: asked for, or %s-file FILE", name);
	if (*text == '\0')
		text = kind;
	else if (*kind != '\0')
		text = arena_printf(a, "%s (%s)", text, kind);
	kind = show_default(s, f->schema);
	if (f->required)
		kind = "required";
	if (*kind != '\0')
		text = arena_printf(
		    a, "%s%s%s", text, *text == '\0' ? "" : ", ", kind);
	if (!s->globals.json && !s->globals.quiet)
		text_wrap(s->out, s->term.width, 26, name, text);
}

/* A value to show how it is typed. */
static const char *
show_example_value(struct session *s, const struct flag *f)
{
	const struct schema *schema = f->schema;
	json_t *json = schema->example == NULL
			   ? NULL
			   : session_keep(s, json_loads(schema->example,
						 JSON_DECODE_ANY, NULL));

	if (json != NULL)
		return text_shell(s->arena, text_value(s->arena, json));
	switch (schema->kind) {
	case SCHEMA_INTEGER:
	case SCHEMA_NUMBER:
		return arena_printf(s->arena, "%lld",
		    schema->has_min ? (long long)schema->min : 1LL);
	case SCHEMA_CHOICE:
		return text_shell(s->arena, schema->choices[0]);
	case SCHEMA_DURATION:
		return "5m";
	case SCHEMA_STRING:
	case SCHEMA_TIME:
	case SCHEMA_LIST:
	case SCHEMA_ONE_OF:
	case SCHEMA_JSON:
	case SCHEMA_OBJECT:
	case SCHEMA_MAP:
	case SCHEMA_BOOL:
		break;
	}
	return table_heading(s->arena, f->name);
}

static void
show_example(struct session *s, const struct form *form)
{
	session_say(s, "  slipway %s %s", form->request ? "request" : "run",
	    text_shell(s->arena, form->name));
	for (size_t i = 0; i < form->nflags; i++) {
		const struct flag *f = &form->flags[i];

		if (f->required && !f->secret)
			session_say(s, " %s%s%s", flag_text(s->arena, f->name),
			    f->schema->kind == SCHEMA_BOOL ? "" : " ",
			    f->schema->kind == SCHEMA_BOOL
				? ""
				: show_example_value(s, f));
	}
	if (form->environments[0] != NULL)
		session_say(s, " --env %s", form->environments[0]);
	session_say(s, "\n");
}

void
show_form(struct session *s, const struct form *form)
{
	struct arena *a = s->arena;
	const char *title = text_get(a, form->entry, "title");

	show_title(s, form->name, *title != '\0' ? title : form->doc, "");
	if (*title != '\0' && *form->doc != '\0' &&
	    strcmp(title, form->doc) != 0)
		session_say(s, "  %s\n", form->doc);
	show_field(s, "team", text_get(a, form->entry, "team"));
	show_field(s, "task", text_get(a, form->entry, "task"));
	show_field(s, "needs", text_get(a, form->entry, "needs"));
	show_field(s, "defined in", text_get(a, form->entry, "where"));
	show_field(s, "environments", text_get(a, form->entry, "environments"));
	show_field(s, "cost", text_get(a, form->entry, "cost"));
	show_field(s, form->request ? "you may ask" : "you may run",
	    json_array_size(json_object_get(form->entry, "can")) == 0
		? "nowhere"
		: arena_printf(a, "in %s", text_get(a, form->entry, "can")));
	show_section(s, "Parameters");
	for (size_t i = 0; i < form->nflags; i++)
		show_flag(s, &form->flags[i]);
	if (form->nflags == 0)
		session_say(s, "  none\n");
	show_section(s, "Example");
	show_example(s, form);
}

static void
show_entry(struct session *s, const json_t *entry, bool request)
{
	static const char *const nowhere[] = { NULL };
	struct form form = {
		.request = request, .entry = entry, .environments = nowhere
	};

	form.name = text_get(s->arena, entry, "name");
	form.doc = text_get(s->arena, entry, "doc");
	form_flags(s->arena, json_object_get(entry, "params"), &form.flags,
	    &form.nflags);
	show_form(s, &form);
}

static void
show_task_outputs(struct session *s, const json_t *outputs)
{
	json_t *output;
	size_t i;

	if (json_array_size(outputs) == 0)
		return;
	show_section(s, "Outputs");
	json_array_foreach(outputs, i, output) session_say(s, "  %-22s %s%s\n",
	    text_get(s->arena, output, "name"),
	    text_get(s->arena, output, "doc"),
	    json_is_true(json_object_get(output, "secret")) ? " (secret)" : "");
}

void
show_task(struct session *s, const json_t *task)
{
	show_entry(s, task, false);
	show_task_outputs(s, json_object_get(task, "outputs"));
	if (json_is_string(json_object_get(task, "undo")))
		session_say(s, "\nundo: slipway run %s\n",
		    text_get(s->arena, task, "undo"));
}

void
show_request(struct session *s, const json_t *request)
{
	show_entry(s, request, true);
}

void
show_plan(struct session *s, const json_t *plan)
{
	session_say(s, "plan %s\n", text_get(s->arena, plan, "hash"));
	session_say(s, "made %s; an approval is over exactly this:\n",
	    text_ago(s->arena, json_object_get(plan, "created_at")));
	show_tree(s, json_object_get(plan, "body"), 2);
}

static void
show_texts(struct session *s, const char *name, const json_t *list)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item)
	{
		show_field(s, name, text_value(s->arena, item));
		name = "";
	}
}

void
show_me(struct session *s, const json_t *me)
{
	struct arena *a = s->arena;
	bool admin = json_is_true(json_object_get(me, "operator"));
	int64_t waiting = int_get(me, "waiting", 0);
	const char *person = text_get(a, me, "person");

	show_title(s, *person != '\0' ? person : "operator",
	    text_get(a, me, "full_name"), "");
	if (admin)
		show_field(
		    s, "may", "administer this server; not request or approve");
	show_field(s, "teams", text_get(a, me, "teams"));
	show_texts(s, "grants", json_object_get(me, "grants"));
	show_field(s, "came by", text_get(a, me, "via"));
	if (waiting > 0)
		session_say(s,
		    "\n%lld waiting for your decision: slipway tickets "
		    "--waiting-for %s\n",
		    (long long)waiting, person);
}

void
show_can(struct session *s, const json_t *can)
{
	struct arena *a = s->arena;
	bool yes = json_is_true(json_object_get(can, "allowed"));

	session_say(s, "%s\n",
	    session_tone(s, yes ? TONE_GOOD : TONE_BAD, yes ? "yes" : "no"));
	show_field(s, "rule", text_get(a, can, "rule"));
	show_texts(s, yes ? "still needs" : "would need",
	    json_object_get(can, "then"));
	show_texts(s, "decides for", json_object_get(can, "stands_in_for"));
	if (!yes)
		show_field(s, "ask", text_get(a, can, "who_can_grant"));
	show_later(s, can);
}

void
show_health(struct session *s, const json_t *health)
{
	const char *status = text_get(s->arena, health, "status");
	bool ok = strcmp(status, "ok") == 0;

	session_say(s, "server %s\n",
	    session_tone(s, ok ? TONE_GOOD : TONE_BAD, status));
	show_tree(s, json_object_get(health, "checks"), 2);
}

void
show_platform(struct session *s, const json_t *platform)
{
	const json_t *errors = json_object_get(platform, "errors");

	show_object(s, &platform_schema, platform);
	if (json_array_size(errors) == 0)
		return;
	session_say(s, "\nthe last reload was refused, the version before "
		       "stays in force:\n");
	show_tree(s, errors, 2);
}

/* Told as a table below the rest. */
static bool
object_is_rows(const struct schema *f)
{
	return f->kind == SCHEMA_LIST && f->of != NULL &&
	    f->of->kind == SCHEMA_OBJECT && f->of->fields != NULL;
}

/* "by_type" to "By type". */
static const char *
object_heading(struct arena *a, const char *name)
{
	char *head = arena_strdup(a, text_status(a, name));

	head[0] = (char)toupper((unsigned char)head[0]);
	return head;
}

void
show_object(
    struct session *s, const struct schema *schema, const json_t *object)
{
	for (const struct schema *f = schema->fields; f->name != NULL; f++) {
		const json_t *value = json_object_get(object, f->name);

		if ((f->flags & F_HIDDEN) || strcmp(f->name, "errors") == 0 ||
		    object_is_rows(f))
			continue;
		show_field(s, f->name, text_field(s->arena, f, value));
	}
	for (const struct schema *f = schema->fields; f->name != NULL; f++) {
		const json_t *rows = json_object_get(object, f->name);

		if ((f->flags & F_HIDDEN) || !object_is_rows(f) ||
		    json_array_size(rows) == 0)
			continue;
		show_section(s, object_heading(s->arena, f->name));
		table_print_rows(s, f->of, rows,
		    s->term.out_tty ? s->term.width : 0);
	}
}
