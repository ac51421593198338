// SPDX-License-Identifier: GPL-2.0
/*
 * What the driver calls of Xen, on the model of frames.
 */
#include <linux/mm.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/features.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/hvm/hvm_op.h>
#include <xen/interface/memory.h>

#include "fake_frames.h"
#include "fake_hv.h"
#include "fault.h"

/* Translates what a PV guest releases; it must be a frame that it has. */
static unsigned long fake_pfn_of_mfn(unsigned long mfn)
{
	unsigned long pfn = mfn & FAKE_MFN_PFN;

	if (fake_mfn(pfn) != mfn)
		fake_hv_violate("released, but not the domain's", pfn);
	return pfn;
}

/* Takes an extent, @most pages of it in turn. Returns how far it came. */
static unsigned long fake_take_extent(unsigned long pfn, unsigned int order,
				      unsigned long most)
{
	unsigned long i, done, size = 1UL << order;

	fake_pod_take_early(pfn, size);
	done = fake_take_range(pfn, min(size, most), order);
	for (i = 0; i < size; i++)
		fake_frame(pfn + i)->early = false;
	return done;
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
		if (fake_take_extent(pfn, order, size) < size)
			return i;
	}
	if (faulty && i < extents && order)
		fake_take_extent(frames[i], order, min(fake_hv.inside, size - 1));
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

/* No more than a call may take the CPU for, and in which order? */
static void fake_look_at_extents(unsigned int cmd,
				 const struct xen_memory_reservation *reservation,
				 const xen_pfn_t *frames)
{
	unsigned long i, most, size = 1UL << reservation->extent_order;

	if (reservation->extent_order == XHB_HUGE_ORDER)
		most = cmd == XENMEM_populate_physmap ? 32 : 8;
	else
		most = (fake_hv.kind == FAKE_PV ? XHB_XEN_FRAMES : 2 * XHB_HUGE_PAGES) /
		       size;
	if (reservation->nr_extents > most)
		fake_hv_violate("too many extents at once", 0);
	fake_hv.in_row = 0;
	for (i = 1; i < reservation->nr_extents; i++)
		fake_hv.in_row += frames[i] == frames[i - 1] + size;
}

static long fake_reservation_op(unsigned int cmd,
				struct xen_memory_reservation *reservation)
{
	xen_pfn_t *frames = reservation->extent_start;
	unsigned long most = ULONG_MAX;
	bool faulty = fault_hit(&most);

	fake_hv.hypercalls++;
	fake_look_at_extents(cmd, reservation, frames);
	if (reservation->extent_order && reservation->extent_order < XHB_HUGE_ORDER)
		fake_hv.runs += reservation->nr_extents;
	else
		fake_hv.extents[!!reservation->extent_order] += reservation->nr_extents;

	/* Xen does not say why: it has done no extent. */
	if (reservation->domid != DOMID_SELF ||
	    reservation->extent_order > fake_hv.max_order)
		return 0;
	if (cmd == XENMEM_decrease_reservation)
		return fake_decrease(frames, reservation->nr_extents,
				     reservation->extent_order, most, faulty);
	fake_host_node(frames, reservation->nr_extents, reservation->address_bits);
	if (fake_hv.node_full && reservation->address_bits & BIT(17))
		return 0;
	return fake_populate(frames, reservation->nr_extents,
			     reservation->extent_order, most);
}

/* XENMEM_exchange of one page for one page. */
static long fake_exchange(struct xen_memory_exchange *exchange)
{
	xen_pfn_t *in = exchange->in.extent_start;
	xen_pfn_t *out = exchange->out.extent_start;
	int err;

	fake_hv.hypercalls++;
	if (max(exchange->in.extent_order, exchange->out.extent_order) >
	    fake_hv.max_order)
		return -EPERM;
	if (exchange->in.nr_extents << exchange->in.extent_order !=
	    exchange->out.nr_extents << exchange->out.extent_order)
		return -EINVAL;
	if (fake_hv.kind != FAKE_PV) {
		/* Xen gives it memory before it looks whose it is. */
		if (exchange->in.nr_extents)
			fake_pod_demand(*in);
		return -EOPNOTSUPP;
	}
	if (exchange->in.nr_extents != 1 || exchange->in.extent_order)
		return -EINVAL;
	if (fault_hit(NULL))
		return -ENOMEM;
	if (fake_tlb_stale)
		fake_hv_violate("exchanged before the TLB was flushed", 0);
	err = fake_exchange_frame(fake_pfn_of_mfn(*in), *out);
	if (err)
		return err;
	*out = fake_mfn(*out);
	exchange->nr_exchanged = 1;
	return 0;
}

/* XENMEM_add_to_physmap, of which only space gmfn is allowed to guests. */
static long fake_add_to_physmap(struct xen_add_to_physmap *move)
{
	fake_hv.hypercalls++;
	if (fake_hv.kind == FAKE_PV)
		return -EACCES;
	if (fake_hv.no_moves || move->space != XENMAPSPACE_gmfn)
		return -EINVAL;
	if (fault_hit(NULL)) {
		if (fake_hv.loses) {
			fake_pod_demand(move->idx);
			fake_leave(move->idx);
		}
		return -ENOMEM;
	}
	return fake_gmfn_move(move->idx, move->gpfn);
}

long fake_memory_op(unsigned int cmd, void *arg)
{
	long ret = -ENOSYS;

	mutex_lock(&fake_hv_lock);
	fake_host_call();
	switch (cmd) {
	case XENMEM_decrease_reservation:
	case XENMEM_populate_physmap:
		ret = fake_hv.error ?: fake_reservation_op(cmd, arg);
		break;
	case XENMEM_maximum_reservation:
		ret = fake_hv.error ?: (long)fake_hv.max_pages;
		break;
	case XENMEM_exchange:
		ret = fake_hv.error ?: fake_exchange(arg);
		break;
	case XENMEM_current_reservation:
		ret = fake_hv.error ?: (long)fake_hv.tot_pages;
		break;
	case XENMEM_add_to_physmap:
		ret = fake_hv.error ?: fake_add_to_physmap(arg);
		break;
	}
	mutex_unlock(&fake_hv_lock);
	return ret;
}

/*
 * Each page is written to all the time, but the one that nobody writes to. PoD frames and
 * mappings are never protected.
 */
static bool fake_is_protected(unsigned long pfn)
{
	return fake_hv.copied && !fake_frame(pfn)->pod && !fake_shared_mapped(pfn) &&
	       (!fake_hv.forgotten || pfn == page_to_pfn(ZERO_PAGE(0)));
}

unsigned long fake_hvm_op(int op, void *arg)
{
	struct xen_hvm_get_mem_type *query = arg;

	if (op != HVMOP_get_mem_type || fake_hv.kind == FAKE_PV)
		return -EINVAL;
	if (fake_hv.mute)
		return -EPERM;
	mutex_lock(&fake_hv_lock);
	/* What is a grant mapping it takes for memory, a foreign one for nothing. */
	query->mem_type = !fake_hv_populated(pfn_to_page(query->pfn)) ? HVMMEM_mmio_dm :
			  fake_is_protected(query->pfn) ? HVMMEM_ram_ro :
							  HVMMEM_ram_rw;
	mutex_unlock(&fake_hv_lock);
	return 0;
}

/* GNTTABOP_copy from one frame of the domain to another. */
int fake_grant_table_op(unsigned int op, void *arg, unsigned int n)
{
	struct gnttab_copy *copies = arg;
	unsigned int i;

	if (op != GNTTABOP_copy || fake_hv.kind == FAKE_PV)
		return -ENOSYS;
	if (fault_hit(NULL))
		return -EFAULT;
	mutex_lock(&fake_hv_lock);
	for (i = 0; i < n; i++) {
		struct fake_frame *to = fake_frame(copies[i].dest.u.gmfn);
		bool there = !to->gone && fake_pod_demand(copies[i].dest.u.gmfn);

		copies[i].status = there ? GNTST_okay : GNTST_general_error;
		to->unmarked = false;
	}
	mutex_unlock(&fake_hv_lock);
	return 0;
}

bool fake_xen_feature(int flag)
{
	return flag == XENFEAT_auto_translated_physmap &&
	       fake_hv.kind != FAKE_PV;
}

/*
 * The same model as an &struct xhb_xen_ops, which may stop at any 4K page and
 * does nothing as a 2M extent.
 */
static struct xhb_done fake_ops_release(struct xhb_xen *xen, struct page **pages,
					unsigned int extents, unsigned int order)
{
	unsigned long most = ULONG_MAX, done = 0, size = 1UL << order, got;
	unsigned int i;

	xen->hypercalls++;
	mutex_lock(&fake_hv_lock);
	if (extents > fake_hv_ops.max_extents(xen, order, false))
		fake_hv_violate("too many extents at once", 0);
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
	return (struct xhb_done) { .pages = done };
}

static struct xhb_done fake_ops_populate(struct xhb_xen *xen, struct page **pages,
					 unsigned int extents, unsigned int order)
{
	unsigned long most = ULONG_MAX, done = 0, i;
	unsigned long total = (unsigned long)extents << order;

	xen->hypercalls++;
	mutex_lock(&fake_hv_lock);
	fault_hit(&most);
	for (i = 0; i < min(total, most); i++) {
		if (!fake_give_range(page_to_pfn(pages[i >> order]) +
				     (i & ((1UL << order) - 1)), 0))
			break;
		done++;
	}
	mutex_unlock(&fake_hv_lock);
	return (struct xhb_done) { .pages = done };
}

static int fake_ops_exchange(struct xhb_xen *xen, struct page *from,
			     struct page *to)
{
	int err = -EOPNOTSUPP;

	xen->hypercalls++;
	mutex_lock(&fake_hv_lock);
	if (fault_hit(NULL))
		err = -ENOMEM;
	else if (!fake_hv.no_moves)
		err = fake_exchange_frame(page_to_pfn(from), page_to_pfn(to));
	mutex_unlock(&fake_hv_lock);
	return err;
}

static int fake_ops_gmfn_move(struct xhb_xen *xen, struct page *from,
			      struct page *to)
{
	return -EACCES;
}

static unsigned int fake_ops_max_extents(struct xhb_xen *xen, unsigned int order,
					 bool populate)
{
	return order ? 3 : fake_hv.batch;
}

static bool fake_ops_is_populated(struct xhb_xen *xen, struct page *page)
{
	return fake_hv_populated(page);
}

const struct xhb_xen_ops fake_hv_ops = {
	.release = fake_ops_release,
	.populate = fake_ops_populate,
	.exchange = fake_ops_exchange,
	.gmfn_move = fake_ops_gmfn_move,
	.max_extents = fake_ops_max_extents,
	.is_populated = fake_ops_is_populated,
	.superpages = true,
};
