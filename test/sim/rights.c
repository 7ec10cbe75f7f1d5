/* SPDX-License-Identifier: MIT */
/* Who is in which team, and whom the rules ask; both may change while others
 * decide. */
#include <string.h>

#include "sim.h"

static const char *const teams[2] = { "red", "blue" };

/* Those of a team who may decide at all. */
static int
rights_count(const struct sim_rights *r, int team)
{
	return __builtin_popcount(r->teams[team] & ~r->disabled);
}

struct sim_rule
rights_rule_make(struct sim *s, unsigned percent)
{
	struct sim_rule r = { .count = 0 };

	if (sim_chance(s, percent)) {
		r.team = (int)sim_below(s, 2);
		r.count = 1 + (int)sim_chance(s, 30);
		if (r.count > rights_count(&s->folder.rights, r.team))
			r.count = 1;
		r.hours = sim_chance(s, 20) ? 1 + (int)sim_below(s, 4) : 0;
	}
	return r;
}

static void
rights_rules_make(struct sim *s)
{
	struct sim_rights *r = &s->folder.rights;

	r->env[1][0] = rights_rule_make(s, 60);
	r->env[1][1] = rights_rule_make(s, 25);
	r->env[0][0] = rights_rule_make(s, 10);
	for (int i = 0; i < 2; i++)
		r->request[i] = rights_rule_make(s, 40);
}

static void
rights_keep(struct sim *s)
{
	ASSERT(s->nversions < SIM_VERSIONS);
	s->versions[s->nversions++] = s->folder.rights;
}

void
rights_make(struct sim *s)
{
	struct sim_folder *f = &s->folder;

	for (int k = 0; k < 2; k++)
		for (int i = 0; i < f->npeople; i++)
			if (i / 2 == k || i == 1 || sim_chance(s, 50))
				f->rights.teams[k] |= 1u << i;
	rights_rules_make(s);
	rights_keep(s);
}

/* What the tasks ask for stays, so somebody must be there for it. */
static bool
rights_suffice(const struct sim *s)
{
	const struct sim_folder *f = &s->folder;

	for (int i = 0; i < f->ntasks; i++)
		if (f->tasks[i].rule.count >
		    rights_count(&f->rights, f->tasks[i].rule.team))
			return false;
	return rights_count(&f->rights, 0) > 0 &&
	    rights_count(&f->rights, 1) > 0;
}

void
rights_change(struct sim *s)
{
	const struct sim_rights before = s->folder.rights;
	struct sim_rights *r = &s->folder.rights;

	if (s->nversions == SIM_VERSIONS)
		return;
	for (int i = 0; i < s->folder.npeople; i++) {
		for (int k = 0; k < 2; k++)
			if (sim_chance(s, 20))
				r->teams[k] ^= 1u << i;
		if (sim_chance(s, 10))
			r->disabled ^= 1u << i;
	}
	if (!rights_suffice(s))
		*r = before;
	rights_rules_make(s);
	rights_keep(s);
}

void
rights_rule_write(struct buf *b, const struct sim_rule *rules, int n)
{
	bool any = false;

	for (int i = 0; i < n; i++) {
		if (rules[i].count == 0)
			continue;
		buf_printf(b, "%s{of: %s, count: %d",
		    any ? ", " : "approve: [", teams[rules[i].team],
		    rules[i].count);
		if (rules[i].hours > 0)
			buf_printf(b, ", valid: %dh", rules[i].hours);
		buf_adds(b, "}");
		any = true;
	}
	if (any)
		buf_adds(b, "]\n");
}

static void
rights_teams_write(struct sim *s, struct buf *b)
{
	const struct sim_folder *f = &s->folder;

	for (int k = 0; k < 2; k++) {
		bool any = false;

		buf_printf(b, "%s%s: {members: [", k > 0 ? ", " : "",
		    teams[k]);
		for (int i = 0; i < f->npeople; i++)
			if ((f->rights.teams[k] & 1u << i) != 0) {
				buf_printf(b, "%s%s", any ? ", " : "",
				    sim_people[i]);
				any = true;
			}
		buf_adds(b, "]}");
	}
}

void
rights_write(struct sim *s, struct buf *b)
{
	const struct sim_folder *f = &s->folder;

	buf_adds(b, "people: {");
	for (int i = 0; i < f->npeople; i++)
		buf_printf(b, "%s%s: {name: P, disabled: %s}",
		    i > 0 ? ", " : "", sim_people[i],
		    (f->rights.disabled & 1u << i) != 0 ? "true" : "false");
	buf_adds(b, "}\nteams: {");
	rights_teams_write(s, b);
	buf_adds(b, "}\ngrants: [{to: red, role: member}, {to: blue, role: "
		    "admin, break_glass: true}]\n"
		    "---\nenvironments:\n");
	for (int i = 0; i < SIM_ENVS; i++) {
		struct buf rules = { .data = NULL };

		rights_rule_write(&rules, f->rights.env[i], 2);
		if (rules.len > 0)
			rules.data[rules.len - 1] = '\0';
		buf_printf(b, "  %s: {%s}\n", sim_envs[i], buf_cstr(&rules));
		buf_finish(&rules);
	}
}
