/* SPDX-License-Identifier: MIT */
#include "cli/alias.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const struct alias aliases[] = {
	{ "again", "run.again", NULL, "RUN [--set NAME=VALUE]" },
	{ "ageing", "work.aged", "days", "[DAYS]" },
	{ "approve", "ticket.approve", NULL, "TICKET" },
	{ "artifacts", "artifact.list", NULL, "RUN" },
	{ "audit", "audit.list", NULL, NULL },
	{ "backlog", "work.backlog", "team", "[TEAM]" },
	{ "backups", "backup.list", NULL, NULL },
	{ "board", "work.board", "team", "[TEAM]" },
	{ "break-glass", "glass.open", NULL, "--reason TEXT --code CODE [--for DURATION]" },
	{ "can", "access.can", "action target", "PERSON ACTION TARGET" },
	{ "cancel", "run.cancel", "reason", "RUN" },
	{ "comment", "ticket.comment", "text", "TICKET TEXT" },
	{ "costs", "resource.costs", "by", "[BY]" },
	{ "decline", "ticket.decline", NULL, "TICKET" },
	{ "drain", "server.drain", NULL, NULL },
	{ "edit", "ticket.edit", NULL, "TICKET --NAME VALUE" },
	{ "environments", "environment.list", NULL, NULL },
	{ "evidence", "evidence.get", NULL, NULL },
	{ "extend", "resource.extend", "by", "RESOURCE [TIME]" },
	{ "filter save", "filter.save", "query", "FILTER QUERY" },
	{ "filters", "filter.list", NULL, NULL },
	{ "follow", "run.follow", NULL, "RUN" },
	{ "gantt", "run.gantt", NULL, "RUN" },
	{ "inbox", "inbox.list", NULL, NULL },
	{ "limits", "limit.list", NULL, NULL },
	{ "logs", "run.log", NULL, "RUN" },
	{ "metrics", "work.metrics", "team", "[TEAM]" },
	{ "next", "work.next", "team", "[TEAM]" },
	{ "pause", "pause.set", "kind name", "KIND [NAME] --reason TEXT" },
	{ "people", "person.list", NULL, NULL },
	{ "plan", "task.run", NULL, "TASK --env ENV ..." },
	{ "platform", "platform.get", NULL, NULL },
	{ "release", "resource.release", "note", "RESOURCE" },
	{ "reload", "platform.reload", NULL, NULL },
	{ "request", "request.ask", NULL, "NAME --env ENV ..." },
	{ "requests", "request.list", NULL, NULL },
	{ "resolve", "run.resolve", NULL,
	    "RUN --step STEP --outcome OUTCOME --note TEXT" },
	{ "resources", "resource.list", NULL, NULL },
	{ "results", "run.results", NULL, "RUN" },
	{ "resume", "pause.end", "kind name", "KIND [NAME]" },
	{ "retry", "run.retry", NULL, "RUN" },
	{ "reveal", "run.reveal", "output step", "RUN OUTPUT" },
	{ "run", "task.run", NULL, "TASK --env ENV ..." },
	{ "runs", "run.list", NULL, NULL },
	{ "schedules", "schedule.list", NULL, NULL },
	{ "search", "ticket.search", "query", "QUERY" },
	{ "secrets", "secret.list", NULL, NULL },
	{ "stats", "task.stats", NULL, "TASK" },
	{ "status", "health.ready", NULL, NULL },
	{ "stuck", "work.stuck", "team", "[TEAM]" },
	{ "tasks", "task.list", NULL, NULL },
	{ "teams", "team.list", NULL, NULL },
	{ "ticket bulk", "ticket.bulk", "query", "QUERY --NAME VALUE" },
	{ "tickets", "ticket.list", NULL, NULL },
	{ "toil", "work.toil", "team", "[TEAM]" },
	{ "tokens", "token.list", NULL, NULL },
	{ "transfer", "resource.transfer", "to", "RESOURCE TEAM" },
	{ "undo", "run.undo", "note", "RUN" },
	{ "usage", "server.usage", NULL, NULL },
	{ "waiting", "work.waiting", NULL, NULL },
	{ "what-now", "work.next", "team", "[TEAM]" },
	{ "whoami", "me.get", NULL, NULL },
	{ "withdraw", "ticket.withdraw", "note", "TICKET" },
	{ NULL, NULL, NULL, NULL },
};

const struct meant meanings[] = {
	{ "accept", "approve", "approve" },
	{ "admin", NULL, "administer" },
	{ "allow", "approve", "approve" },
	{ "apply", "run", "run" },
	{ "ask", "request", "request" },
	{ "create", "request", "request" },
	{ "decide", "approve", "approve" },
	{ "decline", NULL, "approve" },
	{ "deny", "decline", "approve" },
	{ "deploy", "run", "run" },
	{ "execute", "run", "run" },
	{ "get", "show", "view" },
	{ "kill", "cancel", "cancel" },
	{ "list", "tickets", "view" },
	{ "log", "logs", NULL },
	{ "reject", "decline", "approve" },
	{ "rerun", "retry", "run" },
	{ "retry", NULL, "run" },
	{ "revert", "undo", "run" },
	{ "rollback", "undo", "run" },
	{ "see", "show", "view" },
	{ "show", NULL, "view" },
	{ "start", "run", "run" },
	{ "stop", "cancel", "cancel" },
	{ "tail", "follow", NULL },
	{ "undo", NULL, "run" },
	{ "view", "show", NULL },
	{ "watch", "follow", NULL },
	{ NULL, NULL, NULL },
};

static int
meant_compare(const void *word, const void *row)
{
	return strcasecmp(word, ((const struct meant *)row)->word);
}

const struct meant *
meant_find(const char *word)
{
	return bsearch(word, meanings, ARRAY_SIZE(meanings) - 1,
	    sizeof(meanings[0]), meant_compare);
}

static int
alias_compare(const void *word, const void *alias)
{
	return strcmp(word, ((const struct alias *)alias)->word);
}

const struct alias *
alias_find(const char *word)
{
	return bsearch(word, aliases, ARRAY_SIZE(aliases) - 1,
	    sizeof(aliases[0]), alias_compare);
}

/* Words of cli that argv begins with; 0 unless it has all of them. */
static int
verb_match(const char *cli, int argc, char **argv)
{
	struct str left = str_of(cli);
	int n = 0;

	while (left.n > 0 && islower((unsigned char)left.p[0])) {
		struct str word = str_cut(left, ' ', &left);

		if (n == argc || !str_is(word, argv[n]))
			return 0;
		n++;
	}
	return n;
}

bool
verb_find(int argc, char **argv, struct verb *ret)
{
	const struct alias *alias;

	for (alias = aliases; alias->word != NULL; alias++) {
		int n = strchr(alias->word, ' ') == NULL
		    ? 0
		    : verb_match(alias->word, argc, argv);

		if (n > 0) {
			*ret = (struct verb){ op_find(alias->op), alias, n };
			return true;
		}
	}
	for (const struct op *const *op = ops; *op != NULL; op++) {
		int n =
		    (*op)->cli == NULL ? 0 : verb_match((*op)->cli, argc, argv);

		if (n > 0) {
			*ret = (struct verb){ *op, NULL, n };
			return true;
		}
	}
	alias = argc > 0 ? alias_find(argv[0]) : NULL;
	if (alias == NULL)
		return false;
	*ret = (struct verb){ op_find(alias->op), alias, 1 };
	return true;
}

bool
verb_is_noun(const char *word)
{
	for (const struct op *const *op = ops; *op != NULL; op++) {
		struct str rest;

		if ((*op)->cli != NULL &&
		    str_is(str_cut(str_of((*op)->cli), ' ', &rest), word))
			return true;
	}
	return false;
}

const char *
verb_usage(struct arena *a, const struct alias *alias)
{
	return arena_printf(a, "slipway %s%s%s", alias->word,
	    alias->usage == NULL ? "" : " ",
	    alias->usage == NULL ? "" : alias->usage);
}

const char *
verb_text(struct arena *a, const struct op *op)
{
	const char *p = op->cli;

	while (islower((unsigned char)*p)) {
		p += strcspn(p, " ");
		p += strspn(p, " ");
	}
	while (p > op->cli && p[-1] == ' ')
		p--;
	return arena_strndup(a, op->cli, (size_t)(p - op->cli));
}

void
verb_offer_all(struct arena *a, struct near *near)
{
	static const char *const others[] = { "backup", "check", "completion",
		"doctor", "fsck", "help", "init", "login", "logout", "manual",
		"replay", "restore", "serve", "show", "version" };

	for (const struct alias *l = aliases; l->word != NULL; l++)
		near_offer(near, l->word);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		near_offer(near, others[i]);
	for (const struct op *const *op = ops; *op != NULL; op++) {
		if ((*op)->cli != NULL)
			near_offer(near, verb_text(a, *op));
	}
}
