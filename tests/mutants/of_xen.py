# SPDX-License-Identifier: GPL-2.0
"""
Defects in src/xen/: what is asked of Xen, and what is made of its answers.
"""
from defect import of

DEFECTS = (
    *of("xen/hypercall.c", "nodes",
        ("a node's memory asked for extents of another",
         "if (page_to_nid(pfn_to_page(frames[i])) != node)", "if (i == extents)"),
        ("a full node of the host keeps all memory away",
         "if (done < extents)\n\t\tdone +=", "if (!flags)\n\t\tdone +=")),
    *of("xen/pv.c", "kind",
        ("no flush before a release",
         "\txhb_pv_flush_tlb(xen);\n\n\tdone.pages = xhb_xen_memory_op",
         "\n\tdone.pages = xhb_xen_memory_op", "kind pv"),
        ("no flush before an exchange",
         "\txhb_pv_flush_tlb(xen);\n\n\terr = xhb_xen_exchange_frame",
         "\n\terr = xhb_xen_exchange_frame", "migrate kind"),
        ("no flush before what was populated goes back",
         "INVALID_P2M_ENTRY);\n\txhb_pv_flush_tlb(xen);\n\txen->lost",
         "INVALID_P2M_ENTRY);\n\txen->lost", "refused"),
        ("p2m keeps what was released",
         "for (i = 0; i < unmapped; i++)\n\t\txhb_pv_set_p2m(xhb_pv_page(pages, order, i), INVALID_P2M_ENTRY);",
         "", "kind pv"),
        ("p2m not told of what was populated",
         "for (i = 0; i < done; i++)\n\t\txhb_pv_set_p2m(xhb_pv_page(pages, order, i), xen->frames[i]);",
         "", "kind pv"),
        ("frames of a 2M extent taken for its first", "(i & ((1UL << order) - 1));\n\treturn got;",
         "0;\n\treturn got;", "pv"),
        ("first frames overwritten by those behind them", "for (i = got; i-- > 0; )",
         "for (i = 0; i < got; i++)", "pv"),
        ("no 4K extents for what the host has in pieces", "if (got == total)", "if (got || total)",
         "pv"),
        ("4K extents populated over the 2M ones", "for (i = got; i < total; i++)",
         "for (i = 0; i < total; i++)", "pv"),
        ("an error of the multicall ignored", "if (err || calls[i].result)", "if (calls[i].result)",
         "refused")),
)
