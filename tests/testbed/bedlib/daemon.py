# SPDX-License-Identifier: GPL-2.0
"""A bed that stays when the command that made it ends.

Requests and answers are one JSON object a line, one request a connection.
"""

import json
import os
import socket
import sys
import threading
import time

from . import paths
from .bed import Bed
from .channel import short_path
from .errors import BedError

SOCKET = "bed"


class Requests:
    """What can be asked of a bed from outside its process."""

    def __init__(self, bed, stop):
        self.bed = bed
        self.stop = stop

    def dom0(self, command, timeout):
        return vars(self.bed.dom0.run(command, timeout, check=False))

    def put(self, source, target):
        with open(source, "rb") as f:
            self.bed.dom0.put(f.read(), target)

    def create(self, name, kind, files, **options):
        contents = {}
        for target, source in files.items():
            with open(source, "rb") as f:
                contents[target] = f.read()
        guest = self.bed.create(name, kind, files=contents, **options)
        return guest.domid

    def guest(self, name, command, timeout):
        return vars(self.bed.guest(name).run(command, timeout, check=False))

    def put_guest(self, name, source, target):
        with open(source, "rb") as f:
            self.bed.guest(name).put(f.read(), target)

    def pages(self, name):
        return self.bed.guest(name).pages()

    def census(self, name):
        return vars(self.bed.guest(name).census())

    def destroy(self, name):
        self.bed.destroy(name)

    def save(self, name):
        self.bed.save(name)

    def restore(self, name):
        self.bed.restore(name)

    def logs(self):
        self.bed.collect_logs()
        self.bed.split_console()
        return self.bed.log_dir

    def down(self):
        self.stop.set()


def _answer(connection, requests):
    with connection, connection.makefile("rw") as stream:
        try:
            request = json.loads(stream.readline())
            method = getattr(requests, request.pop("method"))
            answer = {"value": method(**request)}
        except (BedError, OSError, TypeError) as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        try:
            stream.write(json.dumps(answer) + "\n")
            stream.flush()
        except OSError:
            pass                    # nobody is interested any more


def _accept(listener, requests):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection, requests),
                         daemon=True).start()


def serve(run, report, **options):
    """Boot a bed and answer until it ends; report(None or reason) once."""
    stop = threading.Event()
    try:
        bed = Bed(run, **options)
    except (BedError, OSError) as e:
        report(str(e))
        return
    with bed:
        try:
            bed.wait_ready()
        except BedError as e:
            report(str(e))
            return
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(short_path(bed.run_dir, SOCKET))
        listener.listen()
        threading.Thread(target=_accept, args=(listener, Requests(bed, stop)),
                         daemon=True).start()
        threading.Thread(target=lambda: (bed.qemu.wait(), stop.set()),
                         daemon=True).start()
        report(None)
        stop.wait()
        if bed.qemu.alive():
            try:
                bed.collect_logs()
            except BedError as e:
                print(f"logs are incomplete: {e}", file=sys.stderr)


def start(run, **options):
    """Run serve() in a process of its own; returns when dom0 is ready."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        os.setsid()
        os.makedirs(paths.BUILD, exist_ok=True)
        log = os.open(os.path.join(paths.BUILD, f"bed-{run}.log"),
                      os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for fd, target in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(fd, target)

        def report(error):
            os.write(writer, (error or "ready").encode())
            os.close(writer)

        serve(run, report, **options)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as f:
        said = f.read()
    if said != "ready":
        raise BedError(said or f"ended early, see build/bed-{run}.log")


def is_up(run):
    try:
        _connect(run).close()
        return True
    except BedError:
        return False


def _connect(run):
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(short_path(paths.run_dir(run), SOCKET))
    except OSError as e:
        raise BedError(f"bed {run!r} is not up") from e
    return connection


def stop(run):
    """End the bed and wait until its logs are complete."""
    request(run, "down")
    while is_up(run):
        time.sleep(0.1)


def request(run, method, **arguments):
    """Ask the bed's process; the answer, or BedError with its reason."""
    with _connect(run) as connection, connection.makefile("rw") as stream:
        stream.write(json.dumps({"method": method, **arguments}) + "\n")
        stream.flush()
        line = stream.readline()
    if not line:
        raise BedError(f"bed {run!r} has ended")
    answer = json.loads(line)
    if "error" in answer:
        raise BedError(answer["error"])
    return answer["value"]
