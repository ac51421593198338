# SPDX-License-Identifier: GPL-2.0
"""What Xen's own programs say, parsed. They are asked, and change nothing; only the
debug key leaves something, in Xen's log."""

import json
import os
import re
import subprocess

from ..errors import ToolError

PATIENCE_S = 60
DOMAIN = re.compile(r"(?P<name>\S.*?)\s+(?P<domid>\d+)\s+(?P<mib>\d+)\s+\d+\s+"
                    r"(?P<flags>[a-z-]{6})\s+[\d.]+\s*")
NODE = re.compile(r'/local/domain/(\d+)/([\w/@-]+) = "(.*)"')
PRESSED = "'q' pressed"
SECTION = re.compile(r"General information for domain (\d+):")
PAGES = re.compile(r"\bnr_pages=(\d+).*\bmax_pages=(\d+)")
POD = re.compile(r"\bPoD entries=(\d+) cachesize=(\d+)")


def run(*command):
    """Its output; whatever goes wrong is one line."""
    said = " ".join(command)
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False,
                              env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError:
        raise ToolError(f"there is no {command[0]}; run it in dom0, with Xen's tools "
                        "installed") from None
    except OSError as error:
        raise ToolError(f"cannot run {said}: {os.strerror(error.errno)}") from error
    except subprocess.TimeoutExpired:
        raise ToolError(f"{said} gives no answer for {PATIENCE_S} s") from None
    if done.returncode:
        lines = done.stderr.decode(errors="replace").split("\n")
        why = next((line.strip() for line in lines if line.strip()), "it does not say why")
        root = "; run it as root" if os.geteuid() else ""
        raise ToolError(f"{said} fails: {why}{root}")
    return done.stdout.decode(errors="replace")


def domains():
    """A dict with name, domid, mib and flags for each line of xl list."""
    head, *lines = run("xl", "list").splitlines() or [""]
    if not head.startswith("Name"):
        raise ToolError(f"xl list says something else than expected: '{head}'")
    found = []
    for line in lines:
        fields = DOMAIN.fullmatch(line)
        if not fields:
            raise ToolError(f"no line of xl list: '{line}'")
        found.append({"name": fields["name"], "domid": int(fields["domid"]),
                      "mib": int(fields["mib"]), "flags": fields["flags"]})
    return found


def kinds():
    """domid -> pv, pvh or hvm, of those that xl has made."""
    try:
        return {entry["domid"]: entry["config"]["c_info"]["type"]
                for entry in json.loads(run("xl", "list", "-l"))
                if "type" in entry.get("config", {}).get("c_info", {})}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToolError(f"xl list -l is not understood: {error!r}") from error


def free_kb():
    """What the host has left for guests."""
    text = run("xl", "info", "free_memory").strip()
    if not text.isdigit():
        raise ToolError(f"xl info free_memory says '{text}'")
    return int(text) << 10


def nodes():
    """domid -> path below the domain's directory -> text."""
    found = {}
    for line in run("xenstore-ls", "-f", "/local/domain").splitlines():
        node = NODE.fullmatch(line)
        if node:
            found.setdefault(int(node[1]), {})[node[2]] = node[3]
    return found


def pages():
    """domid -> what Xen itself counts, in KiB and 4K entries; prints all domains on
    Xen's console."""
    run("xl", "debug-keys", "q")
    _, pressed, text = run("xl", "dmesg").rpartition(PRESSED)
    if not pressed:
        raise ToolError("xl dmesg does not have what the debug key prints; is Xen's "
                        "log large enough (conring_size)?")
    found = {}
    # Before the first number is what comes before the first domain.
    parts = SECTION.split(text)[1:]
    for domid, part in zip(parts[::2], parts[1::2]):
        count, pod = PAGES.search(part), POD.search(part)
        if count:
            found[int(domid)] = {
                "size_kb": int(count[1]) * 4, "maxmem_kb": int(count[2]) * 4,
                "pod_entries": int(pod[1]) if pod else None,
                "pod_cache_kb": int(pod[2]) * 4 if pod else None}
    if not found:
        raise ToolError("what Xen's debug key q prints is not understood")
    return found
