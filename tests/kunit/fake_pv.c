// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver calls of Xen and of the kernel in PV guests alone: mappings, and the p2m.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>

#include "fake_frames.h"
#include "fake_hv.h"
#include "fault.h"

unsigned long fake_p2m_size;

static long fake_set_mapping(unsigned long pfn, unsigned long entry)
{
	struct fake_frame *frame = fake_frame(pfn);

	if (fake_hv.refused_pfn && pfn == fake_hv.refused_pfn &&
	    (entry || fake_hv.refused_unmap))
		return -EINVAL;
	if (entry && fake_hv.refused_maps) {
		fake_hv.refused_maps--;
		return -EINVAL;
	}
	if (frame->mapped) {
		fake_hv_violate("a mapping of another domain's page changed", pfn);
		return -EINVAL;
	}
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

	/* None of them is made then. */
	if (fake_hv.multicalls && fault_hit(NULL))
		return -EFAULT;
	mutex_lock(&fake_hv_lock);
	for (i = 0; i < count; i++) {
		if (calls[i].op == __HYPERVISOR_update_va_mapping)
			calls[i].result =
				fake_set_mapping(PFN_DOWN(__pa(calls[i].args[0])),
						 calls[i].args[1]);
		else
			calls[i].result = -EOPNOTSUPP;
	}
	mutex_unlock(&fake_hv_lock);
	return 0;
}

/* Nobody looks into page tables: an entry's address is nothing but the frame's number. */
pte_t *fake_lookup_address(unsigned long addr, unsigned int *level)
{
	*level = fake_hv.large_pages ? PG_LEVEL_2M : PG_LEVEL_4K;
	return (pte_t *)(PFN_DOWN(__pa(addr)) * sizeof(pte_t));
}

/* Stops at the first that is refused. */
int fake_mmu_update(struct mmu_update *updates, int count, int *done, domid_t domid)
{
	int err = 0;

	if (fake_hv.kind != FAKE_PV || domid != DOMID_SELF || fake_hv.large_pages)
		return -EINVAL;
	if (fake_hv.multicalls && fault_hit(NULL))
		return -EFAULT;
	mutex_lock(&fake_hv_lock);
	for (*done = 0; *done < count && !err; *done += !err) {
		struct mmu_update *update = updates + *done;

		if (update->ptr % sizeof(pte_t) != MMU_NORMAL_PT_UPDATE)
			err = -EOPNOTSUPP;
		else
			err = fake_set_mapping(update->ptr / sizeof(pte_t), update->val);
	}
	fake_hv.updated += *done;
	mutex_unlock(&fake_hv_lock);
	return err;
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
	if (frame->mapped)
		fake_hv_violate("the entry of another domain's page changed", pfn);
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
