/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this room share.
 */
#ifndef XHB_TAKEOVER_PRIVATE_H
#define XHB_TAKEOVER_PRIVATE_H

unsigned long xhb_symbol(const char *name);

#endif /* XHB_TAKEOVER_PRIVATE_H */
