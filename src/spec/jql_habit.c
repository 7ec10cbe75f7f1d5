/* SPDX-License-Identifier: MIT */
#include "spec/jql_habit.h"

#include "base/check.h"

struct habit {
	const char *word; /* small letters */
	const char *hint;
};

static const struct habit fields[] = {
	{ "affectedversion", "there are no versions: labels = '1.0'" },
	{ "component", "there are no components: labels = NAME, or "
		       "team = NAME" },
	{ "fixversion", "there are no versions: labels = '1.0'" },
	{ "issuefunction", "links are no field: slipway show KEY has them" },
	{ "issuelink", "links are no field: slipway show KEY has them" },
	{ "lastviewed", "nobody keeps what you look at: watcher = "
			"currentUser()" },
	{ "level", "what you may see is what is found" },
	{ "progress", "write: statusCategory = 'in progress'" },
	{ "remainingestimate", "write: points > 3" },
	{ "select", "write the condition alone: project = OPS AND status = "
		    "open" },
	{ "severity", "write: priority = interruption" },
	{ "sprint", "there are no sprints: labels = NAME, or created >= "
		    "-14d" },
	{ "timespent", "time is no field: slipway metrics, slipway toil" },
	{ "votes", "nobody votes: watcher = NAME says who cares" },
	{ "worklog", "time is no field: slipway metrics, slipway toil" },
	{ NULL, NULL }
};

static const struct habit ops[] = {
	{ "changed", "the past is not searched: updated >= -7d, and slipway "
		     "show KEY has the history" },
	{ "contains", "write ~ and the words" },
	{ "equals", "write =" },
	{ "like", "write ~ and the words; data* begins so" },
	{ "was", "the past is not searched, what is now is: status = done AND "
		 "closed >= -30d" },
	{ NULL, NULL }
};

static const struct habit ends[] = {
	{ "group", "slipway metrics counts by groups" },
	{ "limit", "write --limit 5 behind the query" },
	{ "sort", "write: ORDER BY updated" },
	{ NULL, NULL }
};

static const char *
habit_find(const struct habit *list, struct str word)
{
	for (; list->word != NULL; list++)
		if (str_case_is(word, list->word))
			return list->hint;
	return NULL;
}

const char *
jql_habit_field(struct str name)
{
	return habit_find(fields, name);
}

const char *
jql_habit_op(struct str word)
{
	return habit_find(ops, word);
}

const char *
jql_habit_end(struct str word)
{
	return habit_find(ends, word);
}

static const struct {
	enum jql_id id;
	const char *theirs, *ours;
} choices[] = {
	{ JQL_CATEGORY, "new", "to_do" },
	{ JQL_KIND, "bug", "incident" },
	{ JQL_KIND, "improvement", "feature" },
	{ JQL_KIND, "new feature", "feature" },
	{ JQL_KIND, "service request", "request" },
	{ JQL_KIND, "story", "feature" },
	{ JQL_KIND, "task", "operation" },
	{ JQL_PRIORITY, "blocker", "interruption" },
	{ JQL_PRIORITY, "critical", "interruption" },
	{ JQL_PRIORITY, "high", "customer" },
	{ JQL_PRIORITY, "highest", "interruption" },
	{ JQL_PRIORITY, "low", "operational" },
	{ JQL_PRIORITY, "lowest", "feature" },
	{ JQL_PRIORITY, "major", "customer" },
	{ JQL_PRIORITY, "medium", "operational" },
	{ JQL_PRIORITY, "minor", "operational" },
	{ JQL_RESOLUTION, "fixed", "done" },
	{ JQL_RESOLUTION, "resolved", "done" },
	{ JQL_RESOLUTION, "won't do", "dropped" },
	{ JQL_RESOLUTION, "won't fix", "dropped" },
	{ JQL_STATUS, "backlog", "open" },
	{ JQL_STATUS, "canceled", "cancelled" },
	{ JQL_STATUS, "closed", "done" },
	{ JQL_STATUS, "new", "open" },
	{ JQL_STATUS, "reopened", "open" },
	{ JQL_STATUS, "resolved", "done" },
	{ JQL_STATUS, "to do", "open" },
	{ JQL_STATUS, "todo", "open" },
};

const char *
jql_habit_choice(const struct jql_field *f, const char *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(choices); i++)
		if (choices[i].id == f->id &&
		    str_case_is(str_of(value), choices[i].theirs))
			return choices[i].ours;
	return NULL;
}
