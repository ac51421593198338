/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_hugeballoon

#if !defined(XHB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define XHB_TRACE_H

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "xhb.h"
#include "xhb_trace_words.h"

TRACE_EVENT(xen_hugeballoon_target,
	TP_PROTO(unsigned long old_pages, unsigned long new_pages,
		 int requester, int asker, unsigned long asked_pages),
	TP_ARGS(old_pages, new_pages, requester, asker, asked_pages),
	TP_STRUCT__entry(
		__field(unsigned long, old_pages)
		__field(unsigned long, new_pages)
		__field(int, requester)
		__field(int, asker)
		__field(unsigned long, asked_pages)
	),
	TP_fast_assign(
		__entry->old_pages = old_pages;
		__entry->new_pages = new_pages;
		__entry->requester = requester;
		__entry->asker = asker;
		__entry->asked_pages = asked_pages;
	),
	TP_printk("old_pages=%lu new_pages=%lu requester=%s asker=%s asked_pages=%lu",
		  __entry->old_pages, __entry->new_pages,
		  xhb_show_requester(__entry->requester),
		  xhb_show_requester(__entry->asker), __entry->asked_pages)
);

TRACE_EVENT(xen_hugeballoon_inflate,
	TP_PROTO(unsigned long want_pages, unsigned long kernel_pages,
		 const struct xhb_op *op),
	TP_ARGS(want_pages, kernel_pages, op),
	TP_STRUCT__entry(
		__field(unsigned long, want_pages)
		__field(unsigned long, kernel_pages)
		__field(unsigned int, extents)
		__field(unsigned int, order)
	),
	TP_fast_assign(
		__entry->want_pages = want_pages;
		__entry->kernel_pages = kernel_pages;
		__entry->extents = op->count;
		__entry->order = op->order;
	),
	TP_printk("want_pages=%lu kernel_pages=%lu extents=%u order=%u",
		  __entry->want_pages, __entry->kernel_pages,
		  __entry->extents, __entry->order)
);

TRACE_EVENT(xen_hugeballoon_deflate,
	TP_PROTO(unsigned long want_pages, bool stuck,
		 const struct xhb_op *op),
	TP_ARGS(want_pages, stuck, op),
	TP_STRUCT__entry(
		__field(unsigned long, want_pages)
		__field(bool, stuck)
		__field(unsigned int, extents)
		__field(unsigned int, order)
	),
	TP_fast_assign(
		__entry->want_pages = want_pages;
		__entry->stuck = stuck;
		__entry->extents = op->count;
		__entry->order = op->order;
	),
	TP_printk("want_pages=%lu stuck=%d extents=%u order=%u",
		  __entry->want_pages, __entry->stuck, __entry->extents,
		  __entry->order)
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
	TP_PROTO(bool copied, bool watched),
	TP_ARGS(copied, watched),
	TP_STRUCT__entry(
		__field(bool, copied)
		__field(bool, watched)
	),
	TP_fast_assign(
		__entry->copied = copied;
		__entry->watched = watched;
	),
	TP_printk("copied=%d watched=%d", __entry->copied, __entry->watched)
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
	TP_printk("why=%s", xhb_show_why(__entry->why))
);

TRACE_EVENT(xen_hugeballoon_pressure,
	TP_PROTO(unsigned long pages, unsigned long got, int err),
	TP_ARGS(pages, got, err),
	TP_STRUCT__entry(
		__field(unsigned long, pages)
		__field(unsigned long, got)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pages = pages;
		__entry->got = got;
		__entry->err = err;
	),
	TP_printk("pages=%lu got=%lu err=%d", __entry->pages, __entry->got,
		  __entry->err)
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
	TP_PROTO(const struct page *page, const struct page *newpage,
		 int mode, int err),
	TP_ARGS(page, newpage, mode, err),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, new_pfn)
		__field(int, mode)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = page_to_pfn(page);
		__entry->new_pfn = page_to_pfn(newpage);
		__entry->mode = mode;
		__entry->err = err;
	),
	TP_printk("pfn=%lu new_pfn=%lu mode=%d err=%d", __entry->pfn,
		  __entry->new_pfn, __entry->mode, __entry->err)
);

TRACE_EVENT(xen_hugeballoon_move,
	TP_PROTO(const struct page *from, const struct page *to,
		 const char *method, int err),
	TP_ARGS(from, to, method, err),
	TP_STRUCT__entry(
		__field(unsigned long, from_pfn)
		__field(unsigned long, to_pfn)
		__array(char, method, 20)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->from_pfn = page_to_pfn(from);
		__entry->to_pfn = page_to_pfn(to);
		strscpy(__entry->method, method, sizeof(__entry->method));
		__entry->err = err;
	),
	TP_printk("from_pfn=%lu to_pfn=%lu method=%s err=%d",
		  __entry->from_pfn, __entry->to_pfn, __entry->method,
		  __entry->err)
);

TRACE_EVENT(xen_hugeballoon_choose,
	TP_PROTO(unsigned int choice, unsigned long from, long block,
		 int move),
	TP_ARGS(choice, from, block, move),
	TP_STRUCT__entry(
		__field(unsigned int, choice)
		__field(unsigned long, from_pfn)
		__field(unsigned long, pfn)
		__field(bool, found)
		__field(int, move_pages)
	),
	TP_fast_assign(
		__entry->choice = choice;
		__entry->from_pfn = from << XHB_HUGE_ORDER;
		__entry->pfn = block < 0 ? 0 : block << XHB_HUGE_ORDER;
		__entry->found = block >= 0;
		__entry->move_pages = move;
	),
	TP_printk("choice=%s from_pfn=%lu pfn=%lu found=%d move_pages=%d",
		  xhb_show_choice(__entry->choice),
		  __entry->from_pfn, __entry->pfn, __entry->found,
		  __entry->move_pages)
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
	TP_PROTO(const struct page *page, unsigned long done_pages),
	TP_ARGS(page, done_pages),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned long, done_pages)
	),
	TP_fast_assign(
		__entry->pfn = page_to_pfn(page);
		__entry->done_pages = done_pages;
	),
	TP_printk("pfn=%lu done_pages=%lu", __entry->pfn, __entry->done_pages)
);

TRACE_EVENT(xen_hugeballoon_collapse,
	TP_PROTO(unsigned long block, bool done),
	TP_ARGS(block, done),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(bool, done)
	),
	TP_fast_assign(
		__entry->pfn = block << XHB_HUGE_ORDER;
		__entry->done = done;
	),
	TP_printk("pfn=%lu done=%d", __entry->pfn, __entry->done)
);

TRACE_EVENT(xen_hugeballoon_defrag,
	TP_PROTO(const struct page *page),
	TP_ARGS(page),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = IS_ERR(page) ? 0 : page_to_pfn(page);
		__entry->err = PTR_ERR_OR_ZERO(page);
	),
	TP_printk("pfn=%lu err=%d", __entry->pfn, __entry->err)
);

TRACE_EVENT(xen_hugeballoon_heal,
	TP_PROTO(unsigned long block, unsigned int backing, int err),
	TP_ARGS(block, backing, err),
	TP_STRUCT__entry(
		__field(unsigned long, pfn)
		__field(unsigned int, backing)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->pfn = block << XHB_HUGE_ORDER;
		__entry->backing = backing;
		__entry->err = err;
	),
	TP_printk("pfn=%lu backing=%s err=%d", __entry->pfn,
		  xhb_show_backing(__entry->backing),
		  __entry->err)
);

DECLARE_EVENT_CLASS(xen_hugeballoon_transfer,
	TP_PROTO(unsigned int extents, unsigned int order,
		 const struct xhb_done *done),
	TP_ARGS(extents, order, done),
	TP_STRUCT__entry(
		__field(unsigned int, extents)
		__field(unsigned int, order)
		__field(unsigned long, done_pages)
		__field(unsigned long, whole_extents)
		__field(unsigned long, stray_pages)
	),
	TP_fast_assign(
		__entry->extents = extents;
		__entry->order = order;
		__entry->done_pages = done->pages;
		__entry->whole_extents = done->whole;
		__entry->stray_pages = done->stray;
	),
	TP_printk("extents=%u order=%u done_pages=%lu whole_extents=%lu stray_pages=%lu",
		  __entry->extents, __entry->order, __entry->done_pages,
		  __entry->whole_extents, __entry->stray_pages)
);

DEFINE_EVENT(xen_hugeballoon_transfer, xen_hugeballoon_release,
	TP_PROTO(unsigned int extents, unsigned int order,
		 const struct xhb_done *done),
	TP_ARGS(extents, order, done)
);

DEFINE_EVENT(xen_hugeballoon_transfer, xen_hugeballoon_populate,
	TP_PROTO(unsigned int extents, unsigned int order,
		 const struct xhb_done *done),
	TP_ARGS(extents, order, done)
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

TRACE_EVENT(xen_hugeballoon_selfshrink,
	TP_PROTO(unsigned long swapped_out_pages, unsigned long room_pages),
	TP_ARGS(swapped_out_pages, room_pages),
	TP_STRUCT__entry(
		__field(unsigned long, swapped_out_pages)
		__field(unsigned long, room_pages)
	),
	TP_fast_assign(
		__entry->swapped_out_pages = swapped_out_pages;
		__entry->room_pages = room_pages;
	),
	TP_printk("swapped_out_pages=%lu room_pages=%lu",
		  __entry->swapped_out_pages, __entry->room_pages)
);

#endif /* XHB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xhb_trace
#include <trace/define_trace.h>
