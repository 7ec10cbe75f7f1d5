/* SPDX-License-Identifier: MIT */
/*
 * transfer.h: one request and its answer over libcurl, and how long to try.
 *
 * Private to client/.  Owns the curl handle and with it the connection that
 * calls share.  No redirects, no proxies, http and https alone.  Blocks.
 */
#ifndef CLIENT_TRANSFER_H
#define CLIENT_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"
#include "client/client.h"

struct client {
	unsigned magic;
	CURL *curl;
	char *url;    /* "http://localhost" or "https://host:port", no '/' */
	char *socket; /* path, or NULL: by url */
	char *token;  /* or NULL */
	char *ca;     /* file of the authority to trust; NULL: the system's */
	int folder;   /* of a socket whose path is too long, or -1 */
	bool reached; /* somebody has answered here before */
};

struct transfer {
	const char *method; /* "GET" */
	const char *target; /* escaped path and query */
	struct str body;    /* JSON; p NULL: none */
	const char *accept;
	const char *idempotency_key; /* or NULL */
	const char *last_event_id;   /* or NULL */
	const char *range, *if_range; /* or NULL */
	int64_t within_ms;           /* for all of it; 0: no limit */
	int64_t silent_ms;           /* between two bytes; 0: no limit */
	/* Takes the bytes of a 2xx answer; NULL: they are kept in `answer`. */
	bool (*fn)(void *arg, struct str bytes);
	void *arg;

	/* the outcome; status and etag are there before fn is called */
	long status;
	char etag[CLIENT_ETAG]; /* with its quotes, or "" */
	struct buf answer; /* of the caller to finish */
	size_t taken;      /* bytes that fn was given */
	int failed;        /* errno of a connection that did not come about */
	char why[256];

	/* while it runs */
	struct client *client;
	int64_t heard_ms;
	bool stopped, too_large;
};

enum transfer_end {
	TRANSFER_DONE,    /* status and answer are there */
	TRANSFER_STOPPED, /* fn returned false */
	TRANSFER_REFUSED, /* nobody listens there */
	TRANSFER_BROKEN,  /* the connection ended before the answer did */
	TRANSFER_FAILED   /* trying again will not help */
};

enum transfer_end transfer_run(struct client *c, struct transfer *t);

/* Is it worth waiting after that end?  Sleeps, longer each time, and returns
 * false when the patience of about three seconds is over. */
struct transfer_patience {
	unsigned tries;
};
bool transfer_wait(struct client *c, const struct transfer *t,
    enum transfer_end end, struct transfer_patience *p);

/* Why there is no answer; always false. */
bool transfer_err(
    const struct client *c, const struct transfer *t, struct err *e);
/* The answer is a refusal: a problem document or not; always false.
 * *ret_document (may be NULL) gets the document, or NULL. */
bool transfer_refusal(
    const struct transfer *t, json_t **ret_document, struct err *e);

/*
 * "/v1/tickets/{ticket}" and parameters in path order to an escaped target
 * with its query: scalars as text, arrays as repeated names, nulls left out.
 * Appends to *to.
 */
bool target_build(const struct client *c, const struct op *op,
    const char *const *path_params, const json_t *query, struct buf *to,
    struct err *e);

#endif
