// SPDX-License-Identifier: GPL-2.0
/*
 * Out-of-line part of what differs between the supported kernels.
 */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/uaccess.h>
#include <linux/vmstat.h>
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#endif

#include "xhb_compat.h"

/*
 * "Balloon:" in /proc/meminfo. An enumerator cannot be tested for; of the
 * supported kernels those have the counter that know the option by this name.
 */
static void xhb_count_balloon_pages(struct page *page, long pages)
{
#ifdef CONFIG_BALLOON
	mod_node_page_state(page_pgdat(page), NR_BALLOON_PAGES, pages);
#endif
}

/**
 * xhb_compat_set_offline() - mark pages as without content
 * @page: first page
 * @order: log2 of the number of pages
 *
 * From here on crash dumps and /proc/kcore leave the pages alone. Does nothing
 * to a page that is marked already.
 *
 * Context: may sleep (readers of /proc/kcore are waited for).
 */
void xhb_compat_set_offline(struct page *page, unsigned int order)
{
	unsigned long i;

	page_offline_begin();
	for (i = 0; i < 1UL << order; i++) {
		if (!PageOffline(page + i))
			__SetPageOffline(page + i);
	}
	page_offline_end();
	xhb_count_balloon_pages(page, 1L << order);
}

/**
 * xhb_compat_clear_offline() - undo xhb_compat_set_offline()
 * @page: first page
 * @order: log2 of the number of pages
 *
 * Context: any.
 */
void xhb_compat_clear_offline(struct page *page, unsigned int order)
{
	unsigned long i;

	for (i = 0; i < 1UL << order; i++) {
		if (PageOffline(page + i))
			__ClearPageOffline(page + i);
	}
	xhb_count_balloon_pages(page, -(1L << order));
}

/*
 * kprobes skip the ENDBR at a function's start, and that ENDBR may have been
 * overwritten at boot. A function pointer has to point at it.
 */
static unsigned long xhb_before_endbr(unsigned long addr)
{
#ifdef CONFIG_X86_KERNEL_IBT
	u32 insn;

	if (copy_from_kernel_nofault(&insn, (void *)(addr - ENDBR_INSN_SIZE),
				     sizeof(insn)))
		return addr;
	if (insn == gen_endbr() || insn == gen_endbr_poison())
		return addr - ENDBR_INSN_SIZE;
#endif
	return addr;
}

/**
 * xhb_compat_symbol() - address of a kernel function that is not exported
 * @name: the function's name
 *
 * A probe that is registered disabled patches nothing, and its registration
 * resolves the name.
 *
 * Context: may sleep.
 * Return: the address, or 0 if there is no such function.
 */
unsigned long xhb_compat_symbol(const char *name)
{
	struct kprobe kp = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};

	if (register_kprobe(&kp))
		return 0;
	unregister_kprobe(&kp);
	return xhb_before_endbr((unsigned long)kp.addr);
}
