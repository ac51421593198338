/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernels for the tests alone.
 */
#ifndef XHB_TEST_KERNELS_H
#define XHB_TEST_KERNELS_H

#include <linux/mm.h>
#include <linux/module.h>
#include <linux/shmem_fs.h>
#include <linux/version.h>

/* What a module was loaded with; empty on kernels that do not keep it. */
static inline const char *kernels_module_args(struct module *module)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return module->args;
#else
	return "";
#endif
}

/* A file without a name, in memory. */
static inline struct file *kernels_file(unsigned long pages)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 0, 0)
	return shmem_file_setup("xhb", pages << PAGE_SHIFT, VM_NORESERVE);
#else
	return shmem_file_setup("xhb", pages << PAGE_SHIFT, EMPTY_VMA_FLAGS);
#endif
}

#endif /* XHB_TEST_KERNELS_H */
