/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.17 to 6.19: the options of core balloons have the names that they have had
 * in Linux 6.1. The events are there with either name.
 */
#include <linux/vm_event_item.h>

#undef CONFIG_BALLOON
#undef CONFIG_BALLOON_MIGRATION
#define CONFIG_MEMORY_BALLOON		1
#define CONFIG_BALLOON_COMPACTION	1
