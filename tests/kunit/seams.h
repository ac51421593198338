/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the driver meets Xen, the allocators and sysfs, the fakes come in.
 *
 * Kbuild includes this file ahead of the driver's sources in the test module,
 * so that they are tested as they are. The headers come first: what they
 * declare must not be renamed.
 */
#ifndef XHB_TEST_SEAMS_H
#define XHB_TEST_SEAMS_H

#include <linux/acpi.h>
#include <linux/device.h>
#include <linux/ftrace.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/nodemask.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vmstat.h>
#include <linux/workqueue.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/balloon.h>
#include <xen/features.h>
#include <xen/page.h>
#include <xen/xen.h>
#include <xen/xenbus.h>

#include "device.h"
#include "fake_clock.h"
#include "fake_guest.h"
#include "fake_hv.h"
#include "fake_xenbus.h"

/* Newer kernels have some of these as macros. */
#undef alloc_page
#undef alloc_pages
#undef alloc_pages_node
#undef __free_page
#undef alloc_ordered_workqueue
#undef alloc_contig_range
#undef kvcalloc
#undef kvmalloc_array
#undef num_online_nodes
#undef nr_node_ids
#undef for_each_node_state
#undef NODE_DATA
#undef synchronize_rcu_tasks

#define alloc_page(gfp)			fake_alloc_pages(gfp, 0)
#define alloc_pages(gfp, order)		fake_alloc_pages(gfp, order)
#define alloc_pages_node(node, gfp, order) \
	fake_alloc_pages_node(node, gfp, order)
#define __free_page(page)		fake_free_pages(page, 0)
#define __free_pages(page, order)	fake_free_pages(page, order)
#define page_zonenum(page)		fake_page_zonenum(page)
#define si_mem_available()		fake_mem_available()
#define ktime_get_ns()			fake_clock_ns()
#define kvmalloc_array(n, size, gfp)	fake_kvmalloc_array(n, size, gfp)
#define kvfree(addr)			fake_kvfree(addr)
#define kvcalloc(n, size, gfp)		fake_kvmalloc_array(n, size, (gfp) | __GFP_ZERO)
#define alloc_ordered_workqueue(name, flags) \
	fake_alloc_workqueue(name, flags)
#define alloc_contig_range(start, end, type, gfp) \
	fake_alloc_contig_range(start, end, type, gfp)
#define free_contig_range(pfn, pages)	fake_free_contig_range(pfn, pages)
#define num_online_nodes()		fake_guest.nodes
#define nr_node_ids			2U
#define for_each_node_state(node, state) \
	for ((node) = 0; (node) < fake_guest.nodes; (node)++)
#define NODE_DATA(node)			fake_node_data(node)
#define page_to_nid(page)		fake_page_to_nid(page)
#define pxm_to_node(pxm)		fake_pxm_to_node(pxm)
#define zone_page_state(zone, item)	fake_zone_page_state(zone, item)
#define all_vm_events(events)		fake_vm_events(events)
#define global_zone_page_state(item)	fake_free_pages_of_all(item)
#define zone_managed_pages(zone)	fake_managed_pages(zone)

#define HYPERVISOR_memory_op(cmd, arg)	fake_memory_op(cmd, arg)
#define HYPERVISOR_hvm_op(op, arg)	fake_hvm_op(op, arg)
#define HYPERVISOR_grant_table_op(op, arg, n) \
	fake_grant_table_op(op, arg, n)
#define HYPERVISOR_multicall(calls, count) \
	fake_multicall(calls, count)
#define HYPERVISOR_mmu_update(updates, n, done, domid) \
	fake_mmu_update(updates, n, done, domid)
#define HYPERVISOR_mmuext_op(op, count, done, domid) \
	fake_mmuext_op(op, count, done, domid)
#define lookup_address(addr, level)	fake_lookup_address(addr, level)
#undef virt_to_machine
#define virt_to_machine(pte)		XMADDR((unsigned long)(pte))
#define xen_feature(flag)		fake_xen_feature(flag)
#define xen_page_to_gfn(page)		fake_page_to_gfn(page)
#define xen_alloc_p2m_entry(pfn)	fake_alloc_p2m_entry(pfn)
#define xen_p2m_size			fake_p2m_size
#define xen_safe_write_ulong(entry, value) \
	fake_write_p2m(entry, value)
#define xen_alloc_ballooned_pages(n, pages) \
	fake_alloc_ballooned_pages(n, pages)
#define xen_free_ballooned_pages(n, pages) \
	fake_free_ballooned_pages(n, pages)
#define synchronize_rcu_tasks()		fake_synchronize_rcu_tasks()
#define device_add(dev)			fake_device_add(dev)
#define device_register(dev)		fake_device_register(dev)
#define subsys_system_register(bus, groups) \
	fake_subsys_system_register(bus, groups)
/* The tests' kernel has a built-in driver without it. */
#ifndef CONFIG_XEN_BALLOON_MEMORY_HOTPLUG
#define CONFIG_XEN_BALLOON_MEMORY_HOTPLUG 1
#endif
#define add_memory(node, start, bytes, flags) \
	fake_add_memory(node, start, bytes)
#define register_memory_notifier(nb)	fake_register_memory_notifier(nb)
#define unregister_memory_notifier(nb)	fake_unregister_memory_notifier(nb)
#define sysfs_add_file_to_group(kobj, attr, group) \
	fake_sysfs_add_file(kobj, attr, group)
#define sysfs_create_group(kobj, group) \
	fake_sysfs_create_group(kobj, group)
#define ftrace_free_filter(ops)		fake_ftrace_free_filter(ops)
#define ftrace_set_filter_ip(ops, ip, remove, reset) \
	fake_ftrace_set_filter_ip(ops, ip, remove, reset)
#define unregister_ftrace_function(ops)	fake_ftrace_unregister(ops)
#define xenbus_read(xbt, dir, node, len) \
	fake_xenbus_read(dir, node)
#define xenbus_printf(xbt, dir, node, format, value) \
	fake_xenbus_write(dir, node, value)
#define register_xenstore_notifier(nb)	fake_register_xenstore_notifier(nb)
#define unregister_xenstore_notifier(nb) \
	fake_unregister_xenstore_notifier(nb)
#define register_xenbus_watch(watch)	fake_register_xenbus_watch(watch)
#define unregister_xenbus_watch(watch)	fake_unregister_xenbus_watch(watch)
#define xenbus_write(xbt, dir, node, text) \
	fake_xenbus_write_text(dir, node, text)
#define xenbus_rm(xbt, dir, node)	fake_xenbus_rm(dir, node)
#undef xen_initial_domain
#define xen_initial_domain()		(fake_xenbus.dom0)

#endif /* XHB_TEST_SEAMS_H */
