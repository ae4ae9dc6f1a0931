#!/usr/bin/env python3
"""`./do bench watch`: what it costs to watch for attacks, and whether that stays the same however long one lasts.

An attack of an hour by 100,000 clients, with more than 1,000,000 forged addresses, is watched with 10, 1,000, 100,000
and 10,000,000 events (watch_driver.cc). The floor takes the same events in the same run and only counts them by
domain. Exit status 0 when every target is met, 1 when one is missed.
"""

import argparse
import math
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # it may run as root in a folder that is not root's
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from figure_table import Figure, conclude  # noqa: E402

EVENT_NS_AT_MOST = 2000
# A tenfold number of events may cost so much more for each: what grows with a table's first filling.
SLOPE_NS_AT_MOST = 200
MEMORY_MIB_AT_MOST = 64


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./do bench watch", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    parser.add_argument("--events", type=int, nargs="+", default=[10, 1_000, 100_000, 10_000_000])
    parser.add_argument("--driver", type=pathlib.Path, default=ROOT / "build/release/bench/watch/watch_driver")
    return parser.parse_args()


def slope(points: list[tuple[float, float]]) -> float:
    """Of the line through them that lies nearest."""
    x_mean, y_mean = (sum(values) / len(points) for values in zip(*points))
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / sum((x - x_mean) ** 2 for x, _ in points)


def main() -> int:
    given = arguments()
    ran = subprocess.run([given.driver, *map(str, given.events)], stdout=subprocess.PIPE, text=True, check=True)
    values = {name: float(value) for name, value in (line.split() for line in ran.stdout.splitlines())}
    found = []
    for n in given.events:
        found.append(Figure(f"one event, of {n:,}", "ns CPU", values[f"event_ns_{n}"], EVENT_NS_AT_MOST))
        found.append(Figure("  counting it alone", "ns CPU", values[f"floor_ns_{n}"]))
        found.append(Figure("  memory of the watch", "MiB", values[f"memory_{n}"] / 2**20, MEMORY_MIB_AT_MOST))
    if len(given.events) > 1:
        line = [(math.log10(n), values[f"event_ns_{n}"]) for n in given.events]
        found.append(Figure("more for each event, with ten times as many", "ns", slope(line), SLOPE_NS_AT_MOST))
    return conclude(found, 100, given.json)


if __name__ == "__main__":
    sys.exit(main())
