/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since Linux 6.7: shrinkers are allocated by the kernel, and no others are
 * registered.
 */
#ifndef _LINUX_SHRINKER_H
#define _LINUX_SHRINKER_H

#include <linux/bits.h>
#include <linux/types.h>

#define SHRINK_STOP		(~0UL)
#define DEFAULT_SEEKS		2
#define SHRINKER_ALLOCATED	BIT(1)

struct shrink_control {
	gfp_t gfp_mask;
	int nid;
	unsigned long nr_to_scan;
	unsigned long nr_scanned;
	struct mem_cgroup *memcg;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *shrinker,
				       struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *shrinker,
				      struct shrink_control *sc);
	long batch;
	int seeks;
	unsigned int flags;
	void *private_data;
};

__printf(2, 3)
struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...);
void shrinker_register(struct shrinker *shrinker);
void shrinker_free(struct shrinker *shrinker);

#endif /* _LINUX_SHRINKER_H */
