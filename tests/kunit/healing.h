/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the suites about healing: a healer at rest, and blocks for it. The kernel's
 * own page isolation and migration empty them.
 */
#ifndef XHB_TEST_HEALING_H
#define XHB_TEST_HEALING_H

#include "fixture.h"

int healing_init(struct kunit *test);
void healing_exit(struct kunit *test);
struct page *evacuate(struct fixture *f, enum xhb_choice choice,
		      unsigned long block);
int heal(struct fixture *f, unsigned long block);
struct page *make_block(struct kunit *test, unsigned long used);
void make_base(struct kunit *test, struct page *page);
unsigned long block_of(struct page *page);
void expect_backing(struct kunit *test, struct page *page,
		    enum xhb_backing backing);

#endif /* XHB_TEST_HEALING_H */
