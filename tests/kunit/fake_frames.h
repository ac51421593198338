/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the model of frames and the hypercalls on it; for the fake only.
 */
#ifndef XHB_TEST_FAKE_FRAMES_H
#define XHB_TEST_FAKE_FRAMES_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <xen/interface/xen.h>

/*
 * Machine frame of a PV guest's page: new with every populate, so that no use
 * of an old one goes unnoticed. It has to fit into a page table entry.
 */
#define FAKE_MFN_SHIFT	28
#define FAKE_MFN_PFN	GENMASK(FAKE_MFN_SHIFT - 1, 0)
#define FAKE_MFN_GENS	4096

/**
 * struct fake_frame - what is modelled of one frame of the domain
 * @generation: how often it was populated, PV only
 * @seen: the driver has had it before
 * @gone: it is not populated
 * @pod: it is populated on demand, and was not touched so far
 * @early: it has left ahead of its turn, in the hypercall under way
 * @demanded: it was populated on demand
 * @granted: another domain has a reference to the memory that is there
 * @mapped: what is there is another domain's, &enum fake_mapping; it is @gone as well
 * @unmapped: the kernel has no mapping of it, PV only
 * @no_p2m: the kernel has no p2m entry for it, PV only
 * @whole: of the first frame of a 2M block: the block is one p2m entry
 * @table: of the first frame of a 2M block: the block has a p2m table, so that
 *	Xen can enter 4K pages in it; HVM only
 * @unmarked: it was populated while the domain was being copied, and nobody has
 *	made Xen see that
 */
struct fake_frame {
	unsigned int generation:12;
	bool seen:1;
	bool gone:1;
	bool pod:1;
	bool early:1;
	bool demanded:1;
	bool granted:1;
	unsigned int mapped:2;
	bool unmapped:1;
	bool no_p2m:1;
	bool whole:1;
	bool table:1;
	bool unmarked:1;
};

/* A frame without memory holds this until it is populated again. */
#define FAKE_POISON	0xa5

/* Held in each hypercall; all of the model is under it. */
extern struct mutex fake_hv_lock;
/* Frames of the domain. */
extern unsigned long fake_frames_end;
/* A PV guest has unmapped something, and not flushed since. */
extern bool fake_tlb_stale;

void fake_fill(unsigned long pfn, int value);
bool fake_filled(unsigned long pfn, int value);
bool fake_host_gives(unsigned int order);
void fake_host_call(void);
void fake_host_node(const xen_pfn_t *frames, unsigned long extents,
		    unsigned int flags);
void fake_host_takes(unsigned long pages, unsigned int order);
bool fake_pod_demand(unsigned long pfn);
void fake_pod_look(unsigned long pfn, unsigned long pages);
bool fake_pod_takes(unsigned long pfn);
void fake_pod_take_early(unsigned long pfn, unsigned long pages);
bool fake_shared_keeps(unsigned long pfn);
bool fake_shared_mapped(unsigned long pfn);
int fake_shared_refuses_exchange(unsigned long from);
int fake_shared_refuses_move(unsigned long from, unsigned long to);
struct fake_frame *fake_frame(unsigned long pfn);
unsigned long fake_mfn(unsigned long pfn);
bool fake_may_take(unsigned long pfn);
unsigned long fake_take_range(unsigned long pfn, unsigned long pages,
			      unsigned int order);
int fake_gmfn_move(unsigned long from, unsigned long to);
void fake_leave(unsigned long from);
int fake_exchange_frame(unsigned long from, unsigned long to);
bool fake_give_range(unsigned long pfn, unsigned int order);

#endif /* XHB_TEST_FAKE_FRAMES_H */
