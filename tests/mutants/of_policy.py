# SPDX-License-Identifier: GPL-2.0
"""
Defects in src/policy/: what is done when, and how much of it.
"""
from defect import of

DEFECTS = (
    *of("policy/inflate.c", "inflate",
        ("below the floor", "want = min3(want, xhb_spare(b, XHB_USE_BALLOON), xhb_spare_base(b));", "want = min(want, xhb_spare_base(b));", "floor inflate"),
        ("below the kernel's floor in 4K pages", "min3(want, xhb_spare(b, XHB_USE_BALLOON), xhb_spare_base(b));", "min(want, xhb_spare(b, XHB_USE_BALLOON));", "floor inflate"),
        ("2M pages beyond what the kernel can spare", "huge = min(want, xhb_spare_kernel(b));", "huge = want;", "choose floor inflate"),
        ("a target that comes late", "if (xhb_target_changes(b) != seen &&", "if (!seen &&")),
    *of("policy/resize.c", "inflate",
        ("a new knob waits", "if (r->knobs != knobs)\n\t\txhb_inflate_afresh(b);", "(void)knobs;"),
        ("a new target goes on as the last", "if (r->targets != targets)\n\t\txhb_batch_begin(b);", "", "stepsize deflate")),
    *of("policy/target.c", "target",
        ("a target above the floor not left", "if (target >= least)\n\t\treturn;\n", ""),
        ("the floor left without what can be spared", "size - min3(size, xhb_spare(b, XHB_USE_BALLOON),\n\t\t\t\t\t  xhb_spare_kernel(b))", "size"),
        ("the kernel's own floor not left", "min3(size, xhb_spare(b, XHB_USE_BALLOON),\n\t\t\t\t\t  xhb_spare_kernel(b))", "min(size, xhb_spare(b, XHB_USE_BALLOON))")),
    *of("policy/batch.c", "stepsize",
        ("never larger", "WRITE_ONCE(batch->pages,\n\t\t   xhb_stepsize_next(batch->pages,", "(void)(xhb_stepsize_next(batch->pages,"),
        ("a batch that was short is not remembered", "done < asked", "false", "inflate deflate healer")),
    *of("policy/worker.c", "worker",
        ("the longest wait", "*wait = min_t(unsigned long, *wait, left);", "*wait = left;", "tasks"),
        ("a wake-up lost", "mod_delayed_work(b->worker.wq, &b->worker.work, 0);", "queue_delayed_work(b->worker.wq, &b->worker.work, 0);"),
        ("stopped while a step is under way", "cancel_delayed_work_sync(&b->worker.work);", "cancel_delayed_work(&b->worker.work);", "tasks"),
        ("not frozen", "WQ_FREEZABLE | WQ_MEM_RECLAIM", "WQ_MEM_RECLAIM"),
        ("the next try of a task that rests", "if (i == b->worker.count || READ_ONCE(state->resting))", "if (i == b->worker.count)", "tasks")),
    *of("policy/pressure.c", "pressure",
        ("no hold", "xhb_pressure_hold(b);\n\t\txhb_pressure_request", "xhb_pressure_request"),
        ("requested when the lock is anybody's", "xhb_pressure_request(b, xhb_current_pages(b));", "xhb_unlock(b);\n\t\txhb_target_request(b, XHB_REQUESTER_PRESSURE, xhb_current_pages(b));\n\t\txhb_lock(b);"),
        ("kswapd takes memory", "return !current_is_kswapd() &&", "return"),
        ("told after unload", "if (p->watching)\n\t\tunregister_oom_notifier(&p->oom);", "")),
    *of("policy/coalesce.c", "coalesce",
        ("counted though Xen took a part", "if (done.pages == XHB_HUGE_PAGES)\n\t\txhb_count_add", "xhb_count_add")),
    *of("policy/tasks.c", "worker",
        ("arrival after the others", "\t&xhb_arrive_task,\n\t&xhb_pressure_task,", "\t&xhb_pressure_task,\n\t&xhb_arrive_task,"),
        ("coalescing before the target", "\t&xhb_resize_task,\n\t&xhb_grow_task,\n\t&xhb_trim_task,\n\t&xhb_coalesce_task,", "\t&xhb_coalesce_task,\n\t&xhb_resize_task,\n\t&xhb_grow_task,\n\t&xhb_trim_task,"),
        ("pressure not stopped", "xhb_pressure_stop(b);\n", "", "pressure tasks")),
)
