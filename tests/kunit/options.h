/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parameters of the test module.
 */
#ifndef XHB_TEST_OPTIONS_H
#define XHB_TEST_OPTIONS_H

#include <linux/prandom.h>

struct kunit;

void options_random(struct kunit *test, struct rnd_state *state);
const char *options_provoke(void);

#endif /* XHB_TEST_OPTIONS_H */
