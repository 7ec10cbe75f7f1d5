/* SPDX-License-Identifier: MIT */
/* The list of all operations, sorted by name. */
#include "spec/access.h"
#include "spec/artifact.h"
#include "spec/audit.h"
#include "spec/backup.h"
#include "spec/bulk.h"
#include "spec/bundle.h"
#include "spec/catalogue.h"
#include "spec/evidence.h"
#include "spec/filter.h"
#include "spec/glass.h"
#include "spec/inbox.h"
#include "spec/history.h"
#include "spec/delegation.h"
#include "spec/op.h"
#include "spec/pause.h"
#include "spec/resource.h"
#include "spec/results.h"
#include "spec/review.h"
#include "spec/run.h"
#include "spec/run_plan.h"
#include "spec/schedule.h"
#include "spec/search.h"
#include "spec/server.h"
#include "spec/ticket.h"
#include "spec/undo.h"
#include "spec/work.h"

const struct op *const ops[] = {
	&op_access_can,
	&op_access_review,
	&op_artifact_get,
	&op_artifact_list,
	&op_audit_export,
	&op_audit_list,
	&op_audit_seal,
	&op_audit_segments,
	&op_audit_verify,
	&op_backfill_cancel,
	&op_backfill_list,
	&op_backup_create,
	&op_backup_list,
	&op_catalogue_get,
	&op_delegation_create,
	&op_delegation_end,
	&op_delegation_list,
	&op_environment_list,
	&op_evidence_get,
	&op_filter_list,
	&op_filter_remove,
	&op_filter_save,
	&op_glass_close,
	&op_glass_list,
	&op_glass_open,
	&op_glass_review,
	&op_glass_seal,
	&op_health_live,
	&op_health_ready,
	&op_inbox_done,
	&op_inbox_list,
	&op_inbox_prefer,
	&op_inbox_preferences,
	&op_inbox_read,
	&op_limit_list,
	&op_me_get,
	&op_metrics_get,
	&op_openapi_get,
	&op_pause_end,
	&op_pause_list,
	&op_pause_set,
	&op_person_list,
	&op_plan_diff,
	&op_plan_get,
	&op_platform_get,
	&op_platform_reload,
	&op_request_ask,
	&op_request_get,
	&op_request_list,
	&op_resource_accept,
	&op_resource_adopt,
	&op_resource_costs,
	&op_resource_extend,
	&op_resource_get,
	&op_resource_list,
	&op_resource_release,
	&op_resource_transfer,
	&op_run_again,
	&op_run_bundle,
	&op_run_cancel,
	&op_run_follow,
	&op_run_gantt,
	&op_run_get,
	&op_run_history,
	&op_run_inputs,
	&op_run_list,
	&op_run_log,
	&op_run_plan,
	&op_run_resolve,
	&op_run_results,
	&op_run_retry,
	&op_run_reveal,
	&op_run_undo,
	&op_schedule_backfill,
	&op_schedule_get,
	&op_schedule_list,
	&op_schedule_pause,
	&op_schedule_resume,
	&op_schedule_run,
	&op_schema_get,
	&op_secret_list,
	&op_secret_remove,
	&op_secret_set,
	&op_server_drain,
	&op_server_get,
	&op_server_resume,
	&op_server_usage,
	&op_task_get,
	&op_task_history,
	&op_task_list,
	&op_task_run,
	&op_task_stats,
	&op_team_list,
	&op_ticket_approvals,
	&op_ticket_approve,
	&op_ticket_bulk,
	&op_ticket_close,
	&op_ticket_comment,
	&op_ticket_count,
	&op_ticket_create,
	&op_ticket_decline,
	&op_ticket_edit,
	&op_ticket_edit_comment,
	&op_ticket_get,
	&op_ticket_link,
	&op_ticket_list,
	&op_ticket_merge,
	&op_ticket_move,
	&op_ticket_moves,
	&op_ticket_remove_comment,
	&op_ticket_search,
	&op_ticket_unlink,
	&op_ticket_unwatch,
	&op_ticket_watch,
	&op_ticket_withdraw,
	&op_token_create,
	&op_token_list,
	&op_token_revoke,
	&op_work_aged,
	&op_work_backlog,
	&op_work_board,
	&op_work_metrics,
	&op_work_next,
	&op_work_stuck,
	&op_work_toil,
	&op_work_waiting,
	NULL,
};
