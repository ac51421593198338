# SPDX-License-Identifier: GPL-2.0
"""What other scenarios do, with a healer in the background."""

from bedlib.scenario import load_all

GUEST = {"memory": 1024}
RELEASE = True
SCENARIOS = ("fragmented-guest", "coalesce-pvh")


def run(t):
    guest = t.guest
    guest.parameters = "heal=1 heal_interval_ms=10"
    others = {scenario.name: scenario for scenario in load_all()}
    for name in SCENARIOS:
        others[name].run(t)
        healed = guest.number("healed")
        t.note(f"{name} passes, {healed} blocks healed")
        t.expect(healed > 0, "nothing healed")
        guest.rmmod()
        guest.check_conservation()
