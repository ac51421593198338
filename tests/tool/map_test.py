# SPDX-License-Identifier: GPL-2.0
"""map: the text of debugfs blocks, as a smaller text and as a picture."""

import os
import subprocess
import xml.etree.ElementTree as xml

from hugeballoonlib.blocks import Blocks
from hugeballoonlib.errors import ToolError
from tool import PYTHON, TOOL, ToolTest, environment
from tree import DEBUG, block_lines

SVG = "{http://www.w3.org/2000/svg}"


class Parsing(ToolTest):
    def test_what_debugfs_writes(self):
        blocks = Blocks(block_lines("2" * 64 + "4-? "))
        self.assertEqual(blocks.chars, "2" * 64 + "4-? ")
        self.assertEqual([count for _, _, count in blocks.legend()], [1, 1, 1, 64])

    def test_lines_are_placed_by_their_address(self):
        blocks = Blocks("# x\n0x000000000000 22\n0x000010000000 4\n")
        self.assertEqual(blocks.chars, "22".ljust(128) + "4")

    def test_no_map(self):
        for text in ("", "# only\n", "0x0 \n", "hello world\n"):
            with self.assertRaises(ToolError, msg=text):
                Blocks(text)

    def test_scale(self):
        chars = "2" * 1000 + "4" * 24
        for columns, rows, scale in ((64, 16, 1), (64, 15, 2), (64, 8, 2), (65, 16, 1),
                                     (63, 32, 1), (63, 16, 2), (64, 1, 16)):
            got, lines = Blocks(block_lines(chars)).scaled(columns, rows)
            self.assertEqual(got, scale, (columns, rows))
            self.assertLessEqual(len(lines), rows)
            self.assertLessEqual(max(len(line) for _, line in lines), columns)
        # The first of the last two is half and half.
        self.assertTrue(lines[0][1].endswith("244"))

    def test_cell_is_what_most_blocks_are(self):
        def cell(chars):
            return Blocks(block_lines(chars)).scaled(1, 1)[1][0][1]
        self.assertEqual(cell("2224"), "2")
        self.assertEqual(cell("2244"), "4")
        self.assertEqual(cell("2--4"), "-")
        self.assertEqual(cell("2   "), "2")

    def test_holes_are_left_out(self):
        chars = "2" * 64 + " " * 128 + "4" * 64
        _, lines = Blocks(block_lines(chars)).scaled(64, 32)
        self.assertEqual(lines, [(0, "2" * 64), (192 << 21, "4" * 64)])


class Map(ToolTest):
    def test_text(self):
        out = self.succeeds("map").splitlines()
        self.assertEqual(out[0], "0x000000000000 " + "2" * 64)
        self.assertEqual(len(out), 8 + 3)
        self.assertEqual(out[-3:-1], ["4: 4K pages 128.0 MiB   -: ballooned out 256.0 MiB",
                                      "?: unknown 128.0 MiB   2: 2M pages 512.0 MiB"])
        self.assertLessEqual(max(map(len, out)), 80)

    def test_large_guest(self):
        self.tree.put(f"{DEBUG}/blocks", block_lines("2" * (1 << 16)))
        out = self.succeeds("map").splitlines()
        self.assertEqual(len(out), 32 + 3)
        self.assertIn("A character is 64.0 MiB: what most of it is.", out[-1])
        self.assertEqual(len(self.succeeds("map", "--full").splitlines()), 1024 + 3)

    def test_colours(self):
        session = self.session("map")
        self.assertEqual(session.end(), 0)
        self.assertIn(f"\033[33m{'4' * 64}\033[0m", session.output)
        self.assertLessEqual(session.widest(), 80)

    def test_no_colours(self):
        self.assertNotIn("\033", self.succeeds("map"))
        session = self.session("map", NO_COLOR="1")
        self.assertEqual(session.end(), 0)
        self.assertNotIn("\033", session.output)

    def test_narrow_terminal(self):
        session = self.session("map", columns=60)
        self.assertEqual(session.end(), 0)
        self.assertLessEqual(max(len(line) for line in session.lines()), 60)

    def test_picture(self):
        path = self.tree.path("map.svg")
        self.assertEqual(self.succeeds("map", "--svg", path), "")
        root = xml.parse(path).getroot()
        titles = [node.text for node in root.iter(f"{SVG}title")]
        self.assertIn("0x20000000: 128.0 MiB, 4K pages", titles)
        # Each block is in one rectangle: 4 rows of 2M pages, and so on; and a legend.
        self.assertEqual(len(titles), 4 + 1 + 2 + 1 + 4)
        width = float(root.get("width"))
        for node in root.iter(f"{SVG}rect"):
            self.assertLessEqual(float(node.get("x", 0)) + float(node.get("width")), width)

    def test_picture_to_stdout(self):
        xml.fromstring(self.succeeds("map", "--svg", "-"))

    def test_picture_cannot_be_written(self):
        self.fails(1, "cannot write /nowhere/map.svg: No such", "map", "--svg",
                   "/nowhere/map.svg")

    def test_no_debugfs(self):
        os.remove(self.tree.path(f"{DEBUG}/blocks"))
        os.remove(self.tree.path(f"{DEBUG}/stats"))
        os.rmdir(self.tree.path(DEBUG))
        self.fails(1, "mount -t debugfs none .*sys/kernel/debug", "map")

    def test_full_disk(self):
        """With what is written in pieces, as Python does unless told otherwise."""
        with open("/dev/full", "w") as full:
            done = subprocess.run([PYTHON, TOOL, "map"], stdout=full, text=True,
                                  env=environment(self.tree, PYTHONUNBUFFERED=""),
                                  stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, done.stderr),
                         (1, "hugeballoon: cannot write: No space left on device\n"))
