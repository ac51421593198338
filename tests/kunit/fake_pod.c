// SPDX-License-Identifier: GPL-2.0
/*
 * Populate on demand (PoD): a domain that has started with less memory than its maximum
 * has frames without any, and a cache of pages for those that are touched.
 */
#include "fake_frames.h"
#include "fake_hv.h"

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

/* A frame is released. Returns false if that is no business of PoD's. */
bool fake_pod_takes(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (!frame->seen && fake_hv.pod_unseen) {
		fake_hv.pod_unseen--;
		frame->pod = true;
	}
	frame->seen = true;
	if (frame->pod) {
		fake_pod_drop(frame);
		return true;
	}
	/* Its memory stays with the domain as long as there is too little for all entries. */
	if (fake_hv.pod_entries <= fake_hv.pod_cache)
		return false;
	fake_hv.pod_cache++;
	return true;
}
