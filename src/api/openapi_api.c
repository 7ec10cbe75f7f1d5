/* SPDX-License-Identifier: MIT */
#include "api/openapi_api.h"

#include "base/version.h"
#include "resource/access/access.h"
#include "resource/catalogue/catalogue.h"
#include "spec/catalogue.h"
#include "spec/openapi.h"

static const struct op *const *
openapi_ops(struct cx *cx)
{
	static const struct access_target server = { .name = NULL };
	const bool admin = access_ask(cx->platform, cx->actor,
	    RIGHT_ADMINISTER, &server, cx->arena)
			       .allowed;
	const struct op **seen;
	size_t n = 0;

	while (ops[n] != NULL)
		n++;
	seen = arena_array(cx->arena, n + 1, sizeof(*seen));
	n = 0;
	for (size_t i = 0; ops[i] != NULL; i++)
		if (ops[i]->role != ROLE_ADMIN || admin)
			seen[n++] = ops[i];
	return seen;
}

static void
openapi_add(struct openapi_source *src, struct openapi_dynamic *list,
    const struct openapi_dynamic *one)
{
	if (one->environments[0] != NULL)
		list[src->count++] = *one;
}

bool
openapi_api_get(struct cx *cx, struct call *call, struct json_out *out,
    struct err *e)
{
	const struct platform *p = cx->platform;
	struct openapi_dynamic *list = arena_array(cx->arena,
	    p->ntasks + p->nrequests, sizeof(*list));
	struct openapi_source src = { .ops = openapi_ops(cx),
		.version = SLIPWAY_VERSION,
		.dynamic = list };

	(void)e;
	for (size_t i = 0; i < p->ntasks; i++)
		openapi_add(&src, list,
		    &(struct openapi_dynamic){ .op = &op_task_run,
			.name = p->tasks[i]->name,
			.doc = p->tasks[i]->doc,
			.params = p->tasks[i]->params,
			.environments = access_environments(cx, RIGHT_RUN,
			    p->tasks[i]->team, p->tasks[i]->name) });
	for (size_t i = 0; i < p->nrequests; i++)
		openapi_add(&src, list,
		    &(struct openapi_dynamic){ .op = &op_request_ask,
			.name = p->requests[i].name,
			.doc = p->requests[i].doc,
			.params = p->requests[i].task->params,
			.environments = catalogue_environments(cx,
			    &p->requests[i]) });
	openapi_write(&src, out);
	call->etag = catalogue_etag(cx);
	return true;
}
