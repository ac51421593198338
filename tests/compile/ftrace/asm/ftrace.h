/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since Linux 6.2: how an ftrace callback says where to go on has another name.
 */
#include_next <asm/ftrace.h>

#undef ftrace_instruction_pointer_set
#define ftrace_regs_set_instruction_pointer(fregs, to)	\
	((fregs)->regs.ip = (to))
