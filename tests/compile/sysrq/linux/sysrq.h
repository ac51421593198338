/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since Linux 6.6: a sysrq key is a byte.
 */
#ifndef _LINUX_SYSRQ_H
#define _LINUX_SYSRQ_H

#include <linux/types.h>

#define SYSRQ_ENABLE_DUMP	0x0008

struct sysrq_key_op {
	void (* const handler)(u8 key);
	const char * const help_msg;
	const char * const action_msg;
	const int enable_mask;
};

int register_sysrq_key(u8 key, const struct sysrq_key_op *op);
int unregister_sysrq_key(u8 key, const struct sysrq_key_op *op);

#endif /* _LINUX_SYSRQ_H */
