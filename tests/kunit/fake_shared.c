// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that this domain shares with another one: its own that are granted to the other,
 * and the other's that are mapped here.
 */
#include <linux/mm.h>

#include "fake_frames.h"
#include "fake_hv.h"

/* What is in a page of another domain that is mapped here. */
#define FAKE_OTHERS	0x3c

/* Another domain gets a reference to the memory that is at the frame. */
void fake_shared_grant(struct page *page)
{
	struct fake_frame *frame = fake_frame(page_to_pfn(page));

	mutex_lock(&fake_hv_lock);
	if (frame->gone)
		fake_hv_violate("granted, but not there", page_to_pfn(page));
	frame->granted = true;
	mutex_unlock(&fake_hv_lock);
}

/* The driver has allocated these, of which some are granted. */
void fake_shared_allocated(struct page *page, unsigned long pages)
{
	unsigned long i;

	for (i = 0; fake_hv.grant_every && i < pages; i++) {
		if (page_to_pfn(page + i) % fake_hv.grant_every == 0)
			fake_shared_grant(page + i);
	}
}

bool fake_shared_granted(struct page *page)
{
	return fake_frame(page_to_pfn(page))->granted;
}

/* The other domain gives up all its references, and what only it has had is free. */
void fake_shared_let_go(void)
{
	unsigned long pfn;

	mutex_lock(&fake_hv_lock);
	for (pfn = 0; pfn < fake_frames_end; pfn++)
		fake_frame(pfn)->granted = false;
	while (fake_hv.held) {
		fake_hv.held--;
		fake_host_takes(1, 0);
	}
	mutex_unlock(&fake_hv_lock);
}

/*
 * Xen releases what is granted, too: it has left its frame, but is the domain's, and
 * charged to it, until nobody has a reference.
 */
bool fake_shared_keeps(unsigned long pfn)
{
	if (!fake_frame(pfn)->granted)
		return false;
	fake_hv.held++;
	return true;
}

/* Another domain's page comes to a frame that has none, as grant mappings do. */
void fake_shared_map(struct page *page, enum fake_mapping mapping)
{
	unsigned long pfn = page_to_pfn(page);
	struct fake_frame *frame = fake_frame(pfn);

	mutex_lock(&fake_hv_lock);
	if (!frame->gone || frame->mapped)
		fake_hv_violate("mapped, but something is there", pfn);
	if (mapping == FAKE_MAP_FOREIGN && fake_hv.kind == FAKE_PV)
		fake_hv_violate("mapped, but not in a PV guest's p2m", pfn);
	frame->mapped = mapping;
	/* A PV guest enters it in its page tables and its p2m. */
	frame->unmapped = false;
	frame->no_p2m = false;
	fake_fill(pfn, FAKE_OTHERS);
	mutex_unlock(&fake_hv_lock);
}

void fake_shared_unmap(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);
	struct fake_frame *frame = fake_frame(pfn);

	mutex_lock(&fake_hv_lock);
	if (!frame->mapped)
		fake_hv_violate("unmapped, but not mapped", pfn);
	if (!fake_filled(pfn, FAKE_OTHERS))
		fake_hv_violate("another domain's page was written to", pfn);
	frame->mapped = FAKE_MAP_NONE;
	frame->unmapped = fake_hv.kind == FAKE_PV;
	frame->no_p2m = fake_hv.kind == FAKE_PV;
	fake_fill(pfn, FAKE_POISON);
	mutex_unlock(&fake_hv_lock);
}

/*
 * Is another domain's page at the frame? Xen does not release that, and leaves it there.
 * To populate over it ends the domain.
 */
bool fake_shared_mapped(unsigned long pfn)
{
	return fake_frame(pfn)->mapped;
}

/* An exchange is for memory that is the domain's alone; nothing changes otherwise. */
int fake_shared_refuses_exchange(unsigned long from)
{
	return fake_frame(from)->granted || fake_shared_mapped(from) ? -EINVAL : 0;
}

/*
 * What is moved has to be the domain's own, references to it or not; and what is in its
 * way is released first, which a mapping refuses. Nothing has changed in either case.
 */
int fake_shared_refuses_move(unsigned long from, unsigned long to)
{
	if (fake_shared_mapped(from))
		return -EINVAL;
	return fake_shared_mapped(to) ? -ENXIO : 0;
}

/* As HVMOP_get_mem_type has it: a grant mapping is memory, and a foreign one is not. */
bool fake_hv_populated(struct page *page)
{
	struct fake_frame *frame = fake_frame(page_to_pfn(page));

	return !frame->gone || frame->mapped == FAKE_MAP_GRANT;
}
