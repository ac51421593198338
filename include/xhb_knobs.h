/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The knobs: what the user can set, each as a file and as a module parameter.
 */
#ifndef XHB_KNOBS_H
#define XHB_KNOBS_H

#include <linux/compiler.h>
#include <linux/limits.h>
#include <asm/barrier.h>

/**
 * enum xhb_effort - how hard inflation tries to get a 2M page
 * @XHB_EFFORT_FREE: only if one is free
 * @XHB_EFFORT_COMPACT: also with light compaction, never with swapping
 * @XHB_EFFORT_EVACUATE: also by moving out what is in a block
 * @XHB_EFFORT_COUNT: number of efforts
 */
enum xhb_effort {
	XHB_EFFORT_FREE,
	XHB_EFFORT_COMPACT,
	XHB_EFFORT_EVACUATE,
	XHB_EFFORT_COUNT,
};

/**
 * enum xhb_oom - beyond whose target a guest goes that is short of memory
 * @XHB_OOM_NEVER: nobody's
 * @XHB_OOM_SELF: its own
 * @XHB_OOM_ALWAYS: the host's, too
 * @XHB_OOM_COUNT: number of choices
 */
enum xhb_oom {
	XHB_OOM_NEVER,
	XHB_OOM_SELF,
	XHB_OOM_ALWAYS,
	XHB_OOM_COUNT,
};

/*
 * The tables of knobs, one a line: name, kind, initial value, description. The
 * kind is XHB_RANGE(least, most), or XHB_CHOICE(words) for a value that is
 * written and shown as a word and counts from 0. The name has the unit in it, but
 * for those names that have long been known.
 *
 * There is a table for each group of files. A line is all that a knob needs in the
 * code. Lint checks that Documentation/ABI and README.md describe each, with the same
 * limits and defaults.
 */
#define XHB_HUGE_KNOBS(KNOB) \
	KNOB(enable_huge, XHB_RANGE(0, 1), 1, "1: exchange memory in 2M pages, 0: in 4K (default: 1)") \
	KNOB(hugepage_effort, XHB_CHOICE("free", "compact", "evacuate"), XHB_EFFORT_EVACUATE, "How hard to try for a 2M page: free, compact, evacuate (default: evacuate)") \
	KNOB(coalesce, XHB_RANGE(0, 1), 1, "1: make 2M balloon pages of 4K ones (default: 1)") \
	KNOB(coalesce_interval_ms, XHB_RANGE(10, 3600000), 250, "Pause between coalescing steps (default: 250)") \
	KNOB(coalesce_batch, XHB_RANGE(1, 64), 4, "2M pages made in a coalescing step (default: 4)") \
	KNOB(heal, XHB_RANGE(0, 1), 0, "1: give the guest its 2M p2m entries back in the background (default: 0)") \
	KNOB(heal_interval_ms, XHB_RANGE(1, 3600000), 250, "Pause between blocks healed in the background (default: 250)") \
	KNOB(deflate_on_oom, XHB_CHOICE("never", "self", "always"), XHB_OOM_SELF, "Whose target to go beyond when memory runs out: never, self, always (default: self)") \
	KNOB(floor_kb, XHB_RANGE(0, ULONG_MAX), 0, "Available KiB that inflation leaves, 0: computed (default: 0)") \
	KNOB(host_stats_interval_s, XHB_RANGE(0, 86400), 0, "Seconds between statistics for the host, 0: none (default: 0)")

#define XHB_SELF_KNOBS(KNOB) \
	KNOB(selfballooning, XHB_RANGE(0, 1), 0, "1: the guest gives what it does not need (default: 0)") \
	KNOB(selfballoon_interval, XHB_RANGE(1, 3600), 5, "Seconds between looks at what the guest needs (default: 5)") \
	KNOB(selfballoon_downhysteresis, XHB_RANGE(1, 65536), 8, "Steps to give what is not needed, about (default: 8)") \
	KNOB(selfballoon_uphysteresis, XHB_RANGE(1, 65536), 1, "Steps to take what is needed, about (default: 1)") \
	KNOB(selfballoon_min_usable_mb, XHB_RANGE(0, 268435456), 0, "MiB that stay usable at least, 0: computed (default: 0)") \
	KNOB(selfballoon_reserved_mb, XHB_RANGE(0, 268435456), 0, "MiB that stay beyond the need, 0: a tenth of all (default: 0)") \
	KNOB(frontswap_selfshrinking, XHB_RANGE(0, 1), 0, "1: what was swapped out comes back when memory is no longer short (default: 0)") \
	KNOB(frontswap_hysteresis, XHB_RANGE(1, 65536), 20, "Steps to bring back what was swapped out, about (default: 20)") \
	KNOB(frontswap_inertia, XHB_RANGE(1, 65536), 3, "Looks without anything swapped out before any comes back (default: 3)")

#define XHB_KNOBS(KNOB)	XHB_HUGE_KNOBS(KNOB) XHB_SELF_KNOBS(KNOB)

#define XHB_KNOB_WORD(_name, ...)	unsigned long _name;

/**
 * struct xhb_knobs - the value of each knob
 * @changes: successful writes so far, those of commands included
 *
 * The others are those of the table. All are written by front/knobs.c only, and
 * read anywhere without a lock: each is one word, and takes effect with the next
 * step. Who sees a write counted by @changes sees the new value, too.
 */
struct xhb_knobs {
	unsigned long changes;
	/* private: */
	XHB_KNOBS(XHB_KNOB_WORD)
};

#define xhb_knob(b, name)	READ_ONCE((b)->knobs.name)

/* Pairs with the release in front/knobs.c, after the value was written. */
#define xhb_knobs_changes(b)	smp_load_acquire(&(b)->knobs.changes)

#endif /* XHB_KNOBS_H */
