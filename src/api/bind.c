/* SPDX-License-Identifier: MIT */
#include "api/bind.h"

#include <string.h>

#include "api/openapi_api.h"
#include "resource/access/access_api.h"
#include "resource/artifact/artifact_api.h"
#include "resource/approval/approval_api.h"
#include "resource/ask/again_api.h"
#include "resource/ask/ask_api.h"
#include "resource/ask/undo_api.h"
#include "resource/audit/audit_api.h"
#include "resource/backup/backup_api.h"
#include "resource/catalogue/catalogue_api.h"
#include "resource/evidence/evidence_api.h"
#include "resource/glass/glass_api.h"
#include "resource/inbox/inbox_api.h"
#include "resource/limit/limit_api.h"
#include "resource/delegation/delegation_api.h"
#include "resource/pause/pause_api.h"
#include "resource/person/person_api.h"
#include "resource/run/bundle_api.h"
#include "resource/run/history_api.h"
#include "resource/resource/resource_api.h"
#include "resource/run/results_api.h"
#include "resource/run/run_api.h"
#include "resource/run/stats_api.h"
#include "resource/schedule/schedule_api.h"
#include "resource/search/filter_api.h"
#include "resource/search/search_api.h"
#include "resource/secret/secret_api.h"
#include "resource/server/server_api.h"
#include "resource/ticket/bulk_api.h"
#include "resource/server/usage.h"
#include "resource/ticket/ticket_api.h"
#include "resource/ticket/work_api.h"
#include "resource/token/token_api.h"
#include "resource/work/count_api.h"
#include "resource/work/lists_api.h"
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

const struct binding bindings[] = {
	{ &op_access_can, .handler = access_api_can },
	{ &op_access_review, .handler = access_api_review, .pool = true },
	{ &op_artifact_get, .raw = artifact_answer },
	{ &op_artifact_list, .handler = artifact_api_list },
	{ &op_audit_export, .raw = audit_export_answer },
	{ &op_audit_follow, .raw = follow_list_answer },
	{ &op_audit_list, .handler = audit_api_list, .pool = true },
	{ &op_audit_seal, .handler = audit_api_seal },
	{ &op_audit_segments, .handler = audit_api_segments },
	{ &op_audit_verify, .handler = audit_api_verify, .pool = true },
	{ &op_backfill_cancel, .handler = backfill_api_cancel },
	{ &op_backfill_list, .handler = backfill_api_list },
	{ &op_backup_create, .handler = backup_api_create },
	{ &op_backup_list, .handler = backup_api_list },
	{ &op_catalogue_get, .handler = catalogue_api_get },
	{ &op_delegation_create, .handler = delegation_api_create },
	{ &op_delegation_end, .handler = delegation_api_end },
	{ &op_delegation_list, .handler = delegation_api_list },
	{ &op_environment_list, .handler = person_api_environments },
	{ &op_evidence_get, .handler = evidence_api_get, .pool = true },
	{ &op_filter_list, .handler = filter_api_list },
	{ &op_filter_remove, .handler = filter_api_remove },
	{ &op_filter_save, .handler = filter_api_save },
	{ &op_glass_close, .handler = glass_api_close },
	{ &op_glass_list, .handler = glass_api_list },
	{ &op_glass_open, .handler = glass_api_open },
	{ &op_glass_review, .handler = glass_api_review },
	{ &op_glass_seal, .handler = glass_api_seal },
	{ &op_health_live, .raw = health_live },
	{ &op_health_ready, .raw = health_ready },
	{ &op_inbox_done, .handler = inbox_api_done },
	{ &op_inbox_follow, .raw = follow_list_answer },
	{ &op_inbox_list, .handler = inbox_api_list },
	{ &op_inbox_prefer, .handler = inbox_api_prefer },
	{ &op_inbox_preferences, .handler = inbox_api_preferences },
	{ &op_inbox_read, .handler = inbox_api_read },
	{ &op_limit_list, .handler = limit_api_list },
	{ &op_me_get, .handler = access_api_me },
	{ &op_metrics_get, .raw = metrics_answer },
	{ &op_openapi_get, .handler = openapi_api_get },
	{ &op_pause_end, .handler = pause_api_end },
	{ &op_pause_list, .handler = pause_api_list },
	{ &op_pause_set, .handler = pause_api_set },
	{ &op_person_list, .handler = person_api_list },
	{ &op_plan_diff, .handler = catalogue_api_plan_diff },
	{ &op_plan_get, .handler = catalogue_api_plan },
	{ &op_platform_get, .handler = catalogue_api_platform },
	{ &op_platform_reload, .handler = catalogue_api_reload },
	{ &op_request_ask, .handler = ask_api_request },
	{ &op_request_get, .handler = catalogue_api_request },
	{ &op_request_list, .handler = catalogue_api_requests },
	{ &op_resource_accept, .handler = resource_api_accept },
	{ &op_resource_adopt, .handler = resource_api_adopt },
	{ &op_resource_costs, .handler = resource_api_costs },
	{ &op_resource_extend, .handler = resource_api_extend },
	{ &op_resource_get, .handler = resource_api_get },
	{ &op_resource_list, .handler = resource_api_list },
	{ &op_resource_release, .handler = undo_api_release },
	{ &op_resource_transfer, .handler = resource_api_transfer },
	{ &op_run_again, .handler = again_api_again },
	{ &op_run_bundle, .handler = bundle_api_get, .pool = true },
	{ &op_run_cancel, .handler = run_api_cancel },
	{ &op_run_follow, .raw = follow_answer },
	{ &op_run_gantt, .handler = gantt_api_run, .pool = true },
	{ &op_run_get, .handler = run_api_get },
	{ &op_run_history, .handler = history_api_run },
	{ &op_run_inputs, .handler = again_api_inputs },
	{ &op_run_list, .handler = run_api_list },
	{ &op_run_log, .raw = log_answer },
	{ &op_run_plan, .handler = run_api_plan },
	{ &op_run_resolve, .handler = run_api_resolve },
	{ &op_run_results, .handler = results_api_get },
	{ &op_run_retry, .handler = run_api_retry },
	{ &op_run_reveal, .handler = run_api_reveal },
	{ &op_run_undo, .handler = undo_api_undo },
	{ &op_schedule_backfill, .handler = schedule_api_backfill },
	{ &op_schedule_get, .handler = schedule_api_get },
	{ &op_schedule_list, .handler = schedule_api_list },
	{ &op_schedule_pause, .handler = schedule_api_pause },
	{ &op_schedule_resume, .handler = schedule_api_resume },
	{ &op_schedule_run, .handler = schedule_api_run },
	{ &op_schema_get, .handler = catalogue_api_schema },
	{ &op_secret_list, .handler = secret_api_list },
	{ &op_secret_remove, .handler = secret_api_remove },
	{ &op_secret_set, .handler = secret_api_set },
	{ &op_server_drain, .handler = server_api_drain },
	{ &op_server_get, .handler = server_api_get },
	{ &op_server_resume, .handler = server_api_resume },
	{ &op_server_usage, .handler = usage_api_get, .pool = true },
	{ &op_task_get, .handler = catalogue_api_task },
	{ &op_task_history, .handler = history_api_task, .pool = true },
	{ &op_task_list, .handler = catalogue_api_tasks },
	{ &op_task_run, .handler = ask_api_task },
	{ &op_task_stats, .handler = stats_api_task },
	{ &op_team_list, .handler = person_api_teams },
	{ &op_ticket_approvals, .handler = approval_api_history },
	{ &op_ticket_approve, .handler = ticket_api_approve },
	{ &op_ticket_bulk, .handler = bulk_api_change },
	{ &op_ticket_close, .handler = ticket_api_close },
	{ &op_ticket_comment, .handler = ticket_api_comment },
	{ &op_ticket_count, .handler = search_api_count, .pool = true },
	{ &op_ticket_create, .handler = ticket_api_create },
	{ &op_ticket_decline, .handler = ticket_api_decline },
	{ &op_ticket_edit, .handler = ticket_api_edit },
	{ &op_ticket_edit_comment, .handler = ticket_api_edit_comment },
	{ &op_ticket_get, .handler = ticket_api_get },
	{ &op_ticket_link, .handler = ticket_api_link },
	{ &op_ticket_list, .handler = ticket_api_list, .pool = true },
	{ &op_ticket_merge, .handler = ticket_api_merge },
	{ &op_ticket_move, .handler = ticket_api_move },
	{ &op_ticket_moves, .handler = ticket_api_moves },
	{ &op_ticket_remove_comment, .handler = ticket_api_remove_comment },
	{ &op_ticket_search, .handler = search_api_list, .pool = true },
	{ &op_ticket_unlink, .handler = ticket_api_unlink },
	{ &op_ticket_unwatch, .handler = ticket_api_unwatch },
	{ &op_ticket_watch, .handler = ticket_api_watch },
	{ &op_ticket_withdraw, .handler = ticket_api_withdraw },
	{ &op_token_create, .handler = token_api_create },
	{ &op_token_list, .handler = token_api_list },
	{ &op_token_revoke, .handler = token_api_revoke },
	{ &op_work_aged, .handler = lists_api_aged, .pool = true },
	{ &op_work_backlog, .handler = lists_api_backlog, .pool = true },
	{ &op_work_board, .handler = lists_api_board, .pool = true },
	{ &op_work_metrics, .handler = count_api_metrics, .pool = true },
	{ &op_work_next, .handler = lists_api_next, .pool = true },
	{ &op_work_stuck, .handler = lists_api_stuck, .pool = true },
	{ &op_work_toil, .handler = count_api_toil, .pool = true },
	{ &op_work_waiting, .handler = lists_api_waiting, .pool = true },
	{ .op = NULL },
};

const struct binding *
binding_find(const struct op *op)
{
	size_t from = 0, to = ARRAY_SIZE(bindings) - 1;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int d = strcmp(op->name, bindings[mid].op->name);

		if (d == 0)
			return &bindings[mid];
		if (d < 0)
			to = mid;
		else
			from = mid + 1;
	}
	return NULL;
}
