/* SPDX-License-Identifier: MIT */
#include "api/follow.h"
#include "resource/access/access.h"
#include "resource/audit/audit_api.h"
#include "resource/inbox/inbox_api.h"
#include "spec/audit.h"
#include "spec/inbox.h"
#include "store/audit.h"

#define FOLLOW_PAGE 100

/* A list with `since`, whose items have a growing `seq`. */
struct follow_list {
	const struct op *op;
	call_handler *handler; /* of the list */
	const char *event;
};

static const struct follow_list lists[] = {
	{ &op_audit_follow, audit_api_list, "event" },
	{ &op_inbox_follow, inbox_api_list, "item" },
};

bool
follow_list_allowed(struct follow *f, struct cx *cx)
{
	struct err ignored;

	return f->list->op->role != ROLE_ADMIN ||
	    access_admits(cx, RIGHT_ADMINISTER, &ignored);
}

static void
list_send(struct follow *f, const json_t *item)
{
	char *text = json_dumps(item, JSON_COMPACT);
	char id[24];

	ASSERT(text != NULL);
	f->place.seq = json_integer_value(json_object_get(item, "seq"));
	snprintf(id, sizeof(id), "%lld", (long long)f->place.seq);
	stream_send(f->x, id, f->list->event, str_of(text));
	free(text);
}

/* What the list says behind the place; NULL when it fails. */
static json_t *
list_read(struct follow *f, struct cx *cx)
{
	struct problems problems = { .arena = cx->arena };
	struct call call = { .op = f->list->op, .query = f->query,
		.problems = &problems };
	struct buf data = { 0 };
	struct json_out out;
	json_t *answer = NULL;
	struct err ignored;

	json_object_set_new(f->query, "since", json_integer(f->place.seq));
	json_out_init(&out, &data);
	if (f->list->handler(cx, &call, &out, &ignored))
		answer = json_loadb(data.data, data.len, 0, NULL);
	buf_finish(&data);
	return answer;
}

/* A page of it; false: there is no more. */
static bool
list_page(struct follow *f, struct cx *cx)
{
	json_t *answer = list_read(f, cx), *item;
	const json_t *items = json_object_get(answer, "items");
	const size_t n = json_array_size(items);
	size_t i;

	json_array_foreach(items, i, item) {
		if (!follow_has_room(f))
			break;
		list_send(f, item);
	}
	json_decref(answer);
	return n == FOLLOW_PAGE && !f->stopped;
}

void
follow_list_tell(struct follow *f, struct cx *cx)
{
	while (list_page(f, cx))
		;
}

/* --- beginning ------------------------------------------------------------ */

/* Where it goes on: Last-Event-ID, `since`, or (of the audit chain) now. */
static int64_t
list_place(struct request *r, struct db *db)
{
	const struct str last = exchange_header(r->x, "Last-Event-ID");
	const json_t *since = json_object_get(r->query, "since");
	char hash[DIGEST_HEX];
	int64_t seq;

	if (last.n > 0 && str_to_int64(last, &seq) && seq >= 0)
		return seq;
	if (since != NULL)
		return json_integer_value(since);
	return audit_head(db, hash);
}

void
follow_list_answer(struct request *r)
{
	const struct follow_list *list = lists;
	struct db *db = r->api->o.read;
	const char *person = r->actor.person;
	struct follow *f;

	while (list->op != r->op)
		list++;
	db_begin(db);
	f = follow_create(r, r->op == &op_audit_follow
		? SITE_AUDIT
		: site_inbox(person == NULL ? "" : person));
	f->list = list;
	f->place.seq = list_place(r, db);
	f->query = json_copy(r->query);
	json_object_set_new(f->query, "limit", json_integer(FOLLOW_PAGE));
	db_rollback(db);
	follow_begin(r, f);
}
