# SPDX-License-Identifier: GPL-2.0
"""Python for a guest, which has none: this machine's, and the modules that scripts
use, in one archive."""

import functools
import os

from .programs import LOADER, libraries, read, said

PYTHON = "/usr/bin/python3"
# It finds its modules in /lib/pythonXY.zip by itself, and those in C in /lib.
WRAPPER = f"""#!/bin/sh
export PYTHONHOME=/ PYTHONPATH=/lib
exec {LOADER} --library-path /lib /bin/python3.real "$@"
"""
# Modules that an archive cannot hold.
IN_C = ("termios",)


def _print(module, expression):
    return said(PYTHON, "-c", f"import {module}; print({expression})").decode().strip()


@functools.cache
def files(*scripts, in_c=()):
    """Path in the guest -> contents; a script is started by "python3 /bin/NAME".
    in_c: what it needs besides of modules that an archive cannot hold."""
    version = _print("sys", "'%d%d' % sys.version_info[:2]")
    archiver = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pyarchive.py")
    shared = [_print(name, f"{name}.__file__") for name in (*IN_C, *in_c)]
    return {
        "/bin/python3": WRAPPER.encode(),
        "/bin/python3.real": read(os.path.realpath(PYTHON)),
        f"/lib/python{version}.zip": said(PYTHON, archiver, *scripts),
        **{f"/bin/{os.path.basename(script)}": read(script) for script in scripts},
        **{f"/lib/{os.path.basename(path)}": read(path) for path in shared},
        **{path: data for program in (PYTHON, *shared)
           for path, data in libraries(program).items()},
    }


def into_dom0(dom0, *scripts):
    """The same for dom0, while it runs."""
    for path, data in files(*scripts).items():
        # Never under the feet of the daemons, which run with these libraries. What is in
        # the archive depends on the scripts.
        if path.endswith(".zip") or dom0.run(f"test -e {path}", check=False).status:
            dom0.put(data, path)
            dom0.run(f"chmod 755 {path}")
