// SPDX-License-Identifier: GPL-2.0
/*
 * Finding functions of the kernel that are not exported.
 */
#include <linux/kprobes.h>
#include <linux/uaccess.h>
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#endif

#include "takeover/private.h"

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
 * xhb_symbol() - address of a kernel function that is not exported
 * @name: the function's name
 *
 * A probe that is registered disabled patches nothing, and its registration
 * resolves the name.
 *
 * Context: may sleep.
 * Return: the address, or 0 if there is no such function.
 */
unsigned long xhb_symbol(const char *name)
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
