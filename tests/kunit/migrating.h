/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Migration of balloon pages, done as the kernel does it.
 */
#ifndef XHB_TEST_MIGRATING_H
#define XHB_TEST_MIGRATING_H

#include "fixture.h"

struct page *migrating_isolate(struct fixture *f);
void migrating_put_back(struct fixture *f);
bool migrating_to(struct kunit *test, struct page *newpage);
bool migrating_one(struct kunit *test);

#endif /* XHB_TEST_MIGRATING_H */
