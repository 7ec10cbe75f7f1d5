/* SPDX-License-Identifier: MIT */
/*
 * artifact.h: files that steps leave behind, and how long they are kept.
 *
 * Owns the table artifact.  The bytes are in DATA/artifact under their
 * SHA-256, written and made durable before a row names them (driver/
 * local_taken.h); equal bytes are there once.  What no row names any more is
 * swept by the engine (engine/duty_artifact.c).  Artifacts of a run that is
 * not over are never removed: a later step may want them.
 */
#ifndef RESOURCE_ARTIFACT_H
#define RESOURCE_ARTIFACT_H

#include "resource/cx.h"
#include "spec/artifact.h"
#include "spec/run.h"

struct artifact_bytes { /* of one that the task declares */
	const char *sha256;
	int64_t size;
};

/* What the command of a step left, in the order of task->artifacts; they take
 * the place of those of an earlier attempt.  Older ones make room where the
 * limit of the folder is reached; ERR_FULL "artifact.full" when none may
 * go. */
bool artifact_keep(struct cx *cx, const struct step *step,
    const struct task *task, const struct artifact_bytes *left,
    struct err *e);
/* The result of a step is that of another one: so are its artifacts. */
void artifact_adopt(struct cx *cx, const struct step *step, int64_t from);
/* The same of the last equal step that succeeded, if there is one. */
void artifact_adopt_known(struct cx *cx, const struct step *step);

/* A new run took over results of the run `from`: and their artifacts. */
void artifact_given(struct cx *cx, int64_t run_id, int64_t from);

/* The newest of that name, removed or not; NULL: the step never left one. */
struct artifact *artifact_newest(struct cx *cx, int64_t step_id,
    const char *name);
/* Those that are there. */
struct artifact **artifact_of_step(struct cx *cx, int64_t step_id,
    size_t *ret_n);
/* "artifact 'model' of 'train' was removed on 2026-01-02: …"; always false,
 * ERR_GONE "artifact.removed". */
bool artifact_gone(const struct artifact *a, struct err *e);

/* Remove what has been kept for long enough, some at a time; when to come
 * again (wall ms; INT64_MAX: never). */
int64_t artifact_expire(struct cx *cx);
/* Does a row name these bytes? */
bool artifact_named(struct cx *cx, const char *sha256);

#endif
