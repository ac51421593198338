# SPDX-License-Identifier: GPL-2.0
"""Says what is going on, and every few seconds that it still is."""

import contextlib
import threading
import time

INTERVAL = 5


class Progress:
    def __init__(self, title):
        self.title = title
        self.start = time.monotonic()

    def say(self, text):
        print(f"{self.title}: [{time.monotonic() - self.start:4.0f} s] {text}",
              flush=True)

    @contextlib.contextmanager
    def step(self, text):
        self.say(text)
        done = threading.Event()

        def remind():
            while not done.wait(INTERVAL):
                self.say(f"  ... still {text}")

        thread = threading.Thread(target=remind, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
