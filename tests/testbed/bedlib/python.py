# SPDX-License-Identifier: GPL-2.0
"""Python for a guest, which has none: this machine's, and the modules that a script
uses, compiled, in one archive."""

import functools
import io
import os
import re
import subprocess
import sys
import zipfile

PYTHON = "/usr/bin/python3"
LOADER = "/lib/ld-linux-x86-64.so.2"
# It finds its modules in /lib/pythonXY.zip by itself.
WRAPPER = f"""#!/bin/sh
export PYTHONHOME=/
exec {LOADER} --library-path /lib /bin/python3.real "$@"
"""
# Needed before any script is.
ALWAYS = ("encodings", "encodings.aliases", "encodings.ascii", "encodings.latin_1",
          "encodings.utf_8", "encodings.cp437", "site", "io", "abc")


def _read(path):
    with open(path, "rb") as f:
        return f.read()


def _said(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _libraries():
    lines = _said("ldd", PYTHON).decode()
    paths = re.findall(r"=> (/\S+)", lines) + re.findall(r"^\s*(/\S*ld-linux\S*)", lines, re.M)
    return {f"/lib/{os.path.basename(path)}": _read(path) for path in paths}


@functools.cache
def files(script):
    """Path in the guest -> contents; the script is started by "python3 /bin/NAME"."""
    version = _said(PYTHON, "-c", "import sys; print('%d%d' % sys.version_info[:2])")
    return {
        "/bin/python3": WRAPPER.encode(),
        "/bin/python3.real": _read(os.path.realpath(PYTHON)),
        f"/lib/python{version.decode().strip()}.zip": _said(PYTHON, __file__, script),
        f"/bin/{os.path.basename(script)}": _read(script),
        **_libraries(),
    }


def _modules(script):
    """name -> file, of all that the script may import, as far as it is Python."""
    import modulefinder
    finder = modulefinder.ModuleFinder(path=[os.path.dirname(script)] + sys.path[1:])
    finder.run_script(script)
    for name in ALWAYS:
        finder.import_hook(name)
    return {name: module.__file__ for name, module in finder.modules.items()
            if name != "__main__" and (module.__file__ or "").endswith(".py")}


def _archive(script):
    """Compiled by the Python that will run it; not packed, which would take time."""
    from importlib._bootstrap_external import _code_to_timestamp_pyc
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, path in sorted(_modules(script).items()):
            place = name.replace(".", "/")
            if os.path.basename(path) == "__init__.py":
                place += "/__init__"
            code = compile(_read(path), f"{place}.py", "exec", dont_inherit=True)
            archive.writestr(f"{place}.pyc", _code_to_timestamp_pyc(code))
    return buffer.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(_archive(sys.argv[1]))
