/* SPDX-License-Identifier: MIT */
/*
 * artifact_api.h: artifacts of a run, as a list and as bytes to send.
 */
#ifndef RESOURCE_ARTIFACT_API_H
#define RESOURCE_ARTIFACT_API_H

#include "resource/artifact/artifact.h"
#include "resource/call.h"

call_handler artifact_api_list;

/* The one that the path names: R-1, a step by number or task, a name.
 * ERR_GONE when it was removed. */
bool artifact_api_find(struct cx *cx, const struct call *call,
    struct artifact **ret, struct err *e);

#endif
