# SPDX-License-Identifier: GPL-2.0
"""
Defects in src/pages/: where each page is, and who counts it.
"""
from defect import of

DEFECTS = (
    *of("pages/transfer.c", "kind",
        ("what is populated during a copy not marked",
         "\txhb_copied_mark(b, pages, order, done.pages);\n\txhb_account_exchanged(b, pages, order, done.pages, true);",
         "\txhb_account_exchanged(b, pages, order, done.pages, true);", "logdirty kind"),
        ("what was released comes back the wrong way round",
         "while (i-- > 0)\n\t\txhb_settle_released", "for (i = 0; i < n; i++)\n\t\txhb_settle_released",
         "runs"),
        ("a mark stays on what is freed", "xhb_account_unmark(page + from, 0);\n\t\t__free_page(page + from);",
         "__free_page(page + from);", "deflate"),
        ("what was not given is lost", "xhb_base_put_range(b, page, given, size);", "", "deflate kind"),
        ("a release short of a part forgotten", "return done.pages || done.stray ? -EAGAIN : -EBUSY;",
         "return -EBUSY;", "heal"),
        ("an anchor that Xen keeps is lost", "xhb_base_put(b, page);\n\t\treturn false;", "return false;", "lost migrate")),
    *of("pages/account.c", "kind",
        ("vmstat not told", "xhb_compat_count_events(-change);", "", "inflate"),
        ("foreign pages below zero shown", "return max(used, 0L);", "return used;", "foreign"),
        ("a move between zones not counted", "adjust_managed_page_count(from, -1);", "", "migrate choose")),
    *of("pages/queues.c", "kind",
        ("one reference not given back", "while (--i)", "while (--i > 1)", "pages evacuate"),
        ("isolated pages not told", "return READ_ONCE(b->queues.base.isolated_pages);", "return 0;", "sysfs migrate")),
    *of("pages/alloc.c", "kind",
        ("half of a 2M page scrubbed", "for (i = 0; i < 1UL << op->order; i++)", "for (i = 0; i < (1UL << op->order) - op->order; i++)", "inflate"),
        ("an emptied block not scrubbed to its end", "for (i = 0; i < 1UL << order; i++)\n\t\txhb_scrub_used(b, page + i);",
         "for (i = 0; i < (1UL << order) - 1; i++)\n\t\txhb_scrub_used(b, page + i);", "heal evacuate coalesce"),
        ("4K pages with reserves and complaints", "alloc_pages_node(richest, gfp | XHB_GFP_TAKE | scrub, 0)", "alloc_pages_node(richest, gfp | scrub, 0)", "inflate pressure")),
    *of("pages/op.c", "pages",
        ("a list in the wrong order", "list_add_tail(&page->lru, &op->pages);", "list_add(&page->lru, &op->pages);", "reservation"),
        ("a batch that is too large", "return min_t(unsigned long, XHB_BATCH_PAGES,\n\t\t     xhb_xen_max_extents(&b->xen, op->order, populate));",
         "return XHB_BATCH_PAGES;", "inflate"),
        ("a split page has backing", "xhb_block_backed(b, page, XHB_BACKING_UNKNOWN);", "", "pages takeover")),
    *of("pages/migrate.c", "migrate",
        ("waits for the lock", "locked = xhb_trylock(b);", "xhb_lock(b);\n\tlocked = true;"),
        ("a moved page not marked for copying", "\t/* A move populates, too. */\n\txhb_copied_mark(b, &page, 0, 1);", "", "logdirty migrate"),
        ("an error that the kernel does not know", "return err ? -EAGAIN : 0;", "return err;"),
        ("a spare page not freed", "xhb_op_free(&spare);", "", "lost migrate")),
)
