# SPDX-License-Identifier: GPL-2.0
"""
More defects in src/pages/: blocks, foreign pages, what comes back by itself.
"""
from defect import of

DEFECTS = (
    *of("pages/foreign.c", "foreign",
        ("foreign pages coalesced", "list_add(&page->lru, &b->foreign.idle);\n\tWRITE_ONCE(b->foreign.idle_count, b->foreign.idle_count + 1);",
         "xhb_base_put(b, page);\n\tlockdep_assert_held(&b->lock);\n\treturn;"),
        ("movable memory kept for ever", "if (b->foreign.idle_count < XHB_FOREIGN_KEPT &&\n\t    !xhb_compat_only_movable(page))",
         "if (b->foreign.idle_count < XHB_FOREIGN_KEPT)", "choose"),
        ("what is still mapped is the balloon's", "if (xhb_foreign_is_mapped(b, page))\n\t\treturn;", "(void)xhb_foreign_is_mapped(b, page);"),
        ("what had memory stays lent", "\txhb_reconcile_page(b, page);\n\tif (xhb_foreign_is_mapped(b, page))\n\t\treturn;",
         "\tif (xhb_foreign_is_mapped(b, page))\n\t\treturn;\n\txhb_reconcile_page(b, page);", "reconcile")),
    *of("pages/reconcile.c", "reconcile",
        ("revived pages not scrubbed", "for (i = 0; i < n; i++)\n\t\txhb_scrub_used(b, pages[i]);", "(void)i;"),
        ("the last pages of a block not looked at", "n == XHB_RECONCILE_BATCH || (n && i + 1 == XHB_HUGE_PAGES)", "n == XHB_RECONCILE_BATCH")),
    *of("pages/evacuate.c", "evacuate",
        ("what nobody wants is gone on with", "WRITE_ONCE(e->cancel, !same);", ""),
        ("cancelled for ever", "e->cancel = false;", ""),
        ("the worker not told", "e->done(b);", "", "worker tasks evacuate"),
        ("unload does not wait", "flush_work(&e->work);\n\txhb_evacuate_drop(b);", "xhb_evacuate_drop(b);"),
        ("no wake-up for unload", "wake_up(&e->waiting);", ""),
        ("moves where there is no room", "return !READ_ONCE(b->evacuation.cancel) && xhb_spare(b, XHB_USE_MOVE);",
         "return !READ_ONCE(b->evacuation.cancel);", "choose")),
    *of("pages/places.c", "storm",
        ("not at one moment", "\txhb_lock(b);\n", "#define xhb_unlock(b)\n")),
    *of("pages/choose.c", "choose",
        ("free blocks emptied", "?: -ENOENT;", ";"),
        ("the balloon's own pages not preferred", "cost -= min(cost, base);", ""),
        ("busy marks not aged", "c->cursor = 0;\n\txhb_blocks_turn(b);", "c->cursor = 0;", "choose evacuate blocks")),
    *of("pages/spare.c", "floor",
        ("movable memory counted for the kernel", "for (i = 0; i < ZONE_MOVABLE; i++)", "for (i = 0; i <= ZONE_MOVABLE; i++)", "choose inflate floor")),
    *of("pages/nodes.c", "nodes",
        ("a node's own free pages all counted",
         "room += xhb_spare_pages(zone_page_state(zone, NR_FREE_PAGES), kept);",
         "room += zone_page_state(zone, NR_FREE_PAGES);", "choose"),
        ("a node asked for its block's zone alone", "ZONE_MOVABLE : gfp_zone(GFP_USER);", "ZONE_MOVABLE : page_zonenum(page);", "choose"),
        ("a node asked for one block's room", "(2 * XHB_HUGE_PAGES)", "XHB_HUGE_PAGES", "choose")),
    *of("pages/handover.c", "takeover",
        ("shown as ballooned after it was handed back", "xhb_bitmap_clear(b, page_to_pfn(pages[i]), 1);", "", "bitmap takeover")),
)
