/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults on demand. Everything that may fail asks here first, so that a test
 * can let any one call fail by its number, whatever kind of call it is.
 */
#ifndef XHB_TEST_FAULT_H
#define XHB_TEST_FAULT_H

#include <linux/types.h>

void fault_arm(unsigned long first, unsigned long last, unsigned long partial);
void fault_disarm(void);
unsigned long fault_calls(void);
unsigned long fault_hits(void);
bool fault_graded(void);
bool fault_hit(unsigned long *partial);

#endif /* XHB_TEST_FAULT_H */
