/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking memory back from Xen; see deflate.c.
 */
#ifndef XHB_DEFLATE_H
#define XHB_DEFLATE_H

struct xhb_balloon;

unsigned long xhb_deflate_now(struct xhb_balloon *b, unsigned long want);
unsigned int xhb_deflate_step(struct xhb_balloon *b, unsigned long want);

#endif /* XHB_DEFLATE_H */
