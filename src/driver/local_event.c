/* SPDX-License-Identifier: MIT */
#include "driver/local_event.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

static enum work_reason
reason_of(uint32_t reason)
{
	static const enum work_reason reasons[] = {
		[WIRE_END_EXITED] = WORK_EXITED,
		[WIRE_END_SIGNALLED] = WORK_SIGNALLED,
		[WIRE_END_TIMEOUT] = WORK_TIMED_OUT,
		[WIRE_END_CANCELLED] = WORK_CANCELLED,
		[WIRE_END_SPAWN_FAILED] = WORK_SPAWN_FAILED,
		[WIRE_END_UNKILLABLE] = WORK_UNKILLABLE,
		[WIRE_END_MEMORY] = WORK_OUT_OF_MEMORY,
	};

	return reason > 0 && reason < ARRAY_SIZE(reasons) ? reasons[reason] :
							    WORK_SPAWN_FAILED;
}

/* A word; of what is none, nothing. */
static int
stage_length(const struct wire_exit *end)
{
	size_t n = strnlen(end->stage, sizeof(end->stage));

	for (size_t i = 0; i < n; i++)
		if (!isgraph((unsigned char)end->stage[i]) &&
		    end->stage[i] != ' ')
			return 0;
	return (int)n;
}

void
work_event_end(struct work_event *ret, const struct wire_exit *end)
{
	ret->kind = WORK_ENDED;
	ret->reason = reason_of(end->reason);
	ret->code = end->code;
	ret->signal = end->signal;
	ret->layers = end->layers;
	ret->started_ms = end->started_ms;
	ret->ended_ms = end->ended_ms;
	ret->duration_ms = end->duration_ms;
	ret->log_bytes = end->log_bytes;
	ret->log_dropped = end->log_dropped;
	ret->outputs_cut = end->outputs_cut;
	if (ret->reason == WORK_SPAWN_FAILED)
		snprintf(ret->detail, sizeof(ret->detail), "%.*s: %s",
		    stage_length(end), end->stage, strerror(end->error));
}

void
work_event_refused(struct work_event *ret, const char *what)
{
	ret->kind = WORK_ENDED;
	ret->reason = WORK_SPAWN_FAILED;
	ret->started_ms = ret->ended_ms = clock_wall_ms();
	snprintf(ret->detail, sizeof(ret->detail), "keeper: %s", what);
}

void
work_event_begin(struct work_event *ret, int64_t attempt, int64_t token)
{
	*ret = (struct work_event){ .attempt = attempt,
		.token = token,
		.code = -1 };
}
