// SPDX-License-Identifier: GPL-2.0
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "map.h"

/* How often a character is in the map that was printed, its legend left out. */
unsigned int map_count(const char *text, char what)
{
	const char *at, *line = strstr(text, "\n0x");
	unsigned int times = 0;

	for (; line; line = strstr(at, "\n0x")) {
		at = strchr(line, ' ');
		if (!at)
			break;
		for (at++; *at && *at != '\n'; at++)
			times += *at == what;
	}
	return times;
}

/* So many blocks of memory are backed like that. */
unsigned int map_backed(struct xhb_balloon *b, enum xhb_backing backing)
{
	unsigned long block;
	unsigned int n = 0;

	for (block = 0; block < xhb_blocks_count(b); block++)
		n += pfn_to_online_page(block << XHB_HUGE_ORDER) &&
		     xhb_block_backing(b, block) == backing;
	return n;
}
