# SPDX-License-Identifier: GPL-2.0
"""Frames between the test host and dom0; see ../dom0/channel.c."""

import mmap
import os
import select
import socket
import struct
import threading
import time

from .errors import BedError, Timeout

RING_DATA = 4 * 1024 * 1024
RING_HEADER = 4096
RING = RING_HEADER + RING_DATA
MEMORY_SIZE = 16 * 1024 * 1024      # a PCI BAR is a power of two
PAYLOAD_MAX = 1024 * 1024

FRAME = struct.Struct("<III")
POSITION = struct.Struct("<I")
WRAP = 1 << 32


def create_memory(path):
    with open(path, "wb") as f:
        f.truncate(MEMORY_SIZE)


class Ring:
    """One direction. Positions count bytes since the start, modulo 2^32."""

    def __init__(self, memory, base):
        self.memory = memory
        self.base = base

    def _position(self, offset):
        return POSITION.unpack_from(self.memory, self.base + offset)[0]

    @property
    def head(self):
        return self._position(0)

    @head.setter
    def head(self, value):
        POSITION.pack_into(self.memory, self.base, value % WRAP)

    @property
    def tail(self):
        return self._position(4)

    @tail.setter
    def tail(self, value):
        POSITION.pack_into(self.memory, self.base + 4, value % WRAP)

    def room(self):
        return RING_DATA - (self.head - self.tail) % WRAP

    def copy_in(self, position, data):
        start = position % RING_DATA
        first = min(len(data), RING_DATA - start)
        at = self.base + RING_HEADER
        self.memory[at + start:at + start + first] = data[:first]
        self.memory[at:at + len(data) - first] = data[first:]

    def copy_out(self, position, length):
        start = position % RING_DATA
        first = min(length, RING_DATA - start)
        at = self.base + RING_HEADER
        return (self.memory[at + start:at + start + first] +
                self.memory[at:at + length - first])


class Channel:
    """Both rings, and the serial port that says when to look at them."""

    def __init__(self, memory_path, socket_path):
        with open(memory_path, "r+b") as f:
            self.memory = mmap.mmap(f.fileno(), MEMORY_SIZE)
        self.to_dom0 = Ring(self.memory, 0)
        self.to_host = Ring(self.memory, RING)
        self.doorbell = socket.socket(socket.AF_UNIX)
        self.doorbell.connect(socket_path)
        self.send_lock = threading.Lock()

    def send(self, kind, ident, payload=b"", deadline=None):
        frame = FRAME.pack(ident, ord(kind), len(payload)) + payload
        ring = self.to_dom0
        with self.send_lock:
            while ring.room() < len(frame):
                if deadline and time.monotonic() > deadline:
                    raise Timeout("dom0 does not empty its channel")
                time.sleep(0.001)
            head = ring.head
            ring.copy_in(head, frame)
            ring.head = head + len(frame)
            try:
                self.doorbell.send(b"!")
            except OSError as e:
                raise BedError(f"QEMU is gone: {e}") from e

    def receive(self):
        """Yield frames (kind, id, payload) until QEMU ends."""
        ring = self.to_host
        while True:
            # The timeout is for the one byte that is lost when it is sent
            # before this end has connected.
            readable, _, _ = select.select([self.doorbell], [], [], 1.0)
            if readable and not self._clear_doorbell():
                return
            while ring.head != ring.tail:
                tail = ring.tail
                ident, kind, length = FRAME.unpack(ring.copy_out(tail, FRAME.size))
                payload = ring.copy_out(tail + FRAME.size, length)
                ring.tail = tail + FRAME.size + length
                yield chr(kind), ident, payload

    def _clear_doorbell(self):
        try:
            return self.doorbell.recv(4096)
        except OSError:
            return b""


def short_path(directory, name):
    """A path to a socket that fits sun_path however deep the tree is.

    The descriptor stays open: it is what the path goes through.
    """
    fd = os.open(directory, os.O_PATH | os.O_DIRECTORY)
    return f"/proc/self/fd/{fd}/{name}"
