/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking over from the built-in balloon driver, and handing back to it.
 */
#ifndef XHB_TAKEOVER_H
#define XHB_TAKEOVER_H

#include "xhb.h"

int xhb_takeover(struct xhb_balloon *b);
void xhb_takeover_undo(struct xhb_balloon *b);

#endif /* XHB_TAKEOVER_H */
