/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A balloon of base pages that lie between free ones.
 */
#ifndef XHB_TEST_SCATTERED_H
#define XHB_TEST_SCATTERED_H

#include "fixture.h"

void scattered_inflate(struct kunit *test, unsigned long pages);

#endif /* XHB_TEST_SCATTERED_H */
