# SPDX-License-Identifier: GPL-2.0
"""scripts/setup, of which several run at once where nothing is installed yet."""

import os
import subprocess
import unittest

from files import copies, program

# As apt-get does it: whoever finds the lock taken fails.
APT_GET = """#!/bin/sh
exec 8>"${0%/*}/lists.lock"
flock -n 8 || exit 100
sleep 0.5
touch "${0%/*}/installed"
"""
# All is there once it was installed, but for what is only unpacked.
DPKG_QUERY = """#!/bin/sh
case "$*" in
*Depends*) echo linux-headers-6.1.0-1-amd64; exit ;;
esac
[ -e "${0%/*}/installed" ] || exit 0
shift 3
for package; do echo "installed $package"; done
"""
DPKG_DEB = "#!/bin/sh\n"


class Setup(unittest.TestCase):
    def setUp(self):
        self.dir = copies(self, "scripts/setup", "scripts/xen")
        for name, script in (("apt-get", APT_GET), ("dpkg-query", DPKG_QUERY),
                             ("dpkg-deb", DPKG_DEB)):
            program(f"{self.dir}/{name}", script)

    def begin(self):
        return subprocess.Popen(
            [f"{self.dir}/scripts/setup"], text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "XDG_CACHE_HOME": f"{self.dir}/cache",
                 "PATH": f"{self.dir}:{os.environ['PATH']}"})

    def test_two_at_once(self):
        setups = [self.begin() for _ in range(2)]
        said = [setup.communicate()[0] for setup in setups]
        self.assertEqual([setup.returncode for setup in setups], [0, 0], said)
        # One did it all, the other waited and found nothing left to do.
        self.assertEqual(sorted(bool(text) for text in said), [False, True], said)
