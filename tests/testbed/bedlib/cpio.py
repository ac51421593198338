# SPDX-License-Identifier: GPL-2.0
"""An initramfs archive of a few files, to be put behind another one."""

import stat


def _entry(number, name, mode, data):
    name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    header = b"070701" + b"".join(b"%08x" % f for f in fields)
    return _padded(header + name) + _padded(data)


def _padded(data):
    return data + bytes(-len(data) % 4)


def _folders(files):
    """Those below the ones that each initramfs has."""
    found = set()
    for path in files:
        parts = path.strip("/").split("/")[:-1]
        found.update("/".join(parts[:n]) for n in range(2, len(parts) + 1))
    return sorted(found)


def archive(files):
    """files: path in the guest (absolute) -> contents."""
    entries = [_entry(i + 1, path, stat.S_IFDIR | 0o755, b"")
               for i, path in enumerate(_folders(files))]
    entries += [_entry(len(entries) + i + 1, path.lstrip("/"), stat.S_IFREG | 0o755, data)
                for i, (path, data) in enumerate(files.items())]
    whole = b"".join(entries) + _entry(0, "TRAILER!!!", 0, b"")
    return whole + bytes(-len(whole) % 512)
