# SPDX-License-Identifier: GPL-2.0
"""Commands to one QEMU process, over its socket."""

import json
import socket
import threading
import time

from .errors import BedError


class Qmp:
    def __init__(self, path, why_dead):
        """why_dead(): None, or why QEMU is not there any more."""
        self.lock = threading.Lock()
        self.stream = self._connect(path, why_dead)

    def _connect(self, path, why_dead):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(30)
        while True:
            try:
                connection.connect(path)
                break
            except (FileNotFoundError, ConnectionRefusedError):
                reason = why_dead()
                if reason:
                    raise BedError(f"QEMU did not start: {reason}") from None
                time.sleep(0.01)
        stream = connection.makefile("rw")
        stream.readline()                       # the greeting
        self._exchange(stream, "qmp_capabilities", {})
        return stream

    def _exchange(self, stream, command, arguments):
        try:
            stream.write(json.dumps({"execute": command, "arguments": arguments}))
            stream.flush()
            while True:
                answer = json.loads(stream.readline() or '{"error": "QEMU is gone"}')
                if "error" in answer:
                    raise BedError(f"QMP {command}: {answer['error']}")
                if "return" in answer:
                    return answer["return"]
        except OSError as e:
            raise BedError(f"QMP {command}: {e}") from e

    def command(self, command, **arguments):
        with self.lock:
            return self._exchange(self.stream, command, arguments)
