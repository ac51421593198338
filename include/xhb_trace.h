/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_hugeballoon

#if !defined(XHB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XHB_TRACE_H

#include <linux/tracepoint.h>

#include "xhb.h"

TRACE_DEFINE_ENUM(XHB_REQUESTER_HOST);
TRACE_DEFINE_ENUM(XHB_REQUESTER_SELF);
TRACE_DEFINE_ENUM(XHB_REQUESTER_PRESSURE);

TRACE_EVENT(xen_hugeballoon_target,
	TP_PROTO(unsigned long old_pages, unsigned long new_pages,
		 int requester),
	TP_ARGS(old_pages, new_pages, requester),
	TP_STRUCT__entry(
		__field(unsigned long, old_pages)
		__field(unsigned long, new_pages)
		__field(int, requester)
	),
	TP_fast_assign(
		__entry->old_pages = old_pages;
		__entry->new_pages = new_pages;
		__entry->requester = requester;
	),
	TP_printk("old_pages=%lu new_pages=%lu requester=%s",
		  __entry->old_pages, __entry->new_pages,
		  __print_symbolic(__entry->requester,
				   { XHB_REQUESTER_HOST, "host" },
				   { XHB_REQUESTER_SELF, "self" },
				   { XHB_REQUESTER_PRESSURE, "pressure" }))
);

TRACE_EVENT(xen_hugeballoon_step,
	TP_PROTO(unsigned long target_pages, unsigned long current_pages,
		 unsigned int next_ms),
	TP_ARGS(target_pages, current_pages, next_ms),
	TP_STRUCT__entry(
		__field(unsigned long, target_pages)
		__field(unsigned long, current_pages)
		__field(unsigned int, next_ms)
	),
	TP_fast_assign(
		__entry->target_pages = target_pages;
		__entry->current_pages = current_pages;
		__entry->next_ms = next_ms;
	),
	TP_printk("target_pages=%lu current_pages=%lu next_ms=%u%s",
		  __entry->target_pages, __entry->current_pages,
		  __entry->next_ms,
		  __entry->next_ms == XHB_STEP_REST ? " (rest)" :
		  __entry->next_ms == XHB_STEP_STUCK ? " (stuck)" :
		  __entry->next_ms == XHB_STEP_BLOCK ? " (block)" : "")
);

TRACE_EVENT(xen_hugeballoon_added,
	TP_PROTO(unsigned long pages, int err),
	TP_ARGS(pages, err),
	TP_STRUCT__entry(
		__field(unsigned long, pages)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pages = pages;
		__entry->err = err;
	),
	TP_printk("pages=%lu err=%d", __entry->pages, __entry->err)
);

TRACE_EVENT(xen_hugeballoon_copied,
	TP_PROTO(bool copied),
	TP_ARGS(copied),
	TP_STRUCT__entry(
		__field(bool, copied)
	),
	TP_fast_assign(
		__entry->copied = copied;
	),
	TP_printk("copied=%d", __entry->copied)
);

TRACE_EVENT(xen_hugeballoon_why,
	TP_PROTO(unsigned int why),
	TP_ARGS(why),
	TP_STRUCT__entry(
		__field(unsigned int, why)
	),
	TP_fast_assign(
		__entry->why = why;
	),
	TP_printk("why=%s", __print_symbolic(__entry->why,
		{ XHB_WHY_TARGET, "target" },
		{ XHB_WHY_GIVES, "gives" },
		{ XHB_WHY_TAKES, "takes" },
		{ XHB_WHY_EMPTIES, "empties" },
		{ XHB_WHY_COPIED, "copied" },
		{ XHB_WHY_FLOOR, "floor" },
		{ XHB_WHY_NO_PAGE, "no-page" },
		{ XHB_WHY_REFUSED, "refused" },
		{ XHB_WHY_MAXIMUM, "maximum" },
		{ XHB_WHY_HOST, "host" },
		{ XHB_WHY_FOREIGN, "foreign" },
		{ XHB_WHY_EMPTY, "empty" }))
);

TRACE_EVENT(xen_hugeballoon_pressure,
	TP_PROTO(unsigned long pages, unsigned long got),
	TP_ARGS(pages, got),
	TP_STRUCT__entry(
		__field(unsigned long, pages)
		__field(unsigned long, got)
	),
	TP_fast_assign(
		__entry->pages = pages;
		__entry->got = got;
	),
	TP_printk("pages=%lu got=%lu", __entry->pages, __entry->got)
);

TRACE_EVENT(xen_hugeballoon_woke,
	TP_PROTO(long surplus),
	TP_ARGS(surplus),
	TP_STRUCT__entry(
		__field(long, surplus)
	),
	TP_fast_assign(
		__entry->surplus = surplus;
	),
	TP_printk("surplus=%ld", __entry->surplus)
);

TRACE_EVENT(xen_hugeballoon_migrate,
	TP_PROTO(unsigned long pfn, unsigned long new_pfn, int err),
	TP_ARGS(pfn, new_pfn, err),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, new_pfn)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->new_pfn = new_pfn;
		__entry->err = err;
	),
	TP_printk("pfn=%lu new_pfn=%lu err=%d", __entry->pfn, __entry->new_pfn,
		  __entry->err)
);

TRACE_EVENT(xen_hugeballoon_evacuate,
	TP_PROTO(unsigned long pfn, int err),
	TP_ARGS(pfn, err),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->err = err;
	),
	TP_printk("pfn=%lu err=%d", __entry->pfn, __entry->err)
);

TRACE_EVENT(xen_hugeballoon_coalesce,
	TP_PROTO(unsigned long pfn, unsigned long done_pages),
	TP_ARGS(pfn, done_pages),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, done_pages)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->done_pages = done_pages;
	),
	TP_printk("pfn=%lu done_pages=%lu", __entry->pfn, __entry->done_pages)
);

TRACE_EVENT(xen_hugeballoon_heal,
	TP_PROTO(unsigned long pfn, int err),
	TP_ARGS(pfn, err),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = pfn;
		__entry->err = err;
	),
	TP_printk("pfn=%lu err=%d", __entry->pfn, __entry->err)
);

DECLARE_EVENT_CLASS(xen_hugeballoon_transfer,
	TP_PROTO(unsigned int extents, unsigned int order,
		 unsigned long done_pages),
	TP_ARGS(extents, order, done_pages),
	TP_STRUCT__entry(
		__field(unsigned int, extents)
		__field(unsigned int, order)
		__field(unsigned long, done_pages)
	),
	TP_fast_assign(
		__entry->extents = extents;
		__entry->order = order;
		__entry->done_pages = done_pages;
	),
	TP_printk("extents=%u order=%u done_pages=%lu", __entry->extents,
		  __entry->order, __entry->done_pages)
);

DEFINE_EVENT(xen_hugeballoon_transfer, xen_hugeballoon_release,
	TP_PROTO(unsigned int extents, unsigned int order,
		 unsigned long done_pages),
	TP_ARGS(extents, order, done_pages)
);

DEFINE_EVENT(xen_hugeballoon_transfer, xen_hugeballoon_populate,
	TP_PROTO(unsigned int extents, unsigned int order,
		 unsigned long done_pages),
	TP_ARGS(extents, order, done_pages)
);

TRACE_EVENT(xen_hugeballoon_self,
	TP_PROTO(const struct xhb_self_sample *sample, unsigned long target_pages,
		 bool interval),
	TP_ARGS(sample, target_pages, interval),
	TP_STRUCT__entry(
		__field(unsigned long, size_pages)
		__field(unsigned long, committed_pages)
		__field(unsigned long, kernel_pages)
		__field(unsigned long, cache_pages)
		__field(unsigned long, returned_pages)
		__field(long, available_pages)
		__field(unsigned long, target_pages)
		__field(bool, interval)
	),
	TP_fast_assign(
		__entry->size_pages = sample->size;
		__entry->committed_pages = sample->committed;
		__entry->kernel_pages = sample->kernel;
		__entry->cache_pages = sample->cache;
		__entry->returned_pages = sample->returned;
		__entry->available_pages = sample->available;
		__entry->target_pages = target_pages;
		__entry->interval = interval;
	),
	TP_printk("size_pages=%lu committed_pages=%lu kernel_pages=%lu cache_pages=%lu returned_pages=%lu available_pages=%ld target_pages=%lu interval=%d",
		  __entry->size_pages, __entry->committed_pages,
		  __entry->kernel_pages, __entry->cache_pages,
		  __entry->returned_pages, __entry->available_pages,
		  __entry->target_pages, __entry->interval)
);

#endif /* XHB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xhb_trace
#include <trace/define_trace.h>
