// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/vmalloc.h>

#include "fake_frames.h"
#include "fake_guest.h"
#include "fake_hv.h"

/* More than anybody needs. */
#define FAKE_P2M_TABLES	1000000

struct fake_hv fake_hv;
/* Protects the model; see fake_frames.h. */
DEFINE_MUTEX(fake_hv_lock);

/* All of these are under fake_hv_lock, as is the content of fake_hv. */
static struct fake_frame *fake_frames;
unsigned long fake_frames_end;
static unsigned long fake_gone_pages;
/* The frame that was populated last. */
static unsigned long fake_given;
/* A page of a migration was taken, and the other one has no memory yet. */
static bool fake_half_way;
bool fake_tlb_stale;

/* Set up an idle domain with all its memory, on a host with some to spare. */
int fake_hv_init(enum fake_kind kind)
{
	int node;

	fake_frames_end = 0;
	for_each_node_state(node, N_MEMORY)
		fake_frames_end = max(fake_frames_end, node_end_pfn(node));
	fake_frames = vzalloc(array_size(fake_frames_end,
					 sizeof(*fake_frames)));
	if (!fake_frames)
		return -ENOMEM;

	fake_gone_pages = 0;
	fake_given = 0;
	fake_half_way = false;
	fake_tlb_stale = false;
	fake_hv_forgive();
	fake_hv = (struct fake_hv) {
		.kind = kind,
		.tot_pages = 1UL << 18,
		.max_pages = 1UL << 18,
		.host_small = 1000,
		.host_huge = 8,
		.max_order = XHB_HUGE_ORDER,
		.batch = 100,
		.p2m_tables = FAKE_P2M_TABLES,
		.takes = ULONG_MAX,
		.scrubbed = true,
	};
	return 0;
}

void fake_hv_exit(void)
{
	vfree(fake_frames);
	fake_frames = NULL;
}

struct fake_frame *fake_frame(unsigned long pfn)
{
	static struct fake_frame nowhere;

	if (pfn < fake_frames_end)
		return &fake_frames[pfn];
	fake_hv_violate("not a frame of this domain", pfn);
	return &nowhere;
}

unsigned long fake_mfn(unsigned long pfn)
{
	unsigned long generation = fake_frame(pfn)->generation;

	return generation << FAKE_MFN_SHIFT | pfn;
}

/* Would it be missing after the live migration under way? */
bool fake_hv_unmarked(struct page *page)
{
	return fake_frame(page_to_pfn(page))->unmarked;
}

bool fake_hv_gone(struct page *page)
{
	return fake_frame(page_to_pfn(page))->gone;
}

/* The flag of the 2M block around a frame. */
static struct fake_frame *fake_block(unsigned long pfn)
{
	return fake_frame(ALIGN_DOWN(pfn, XHB_HUGE_PAGES));
}

/* Is the page in a 2M block that is one p2m entry? */
bool fake_hv_whole(struct page *page)
{
	return fake_block(page_to_pfn(page))->whole;
}

/* Can the kernel use this page as memory? */
bool fake_hv_usable(struct page *page)
{
	struct fake_frame *frame = fake_frame(page_to_pfn(page));

	return !frame->gone && !frame->unmapped && !frame->no_p2m;
}

unsigned long fake_hv_gone_pages(void)
{
	return fake_gone_pages;
}

/* Room for 4K entries in the p2m of this block? Takes a table if it has none. */
static bool fake_has_table(unsigned long pfn)
{
	struct fake_frame *block = fake_block(pfn);

	if (fake_hv.kind != FAKE_HVM || block->table)
		return true;
	if (!fake_hv.p2m_tables)
		return false;
	fake_hv.p2m_tables--;
	block->table = true;
	return true;
}

/* Saved and restored: 4K entries for what was there, and nothing for the rest. */
void fake_hv_restored(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < fake_frames_end; pfn++) {
		if (IS_ALIGNED(pfn, XHB_HUGE_PAGES)) {
			fake_frames[pfn].table = false;
			fake_frames[pfn].whole = false;
		}
		if (!fake_frames[pfn].gone)
			fake_block(pfn)->table = true;
	}
}

/*
 * Memory moves while the kernel migrates a page: it takes back the one page,
 * and what it had allocated for the purpose is the driver's.
 */
static void fake_change_hands(unsigned long from, unsigned long to)
{
	if (fake_guest_holds(pfn_to_page(from)))
		return;
	fake_guest_hand_over(pfn_to_page(from));
	fake_guest_take_back(pfn_to_page(to));
}

/*
 * A page of a migration is taken. If the other one has memory already the two
 * change hands; else that is done when it gets some.
 */
static void fake_migrate_taken(unsigned long pfn)
{
	if (fake_guest_holds(pfn_to_page(pfn)))
		return;
	if (fake_guest_holds(pfn_to_page(fake_given))) {
		fake_change_hands(pfn, fake_given);
	} else {
		fake_guest_hand_over(pfn_to_page(pfn));
		fake_half_way = true;
	}
}

static void fake_migrate_given(unsigned long pfn)
{
	if (!fake_half_way)
		return;
	fake_half_way = false;
	fake_guest_take_back(pfn_to_page(pfn));
}

/* Checks before a frame is taken; false if Xen would not take it. */
bool fake_may_take(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (fake_shared_mapped(pfn))
		return false;
	if (frame->gone) {
		fake_hv_violate("released twice", pfn);
		return false;
	}
	if ((fake_hv.stuck_pfn && pfn == fake_hv.stuck_pfn) || !fake_hv.takes ||
	    !fake_has_table(pfn))
		return false;
	if (PageLocked(pfn_to_page(pfn)))
		fake_migrate_taken(pfn);
	if (!fake_guest_holds(pfn_to_page(pfn)))
		fake_hv_violate("released, but in use", pfn);
	if (fake_hv.kind == FAKE_PV && !frame->unmapped)
		fake_hv_violate("released, but still mapped", pfn);
	if (fake_hv.kind == FAKE_PV && !frame->no_p2m)
		fake_hv_violate("released, but still in the p2m", pfn);
	/* What came from Xen just now may go there. */
	if (fake_hv.scrubbed && !frame->pod && !fake_filled(pfn, 0) &&
	    !fake_filled(pfn, FAKE_POISON))
		fake_hv_violate("released with content", pfn);
	return true;
}

/* Nothing is at the frame any more. Whose its memory is now is the caller's to say. */
void fake_leave(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	frame->seen = true;
	frame->gone = true;
	frame->demanded = false;
	frame->granted = false;
	fake_block(pfn)->whole = false;
	fake_gone_pages++;
	fake_fill(pfn, FAKE_POISON);
}

/* Takes one frame. Returns whether its memory leaves the domain. */
static bool fake_take(unsigned long pfn)
{
	bool leaves = !fake_pod_takes(pfn) && !fake_shared_keeps(pfn);

	fake_hv.takes--;
	fake_leave(pfn);
	return leaves;
}

/*
 * Takes [pfn, pfn + pages), stops where Xen does. Returns how far it came; what left
 * early counts.
 */
unsigned long fake_take_range(unsigned long pfn, unsigned long pages,
			      unsigned int order)
{
	unsigned long i, leaving = 0;

	fake_pod_look(pfn, pages);
	for (i = 0; i < pages; i++) {
		if (fake_frame(pfn + i)->early)
			continue;
		if (!fake_may_take(pfn + i))
			break;
		leaving += fake_take(pfn + i);
	}
	if (leaving)
		fake_host_takes(leaving, order);
	return i;
}

static void fake_give(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (fake_shared_mapped(pfn)) {
		fake_hv_violate("populated over a mapping", pfn);
		return;
	}
	/* To a PV guest it is just a number: what was there is lost. */
	if (!frame->gone && frame->no_p2m && frame->unmapped)
		fake_leave(pfn);
	if (!frame->gone) {
		fake_hv_violate("populated twice", pfn);
		return;
	}
	if (!fake_filled(pfn, FAKE_POISON))
		fake_hv_violate("touched while it was not there", pfn);
	frame->gone = false;
	frame->unmarked = fake_hv.copied && fake_hv.kind == FAKE_HVM;
	frame->generation = (frame->generation + 1) % FAKE_MFN_GENS;
	fake_given = pfn;
	fake_gone_pages--;
	fake_hv.tot_pages++;
	if (PageLocked(pfn_to_page(pfn)))
		fake_migrate_given(pfn);
}

/*
 * What the domain gave away comes back without having been asked for, with what
 * was in it.
 */
void fake_hv_revive(struct page *page)
{
	struct fake_frame *frame = fake_frame(page_to_pfn(page));

	mutex_lock(&fake_hv_lock);
	if (!frame->gone)
		fake_hv_violate("revived, but it was there", page_to_pfn(page));
	frame->gone = false;
	fake_gone_pages--;
	fake_hv.tot_pages++;
	fake_hv_dirty(page);
	mutex_unlock(&fake_hv_lock);
}

/* Gives one extent, all of it or nothing, as the host has it. */
bool fake_give_range(unsigned long pfn, unsigned int order)
{
	unsigned long i, size = 1UL << order;

	if (!fake_host_gives(order))
		return false;
	if (order == XHB_HUGE_ORDER && fake_block(pfn)->table) {
		fake_block(pfn)->table = false;
		fake_hv.p2m_tables++;
	} else if (order < XHB_HUGE_ORDER && !fake_has_table(pfn)) {
		/* As Xen does: the domain has the pages, but nowhere. */
		fake_hv.tot_pages += size;
		return false;
	}
	for (i = 0; i < size; i++) {
		fake_give(pfn + i);
		/* Those of one extent are side by side, to a PV guest as well. */
		fake_frame(pfn + i)->generation = fake_frame(pfn)->generation;
	}
	/* The p2m of a PV guest knows no such entries. */
	fake_block(pfn)->whole = order == XHB_HUGE_ORDER && fake_hv.kind != FAKE_PV;
	return true;
}

/* The frame's memory has no place any more, but is still the domain's. */
void fake_hv_lose(struct page *page)
{
	fake_leave(page_to_pfn(page));
}

/*
 * The frame of @from becomes that of @to, with its content. Where Xen has no p2m
 * table for @to it finds that out too late.
 */
int fake_gmfn_move(unsigned long from, unsigned long to)
{
	bool granted;
	int err;

	if (!fake_pod_demand(from))
		return -EINVAL;
	err = fake_shared_refuses_move(from, to);
	if (err)
		return err;
	if (fake_frame(from)->gone || !fake_frame(to)->gone) {
		fake_hv_violate("moved, but not from memory to a hole", from);
		return -EINVAL;
	}
	if (!fake_has_table(from))
		return -ENOMEM;
	if (!fake_has_table(to)) {
		fake_leave(from);
		return -ENOMEM;
	}
	fake_give(to);
	fake_hv.tot_pages--;
	copy_highpage(pfn_to_page(to), pfn_to_page(from));
	fake_block(to)->whole = false;
	/* References are to the memory, wherever in the domain it is. */
	granted = fake_frame(from)->granted;
	fake_leave(from);
	fake_frame(to)->granted = granted;
	fake_change_hands(from, to);
	return 0;
}

/* @to gets a frame of the host before the host gets that of @from. */
int fake_exchange_frame(unsigned long from, unsigned long to)
{
	int err;

	if (!fake_pod_demand(from))
		return -EINVAL;
	err = fake_shared_refuses_exchange(from);
	if (err)
		return err;
	/* The host's pages: one goes, one comes. The domain's number is as before. */
	if (!fake_hv.host_small && !fake_hv.host_huge)
		return -ENOMEM;
	fake_change_hands(from, to);
	if (!fake_may_take(from))
		return -EINVAL;
	fake_leave(from);
	fake_give(to);
	fake_block(to)->whole = false;
	fake_hv.tot_pages--;
	return 0;
}
