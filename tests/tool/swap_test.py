# SPDX-License-Identifier: GPL-2.0
"""hugeballoon-swapd: swapped-out memory comes back a part at a time, and swap areas are
never lost."""

import contextlib
import errno
import io
import os
import signal

from hugeballoonlib.swap import areas, piece
from hugeballoonlib.swap.daemon import Daemon
from hugeballoonlib.swap.kernel import GROUP, ROOM, Kernel
from hugeballoonlib.swap.record import Record
from swaps import CHUNK_KB, FakeKernel
from tool import TOP, ToolTest
from tree import MB

TOOL = os.path.join(TOP, "scripts", "hugeballoon-swapd")
HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
A, B, C = "/dev/a", "/dev/b", "/swap file"


class Lists(ToolTest):
    """What the kernel and fstab say."""

    def test_names(self):
        found = areas.parse(
            HEAD + "/swap\\040file\\134x\\012                 file\t\t2048\t\t7\t\t-3\n"
            "/dev/zram0                              partition\t4096\t\t0\t\t100\n")
        self.assertEqual([area.path for area in found], ["/dev/zram0", "/swap file\\x\n"])
        self.assertEqual([area.used_kb for area in found], [0, 7])
        self.assertEqual([area.automatic for area in found], [False, True])

    def test_name_that_is_no_text(self):
        self.tree.put("proc/swaps", HEAD)
        with open(self.tree.path("proc/swaps"), "ab") as f:
            f.write(b"/sw\xe4p file 1 2 -2\n")
        os.environ["HUGEBALLOON_ROOT"] = self.tree.root
        [area] = Kernel().areas()
        self.assertEqual(os.fsencode(area.path), b"/sw\xe4p")
        record = Record(self.tree.path("record"))
        record.write(area.path, 1)
        self.assertEqual(record.read(), (area.path, 1))

    def test_nothing(self):
        self.assertEqual(areas.parse(HEAD), [])

    def fstab(self, *lines):
        for name in ("dev/disk/by-uuid/1-2", "swap file"):
            self.tree.put(name, "")
        return areas.Fstab("# swap swap swap swap\n" + "\n".join(lines), self.tree.root)

    def test_flags(self):
        fstab = self.fstab("UUID=1-2 none swap sw,discard=pages 0 0",
                           "/dev/none none swap discard 0 0",
                           "/swap\\040file none swap discard,pri=4 0 0")
        self.assertEqual(areas.Area("/swap file", 0, -2).flags(fstab), 0x10000)
        self.assertEqual(areas.Area("/dev/disk/by-uuid/1-2", 0, 5).flags(fstab),
                         0x50000 | 0x8005)
        self.assertEqual(areas.Area("/dev/none", 0, 0).flags(fstab), 0x8000)

    def test_misplaced(self):
        def paths(now, order):
            found = [areas.Area(path, 0, -2 - i) for i, path in enumerate(now)]
            return areas.misplaced(found + [areas.Area("own", 0, 7)], order)

        self.assertEqual(paths("abc", "abc"), [])
        self.assertEqual(paths("bca", "abc"), ["b", "c"])
        self.assertEqual(paths("acb", "abc"), ["c"])
        self.assertEqual(paths("ab", "acb"), [])
        self.assertEqual(paths("", "abc"), [])


class SwapTest(ToolTest):
    def setUp(self):
        super().setUp()
        self.kernel = FakeKernel(self.tree)
        self.record = Record(self.tree.path("record"))
        self.said = io.StringIO()
        redirected = contextlib.redirect_stdout(self.said)
        redirected.__enter__()
        self.addCleanup(redirected.__exit__, None, None, None)


class Pieces(SwapTest):
    def piece(self, flags=0x8007):
        [area] = self.kernel.areas()
        return piece.Piece(self.kernel, self.record, area, flags)

    def bring_back(self, goal, **options):
        return self.piece(**options).run(lambda: self.kernel.used().get(A, 0) <= goal)

    def test_interrupted(self):
        self.kernel.area(A, 500 * CHUNK_KB, 0x8007)
        self.assertEqual(self.bring_back(400 * CHUNK_KB), errno.EINTR)
        self.assertLessEqual(self.kernel.used()[A], 400 * CHUNK_KB)
        self.assertGreater(self.kernel.used()[A], 0)
        self.assertIsNone(self.record.read())

    def test_through(self):
        self.kernel.area(A, 5 * CHUNK_KB, 0x8007)
        self.assertEqual(self.bring_back(-1), piece.DONE)
        self.assertEqual(self.kernel.used(), {A: 0})
        self.assertEqual(self.kernel.flags(A), 0x8007)
        self.assertIsNone(self.record.read())
        self.assertEqual(self.said.getvalue(), "", "it was not its own process that did it")

    def test_killed_between(self):
        self.kernel.area(A, 5 * CHUNK_KB, 0x8007)
        self.kernel.kill_after_swapoff = True
        self.bring_back(-1)
        self.assertEqual(self.kernel.used(), {A: 0})
        self.assertEqual(self.kernel.flags(A), 0x8007)
        self.assertIn(f"swapped on {A} again", self.said.getvalue())

    def test_refused_for_a_while(self):
        self.kernel.area(A, 5 * CHUNK_KB)
        self.kernel.kill_after_swapoff = True
        self.kernel.swapon_errors = [errno.ENOMEM, errno.ENOMEM]
        self.addCleanup(setattr, piece, "RETRY_S", piece.RETRY_S)
        piece.RETRY_S = 0
        self.bring_back(-1)
        self.assertEqual(self.kernel.used(), {A: 0})
        self.assertEqual(self.said.getvalue().count("Cannot allocate memory"), 1)

    def test_somebody_elses_swapoff(self):
        self.kernel.area(A, 5 * CHUNK_KB)
        found = self.piece()
        self.kernel.off(A)
        self.assertEqual(found.run(lambda: False), errno.EINVAL)
        self.assertEqual(self.kernel.used(), {})
        self.assertIsNone(self.record.read())

    def test_terminated(self):
        self.kernel.area(A, 500 * CHUNK_KB)
        found = self.piece()

        def enough():
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            found.run(enough)
        self.assertIn(A, self.kernel.used())
        self.assertIsNone(self.record.read())
        with self.assertRaises(ChildProcessError):
            os.waitpid(found.pid, 0)

    def test_parent_killed(self):
        """Its child is interrupted, and leaves the area as it was."""
        self.kernel.area(A, 5000 * CHUNK_KB)
        parent = os.fork()
        if not parent:
            self.piece().run(lambda: False)
            os._exit(0)
        self.wait_until(lambda: self.kernel.used()[A] < 4990 * CHUNK_KB)
        os.kill(parent, signal.SIGKILL)
        os.waitpid(parent, 0)
        self.assertEqual(self.record.read(), (A, 0x8007))
        self.wait_until(lambda: self.ended(self.tree.get("swapping")))
        self.assertGreater(self.kernel.used()[A], 0)

    @staticmethod
    def ended(pid):
        """Whether or not anybody has asked for its status."""
        try:
            with open(f"/proc/{pid}/stat") as f:
                return f.read().rpartition(")")[2].split()[0] in "ZX"
        except FileNotFoundError:
            return True

    def test_restored(self):
        self.record.write(C, 0x8003)
        piece.restore(self.kernel, self.record)
        self.assertEqual(self.kernel.flags(C), 0x8003)
        self.assertIsNone(self.record.read())
        # It is there already.
        self.record.write(C, 0x8003)
        piece.restore(self.kernel, self.record)
        self.assertEqual(list(self.kernel.used()), [C])
        self.assertIsNone(self.record.read())

    def test_nothing_to_restore(self):
        piece.restore(self.kernel, self.record)
        self.tree.put("record", "{")
        piece.restore(self.kernel, self.record)
        self.assertEqual(self.kernel.used(), {})


class Daemons(SwapTest):
    def setUp(self):
        super().setUp()
        self.daemon = Daemon(self.kernel, self.record, verbose=True)
        self.set_file("frontswap_hysteresis", 20)
        self.set_file("selfballoon_interval", 5)
        self.set_room(1000 * MB)

    def set_file(self, name, value):
        self.tree.put(f"{GROUP}/{name}", f"{value}\n")

    def set_room(self, kb):
        self.set_file("frontswap_room_kb", kb)

    def processes(self, *swapped):
        for pid, kb in enumerate(swapped, 100):
            self.tree.put(f"proc/{pid}/status", f"Name:\tx\nVmSwap:\t{kb:8} kB\n")

    def look(self):
        return self.daemon.look(self.kernel.number("frontswap_room_kb"))

    def test_a_part(self):
        self.kernel.area(A, 400 * CHUNK_KB)
        self.processes(*[10 * CHUNK_KB] * 40)
        self.assertEqual(self.look(), 5)
        done = 400 * CHUNK_KB - self.kernel.used()[A]
        self.assertGreaterEqual(done, 20 * CHUNK_KB)
        self.assertLess(done, 400 * CHUNK_KB)

    def test_to_the_end(self):
        self.kernel.area(A, 90 * CHUNK_KB, 0x8001)
        self.processes(*[5 * CHUNK_KB] * 18)
        for _ in range(60):
            self.look()
        self.assertEqual(self.kernel.used(), {A: 0})
        self.assertEqual(self.kernel.flags(A), 0x8001)

    def test_no_room(self):
        self.kernel.area(A, 400 * CHUNK_KB)
        for room in (0, 20 * CHUNK_KB):
            self.set_room(room)
            # One process has it all, and comes back as a whole.
            self.processes(400 * CHUNK_KB)
            self.look()
        os.remove(self.tree.path(ROOM))
        self.look()
        self.assertEqual(self.kernel.used(), {A: 400 * CHUNK_KB})

    def test_room_for_the_largest(self):
        self.kernel.area(A, 400 * CHUNK_KB)
        self.processes(300 * CHUNK_KB, 100 * CHUNK_KB)
        self.set_room(319 * CHUNK_KB)
        self.look()
        self.assertEqual(self.kernel.used()[A], 400 * CHUNK_KB)
        self.set_room(320 * CHUNK_KB)
        self.look()
        self.assertLess(self.kernel.used()[A], 400 * CHUNK_KB)

    def test_shared_memory(self):
        """What belongs to no process comes as a whole, too."""
        self.kernel.area(A, 400 * CHUNK_KB)
        self.processes(10 * CHUNK_KB)
        self.set_room(300 * CHUNK_KB)
        self.look()
        self.assertEqual(self.kernel.used()[A], 400 * CHUNK_KB)

    def test_pressure_ends_it(self):
        self.kernel.area(A, 500 * CHUNK_KB)
        self.processes(*[CHUNK_KB] * 500)
        self.set_file("frontswap_hysteresis", 1)
        asked = []

        def pressed():
            asked.append(1)
            return len(asked) > 3

        self.daemon._pressed = pressed
        self.look()
        self.assertGreater(len(asked), 3)
        self.assertGreater(self.kernel.used()[A], 0)

    def test_slowest_first(self):
        self.kernel.area(A, 50 * CHUNK_KB)
        self.kernel.area(B, 50 * CHUNK_KB)
        self.processes(*[CHUNK_KB] * 100)
        self.look()
        self.assertEqual(self.kernel.used()[A], 50 * CHUNK_KB)
        self.assertLess(self.kernel.used()[B], 50 * CHUNK_KB)

    def test_order_stays(self):
        for path in (A, B, C):
            self.kernel.area(path, 3 * CHUNK_KB)
        self.processes(*[CHUNK_KB] * 9)
        self.set_file("frontswap_hysteresis", 1)
        for _ in range(4):
            self.look()
        self.assertEqual([(area.path, area.priority) for area in self.kernel.areas()],
                         [(A, -2), (B, -3), (C, -4)])

    def test_deleted_file(self):
        self.kernel.area(A, 3 * CHUNK_KB)
        self.kernel.there = []
        self.look()
        self.assertEqual(self.kernel.used(), {A: 3 * CHUNK_KB})

    def test_refusal_is_told_once(self):
        self.kernel.area(A, 3 * CHUNK_KB)
        self.kernel.swapoff = lambda path: errno.ENOMEM
        self.look()
        self.look()
        self.assertEqual(self.said.getvalue().count("swapoff: Cannot allocate memory"), 1)
        self.assertEqual(self.kernel.used(), {A: 3 * CHUNK_KB})


class Program(ToolTest):
    def test_texts(self):
        self.assertRegex(self.succeeds("--version", tool=TOOL), r"^hugeballoon-swapd [\d.]+\n$")
        told = self.succeeds("--help", tool=TOOL)
        with open(f"{TOP}/Documentation/man/hugeballoon-swapd.8") as f:
            page = f.read()
        with open(f"{TOP}/completions/hugeballoon-swapd") as f:
            completion = f.read()
        for option in ("restore", "record", "verbose", "version", "help"):
            self.assertIn(f"--{option}", told)
            self.assertIn(f"--{option}", completion)
            self.assertIn(f"Fl -{option}", page)
        self.fails(2, "see hugeballoon-swapd --help", "--no-such", tool=TOOL)

    def test_restore_without_record(self):
        self.tree.put("proc/swaps", HEAD)
        self.assertEqual(self.succeeds("--restore", "--record", self.tree.path("record"),
                                       tool=TOOL), "")

    def test_ends(self):
        self.tree.put("proc/swaps", HEAD + f"{A} partition 4096 0 -2\n")
        path = self.tree.path("record")
        for number, code in ((signal.SIGTERM, 143), (signal.SIGINT, 130)):
            Record(path).write(A, 0)
            with self.start("--record", path, tool=TOOL) as process:
                # It is at work when it has looked at that.
                self.wait_until(lambda: not os.path.exists(path))
                process.send_signal(number)
                self.assertEqual(process.wait(20), code)
