# SPDX-License-Identifier: GPL-2.0
"""A program for the Python that guests get, see python.py: prints an archive of all
modules that scripts use, compiled."""

import io
import os
import sys
import zipfile

# Needed before any script is.
ALWAYS = ("encodings", "encodings.aliases", "encodings.ascii", "encodings.latin_1",
          "encodings.utf_8", "encodings.cp437", "site", "io", "abc")


def modules(script):
    """name -> file, of all that the script may import, as far as it is Python."""
    import modulefinder
    finder = modulefinder.ModuleFinder(path=[os.path.dirname(script)] + sys.path[1:])
    finder.run_script(script)
    for name in ALWAYS:
        finder.import_hook(name)
    return {name: module.__file__ for name, module in finder.modules.items()
            if name != "__main__" and (module.__file__ or "").endswith(".py")}


def archive(found):
    """Compiled by the Python that will run it; not packed, which would take time."""
    from importlib._bootstrap_external import _code_to_timestamp_pyc
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as whole:
        for name, path in sorted(found.items()):
            place = name.replace(".", "/")
            if os.path.basename(path) == "__init__.py":
                place += "/__init__"
            with open(path, "rb") as f:
                code = compile(f.read(), f"{place}.py", "exec", dont_inherit=True)
            whole.writestr(f"{place}.pyc", _code_to_timestamp_pyc(code))
    return buffer.getvalue()


def main():
    found = {}
    for script in sys.argv[1:]:
        found.update(modules(script))
    sys.stdout.buffer.write(archive(found))


if __name__ == "__main__":
    main()
