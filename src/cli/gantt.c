/* SPDX-License-Identifier: MIT */
#include "cli/gantt.h"

#include <string.h>

#include "base/str.h"
#include "cli/show.h"
#include "cli/text.h"

#define LABEL_MOST 34
#define LABEL_LEAST 12
#define TAIL 20 /* "  1.2 s succeeded" */
#define BAR_LEAST 8

void
gantt_cells(const struct gantt_phase *phases, size_t n, int64_t length_ms,
    unsigned char *cells, int width)
{
	memset(cells, GANTT_NOTHING, (size_t)width);
	if (length_ms <= 0)
		length_ms = 1;
	for (size_t i = 0; i < n; i++) {
		const struct gantt_phase *p = &phases[i];
		int64_t first = p->from_ms * width / length_ms;
		int64_t last = (p->to_ms * width - 1) / length_ms;

		if (p->to_ms <= p->from_ms || p->to_ms <= 0)
			continue;
		for (int64_t c = first < 0 ? 0 : first; c <= last && c < width;
		     c++)
			if (cells[c] < p->kind)
				cells[c] = (unsigned char)p->kind;
	}
}

const char *
gantt_glyph(enum gantt_kind kind, bool utf8)
{
	switch (kind) {
	case GANTT_WAITING:
		return utf8 ? "░" : ".";
	case GANTT_CHECK:
		return utf8 ? "▓" : "c";
	case GANTT_APPROVAL:
		return utf8 ? "▒" : "a";
	case GANTT_RUN:
		return utf8 ? "█" : "#";
	case GANTT_NOTHING:
	default:
		return " ";
	}
}

static enum term_tone
gantt_tone(enum gantt_kind kind, const char *status)
{
	switch (kind) {
	case GANTT_RUN:
		return term_status_tone(status);
	case GANTT_APPROVAL:
		return TONE_BUSY;
	case GANTT_WAITING:
	case GANTT_CHECK:
		return TONE_DIM;
	case GANTT_NOTHING:
	default:
		return TONE_PLAIN;
	}
}

static enum gantt_kind
gantt_kind(const char *name)
{
	static const char *const names[] = { [GANTT_WAITING] = "waiting",
		[GANTT_CHECK] = "check", [GANTT_APPROVAL] = "approval",
		[GANTT_RUN] = "run" };

	for (size_t i = 1; i < ARRAY_SIZE(names); i++)
		if (streq(names[i], name))
			return (enum gantt_kind)i;
	return GANTT_NOTHING;
}

static size_t
gantt_phases(struct session *s, const json_t *bar, struct gantt_phase **ret)
{
	const json_t *list = json_object_get(bar, "phases");
	size_t n = json_array_size(list);

	*ret = arena_array(s->arena, n + 1, sizeof(**ret));
	for (size_t i = 0; i < n; i++) {
		const json_t *p = json_array_get(list, i);

		(*ret)[i] = (struct gantt_phase){
			gantt_kind(text_get(s->arena, p, "kind")),
			int_get(p, "from_ms", 0), int_get(p, "to_ms", 0) };
	}
	return n;
}

/* Cells of the same kind in one tone. */
static void
gantt_draw(struct session *s, const unsigned char *cells, int width,
    const char *status)
{
	int at = 0;

	while (at < width) {
		enum gantt_kind kind = cells[at];
		enum term_tone tone = gantt_tone(kind, status);

		if (tone != TONE_PLAIN)
			session_say(s, "%s", term_begin(&s->term, tone));
		for (; at < width && cells[at] == kind; at++)
			session_say(s, "%s", gantt_glyph(kind, s->term.utf8));
		if (tone != TONE_PLAIN)
			session_say(s, "%s", term_end(&s->term));
	}
}

/* "12 train (rate=0.1)", or "train, 98 of 100". */
static const char *
gantt_label(struct session *s, const json_t *bar)
{
	struct arena *a = s->arena;
	const char *task = text_get(a, bar, "task");
	const char *params = text_params(a, json_object_get(bar, "params"));

	if (json_is_true(json_object_get(bar, "foreach")))
		return arena_printf(a, "%s %s, each", text_get(a, bar, "step"),
		    task);
	if (json_is_integer(json_object_get(bar, "step")))
		return arena_printf(a, "%s %s%s%s%s", text_get(a, bar, "step"),
		    task, *params != '\0' ? " (" : "", params,
		    *params != '\0' ? ")" : "");
	return arena_printf(a, "%s, %lld of %lld", task,
	    (long long)int_get(bar, "done", 0),
	    (long long)int_get(bar, "steps", 0));
}

/* Columns of a text, and where in it so many of them end. */
static int
gantt_columns(const char *text, int most, size_t *ret_bytes)
{
	struct str rest = str_of(text);
	int n = 0;

	*ret_bytes = 0;
	while (rest.n > 0) {
		size_t c = str_utf8_char(rest);

		c = c == 0 ? 1 : c;
		rest.p += c;
		rest.n -= c;
		if (n++ < most)
			*ret_bytes += c;
	}
	return n;
}

static void
gantt_say_label(struct session *s, const char *label, int width)
{
	size_t bytes;
	int n = gantt_columns(label, width, &bytes);

	if (n > width) {
		(void)gantt_columns(label, width - 1, &bytes);
		session_say(s, "%.*s%s ", (int)bytes, label,
		    s->term.utf8 ? "…" : "~");
		return;
	}
	session_say(s, "%s%*s ", label, width - n, "");
}

/* How long its commands took. */
static const char *
gantt_ran(struct session *s, const struct gantt_phase *phases, size_t n)
{
	int64_t sum = 0;
	json_t *ms;

	for (size_t i = 0; i < n; i++)
		if (phases[i].kind == GANTT_RUN)
			sum += phases[i].to_ms - phases[i].from_ms;
	if (sum == 0)
		return "";
	ms = json_integer(sum);
	session_keep(s, ms);
	return text_ms(s->arena, ms);
}

static void
gantt_line(struct session *s, const json_t *bar, int64_t length, int label,
    int width)
{
	struct arena *a = s->arena;
	const char *status = text_get(a, bar, "status");
	unsigned char *cells = arena_alloc(a, (size_t)width);
	struct gantt_phase *phases;
	size_t n = gantt_phases(s, bar, &phases);

	gantt_say_label(s, gantt_label(s, bar), label);
	gantt_cells(phases, n, length, cells, width);
	gantt_draw(s, cells, width, status);
	session_say(s, " %7s %s\n", gantt_ran(s, phases, n),
	    session_tone(s, term_status_tone(status),
		text_status(a, status)));
}

static void
gantt_legend(struct session *s)
{
	static const struct {
		enum gantt_kind kind;
		const char *word;
	} words[] = { { GANTT_WAITING, "waiting for its turn" },
		{ GANTT_APPROVAL, "for a person" },
		{ GANTT_CHECK, "looking" }, { GANTT_RUN, "running" } };

	session_say(s, "\n");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		session_say(s, "%s%s %s", i == 0 ? "" : "   ",
		    gantt_glyph(words[i].kind, s->term.utf8), words[i].word);
	session_say(s, "\n");
}

void
show_gantt(struct session *s, const json_t *gantt)
{
	const json_t *bars = json_object_get(gantt, "bars");
	int64_t length = int_get(gantt, "length_ms", 0);
	int label = LABEL_LEAST, width;
	json_t *bar;
	size_t i, bytes;

	json_array_foreach (bars, i, bar) {
		int n = gantt_columns(gantt_label(s, bar), 0, &bytes);

		label = n > label ? n : label;
	}
	if (label > LABEL_MOST)
		label = LABEL_MOST;
	if (label > s->term.width / 3)
		label = s->term.width / 3 > LABEL_LEAST ? s->term.width / 3
							: LABEL_LEAST;
	width = s->term.width - label - TAIL - 1;
	if (width < BAR_LEAST)
		width = BAR_LEAST;
	show_title(s, text_get(s->arena, gantt, "run"),
	    text_get(s->arena, gantt, "task"),
	    text_get(s->arena, gantt, "status"));
	session_say(s, "%*s %s, %lld steps\n", label, "",
	    text_ms(s->arena, json_object_get(gantt, "length_ms")),
	    (long long)int_get(gantt, "steps", 0));
	json_array_foreach (bars, i, bar)
		gantt_line(s, bar, length, label, width);
	gantt_legend(s);
}
