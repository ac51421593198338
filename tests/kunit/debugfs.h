/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files in debugfs, as programs read them: the kernel cannot read its own.
 */
#ifndef XHB_TEST_DEBUGFS_H
#define XHB_TEST_DEBUGFS_H

#include <linux/types.h>

int debugfs_copy(const char *names);
ssize_t debugfs_copied(void **text, size_t most);

#endif /* XHB_TEST_DEBUGFS_H */
