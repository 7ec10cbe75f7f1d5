/* SPDX-License-Identifier: MIT */
/*
 * evidence_api.h: handler of evidence.get.  Reads only; may read much: on the
 * pool.
 *
 * The same database and period give the same bytes but for `rests_on`, the
 * head of the chain when it was made; `hash` is over all the rest.  Nothing is
 * judged: a gap says what is not proven, and by which rule that was allowed.
 */
#ifndef RESOURCE_EVIDENCE_API_H
#define RESOURCE_EVIDENCE_API_H

#include "resource/call.h"

#define EVIDENCE_CHANGES 5000 /* in one answer */

call_handler evidence_api_get;

#endif
