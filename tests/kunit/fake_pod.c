// SPDX-License-Identifier: GPL-2.0
/*
 * Populate on demand (PoD): a domain that has started with less memory than its maximum
 * has frames without any, and a cache of pages for those that are touched.
 *
 * The pages here are real ones and nothing traps, so whether a frame was touched is found
 * out when the driver names it to Xen.
 */
#include <linux/mm.h>

#include "fake_frames.h"
#include "fake_guest.h"
#include "fake_hv.h"

/* What nobody has touched yet holds this, where a domain would see zeros. */
#define FAKE_UNTOUCHED	0x96

/*
 * The domain has just started: @entries of its frames have no memory, and @cache pages are
 * set aside for them; the host has the rest. It may have what it has, and no more.
 */
void fake_pod_start(unsigned long entries, unsigned long cache)
{
	unsigned long pfn;

	mutex_lock(&fake_hv_lock);
	for (pfn = 0; pfn < fake_frames_end; pfn++) {
		fake_frame(pfn)->seen = false;
		fake_frame(pfn)->pod = false;
		fake_frame(pfn)->demanded = false;
	}
	fake_hv.tot_pages += fake_hv.pod_entries - fake_hv.pod_cache;
	fake_hv.pod_entries = entries;
	fake_hv.pod_unseen = entries;
	fake_hv.pod_cache = cache;
	fake_hv.tot_pages -= entries - cache;
	fake_hv.host_small += entries - cache;
	fake_hv.max_pages = fake_hv.tot_pages;
	mutex_unlock(&fake_hv_lock);
}

bool fake_pod_untouched(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	return fake_frame(pfn)->pod && fake_filled(pfn, FAKE_UNTOUCHED);
}

static void fake_pod_add(unsigned long pfn)
{
	fake_frame(pfn)->pod = true;
	fake_fill(pfn, FAKE_UNTOUCHED);
}

/* With its cache empty Xen looks for frames with nothing but zeros, and has these again. */
static void fake_pod_sweep(void)
{
	unsigned long pfn;

	for (pfn = 0; pfn < fake_frames_end; pfn++) {
		struct fake_frame *frame = fake_frame(pfn);

		/* Only of the driver's pages nobody minds what is in them. */
		if (!frame->demanded || frame->granted ||
		    !fake_guest_holds(pfn_to_page(pfn)) || !fake_filled(pfn, 0))
			continue;
		frame->demanded = false;
		fake_pod_add(pfn);
		fake_hv.pod_entries++;
		fake_hv.pod_cache++;
	}
}

/* A frame that is touched gets memory of the cache; without any left the domain ends. */
static bool fake_pod_populate(unsigned long pfn)
{
	if (!fake_hv.pod_cache)
		fake_pod_sweep();
	if (!fake_hv.pod_cache) {
		fake_hv_violate("touched, with no memory for it", pfn);
		return false;
	}
	fake_hv.pod_cache--;
	fake_hv.pod_entries--;
	fake_frame(pfn)->pod = false;
	fake_frame(pfn)->demanded = true;
	return true;
}

/* What Xen itself moves, exchanges or copies to gets memory first. Returns whether it has. */
bool fake_pod_demand(unsigned long pfn)
{
	bool untouched = fake_pod_untouched(pfn_to_page(pfn));

	if (!fake_frame(pfn)->pod)
		return true;
	if (!fake_pod_populate(pfn))
		return false;
	if (untouched)
		fake_fill(pfn, 0);
	return true;
}

/* Which of these frames were touched? */
void fake_pod_look(unsigned long pfn, unsigned long pages)
{
	for (; fake_hv.pod_entries && pages; pages--, pfn++) {
		if (fake_frame(pfn)->pod && !fake_filled(pfn, FAKE_UNTOUCHED))
			fake_pod_populate(pfn);
	}
}

/*
 * A page was allocated, and @cleared, which touches it. Returns true if it has no memory
 * yet.
 */
bool fake_pod_allocated(struct page *page, bool cleared)
{
	unsigned long pfn = page_to_pfn(page);
	struct fake_frame *frame = fake_frame(pfn);

	mutex_lock(&fake_hv_lock);
	if (!frame->seen && fake_hv.pod_unseen) {
		fake_hv.pod_unseen--;
		fake_pod_add(pfn);
	}
	frame->seen = true;
	if (cleared)
		fake_pod_demand(pfn);
	mutex_unlock(&fake_hv_lock);
	return frame->pod;
}

/* A frame without memory is given up, and with it what the cache has too much then. */
static void fake_pod_drop(struct fake_frame *frame)
{
	frame->pod = false;
	fake_hv.pod_entries--;
	if (fake_hv.pod_cache > fake_hv.pod_entries) {
		fake_hv.pod_cache--;
		fake_host_takes(1, 0);
	}
}

/*
 * A frame is released. As long as there is too little memory for all entries, what it has
 * goes to the cache, whoever has a reference to it. Returns false if that is not so.
 */
bool fake_pod_takes(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (frame->pod) {
		fake_pod_drop(frame);
		return true;
	}
	if (fake_hv.pod_entries <= fake_hv.pod_cache)
		return false;
	fake_hv.pod_cache++;
	return true;
}

/*
 * Of an extent that is about to be released what has no memory leaves before all else, and
 * what is kept for other entries with it.
 */
void fake_pod_take_early(unsigned long pfn, unsigned long pages)
{
	fake_pod_look(pfn, pages);
	for (; fake_hv.pod_entries && pages; pages--, pfn++) {
		struct fake_frame *frame = fake_frame(pfn);

		frame->early = fake_may_take(pfn) && fake_pod_takes(pfn);
		if (!frame->early)
			continue;
		fake_hv.takes--;
		fake_leave(pfn);
	}
}
