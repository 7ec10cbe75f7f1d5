/* SPDX-License-Identifier: MIT */
/* The list of all operations, sorted by name. */
#include "spec/access.h"
#include "spec/catalogue.h"
#include "spec/op.h"
#include "spec/run.h"
#include "spec/server.h"
#include "spec/ticket.h"

const struct op *const ops[] = {
	&op_access_can,
	&op_audit_list,
	&op_audit_verify,
	&op_catalogue_get,
	&op_environment_list,
	&op_health_live,
	&op_health_ready,
	&op_me_get,
	&op_metrics_get,
	&op_openapi_get,
	&op_person_list,
	&op_plan_get,
	&op_platform_get,
	&op_platform_reload,
	&op_request_ask,
	&op_request_get,
	&op_request_list,
	&op_run_cancel,
	&op_run_follow,
	&op_run_get,
	&op_run_list,
	&op_run_log,
	&op_run_resolve,
	&op_run_retry,
	&op_run_reveal,
	&op_schema_get,
	&op_secret_list,
	&op_secret_remove,
	&op_secret_set,
	&op_server_drain,
	&op_server_get,
	&op_server_resume,
	&op_task_get,
	&op_task_list,
	&op_task_run,
	&op_team_list,
	&op_ticket_approve,
	&op_ticket_comment,
	&op_ticket_decline,
	&op_ticket_edit,
	&op_ticket_get,
	&op_ticket_list,
	&op_ticket_withdraw,
	&op_token_create,
	&op_token_list,
	&op_token_revoke,
	NULL,
};
