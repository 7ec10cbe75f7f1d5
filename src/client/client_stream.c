/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "client/sse.h"
#include "client/transfer.h"

/* The server says something every 15 s at least. */
#define STREAM_SILENT_MS 45000
#define STREAM_FIRST_MS 3000 /* for a server that was never reached */
#define STREAM_WAIT_FIRST_MS 100
#define STREAM_WAIT_MOST_MS 2000

struct following {
	struct sse sse;
	bool (*fn)(void *arg, const struct client_event *ev);
	void *arg;
	int64_t heard_ms; /* last sign of life */
	int64_t wait_ms;  /* before the next try */
	bool away;
	bool too_large;
};

static bool
following_event(void *arg, const struct sse_event *ev)
{
	struct following *f = arg;

	return f->fn(
	    f->arg, &(struct client_event){ ev->id, ev->event, ev->data });
}

static bool
following_note(struct following *f, bool away)
{
	if (f->away == away)
		return true;
	f->away = away;
	return f->fn(f->arg, &(struct client_event){
				 .event = away ? CLIENT_AWAY : CLIENT_BACK });
}

static bool
following_bytes(void *arg, struct str bytes)
{
	struct following *f = arg;
	enum sse_end end;

	f->heard_ms = clock_boot_ms();
	f->wait_ms = STREAM_WAIT_FIRST_MS;
	if (!following_note(f, false))
		return false;
	end = sse_feed(&f->sse, bytes, following_event, f);
	f->too_large = end == SSE_TOO_LARGE;
	return end == SSE_MORE;
}

/* After a break: false when fn or our patience says enough. */
static bool
following_wait(struct following *f, int64_t patience_ms, bool *ret_stopped)
{
	struct timespec wait;

	*ret_stopped = !following_note(f, true);
	if (*ret_stopped || clock_boot_ms() - f->heard_ms > patience_ms)
		return false;
	wait.tv_sec = f->wait_ms / 1000;
	wait.tv_nsec = f->wait_ms % 1000 * 1000000;
	nanosleep(&wait, NULL);
	f->wait_ms *= 2;
	if (f->wait_ms > STREAM_WAIT_MOST_MS)
		f->wait_ms = STREAM_WAIT_MOST_MS;
	return true;
}

/* Busy or restarting, perhaps behind a proxy that says so. */
static bool
status_is_passing(long status)
{
	return status == 429 || (status >= 502 && status <= 504);
}

static bool
following_run(struct following *f, struct client *c, struct transfer *t,
    int64_t patience_ms, struct err *e)
{
	for (;;) {
		enum transfer_end end;
		bool stopped;

		t->last_event_id = f->sse.id.len > 0 ? f->sse.id.data : NULL;
		t->taken = 0;
		end = transfer_run(c, t);
		if (end == TRANSFER_STOPPED && f->too_large)
			return err_set(e, ERR_TOO_LARGE, "stream.event",
			    "follow the stream: an event is too large");
		if (end == TRANSFER_STOPPED)
			return true;
		if (end == TRANSFER_DONE && t->status / 100 == 2)
			return true;
		if (end == TRANSFER_DONE && !status_is_passing(t->status))
			return transfer_refusal(t, NULL, e);
		if (end == TRANSFER_FAILED)
			return transfer_err(c, t, e);
		if (end == TRANSFER_REFUSED && !c->reached &&
		    t->failed != ECONNREFUSED)
			return transfer_err(c, t, e);
		if (!following_wait(f, c->reached || patience_ms <
			STREAM_FIRST_MS ? patience_ms : STREAM_FIRST_MS,
			&stopped))
			return stopped || (end == TRANSFER_DONE
						  ? transfer_refusal(t, NULL, e)
						  : transfer_err(c, t, e));
		sse_restart(&f->sse);
	}
}

bool
client_stream(struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, int64_t patience_ms,
    bool (*fn)(void *arg, const struct client_event *ev), void *arg,
    struct err *e)
{
	struct following f = { .fn = fn,
		.arg = arg,
		.heard_ms = clock_boot_ms(),
		.wait_ms = STREAM_WAIT_FIRST_MS };
	struct transfer t = { .method = op_method_name(op->method),
		.accept = "text/event-stream",
		.silent_ms = STREAM_SILENT_MS,
		.fn = following_bytes,
		.arg = &f };
	struct buf target = { 0 };
	bool ok = false;

	if (target_build(c, op, path_params, query, &target, e)) {
		t.target = target.data;
		ok = following_run(&f, c, &t, patience_ms, e);
	}
	sse_finish(&f.sse);
	buf_finish(&t.answer);
	buf_finish(&target);
	return ok;
}
