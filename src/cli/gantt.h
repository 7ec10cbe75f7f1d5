/* SPDX-License-Identifier: MIT */
/*
 * gantt.h: when each step of a run waited and ran, a line a step.
 *
 * A cell of a bar stands for a stretch of time and shows the most important
 * thing of it: running before approval before check before waiting.  The
 * drawing is pure; show_gantt puts it on the page.
 */
#ifndef CLI_GANTT_H
#define CLI_GANTT_H

#include "cli/session.h"

enum gantt_kind {
	GANTT_NOTHING,
	GANTT_WAITING,
	GANTT_CHECK,
	GANTT_APPROVAL,
	GANTT_RUN
};

struct gantt_phase {
	enum gantt_kind kind;
	int64_t from_ms, to_ms;
};

/* One enum gantt_kind per cell. */
void gantt_cells(const struct gantt_phase *phases, size_t n, int64_t length_ms,
    unsigned char *cells, int width);
const char *gantt_glyph(enum gantt_kind kind, bool utf8);

void show_gantt(struct session *s, const json_t *gantt);

#endif
