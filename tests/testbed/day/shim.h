/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as src/policy/pure/ needs, for a program.
 */
#ifndef DAY_SHIM_H
#define DAY_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned long long u64;

#define PAGE_SHIFT	12

#define min(a, b) \
	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a < _b ? _a : _b; })
#define max(a, b) \
	({ __typeof__(a) _a = (a); __typeof__(b) _b = (b); _a > _b ? _a : _b; })
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define clamp(value, low, high)	min(max(value, low), high)
#define DIV_ROUND_UP(n, d) \
	({ __typeof__(d) _d = (d); ((n) + _d - 1) / _d; })
#define ALIGN_DOWN(n, to) \
	({ __typeof__(to) _to = (to); (n) / _to * _to; })

#endif /* DAY_SHIM_H */
