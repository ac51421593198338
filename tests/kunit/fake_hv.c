// SPDX-License-Identifier: GPL-2.0
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/xen/page.h>
#include <xen/features.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/memory.h>

#include "fake_guest.h"
#include "fake_hv.h"
#include "fault.h"

/* A released frame holds this until it is populated again. */
#define FAKE_POISON	0xa5

/*
 * Machine frame of a PV guest's page: new with every populate, so that no use
 * of an old one goes unnoticed. It has to fit into a page table entry.
 */
#define FAKE_MFN_SHIFT	28
#define FAKE_MFN_PFN	((1UL << FAKE_MFN_SHIFT) - 1)
#define FAKE_MFN_GENS	(1U << 12)

/**
 * struct fake_frame - what is modelled of one frame of the domain
 * @generation: how often it was populated, PV only
 * @seen: the driver has named it to Xen before
 * @gone: it is not populated
 * @pod: it is populated on demand, and was not touched so far
 * @unmapped: the kernel has no mapping of it, PV only
 * @no_p2m: the kernel has no p2m entry for it, PV only
 */
struct fake_frame {
	unsigned int generation:12;
	bool seen:1;
	bool gone:1;
	bool pod:1;
	bool unmapped:1;
	bool no_p2m:1;
};

struct fake_hv fake_hv;
const char *fake_xenstore_target;

static DEFINE_MUTEX(fake_hv_lock);
/* All of these are under fake_hv_lock, as is the content of fake_hv. */
static struct fake_frame *fake_frames;
static unsigned long fake_frames_end;
static unsigned long fake_gone_pages;
static bool fake_tlb_stale;
static char fake_violation[128];

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
	fake_tlb_stale = false;
	fake_violation[0] = '\0';
	fake_hv = (struct fake_hv) {
		.kind = kind,
		.tot_pages = 1UL << 18,
		.max_pages = 1UL << 18,
		.host_small = 1000,
		.host_huge = 8,
		.max_order = XHB_HUGE_ORDER,
		.scrubbed = true,
	};
	return 0;
}

void fake_hv_exit(void)
{
	vfree(fake_frames);
	fake_frames = NULL;
}

/* Note what no correct driver does; the first time is what counts. */
void fake_hv_violate(const char *what, unsigned long pfn)
{
	if (!fake_violation[0])
		snprintf(fake_violation, sizeof(fake_violation),
			 "%s, frame %lx", what, pfn);
}

/* The first violation, or NULL. */
const char *fake_hv_violation(void)
{
	return fake_violation[0] ? fake_violation : NULL;
}

/* The test has provoked it. */
void fake_hv_forgive(void)
{
	fake_violation[0] = '\0';
}

static struct fake_frame *fake_frame(unsigned long pfn)
{
	static struct fake_frame nowhere;

	if (pfn < fake_frames_end)
		return &fake_frames[pfn];
	fake_hv_violate("not a frame of this domain", pfn);
	return &nowhere;
}

static unsigned long fake_mfn(unsigned long pfn)
{
	unsigned long generation = fake_frame(pfn)->generation;

	return generation << FAKE_MFN_SHIFT | pfn;
}

bool fake_hv_gone(struct page *page)
{
	return fake_frame(page_to_pfn(page))->gone;
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

/* The part of a frame's content that is looked at: elsewhere in each frame. */
static size_t fake_window(unsigned long pfn, size_t *offset)
{
	*offset = 0;
	if (fake_hv.thorough)
		return PAGE_SIZE;
	*offset = pfn * 64 % PAGE_SIZE;
	return 64;
}

static void fake_fill(unsigned long pfn, int value)
{
	u8 *content = kmap_local_page(pfn_to_page(pfn));
	size_t offset, size = fake_window(pfn, &offset);

	memset(content + offset, value, size);
	kunmap_local(content);
}

static bool fake_filled(unsigned long pfn, int value)
{
	u8 *content = kmap_local_page(pfn_to_page(pfn));
	size_t offset, size = fake_window(pfn, &offset);
	bool filled = !memchr_inv(content + offset, value, size);

	kunmap_local(content);
	return filled;
}

/* Leave something in a page that must not be seen by other domains. */
void fake_hv_dirty(struct page *page)
{
	fake_fill(page_to_pfn(page), 0x5a);
}

static void fake_host_gets(unsigned int order)
{
	if (order == XHB_HUGE_ORDER && !fake_hv.fragmented)
		fake_hv.host_huge++;
	else
		fake_hv.host_small += 1UL << order;
}

static bool fake_host_gives(unsigned int order)
{
	if (fake_hv.tot_pages + (1UL << order) > fake_hv.max_pages)
		return false;
	if (order) {
		if (!fake_hv.host_huge)
			return false;
		fake_hv.host_huge--;
		return true;
	}
	if (!fake_hv.host_small) {
		if (!fake_hv.host_huge)
			return false;
		fake_hv.host_huge--;
		fake_hv.host_small = XHB_HUGE_PAGES;
	}
	fake_hv.host_small--;
	return true;
}

/* Memory of @pages frames leaves the domain, if PoD does not want it. */
static void fake_account_taken(unsigned long pages, unsigned int order)
{
	unsigned long missing = 0;

	if (fake_hv.pod_entries > fake_hv.pod_cache)
		missing = min(fake_hv.pod_entries - fake_hv.pod_cache, pages);
	fake_hv.pod_cache += missing;
	fake_hv.tot_pages -= pages - missing;
	if (missing || pages != 1UL << order)
		fake_hv.host_small += pages - missing;
	else
		fake_host_gets(order);
}

/* One frame without memory behind it is given up. */
static void fake_account_pod(void)
{
	fake_hv.pod_entries--;
	if (fake_hv.pod_cache > fake_hv.pod_entries) {
		fake_hv.pod_cache--;
		fake_hv.tot_pages--;
		fake_hv.host_small++;
	}
}

/* Checks before a frame is taken; false if Xen would not take it. */
static bool fake_may_take(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (frame->gone) {
		fake_hv_violate("released twice", pfn);
		return false;
	}
	if (fake_hv.stuck_pfn && pfn == fake_hv.stuck_pfn)
		return false;
	if (!fake_guest_holds(pfn_to_page(pfn)))
		fake_hv_violate("released, but in use", pfn);
	if (fake_hv.kind == FAKE_PV && !frame->unmapped)
		fake_hv_violate("released, but still mapped", pfn);
	if (fake_hv.kind == FAKE_PV && !frame->no_p2m)
		fake_hv_violate("released, but still in the p2m", pfn);
	if (fake_hv.scrubbed && !fake_filled(pfn, 0))
		fake_hv_violate("released with content", pfn);
	return true;
}

/* Takes one frame. Returns whether there was memory behind it. */
static bool fake_take(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);
	bool memory;

	if (!frame->seen && fake_hv.pod_unseen) {
		fake_hv.pod_unseen--;
		frame->pod = true;
	}
	memory = !frame->pod;
	if (!memory)
		fake_account_pod();
	frame->seen = true;
	frame->pod = false;
	frame->gone = true;
	fake_gone_pages++;
	fake_fill(pfn, FAKE_POISON);
	return memory;
}

/* Takes [pfn, pfn + pages), stops where Xen does. Returns frames taken. */
static unsigned long fake_take_range(unsigned long pfn, unsigned long pages,
				     unsigned int order)
{
	unsigned long i, with_memory = 0;

	for (i = 0; i < pages; i++) {
		if (!fake_may_take(pfn + i))
			break;
		with_memory += fake_take(pfn + i);
	}
	if (with_memory)
		fake_account_taken(with_memory, order);
	return i;
}

static void fake_give(unsigned long pfn)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (!frame->gone) {
		fake_hv_violate("populated twice", pfn);
		return;
	}
	if (!fake_filled(pfn, FAKE_POISON))
		fake_hv_violate("touched while it was not there", pfn);
	frame->gone = false;
	frame->generation = (frame->generation + 1) % FAKE_MFN_GENS;
	fake_gone_pages--;
	fake_hv.tot_pages++;
}

static bool fake_give_range(unsigned long pfn, unsigned int order)
{
	unsigned long i;

	if (!fake_host_gives(order))
		return false;
	for (i = 0; i < 1UL << order; i++)
		fake_give(pfn + i);
	return true;
}

/* Translates what a PV guest releases; it must be a frame that it has. */
static unsigned long fake_pfn_of_mfn(unsigned long mfn)
{
	unsigned long pfn = mfn & FAKE_MFN_PFN;

	if (fake_mfn(pfn) != mfn)
		fake_hv_violate("released, but not the domain's", pfn);
	return pfn;
}

static unsigned long fake_decrease(xen_pfn_t *frames, unsigned long extents,
				   unsigned int order, unsigned long most,
				   bool faulty)
{
	unsigned long i, pfn, size = 1UL << order;

	if (fake_hv.kind == FAKE_PV && fake_tlb_stale)
		fake_hv_violate("released before the TLB was flushed", 0);
	for (i = 0; i < min(extents, most); i++) {
		pfn = frames[i];
		if (fake_hv.kind == FAKE_PV)
			pfn = fake_pfn_of_mfn(pfn);
		if (fake_take_range(pfn, size, order) < size)
			return i;
	}
	if (faulty && i < extents && order)
		fake_take_range(frames[i], fake_hv.inside, order);
	return i;
}

static unsigned long fake_populate(xen_pfn_t *frames, unsigned long extents,
				   unsigned int order, unsigned long most)
{
	unsigned long i;

	for (i = 0; i < min(extents, most); i++) {
		if (!fake_give_range(frames[i], order))
			break;
		if (fake_hv.kind == FAKE_PV)
			frames[i] = fake_mfn(frames[i]);
	}
	return i;
}

static long fake_reservation_op(unsigned int cmd,
				struct xen_memory_reservation *reservation)
{
	xen_pfn_t *frames = reservation->extent_start;
	unsigned long most = ULONG_MAX;
	bool faulty = fault_hit(&most);

	fake_hv.hypercalls++;
	fake_hv.extents[!!reservation->extent_order] += reservation->nr_extents;

	/* Xen does not say why: it has done no extent. */
	if (reservation->domid != DOMID_SELF ||
	    reservation->extent_order > fake_hv.max_order)
		return 0;
	if (cmd == XENMEM_decrease_reservation)
		return fake_decrease(frames, reservation->nr_extents,
				     reservation->extent_order, most, faulty);
	return fake_populate(frames, reservation->nr_extents,
			     reservation->extent_order, most);
}

/* XENMEM_exchange: of what Xen refuses so far. */
static long fake_exchange(struct xen_memory_exchange *exchange)
{
	if (max(exchange->in.extent_order, exchange->out.extent_order) >
	    fake_hv.max_order)
		return -EPERM;
	if (fake_hv.kind != FAKE_PV)
		return -EOPNOTSUPP;
	return -EINVAL;
}

long fake_memory_op(unsigned int cmd, void *arg)
{
	long ret = -ENOSYS;

	mutex_lock(&fake_hv_lock);
	switch (cmd) {
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		ret = fake_hv.error ?: fake_reservation_op(cmd, arg);
		break;
	case XENMEM_exchange:
		ret = fake_exchange(arg);
		break;
	case XENMEM_add_to_physmap:
	case XENMEM_add_to_physmap_range:
		ret = fake_hv.kind == FAKE_PV ? -EACCES : -EINVAL;
		break;
	}
	mutex_unlock(&fake_hv_lock);
	return ret;
}

unsigned long fake_hvm_op(int op, void *arg)
{
	struct xen_hvm_get_mem_type *query = arg;

	if (op != HVMOP_get_mem_type || fake_hv.kind == FAKE_PV)
		return -EINVAL;
	mutex_lock(&fake_hv_lock);
	query->mem_type = fake_frame(query->pfn)->gone ? HVMMEM_mmio_dm :
							 HVMMEM_ram_rw;
	mutex_unlock(&fake_hv_lock);
	return 0;
}

static long fake_update_va_mapping(unsigned long addr, unsigned long entry)
{
	unsigned long pfn = PFN_DOWN(__pa(addr));
	struct fake_frame *frame = fake_frame(pfn);

	if (!entry) {
		frame->unmapped = true;
		fake_tlb_stale = true;
		return 0;
	}
	if (frame->gone || (entry & PTE_PFN_MASK) >> PAGE_SHIFT != fake_mfn(pfn)) {
		fake_hv_violate("mapped, but not the domain's", pfn);
		return -EINVAL;
	}
	frame->unmapped = false;
	return 0;
}

int fake_multicall(struct multicall_entry *calls, unsigned int count)
{
	unsigned int i;

	mutex_lock(&fake_hv_lock);
	for (i = 0; i < count; i++) {
		if (calls[i].op == __HYPERVISOR_update_va_mapping)
			calls[i].result =
				fake_update_va_mapping(calls[i].args[0],
						       calls[i].args[1]);
		else
			calls[i].result = -ENOSYS;
	}
	mutex_unlock(&fake_hv_lock);
	return 0;
}

int fake_mmuext_op(struct mmuext_op *op, int count, int *done, domid_t domid)
{
	if (fake_hv.kind != FAKE_PV || count != 1 || domid != DOMID_SELF ||
	    op->cmd != MMUEXT_TLB_FLUSH_ALL)
		return -EINVAL;
	mutex_lock(&fake_hv_lock);
	fake_tlb_stale = false;
	mutex_unlock(&fake_hv_lock);
	return 0;
}

bool fake_xen_feature(int flag)
{
	return flag == XENFEAT_auto_translated_physmap &&
	       fake_hv.kind != FAKE_PV;
}

bool fake_xen_pv_domain(void)
{
	return fake_hv.kind == FAKE_PV;
}

unsigned long fake_page_to_gfn(struct page *page)
{
	unsigned long pfn = page_to_pfn(page);

	if (fake_hv.kind != FAKE_PV)
		return pfn;
	return fake_frame(pfn)->no_p2m ? INVALID_P2M_ENTRY : fake_mfn(pfn);
}

int fake_write_p2m(unsigned long *entry, unsigned long value)
{
	unsigned long pfn = entry - xen_p2m_addr;
	struct fake_frame *frame = fake_frame(pfn);

	mutex_lock(&fake_hv_lock);
	if (value != INVALID_P2M_ENTRY &&
	    (frame->gone || value != fake_mfn(pfn)))
		fake_hv_violate("a wrong p2m entry", pfn);
	frame->no_p2m = value == INVALID_P2M_ENTRY;
	mutex_unlock(&fake_hv_lock);
	return 0;
}

int fake_alloc_p2m_entry(unsigned long pfn)
{
	if (fake_hv.kind != FAKE_PV)
		fake_hv_violate("a p2m entry in a translated guest", pfn);
	return fault_hit(NULL) ? -ENOMEM : 0;
}

/* xenstore of a domain that has nothing but its target. */
void *fake_xenbus_read(const char *dir, const char *node)
{
	if (strcmp(dir, "memory") || strcmp(node, "target") ||
	    !fake_xenstore_target)
		return ERR_PTR(-ENOENT);
	return kstrdup(fake_xenstore_target, GFP_KERNEL) ?: ERR_PTR(-ENOMEM);
}

/* The same model as an &struct xhb_hv_ops, which may stop at any 4K page. */
static unsigned long fake_ops_release(struct xhb_hv *hv, struct page **pages,
				      unsigned int extents, unsigned int order)
{
	unsigned long most = ULONG_MAX, done = 0, size = 1UL << order, got;
	unsigned int i;

	hv->hypercalls++;
	mutex_lock(&fake_hv_lock);
	fault_hit(&most);
	for (i = 0; i < extents && most; i++) {
		got = fake_take_range(page_to_pfn(pages[i]), min(size, most),
				      order);
		done += got;
		most -= got;
		if (got < size)
			break;
	}
	mutex_unlock(&fake_hv_lock);
	return done;
}

static unsigned long fake_ops_populate(struct xhb_hv *hv, struct page **pages,
				       unsigned int extents, unsigned int order)
{
	unsigned long most = ULONG_MAX, done = 0, i;
	unsigned long total = (unsigned long)extents << order;

	hv->hypercalls++;
	mutex_lock(&fake_hv_lock);
	fault_hit(&most);
	for (i = 0; i < min(total, most); i++) {
		if (!fake_give_range(page_to_pfn(pages[i >> order]) +
				     (i & ((1UL << order) - 1)), 0))
			break;
		done++;
	}
	mutex_unlock(&fake_hv_lock);
	return done;
}

static unsigned int fake_ops_max_extents(struct xhb_hv *hv, unsigned int order)
{
	return order ? 3 : 100;
}

const struct xhb_hv_ops fake_hv_ops = {
	.release = fake_ops_release,
	.populate = fake_ops_populate,
	.max_extents = fake_ops_max_extents,
};
