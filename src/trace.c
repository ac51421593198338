// SPDX-License-Identifier: GPL-2.0
/*
 * The one place where the trace events are defined.
 */
#define CREATE_TRACE_POINTS
#include "xhb_trace.h"
