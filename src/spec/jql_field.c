/* SPDX-License-Identifier: MIT */
/* The names of the search language, and how values of its fields are read. */
#include <ctype.h>
#include <string.h>

#include "base/near.h"
#include "spec/jql_habit.h"
#include "spec/ticket.h"

#define SAME (JQL_BIT(JQL_EQ) | JQL_BIT(JQL_NE))
#define LISTED (SAME | JQL_BIT(JQL_IN) | JQL_BIT(JQL_NOT_IN))
#define VOID (JQL_BIT(JQL_EMPTY) | JQL_BIT(JQL_NOT_EMPTY))
#define ORDERED                                                                \
	(JQL_BIT(JQL_LT) | JQL_BIT(JQL_LE) | JQL_BIT(JQL_GT) | JQL_BIT(JQL_GE))
#define LIKE (JQL_BIT(JQL_LIKE) | JQL_BIT(JQL_NOT_LIKE))

static const char *const categories[] = { "to_do", "in_progress", "done",
	NULL };
/* The least urgent first, so that > means more urgent. */
static const char *const priorities[] = { "feature", "operational",
	"customer", "security", "interruption", NULL };
static const char *const resolutions[] = { "unresolved", "done",
	"workaround", "duplicate", "dropped", "declined", NULL };
static const char *const statuses[] = { "open", "waiting_approval",
	"approved", "in_progress", "done", "declined", "cancelled", "failed",
	NULL };

const struct jql_field jql_fields[] = {
	{ JQL_ASSIGNEE, "assignee", NULL, JQL_PERSON, LISTED | VOID, true, NULL,
	    "who works on it: a person or a team" },
	{ JQL_CLOSED, "closed", " resolved resolutiondate closed_at ",
	    JQL_TIME, SAME | ORDERED | VOID, true, NULL, "when it ended" },
	{ JQL_COMMENT, "comment", " comments ", JQL_WORDS, LIKE, false, NULL,
	    "words of a comment" },
	{ JQL_CREATED, "created", " createddate created_at date ", JQL_TIME,
	    SAME | ORDERED, true, NULL, "when it was opened" },
	{ JQL_DESCRIPTION, "description", NULL, JQL_WORDS, LIKE | VOID, false,
	    NULL, "words of its description" },
	{ JQL_DUE, "due", " duedate due_at ", JQL_TIME,
	    SAME | ORDERED | VOID, true, NULL, "when it has to be done" },
	{ JQL_ENVIRONMENT, "environment", " env ", JQL_NAME, LISTED | VOID,
	    true, NULL, "where" },
	{ JQL_EPIC, "epic", " epiclink parent ", JQL_KEY, LISTED | VOID, true,
	    NULL, "the larger ticket it is part of" },
	{ JQL_FILTER, "filter", " savedfilter ", JQL_NAME, LISTED, false,
	    NULL, "what a saved filter finds" },
	{ JQL_KIND, "kind", " type issuetype ", JQL_CHOICE, LISTED, true,
	    ticket_kinds, "request, incident, operation, feature, epic" },
	{ JQL_LABELS, "labels", " label ", JQL_NAME, LISTED | VOID, false,
	    NULL, "one of its labels" },
	{ JQL_POINTS, "points", " storypoints estimate ", JQL_NUMBER,
	    LISTED | ORDERED | VOID, true, NULL, "how large" },
	{ JQL_PRIORITY, "priority", NULL, JQL_CHOICE, LISTED | ORDERED, true,
	    priorities,
	    "interruption > security > customer > operational > feature" },
	{ JQL_PROJECT, "project", NULL, JQL_NAME, LISTED, true, NULL,
	    "the letters before its number" },
	{ JQL_REQUEST, "request", " requesttype ", JQL_NAME, LISTED | VOID,
	    true, NULL, "which request type" },
	{ JQL_REQUESTER, "requester", " reporter creator ", JQL_PERSON,
	    LISTED, true, NULL, "who asked" },
	{ JQL_RESOLUTION, "resolution", " outcome ", JQL_CHOICE, LISTED | VOID,
	    true, resolutions, "how it ended, or unresolved" },
	{ JQL_STATUS, "status", NULL, JQL_CHOICE, LISTED, true, statuses,
	    "where it is in its life" },
	{ JQL_CATEGORY, "statuscategory", NULL, JQL_CHOICE, LISTED, false,
	    categories, "to_do, in_progress, done" },
	{ JQL_TASK, "task", NULL, JQL_NAME, LISTED | VOID, true, NULL,
	    "the task that does it" },
	{ JQL_TEAM, "team", NULL, JQL_NAME, LISTED | VOID, true, NULL,
	    "the team that does it" },
	{ JQL_TEXT, "text", NULL, JQL_WORDS, LIKE, false, NULL,
	    "words of title, description or comments" },
	{ JQL_TICKET, "ticket", " key issue issuekey id ", JQL_KEY, LISTED,
	    true, NULL, "its key" },
	{ JQL_TITLE, "title", " summary ", JQL_WORDS, LIKE | SAME, true, NULL,
	    "words of its title" },
	{ JQL_UPDATED, "updated", " updateddate updated_at ", JQL_TIME,
	    SAME | ORDERED, true, NULL, "when it last changed" },
	{ JQL_WATCHER, "watcher", " watchers ", JQL_PERSON, LISTED | VOID,
	    false, NULL, "who watches it" },
	{ .name = NULL }
};

static const char *const op_texts[] = { [JQL_EQ] = "=", [JQL_NE] = "!=",
	[JQL_LT] = "<", [JQL_LE] = "<=", [JQL_GT] = ">", [JQL_GE] = ">=",
	[JQL_LIKE] = "~", [JQL_NOT_LIKE] = "!~", [JQL_IN] = "IN",
	[JQL_NOT_IN] = "NOT IN", [JQL_EMPTY] = "IS EMPTY",
	[JQL_NOT_EMPTY] = "IS NOT EMPTY" };

const char *
jql_op_text(enum jql_op op)
{
	return op_texts[op];
}

/* --- names ---------------------------------------------------------------- */

/* "Story Points", "story_points" and "storyPoints" are one name. */
static bool
field_is(struct str written, struct str name)
{
	size_t i = 0;

	for (size_t k = 0; k < written.n; k++) {
		char c = written.p[k];

		if (c == ' ' || c == '_')
			continue;
		while (i < name.n && name.p[i] == '_')
			i++;
		if (i == name.n ||
		    tolower((unsigned char)c) != (unsigned char)name.p[i])
			return false;
		i++;
	}
	return i == name.n && i > 0;
}

static bool
field_has_name(const struct jql_field *f, struct str name)
{
	struct str left = str_of(f->also);

	if (field_is(name, str_of(f->name)))
		return true;
	while (left.n > 0)
		if (field_is(name, str_cut(left, ' ', &left)))
			return true;
	return false;
}

const struct jql_field *
jql_field_find(struct str name)
{
	for (const struct jql_field *f = jql_fields; f->name != NULL; f++)
		if (field_has_name(f, name))
			return f;
	return NULL;
}

const char *
jql_field_near(struct arena *a, struct str name)
{
	struct near near = near_start(arena_str(a, name));

	for (const struct jql_field *f = jql_fields; f->name != NULL; f++) {
		struct str left = str_of(f->also);

		near_offer(&near, f->name);
		while (left.n > 0) {
			struct str word = str_cut(left, ' ', &left);

			if (word.n > 0)
				near_offer(&near, arena_str(a, word));
		}
	}
	return near.best;
}

static const char *const functions[] = { [JQL_CURRENT_USER] = "currentUser",
	[JQL_MEMBERS_OF] = "membersOf", [JQL_NOW] = "now",
	[JQL_START_OF_DAY] = "startOfDay", [JQL_START_OF_WEEK] = "startOfWeek",
	[JQL_START_OF_MONTH] = "startOfMonth",
	[JQL_START_OF_YEAR] = "startOfYear", [JQL_END_OF_DAY] = "endOfDay",
	[JQL_END_OF_WEEK] = "endOfWeek", [JQL_END_OF_MONTH] = "endOfMonth",
	[JQL_END_OF_YEAR] = "endOfYear" };

enum jql_function
jql_function_find(struct str name, const char **ret_near, struct arena *a)
{
	struct near near = near_start(arena_str(a, name));

	for (size_t i = 1; i < ARRAY_SIZE(functions); i++) {
		if (str_case_is(name, functions[i]))
			return (enum jql_function)i;
		near_offer(&near, functions[i]);
	}
	*ret_near = near.best;
	return JQL_NO_FUNCTION;
}

/* --- values --------------------------------------------------------------- */

/* "In Progress", "in-progress" and "in_progress" are one word. */
static bool
choice_is(const char *written, const char *choice)
{
	for (; *written != '\0' && *choice != '\0'; written++, choice++) {
		char c = *written == ' ' || *written == '-' ? '_' : *written;

		if (tolower((unsigned char)c) != *choice)
			return false;
	}
	return *written == *choice;
}

static const char *
choices_text(struct arena *a, const char *const *choices)
{
	const char *text = choices[0];

	for (size_t i = 1; choices[i] != NULL; i++)
		text = arena_printf(a, "%s, %s", text, choices[i]);
	return text;
}

static const char *
value_choice(struct arena *a, const struct jql_field *f, struct jql_value *v,
    const char **ret_hint)
{
	struct near near = near_start(v->text);
	const char *habit;

	for (size_t i = 0; f->choices[i] != NULL; i++) {
		if (choice_is(v->text, f->choices[i])) {
			v->text = f->choices[i];
			v->number = (int64_t)i;
			return NULL;
		}
		near_offer(&near, f->choices[i]);
	}
	habit = jql_habit_choice(f, v->text);
	*ret_hint = habit != NULL
	    ? arena_printf(a, "here it is '%s'; one of: %s", habit,
		  choices_text(a, f->choices))
	    : near.best != NULL
	    ? arena_printf(a, "did you mean '%s'?", near.best)
	    : arena_printf(a, "one of: %s", choices_text(a, f->choices));
	return arena_printf(a, "no %s '%s'", f->name, v->text);
}

bool
jql_offset(struct str text, enum jql_unit usual, int64_t *ret_amount,
    enum jql_unit *ret_unit)
{
	static const char letters[] = "mhdwMy";
	int64_t sign = 1;
	const char *unit;

	if (str_starts(text, "-") || str_starts(text, "+")) {
		sign = text.p[0] == '-' ? -1 : 1;
		text = (struct str){ text.p + 1, text.n - 1 };
	}
	if (text.n == 0 || !isdigit((unsigned char)text.p[0]))
		return false;
	*ret_unit = usual;
	unit = strchr(letters, text.p[text.n - 1]);
	if (unit != NULL) {
		*ret_unit = (enum jql_unit)(unit - letters);
		text.n--;
	}
	if (!str_to_int64(text, ret_amount) || *ret_amount > 100000)
		return false;
	*ret_amount *= sign;
	return true;
}

/* Digits up to the next that is none; -1: there are not that many. */
static int
date_number(const char **p, int digits)
{
	int v = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return -1;
		v = v * 10 + (**p - '0');
	}
	return v;
}

/* 2026-01-02, 2026/01/02, 2026-01-02 13:45 */
static bool
value_date(struct jql_value *v)
{
	const char *p = v->text;
	int year, month, day, hour = 0, minute = 0;
	char dash;

	year = date_number(&p, 4);
	dash = *p;
	if (year < 1 || (dash != '-' && dash != '/'))
		return false;
	p++;
	month = date_number(&p, 2);
	if (month < 1 || month > 12 || *p++ != dash)
		return false;
	day = date_number(&p, 2);
	if (day < 1 || day > civil_month_days(year, month))
		return false;
	v->span_ms = CIVIL_DAY_MS;
	if (*p == ' ' || *p == 'T') {
		p++;
		hour = date_number(&p, 2);
		if (hour < 0 || hour > 23 || *p++ != ':')
			return false;
		minute = date_number(&p, 2);
		if (minute < 0 || minute > 59)
			return false;
		v->span_ms = CIVIL_MINUTE_MS;
	}
	v->local_ms = civil_ms(year, month, day, hour, minute);
	v->absolute = true;
	return *p == '\0';
}

static const char *
value_time(struct arena *a, struct jql_value *v, const char **ret_hint)
{
	struct str text = str_of(v->text);
	enum jql_unit none = JQL_UNITS;

	if (value_date(v) ||
	    (jql_offset(text, none, &v->amount, &v->unit) && v->unit != none))
		return NULL;
	v->absolute = false;
	*ret_hint = "e.g. -30d, 4w, 2026-01-31, '2026-01-31 09:30', "
		    "startOfMonth()";
	return arena_printf(a, "not a time: '%s'", v->text);
}

static const char *
value_upper(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)toupper((unsigned char)*p);
	return copy;
}

/* Does a search find anything in it at all? */
static bool
value_has_word(const char *text)
{
	for (; *text != '\0'; text++)
		if (isalnum((unsigned char)*text) || (*text & 0x80) != 0)
			return true;
	return false;
}

const char *
jql_value_read(struct arena *a, const struct jql_field *f,
    struct jql_value *v, const char **ret_hint)
{
	*ret_hint = NULL;
	switch (f->type) {
	case JQL_CHOICE:
		return value_choice(a, f, v, ret_hint);
	case JQL_TIME:
		return value_time(a, v, ret_hint);
	case JQL_NUMBER:
		if (str_to_int64(str_of(v->text), &v->number))
			return NULL;
		return arena_printf(a, "not a whole number: '%s'", v->text);
	case JQL_KEY:
		v->text = value_upper(a, v->text);
		return NULL;
	case JQL_NAME:
		if (f->id == JQL_PROJECT)
			v->text = value_upper(a, v->text);
		return NULL;
	case JQL_PERSON:
		return NULL;
	case JQL_WORDS:
		break;
	}
	if (f->id != JQL_TITLE && !value_has_word(v->text))
		return arena_printf(a, "nothing to search for in '%s'",
		    v->text);
	return NULL;
}
