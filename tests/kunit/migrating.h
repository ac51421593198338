/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migration of balloon pages, done as the kernel does it.
 */
#ifndef XHB_TEST_MIGRATING_H
#define XHB_TEST_MIGRATING_H

#include "fixture.h"

/* 4K pages in the balloon after migrating_begin(), and nothing else. */
#define MIGRATING_BASE	20

void migrating_begin(struct kunit *test);
struct page *migrating_isolate(struct fixture *f);
void migrating_put_back(struct fixture *f);
bool migrating_to(struct kunit *test, struct page *newpage);
bool migrating_one(struct kunit *test);

#endif /* XHB_TEST_MIGRATING_H */
