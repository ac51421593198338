/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For the suites about the fakes themselves.
 */
#ifndef XHB_TEST_FAKES_H
#define XHB_TEST_FAKES_H

#include "fixture.h"

void expect_violation(struct kunit *test, const char *what);
struct page *driver_page(struct kunit *test, unsigned int order);
unsigned long take_one(struct kunit *test, struct page *page);
unsigned long give_one(struct kunit *test, struct page *page);
long memory_op(unsigned int cmd, unsigned long frame);

#endif /* XHB_TEST_FAKES_H */
