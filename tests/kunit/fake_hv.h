/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A hypervisor that keeps a model of every frame of a small domain.
 *
 * It can be driven in two ways: as an &struct xhb_xen_ops, or, below the real
 * implementations of that, by the hypercalls of a PV or of a translated guest.
 * Frames that it has not seen are populated. What no correct driver does is a
 * violation: fake_hv_violation() tells the first one.
 */
#ifndef XHB_TEST_FAKE_HV_H
#define XHB_TEST_FAKE_HV_H

#include <linux/mm_types.h>
#include <linux/types.h>
#include <xen/interface/xen.h>

#include "xen/private.h"

/**
 * enum fake_kind - what the driver talks to
 * @FAKE_OPS: fake_hv_ops
 * @FAKE_HVM: the hypercalls of a translated guest (PVH, HVM)
 * @FAKE_PV: the hypercalls of a PV guest, with mappings and p2m
 * @FAKE_KINDS: how many
 */
enum fake_kind {
	FAKE_OPS,
	FAKE_HVM,
	FAKE_PV,
	FAKE_KINDS
};

/**
 * enum fake_mapping - what of another domain is at a frame
 * @FAKE_MAP_NONE: nothing
 * @FAKE_MAP_GRANT: a page that it has granted to this one
 * @FAKE_MAP_FOREIGN: a page that this one may map without that; translated guests only
 */
enum fake_mapping {
	FAKE_MAP_NONE,
	FAKE_MAP_GRANT,
	FAKE_MAP_FOREIGN,
};

/**
 * struct fake_hv - the host and the domain, for tests to look at and to set
 * @kind: what the driver talks to
 * @tot_pages: of the domain, what `xl list` shows
 * @max_pages: @tot_pages does not grow beyond
 * @host_small: free 4K pages of the host that are in no free 2M block
 * @host_huge: free 2M blocks of the host
 * @fragmented: released 2M extents are no 2M block of the host
 * @scattered: the host has nothing between 4K pages and 2M blocks
 * @copied: the domain is being copied; what is populated has to be marked
 * @forgotten: nobody collects what is written while it is @copied
 * @pod_entries: frames that have no memory yet and get it when touched
 * @pod_cache: pages of the domain that are set aside for @pod_entries
 * @pod_unseen: of @pod_entries, those that are yet to be chosen: frames that the driver
 *	allocates for the first time
 * @grant_every: of the frames that the driver allocates, each with a number that
 *	this divides is granted; 0 for none
 * @held: pages that were released and that another domain has not let go of
 * @max_order: largest extent
 * @batch: 4K extents that @fake_hv_ops takes at once
 * @stuck_pfn: a frame that cannot be released, say because a device is behind it; 0
 *	for none
 * @takes: frames that it still takes back, then none
 * @p2m_tables: free pages of the pool that p2m tables are made of; a 4K page in a
 *	block that has no table yet needs one; HVM only
 * @loses: a move of a frame that is made to fail does so half-way: the frame has
 *	left its old place, and is nowhere
 * @refused_pfn: a frame that cannot be mapped, PV only; 0 for none
 * @refused_unmap: that one cannot be unmapped, either
 * @refused_maps: so many mappings to come are refused, PV only
 * @multicalls: multicalls are among the calls that can be made to fail
 * @large_pages: the kernel maps its memory in 2M pages, PV only
 * @updated: page table entries that were set at once, PV only
 * @no_moves: neither exchange nor move of frames is allowed
 * @error: all memory hypercalls fail with this, if not 0
 * @inside: where in the extent after the last one done a release stops that
 *	was made to fail, in 4K pages
 * @thief: before the call of this number, counted from now, and before all that
 *	follow, another domain takes what the host has free; 0 for never
 * @stolen_small: what it has taken, as @host_small
 * @stolen_huge: and as @host_huge
 * @mute: does not tell what is at a frame
 * @scrubbed: frames have to be released zeroed
 * @thorough: look at each byte of a frame's content, and not at a sample
 * @hypercalls: that moved memory
 * @extents: in them, by order: 4K, 2M
 * @runs: in them, of orders between those
 * @mem_flags: of the last one that populated
 * @node_full: no node has memory of its own, so that who wants just that gets none
 * @unnamed: extents that were populated for no node, with several nodes
 * @in_row: of the last one, extents that begin where the one before ends
 */
struct fake_hv {
	enum fake_kind kind;
	unsigned long tot_pages;
	unsigned long max_pages;
	unsigned long host_small;
	unsigned long host_huge;
	bool fragmented;
	bool scattered;
	bool copied;
	bool forgotten;
	unsigned long pod_entries;
	unsigned long pod_cache;
	unsigned long pod_unseen;
	unsigned long grant_every;
	unsigned long held;
	unsigned int max_order;
	unsigned int batch;
	unsigned long stuck_pfn;
	unsigned long takes;
	unsigned long p2m_tables;
	bool loses;
	unsigned long refused_pfn;
	bool refused_unmap;
	unsigned long refused_maps;
	bool multicalls;
	bool large_pages;
	unsigned long updated;
	bool no_moves;
	int error;
	unsigned long inside;
	unsigned long thief;
	unsigned long stolen_small;
	unsigned long stolen_huge;
	bool mute;
	bool scrubbed;
	bool thorough;
	unsigned long hypercalls;
	unsigned long extents[2];
	unsigned long runs;
	unsigned int mem_flags;
	bool node_full;
	unsigned long unnamed;
	unsigned long in_row;
};

extern struct fake_hv fake_hv;
extern const struct xhb_xen_ops fake_hv_ops;
/* What xenstore has for memory/target; NULL for nothing. */
extern const char *fake_xenstore_target;
extern const char *fake_xenstore_static_max;

/* How many entries the p2m of a PV guest can have. */
extern unsigned long fake_p2m_size;

struct mmu_update;
struct multicall_entry;

int fake_hv_init(enum fake_kind kind);
void fake_hv_exit(void);
void fake_host_caught(void);
void fake_hv_violate(const char *what, unsigned long pfn);
const char *fake_hv_violation(void);
void fake_hv_forgive(void);
bool fake_hv_gone(struct page *page);
bool fake_hv_populated(struct page *page);
bool fake_hv_unmarked(struct page *page);
bool fake_hv_whole(struct page *page);
bool fake_hv_usable(struct page *page);
unsigned long fake_hv_gone_pages(void);
void fake_hv_dirty(struct page *page);
void fake_hv_revive(struct page *page);
void fake_hv_restored(void);
void fake_hv_lose(struct page *page);
void fake_hv_lose_unmapped(unsigned long end);
long fake_hv_elsewhere(void);

/* Frames that are populated on demand. */
void fake_pod_start(unsigned long entries, unsigned long cache);
bool fake_pod_allocated(struct page *page, bool cleared);
bool fake_pod_untouched(struct page *page);

/* Frames that this domain shares with another one. */
void fake_shared_grant(struct page *page);
void fake_shared_allocated(struct page *page, unsigned long pages);
bool fake_shared_granted(struct page *page);
void fake_shared_let_go(void);
void fake_shared_map(struct page *page, enum fake_mapping mapping);
void fake_shared_unmap(struct page *page);

/* What seams.h puts in the place of Xen. */
long fake_memory_op(unsigned int cmd, void *arg);
unsigned long fake_hvm_op(int op, void *arg);
int fake_grant_table_op(unsigned int op, void *arg, unsigned int n);
int fake_multicall(struct multicall_entry *calls, unsigned int count);
int fake_mmu_update(struct mmu_update *updates, int count, int *done, domid_t domid);
pte_t *fake_lookup_address(unsigned long addr, unsigned int *level);
int fake_mmuext_op(struct mmuext_op *op, int count, int *done, domid_t domid);
bool fake_xen_feature(int flag);
unsigned long fake_page_to_gfn(struct page *page);
int fake_write_p2m(unsigned long *entry, unsigned long value);
int fake_alloc_p2m_entry(unsigned long pfn);
void *fake_xenbus_read(const char *dir, const char *node);

#endif /* XHB_TEST_FAKE_HV_H */
