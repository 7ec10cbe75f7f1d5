/* SPDX-License-Identifier: MIT */
#include "api/request.h"
#include "base/version.h"
#include "spec/pause.h"
#include "spec/run.h"
#include "spec/ticket.h"
#include "store/audit.h"

static void
metric_head(struct buf *to, const char *name, const char *type,
    const char *help)
{
	buf_printf(to, "# HELP slipway_%s %s\n# TYPE slipway_%s %s\n", name,
	    help, name, type);
}

static void
metric(struct buf *to, const char *name, const char *type, const char *help,
    int64_t value)
{
	metric_head(to, name, type, help);
	buf_printf(to, "slipway_%s %lld\n", name, (long long)value);
}

static void
metric_count(struct query *q, const char *const *values, int64_t *counts)
{
	while (query_next(q)) {
		struct str value = column_str_at(q, 0);

		for (size_t i = 0; values[i] != NULL; i++)
			if (str_is(value, values[i]))
				counts[i] = column_int_at(q, 1);
	}
	query_end(q);
}

/* Every value has its line, those without a row too: series do not come and
 * go. */
static void
metric_by(struct buf *to, struct cx *cx, const char *statement,
    const char *name, const char *help, const char *label,
    const char *const *values)
{
	int64_t counts[32] = { 0 };

	metric_count(query(cx->db, statement), values, counts);
	metric_head(to, name, "gauge", help);
	for (size_t i = 0; values[i] != NULL; i++)
		buf_printf(to, "slipway_%s{%s=\"%s\"} %lld\n", name, label,
		    values[i], (long long)counts[i]);
}

static void
metric_http(struct buf *to, const struct http_stats *s)
{
	metric(to, "http_requests_total", "counter", "Requests handled.",
	    (int64_t)s->requests);
	metric(to, "http_refused_total", "counter",
	    "Requests refused before they were handled.",
	    (int64_t)s->refused);
	metric(to, "http_connections", "gauge", "Connections now.",
	    (int64_t)s->connections);
	metric(to, "http_streams", "gauge", "Streams now.",
	    (int64_t)s->streams);
}

static bool
metrics_read(struct request *r, struct cx *cx, struct buf *to, struct err *e)
{
	/* The figures of the HTTP server belong to the loop thread. */
	const struct buf *first = r->x->user;
	char hash[DIGEST_HEX];
	struct query *q;

	(void)e;
	buf_addstr(to, buf_str(first));
	metric_by(to, cx, "metrics_runs", "runs", "Runs by status.", "status",
	    run_machine.states);
	metric_by(to, cx, "metrics_tickets", "tickets", "Tickets by status.",
	    "status", ticket_machine.states);
	metric_by(to, cx, "metrics_pauses", "paused",
	    "What is paused, by kind.", "kind", pause_kinds);
	q = query(cx->db, "metrics_attempts");
	metric(to, "attempts_live", "gauge", "Attempts that run now.",
	    query_next(q) ? column_int_at(q, 0) : 0);
	query_end(q);
	metric(to, "audit_events_total", "counter",
	    "Events of the audit chain.", audit_head(cx->db, hash));
	metric(to, "epoch", "gauge", "Counts the starts of the server.",
	    cx->site->epoch);
	return true;
}

static void
metrics_free(void *arg)
{
	buf_finish(arg);
}

void
metrics_answer(struct request *r)
{
	struct buf *first = ARENA_NEW(r->arena, struct buf);
	const struct http_stats stats = http_server_stats(r->api->server);

	arena_cleanup(r->arena, metrics_free, first);
	metric_head(first, "build_info", "gauge", "Which slipway this is.");
	buf_printf(first, "slipway_build_info{version=\"%s\"} 1\n",
	    SLIPWAY_VERSION);
	metric_http(first, &stats);
	r->x->user = first;
	pool_answer(r, metrics_read, "text/plain; version=0.0.4; charset=utf-8");
}
