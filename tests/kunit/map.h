/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The map of blocks, as people are shown it and as it is.
 */
#ifndef XHB_TEST_MAP_H
#define XHB_TEST_MAP_H

#include "xhb_pages.h"

unsigned int map_count(const char *text, char what);
unsigned int map_backed(struct xhb_balloon *b, enum xhb_backing backing);

#endif /* XHB_TEST_MAP_H */
