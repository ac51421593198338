/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the supported kernels, as functions with this driver's
 * meaning: core balloons, and what is counted of them. This header, that of the
 * kernel's memory, and their sources are the only places that may test for the
 * presence of one of its interfaces. They do not go by its version, because
 * distributions bring interfaces back. src/kernel.mk says which kernels it can be.
 */
#ifndef XHB_COMPAT_H
#define XHB_COMPAT_H

#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/sysrq.h>
#ifdef CONFIG_BALLOON
#include <linux/balloon.h>
#else
#include <linux/balloon_compaction.h>
#endif

/* How the handler of a sysrq key is told which key it was: int, later u8. */
#define xhb_compat_sysrq_key						\
	typeof(__builtin_choose_expr(					\
		__builtin_types_compatible_p(				\
			typeof_member(struct sysrq_key_op, handler),	\
			void (*const)(int)), 0, (u8)0))

/**
 * xhb_compat_redirect() - continue at another address after an ftrace callback
 * @fregs: registers of the intercepted call
 * @ip: address to continue at
 *
 * Context: any, also with preemption disabled.
 */
static __always_inline void xhb_compat_redirect(struct ftrace_regs *fregs,
						unsigned long ip)
{
/* A macro in each kernel, renamed soon after 6.1. */
#ifdef ftrace_regs_set_instruction_pointer
	ftrace_regs_set_instruction_pointer(fregs, ip);
#else
	ftrace_instruction_pointer_set(fregs, ip);
#endif
}

void xhb_compat_count_events(long pages);
void xhb_compat_set_offline(struct page *page, unsigned int order);
void xhb_compat_clear_offline(struct page *page, unsigned int order);
void xhb_compat_core_add(struct balloon_dev_info *core, struct page *page);
struct page *xhb_compat_core_take(struct balloon_dev_info *core);
bool xhb_compat_core_take_page(struct balloon_dev_info *core,
			       struct page *page);
void xhb_compat_core_moved(struct balloon_dev_info *core,
			   struct page *newpage, struct page *page);
bool xhb_compat_core_has(struct balloon_dev_info *core, struct page *page);
bool xhb_compat_is_movable(struct page *page);

#endif /* XHB_COMPAT_H */
