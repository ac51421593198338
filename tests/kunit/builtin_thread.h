/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread of the built-in balloon driver, which outside of Xen only a test
 * starts.
 */
#ifndef XHB_TEST_BUILTIN_THREAD_H
#define XHB_TEST_BUILTIN_THREAD_H

struct task_struct;

struct task_struct *thread_named(const char *name);
struct task_struct *builtin_thread(void);
int start_builtin(const char *name);

#endif /* XHB_TEST_BUILTIN_THREAD_H */
