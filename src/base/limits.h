/* SPDX-License-Identifier: MIT */
/*
 * limits.h: the named ceilings of every queue, buffer, line and depth.
 * One page, so that "what is the most …" has one place to look.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB(n) ((size_t)(n) * 1024)
#define MIB(n) ((size_t)(n) * 1024 * 1024)

/* http */
#define LIMIT_HEAD_BYTES KIB(16)
#define LIMIT_TARGET_BYTES KIB(8) /* path and query */
#define LIMIT_HEADERS 64
#define LIMIT_BODY_BYTES MIB(1)
#define LIMIT_CONNECTIONS 15000
#define LIMIT_CONNECTIONS_PER_ADDRESS 12000
#define LIMIT_HEAD_MS 10000
#define LIMIT_BODY_MS 30000
#define LIMIT_IDLE_MS 75000
#define LIMIT_LINGER_MS 2000 /* reading on after a refusal */
#define LIMIT_PIPELINE_BYTES KIB(64) /* sent ahead of its turn */
#define LIMIT_COMMENT_MS 15000 /* silence on a stream */
#define LIMIT_STREAM_BUFFER KIB(256)

/* values */
#define LIMIT_JSON_DEPTH 32
#define LIMIT_PARAM_BYTES KIB(64)
#define LIMIT_ENV_BYTES KIB(96) /* one variable; longer ones are not set */
#define LIMIT_PARAMS 200
#define LIMIT_OUTPUTS 1000
#define LIMIT_OUTPUT_FILE_BYTES MIB(1)
#define LIMIT_ARTIFACTS 100 /* of one task */
#define LIMIT_LIST 500 /* rows of one page */

/* the team's folder */
#define LIMIT_FOLDER_FILES 5000
#define LIMIT_FILE_BYTES MIB(8)
#define LIMIT_YAML_BYTES MIB(1)
#define LIMIT_YAML_DEPTH 40
#define LIMIT_YAML_ALIASES 100
#define LIMIT_FOLDER_ERRORS 200

/* time */
#define LIMIT_ZONE_BYTES KIB(256) /* of one time zone's file */
#define LIMIT_SCHEDULE_BYTES 256  /* of one cron expression */
#define LIMIT_SCHEDULES 1000	  /* of a folder */
#define LIMIT_MISSED 100	  /* times made up for at once */
#define LIMIT_BACKFILL 1000	  /* times of one back-fill */

/* engine */
#define LIMIT_STEPS_PER_RUN 200000
#define LIMIT_PREVIEW_CHECKS 100
#define LIMIT_PREVIEW_MS 10000
#define LIMIT_SHOW_MS 600000 /* of a preview: that an approver sees */
#define LIMIT_SHOW_BYTES KIB(64)
#define LIMIT_BATCH 256
#define LIMIT_GRACE_MS 10000 /* TERM to KILL, where no task says */

/* logs */
#define LIMIT_LOG_WHOLE MIB(64)
#define LIMIT_LOG_HEAD MIB(1)
#define LIMIT_LOG_TAIL MIB(4)

#endif
