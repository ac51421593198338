/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bitmap that people are shown, against the fakes.
 */
#ifndef XHB_TEST_SHOWN_H
#define XHB_TEST_SHOWN_H

#include "fixture.h"

void shown_check(struct kunit *test);

#endif /* XHB_TEST_SHOWN_H */
