// SPDX-License-Identifier: GPL-2.0
/*
 * What a balloon cannot do without: pages from the allocator, cleared, and the
 * hypercalls that give them to Xen and take them back. No queues, no books, no
 * waiting. Loading it gives MB of memory and takes them again, and its parameters
 * tell how long each step took; nothing of it is left when it is loaded.
 *
 * No balloon driver knows of it, so none may be at work meanwhile.
 */
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/features.h>
#include <xen/interface/memory.h>
#include <xen/page.h>

#define GFP_FLOOR	((GFP_HIGHUSER & ~__GFP_RECLAIM) | __GFP_NOMEMALLOC | \
			 __GFP_NORETRY | __GFP_NOWARN)

static unsigned int mb = 64;
module_param(mb, uint, 0444);
MODULE_PARM_DESC(mb, "MiB to give and to take");

static unsigned int order = PMD_SHIFT - PAGE_SHIFT;
module_param(order, uint, 0444);
MODULE_PARM_DESC(order, "of the pages: 9 for 2M, or 0");

static unsigned int batch = 4096;
module_param(batch, uint, 0444);
MODULE_PARM_DESC(batch, "4K pages for a hypercall, so many times 2^order");

static bool ahead;
module_param(ahead, bool, 0444);
MODULE_PARM_DESC(ahead, "allocate and clear a batch on another CPU while Xen gets the one before");

static u64 give_ns, allocate_ns, clear_ns, release_ns, populate_ns, free_ns;
module_param(give_ns, ullong, 0444);
MODULE_PARM_DESC(give_ns, "all of giving, which is less than its steps if some are done ahead");
module_param(allocate_ns, ullong, 0444);
MODULE_PARM_DESC(allocate_ns, "allocating, and clearing if the allocator does it");
module_param(clear_ns, ullong, 0444);
MODULE_PARM_DESC(clear_ns, "clearing, if the allocator does not");
module_param(release_ns, ullong, 0444);
MODULE_PARM_DESC(release_ns, "giving to Xen, unmapping included in PV guests");
module_param(populate_ns, ullong, 0444);
MODULE_PARM_DESC(populate_ns, "taking from Xen, mapping included in PV guests");
module_param(free_ns, ullong, 0444);
MODULE_PARM_DESC(free_ns, "giving back to the allocator");

static bool translated;
static struct page **pages;		/* of a batch */
static struct page **next;		/* of the one after it, once it is prepared */
static unsigned int next_asked, next_got;
static xen_pfn_t *frames;		/* of its extents, in PV guests of all pages */
static struct mmu_update *updates;	/* of all its pages */

static u64 lap(u64 *sum, u64 since)
{
	u64 now = ktime_get_ns();

	*sum += now - since;
	return now;
}

static long memory_op(unsigned int cmd, unsigned long extents, unsigned int size)
{
	struct xen_memory_reservation reservation = {
		.nr_extents = extents,
		.extent_order = size,
		.domid = DOMID_SELF,
	};

	set_xen_guest_handle(reservation.extent_start, frames);
	return HYPERVISOR_memory_op(cmd, &reservation);
}

/* Sets or removes the mappings of @n pages of 2^order, in one hypercall. */
static int set_mappings(unsigned int n, bool map)
{
	unsigned long i, j, size = 1UL << order, at = 0;
	unsigned int level;

	for (i = 0; i < n; i++) {
		/* Those of a 2M page stand side by side. */
		pte_t *pte = lookup_address((unsigned long)page_address(pages[i]),
					    &level);
		u64 machine;

		if (!pte || level != PG_LEVEL_4K)
			return -ENXIO;
		machine = virt_to_machine(pte).maddr;
		for (j = 0; j < size; j++, at++) {
			updates[at].ptr = (machine + j * sizeof(*pte)) |
					  MMU_NORMAL_PT_UPDATE;
			updates[at].val = !map ? 0 :
				pte_val_ma(mfn_pte(frames[at], PAGE_KERNEL));
		}
	}
	return HYPERVISOR_mmu_update(updates, at, NULL, DOMID_SELF);
}

static int flush_tlb(void)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };

	return HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);
}

static int release_pv(unsigned int n)
{
	unsigned long i, j, size = 1UL << order, at = 0;
	int err;

	for (i = 0; i < n; i++)
		for (j = 0; j < size; j++)
			frames[at++] = xen_page_to_gfn(pages[i] + j);
	err = set_mappings(n, false);
	if (err)
		return err;
	for (i = 0; i < n; i++)
		for (j = 0; j < size; j++)
			xen_p2m_addr[page_to_pfn(pages[i]) + j] = INVALID_P2M_ENTRY;
	err = flush_tlb();
	if (err)
		return err;
	/* Nobody knows whether those of a 2M page are side by side. */
	return memory_op(XENMEM_decrease_reservation, at, 0) == at ? 0 : -EIO;
}

static int move(unsigned int cmd, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		frames[i] = page_to_pfn(pages[i]);
	return memory_op(cmd, n, order) == n ? 0 : -EIO;
}

static int populate_pv(unsigned int n)
{
	unsigned long i, j, size = 1UL << order;
	int err = move(XENMEM_populate_physmap, n);

	if (err)
		return err;
	/* From the end, for Xen has told the first frame of each at the beginning. */
	for (i = n; i-- > 0; ) {
		unsigned long frame = frames[i];

		for (j = 0; j < size; j++) {
			frames[i * size + j] = frame + j;
			xen_p2m_addr[page_to_pfn(pages[i]) + j] = frame + j;
		}
	}
	return set_mappings(n, true);
}

static unsigned int allocate(struct page **to, unsigned int n)
{
	gfp_t gfp = GFP_FLOOR | (want_init_on_alloc(0) ? __GFP_ZERO : 0);
	unsigned int i, got = 0;

	for (i = 0; i < n; i++)
		to[i] = NULL;
	if (!order) {
		/* It may stop early, with some left to be had. */
		do {
			i = got;
			got = alloc_pages_bulk_array(gfp, n, to);
		} while (got > i && got < n);
		return got;
	}
	for (got = 0; got < n; got++) {
		to[got] = alloc_pages(gfp, order);
		if (!to[got])
			break;
	}
	return got;
}

static void clear(struct page **of, unsigned int n)
{
	unsigned long i, j;

	if (want_init_on_alloc(0))
		return;
	for (i = 0; i < n; i++)
		for (j = 0; j < 1UL << order; j++)
			clear_highpage(of[i] + j);
}

static void prepare_next(struct work_struct *work)
{
	u64 at = ktime_get_ns();

	next_got = allocate(next, next_asked);
	at = lap(&allocate_ns, at);
	clear(next, next_got);
	lap(&clear_ns, at);
}

static DECLARE_WORK(preparation, prepare_next);

/*
 * One batch of @n pages goes to Xen, onto @gone; then @then pages are to go, which can
 * be prepared meanwhile.
 */
static int give(struct list_head *gone, unsigned int n, unsigned int then)
{
	unsigned int i, got;
	int err;
	u64 at;

	if (!next_asked) {
		next_asked = n;
		prepare_next(NULL);
	}
	swap(pages, next);
	got = next_got;
	err = got == n ? 0 : -ENOMEM;
	next_asked = ahead && !err ? then : 0;
	if (next_asked)
		queue_work_on(cpumask_last(cpu_online_mask), system_highpri_wq,
			      &preparation);
	at = ktime_get_ns();
	if (!err)
		err = translated ?
		      move(XENMEM_decrease_reservation, n) :
		      release_pv(n);
	lap(&release_ns, at);
	flush_work(&preparation);
	for (i = 0; i < got; i++) {
		if (!err)
			list_add_tail(&pages[i]->lru, gone);
		else if (err == -ENOMEM)
			__free_pages(pages[i], order);
	}
	return err;
}

static int take(struct list_head *gone, unsigned int n)
{
	u64 at = ktime_get_ns();
	unsigned int i;
	int err;

	for (i = 0; i < n; i++) {
		pages[i] = list_first_entry(gone, struct page, lru);
		list_del(&pages[i]->lru);
	}
	err = translated ? move(XENMEM_populate_physmap, n) : populate_pv(n);
	at = lap(&populate_ns, at);
	for (i = 0; i < n && !err; i++)
		__free_pages(pages[i], order);
	lap(&free_ns, at);
	return err;
}

static void forget_next(void)
{
	unsigned int i;

	for (i = 0; next_asked && i < next_got; i++)
		__free_pages(next[i], order);
	next_asked = 0;
}

static int round_trip(unsigned int total, unsigned int step)
{
	unsigned int given = 0, taken = 0;
	u64 at = ktime_get_ns();
	LIST_HEAD(gone);
	int err = 0, again = 0;

	while (given < total && !err) {
		unsigned int n = min(total - given, step);

		err = give(&gone, n, min(total - given - n, step));
		if (!err)
			given += n;
		cond_resched();
	}
	lap(&give_ns, at);
	forget_next();
	while (taken < given && !again) {
		again = take(&gone, min(given - taken, step));
		if (!again)
			taken += min(given - taken, step);
		cond_resched();
	}
	/* There is no way back from that, nor is it worth one here. */
	WARN(again || (err && err != -ENOMEM), "xhb-floor: memory is lost\n");
	return err ?: again;
}

static int __init floor_init(void)
{
	unsigned int step = batch >> order;
	int err = -ENOMEM;

	if (!step || (order && order != PMD_SHIFT - PAGE_SHIFT) || !mb ||
	    mb % 2)
		return -EINVAL;
	translated = xen_feature(XENFEAT_auto_translated_physmap);
	pages = kvcalloc(step, sizeof(*pages), GFP_KERNEL);
	next = kvcalloc(step, sizeof(*next), GFP_KERNEL);
	frames = kvcalloc(batch, sizeof(*frames), GFP_KERNEL);
	updates = translated ? NULL : kvcalloc(batch, sizeof(*updates), GFP_KERNEL);
	/* What is prepared ahead is on the last CPU. */
	if (ahead && set_cpus_allowed_ptr(current, cpumask_of(0)))
		err = -EINVAL;
	else if (pages && next && frames && (translated || updates))
		err = round_trip(mb << (20 - PAGE_SHIFT) >> order, step);
	kvfree(updates);
	kvfree(frames);
	kvfree(next);
	kvfree(pages);
	return err;
}
module_init(floor_init);

static void __exit floor_exit(void)
{
}
module_exit(floor_exit);

MODULE_DESCRIPTION("The least that ballooning takes");
MODULE_LICENSE("GPL");
